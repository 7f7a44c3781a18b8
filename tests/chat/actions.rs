//! The actions on a message: a page offers exactly what its viewer can do.

use crate::harness::ask;
use crate::staff::{GARDEN_PATH, Staffed};

#[tokio::test(flavor = "multi_thread")]
async fn everyone_is_offered_the_actions_they_can_take() {
    let staffed = Staffed::open().await;
    let Staffed { house, moderator, member, guest, creator, .. } = &staffed;
    let message = member.posts("words & <b>").await;
    let path = format!("{GARDEN_PATH}/messages/{message}");
    let offers = |html: &str| ["", "/report", "/delete"].map(|page| html.contains(&format!("href=\"{path}{page}\"")));
    for (person, offered) in [
        (member, [true, false, true]),
        (guest, [true, true, false]),
        (creator, [true, true, true]),
        (moderator, [true, true, true]),
    ] {
        let page = person.reads(&format!("{path}/actions"), "text/html").await;
        assert_eq!((page.status, page.header("cache-control")), (200, "private, no-cache"));
        assert!(page.text().contains("words &amp; &lt;b&gt;"), "the page shows the message");
        let menu = person.reads(&format!("{path}/actions?as=menu"), "text/html").await;
        assert!(!menu.text().contains("<html"));
        assert_eq!((offers(page.text()), offers(menu.text())), (offered, offered), "{}", person.name);
        for (page, is_offered) in ["/report", "/delete"].into_iter().zip(&offered[1..]) {
            let is_allowed = person.reads(&format!("{path}{page}"), "text/html").await.status == 200;
            assert!(is_allowed || !is_offered, "{page} is offered to {} and refused", person.name);
        }
    }
    let row = ask(house.get(GARDEN_PATH).bearer_auth(&guest.token).header("accept", "text/html")).await;
    assert!(row.text().contains(&format!("href=\"{path}/actions\"")), "every message links to its actions");
}

#[tokio::test(flavor = "multi_thread")]
async fn actions_follow_the_state_of_the_message() {
    let staffed = Staffed::open().await;
    let Staffed { house, moderator, member, guest, creator, .. } = &staffed;
    let message = member.posts("teh words").await;
    let path = format!("{GARDEN_PATH}/messages/{message}");
    let offers = async |person: &crate::harness::Guest| {
        let page = person.reads(&format!("{path}/actions"), "text/html").await;
        let pages = ["edit", "reactions", "thread", "history", "pin", "unpin"];
        let is_linked = |page_of: &&str| page.text().contains(&format!("=\"{path}/{page_of}\""));
        pages.into_iter().filter(is_linked).collect::<Vec<_>>()
    };
    assert_eq!(offers(member).await, ["edit", "reactions"]);
    assert_eq!(offers(guest).await, ["reactions"]);
    assert_eq!(offers(moderator).await, ["reactions", "pin"]);
    member.sends(&format!("{path}/edit"), &[("body", "the words")]).await;
    creator.sends(&format!("{path}/pin"), &[]).await;
    guest.sends(&format!("{GARDEN_PATH}/messages"), &[("body", "so it is"), ("reply_to", &message.to_string())]).await;
    assert_eq!(offers(moderator).await, ["reactions", "thread", "history", "unpin"]);
    creator.sends(&format!("{GARDEN_PATH}/archive"), &[]).await;
    assert_eq!(offers(member).await, ["thread", "history"], "archived rooms are read-only");
    let page = house.read(&format!("{path}/actions"), "text/html").await;
    assert!(page.text().contains("/history\"") && !page.text().contains("?reply="), "strangers can only read");
}

#[tokio::test(flavor = "multi_thread")]
async fn missing_messages_have_no_actions() {
    let staffed = Staffed::open().await;
    let Staffed { member, guest, .. } = &staffed;
    let message = member.posts("gone soon").await;
    let hidden = member.creates("Secret plans", "private", "").await;
    let in_hidden = crate::harness::Guest { room: hidden.clone(), ..member.clone() }.posts("secret").await;
    assert_eq!(member.sends(&format!("{GARDEN_PATH}/messages/{message}/delete"), &[]).await.status, 200);
    for path in [
        format!("{GARDEN_PATH}/messages/{message}"),
        format!("{GARDEN_PATH}/messages/{in_hidden}"),
        format!("{hidden}/messages/{in_hidden}"),
        format!("{GARDEN_PATH}/messages/0"),
        format!("{GARDEN_PATH}/messages/x"),
        format!("{GARDEN_PATH}/messages/99999999999999999999"),
    ] {
        assert_eq!(guest.reads(&format!("{path}/actions"), "text/html").await.status, 404, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_page_of_a_room_names_itself_in_its_title() {
    let staffed = Staffed::open().await;
    let Staffed { house, member, guest, .. } = &staffed;
    let message = member.posts("teh words").await;
    let path = format!("{GARDEN_PATH}/messages/{message}");
    member.sends(&format!("{path}/edit"), &[("body", "the words")]).await;
    let room = house.read(GARDEN_PATH, "text/html").await;
    let title = |html: &str| html.split_once("<title>").unwrap().1.split_once("</title>").unwrap().0.to_owned();
    let room = title(room.text());
    for (person, page, what) in [
        (member, format!("{path}/actions"), "Actions"),
        (member, format!("{path}/edit"), "Edit"),
        (member, format!("{path}/delete"), "Delete"),
        (member, format!("{path}/thread"), "Thread"),
        (member, format!("{path}/history"), "Edit history"),
        (member, format!("{path}/reactions"), "Reactions"),
        (guest, format!("{path}/report"), "Report"),
        (member, format!("{GARDEN_PATH}/pins"), "Pinned messages"),
        (member, format!("{GARDEN_PATH}/notifications"), "Notifications"),
        (member, format!("{GARDEN_PATH}/settings"), "Room settings"),
        (member, format!("{GARDEN_PATH}/days/2026-02-28"), "28 February 2026"),
    ] {
        let answer = person.reads(&page, "text/html").await;
        assert_eq!(title(answer.text()), format!("{what} · {room}"), "{page}");
    }
}
