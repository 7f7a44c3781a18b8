//! The page of what one may do with a message: it offers what would be done, and nothing else.

use crate::harness::ask;
use crate::staff::{GARDEN_PATH, Staffed};

#[tokio::test(flavor = "multi_thread")]
async fn each_is_offered_what_they_may_do() {
    let staffed = Staffed::open().await;
    let Staffed { house, moderator, member, guest, creator, .. } = &staffed;
    let said = member.posts("words & <b>").await;
    let path = format!("{GARDEN_PATH}/messages/{said}");
    let offers = |html: &str| ["", "/report", "/delete"].map(|page| html.contains(&format!("href=\"{path}{page}\"")));
    for (who, offered) in [
        (member, [true, false, true]),
        (guest, [true, true, false]),
        (creator, [true, true, true]),
        (moderator, [true, true, true]),
    ] {
        let page = who.reads(&format!("{path}/actions"), "text/html").await;
        assert_eq!((page.status, page.header("cache-control")), (200, "private, no-cache"));
        assert!(page.text().contains("words &amp; &lt;b&gt;"), "it shows the message");
        let menu = who.reads(&format!("{path}/actions?as=menu"), "text/html").await;
        assert!(!menu.text().contains("<html"));
        assert_eq!((offers(page.text()), offers(menu.text())), (offered, offered), "{}", who.name);
        for (page, is_offered) in ["/report", "/delete"].into_iter().zip(&offered[1..]) {
            let leads = who.reads(&format!("{path}{page}"), "text/html").await.status == 200;
            assert!(leads || !is_offered, "{page} is offered to {} and leads nowhere", who.name);
        }
    }
    let row = ask(house.get(GARDEN_PATH).bearer_auth(&guest.token).header("accept", "text/html")).await;
    assert!(row.text().contains(&format!("href=\"{path}/actions\"")), "every message leads there");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_message_has_become_is_offered_with_it() {
    let staffed = Staffed::open().await;
    let Staffed { house, moderator, member, guest, creator, .. } = &staffed;
    let said = member.posts("teh words").await;
    let path = format!("{GARDEN_PATH}/messages/{said}");
    let offers = async |who: &crate::harness::Guest| {
        let page = who.reads(&format!("{path}/actions"), "text/html").await;
        let pages = ["edit", "reactions", "thread", "history", "pin", "unpin"];
        let there = |page_of: &&str| page.text().contains(&format!("=\"{path}/{page_of}\""));
        pages.into_iter().filter(there).collect::<Vec<_>>()
    };
    assert_eq!(offers(member).await, ["edit", "reactions"]);
    assert_eq!(offers(guest).await, ["reactions"]);
    assert_eq!(offers(moderator).await, ["reactions", "pin"]);
    member.sends(&format!("{path}/edit"), &[("body", "the words")]).await;
    creator.sends(&format!("{path}/pin"), &[]).await;
    guest.sends(&format!("{GARDEN_PATH}/messages"), &[("body", "so it is"), ("reply_to", &said.to_string())]).await;
    assert_eq!(offers(moderator).await, ["reactions", "thread", "history", "unpin"]);
    creator.sends(&format!("{GARDEN_PATH}/archive"), &[]).await;
    assert_eq!(offers(member).await, ["thread", "history"], "in the archive one only reads");
    let page = house.read(&format!("{path}/actions"), "text/html").await;
    assert!(page.text().contains("/history\"") && !page.text().contains("?reply="), "so do strangers");
}

#[tokio::test(flavor = "multi_thread")]
async fn with_what_is_not_there_nothing_is_done() {
    let staffed = Staffed::open().await;
    let Staffed { member, guest, .. } = &staffed;
    let said = member.posts("gone soon").await;
    let hidden = member.creates("Secret plans", "private", "").await;
    let in_hidden = crate::harness::Guest { room: hidden.clone(), ..member.clone() }.posts("secret").await;
    assert_eq!(member.sends(&format!("{GARDEN_PATH}/messages/{said}/delete"), &[]).await.status, 200);
    for path in [
        format!("{GARDEN_PATH}/messages/{said}"),
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
async fn each_page_beside_a_room_says_in_its_title_what_it_is() {
    let staffed = Staffed::open().await;
    let Staffed { house, member, guest, .. } = &staffed;
    let said = member.posts("teh words").await;
    let path = format!("{GARDEN_PATH}/messages/{said}");
    member.sends(&format!("{path}/edit"), &[("body", "the words")]).await;
    let room = house.read(GARDEN_PATH, "text/html").await;
    let title = |html: &str| html.split_once("<title>").unwrap().1.split_once("</title>").unwrap().0.to_owned();
    let room = title(room.text());
    for (who, page, what) in [
        (member, format!("{path}/actions"), "Actions"),
        (member, format!("{path}/edit"), "Edit"),
        (member, format!("{path}/delete"), "Remove"),
        (member, format!("{path}/thread"), "Thread"),
        (member, format!("{path}/history"), "Earlier versions"),
        (member, format!("{path}/reactions"), "Reactions"),
        (guest, format!("{path}/report"), "Report"),
        (member, format!("{GARDEN_PATH}/pins"), "Pinned messages"),
        (member, format!("{GARDEN_PATH}/notifications"), "What to hear of"),
        (member, format!("{GARDEN_PATH}/settings"), "About"),
        (member, format!("{GARDEN_PATH}/days/2026-02-28"), "28 February 2026"),
    ] {
        let shown = who.reads(&page, "text/html").await;
        assert_eq!(title(shown.text()), format!("{what} · {room}"), "{page}");
    }
}
