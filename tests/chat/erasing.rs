//! Erasing all that somebody said takes its time, and does not end with the server that began it.

use taproom::domain::{Body, Command, Event, PersonCommand, Role, RoomName, Until, Who, Words};

use crate::harness::until;
use crate::staff::{GARDEN, GARDEN_PATH, Staffed};

#[tokio::test(flavor = "multi_thread")]
async fn what_a_restart_left_of_somebody_who_is_to_be_erased_goes_with_the_next_start() {
    let staffed = Staffed::open_after(|founding, owner| {
        let (tim, _) = founding.comes("Tim", Role::Guest, None);
        let open = Command::Open { room: RoomName::parse(GARDEN).unwrap() };
        let Event::Opened { room } = founding.does(Who::User(tim), open) else { panic!("it opens") };
        for n in 0..300 {
            let words = Words::plain(Body::parse(&format!("spam {n}")).unwrap());
            founding.does(Who::User(tim), Command::Post { room, words, reply_to: None });
        }
        let ban = PersonCommand::Ban { until: Until::LIFTED, why: None, addresses: Vec::new(), erase: true };
        founding.does(Who::User(owner), Command::Person(tim, ban));
    })
    .await;
    let house = &staffed.house;
    until("all of it to be gone", || async {
        let all = house.history(GARDEN_PATH).await;
        all.len() == 300 && all.iter().all(|(_, text)| text.is_empty())
    })
    .await;
}
