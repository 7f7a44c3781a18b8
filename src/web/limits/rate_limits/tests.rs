//! Tests of the rate limits on a fake clock.

use crate::web::limits::rate_limits::*;
use crate::web::response::http_error::HttpError;

#[test]
fn each_rate_is_valid_and_grows_from_person_to_address_to_server() {
    for (n, action) in LimitedAction::ALL.into_iter().enumerate() {
        assert_eq!(action as usize, n);
        let Quota { person, address, server } = action.quota();
        for rate in [person, address, server] {
            assert_eq!(rate.to_governor().burst_size().get(), rate.burst, "{action:?}");
        }
        assert!(person.burst < address.burst && address.burst < server.burst, "{action:?}");
        assert!(person.refill_us > address.refill_us && address.refill_us > server.refill_us, "{action:?}");
    }
}

#[test]
fn full_buckets_of_a_passing_crowd_are_swept() {
    let clock = FakeRelativeClock::default();
    let rate = Rate { burst: 2, refill_us: SECOND_US };
    let keyed = KeyedBuckets::new(rate, &LimitClock::Fake(clock.clone()));
    let (mut most, crowd) = (0, CHECKS_PER_SWEEP * 20);
    for address in 0..crowd {
        assert!(keyed.check(&IpAddr::from(address.to_be_bytes())).is_ok());
        most = most.max(keyed.buckets.len());
        clock.advance(Duration::from_millis(1));
    }
    let within_two_refills = 2_000;
    assert!(most <= (CHECKS_PER_SWEEP + within_two_refills) as usize, "{most} of {crowd}");
    assert!(keyed.buckets.len() >= 1_000, "buckets that are not full stay");
}

#[test]
fn a_limited_person_uses_none_of_the_shared_tokens() {
    let limits = RateLimits::new(LimitClock::Fake(FakeRelativeClock::default()), 1);
    let Quota { person, server, .. } = LimitedAction::Post.quota();
    let take = |person| limits.check(LimitedAction::Post, Some(UserId(person)), None);
    for _ in 0..person.burst {
        assert_eq!(take(0), Ok(()));
    }
    for _ in 0..server.burst {
        assert!(take(0).is_err());
    }
    for others in 1..=u64::from(server.burst - person.burst) {
        assert_eq!(take(others), Ok(()), "{others}");
    }
    assert_eq!(take(1), Err(HttpError::RateLimited { retry_after_s: 1 }), "now the server has no tokens left");
}
