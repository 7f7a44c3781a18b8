//! Erasing all that somebody said takes its time, and does not end with the server that began it.

use taproom::domain::{
    Actor, Body, Command, Event, Expiry, MessageContent, PersonCommand, PostFollowUps, Role, RoomName,
};

use crate::harness::until;
use crate::staff::{GARDEN, GARDEN_PATH, Staffed};

#[tokio::test(flavor = "multi_thread")]
async fn what_a_restart_left_of_somebody_who_is_to_be_erased_goes_with_the_next_start() {
    let staffed = Staffed::open_after(|founding, owner| {
        let (tim, _) = founding.comes("Tim", Role::Guest, None);
        let open = Command::OpenRoom { room: RoomName::parse(GARDEN).unwrap() };
        let Event::RoomOpened { room } = founding.does(Actor::User(tim), open) else { panic!("it opens") };
        for n in 0..300 {
            let content = MessageContent::from_body(Body::parse(&format!("spam {n}")).unwrap());
            founding.does(
                Actor::User(tim),
                Command::Post { room, content, reply_to: None, follow_ups: PostFollowUps::default() },
            );
        }
        let ban = PersonCommand::Ban {
            until: Expiry::NEVER,
            reason: None,
            blocked_addresses: Vec::new(),
            delete_messages: true,
        };
        founding.does(Actor::User(owner), Command::Person(tim, ban));
    })
    .await;
    let house = &staffed.house;
    until("all of it to be gone", || async {
        let all = house.history(GARDEN_PATH).await;
        all.len() == 300 && all.iter().all(|(_, text)| text.is_empty())
    })
    .await;
}
