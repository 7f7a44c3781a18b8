//! How fast is too fast, at moments that are told.

use super::*;

#[test]
fn every_rate_is_one_and_the_house_has_more_than_one_address_and_that_more_than_one_person() {
    for (n, deed) in Deed::ALL.into_iter().enumerate() {
        assert_eq!(deed as usize, n);
        let Quota { person, address, house } = deed.quota();
        for rate in [person, address, house] {
            assert_eq!(rate.quota().burst_size().get(), rate.burst, "{deed:?}");
        }
        assert!(person.burst < address.burst && address.burst < house.burst, "{deed:?}");
        assert!(person.refill_us > address.refill_us && address.refill_us > house.refill_us, "{deed:?}");
    }
}

#[test]
fn of_a_crowd_that_has_passed_hardly_anything_is_kept() {
    let told = FakeRelativeClock::default();
    let rate = Rate { burst: 2, refill_us: SECOND_US };
    let shares = Shares::new(rate, &Clock::Told(told.clone()));
    let (mut most, crowd) = (0, SWEPT_AFTER * 20);
    for address in 0..crowd {
        assert!(shares.take(&IpAddr::from(address.to_be_bytes())).is_ok());
        most = most.max(shares.buckets.len());
        told.advance(Duration::from_millis(1));
    }
    let within_two_refills = 2_000;
    assert!(most <= (SWEPT_AFTER + within_two_refills) as usize, "{most} of {crowd}");
    assert!(shares.buckets.len() >= 1_000, "those that are not full again are kept");
}

#[test]
fn whoever_has_nothing_left_takes_nothing_from_the_others() {
    let pace = Pace::new(Clock::Told(FakeRelativeClock::default()), 1);
    let Quota { person, house, .. } = Deed::Post.quota();
    let take = |person| pace.take(Deed::Post, Some(UserId(person)), None);
    for _ in 0..person.burst {
        assert_eq!(take(0), Ok(()));
    }
    for _ in 0..house.burst {
        assert!(take(0).is_err());
    }
    for others in 1..=u64::from(house.burst - person.burst) {
        assert_eq!(take(others), Ok(()), "{others}");
    }
    assert_eq!(take(1), Err(Refusal::TooFast { wait_s: 1 }), "now the house has nothing left");
}
