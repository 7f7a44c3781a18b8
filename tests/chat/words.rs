//! The words of the product: pages, errors and the help of the command line use the words of well-known products, and none of
//! Taproom's own. The list is of words and phrases that were found hard to understand.

use std::collections::{BTreeSet, VecDeque};

use crate::harness::{Answer, Guest, House, ask, within};
use crate::program;
use crate::staff::Staffed;

/// Never as a word of its own, in any case.
const WORDS: [&str; 13] = [
    "house",
    "door",
    "claim",
    "outside",
    "silence",
    "silenced",
    "pace",
    "involvement",
    "settle",
    "settled",
    "places",
    "whoever",
    "somebody",
];

/// Never as a phrase, in any case.
const PHRASES: [&str; 22] = [
    "come in",
    "comes in",
    "coming in",
    "keep order",
    "keeps order",
    "keep on top",
    "keep your name",
    "keep this name",
    "take the house",
    "talk alone",
    "picked people",
    "everybody here",
    "whole world",
    "what to hear of",
    "what it is about",
    "into the archive",
    "have it back",
    "take it back",
    "let in again",
    "the end of it",
    "leads nowhere",
    "not for you",
];

/// Never as the whole text of a heading, a label or a button.
const TITLES: [&str; 6] = ["Look", "Called", "Outside", "Log", "The log", "Talk"];

/// How many pages one visitor reads at most.
const PAGES_MAX: usize = 150;

/// The texts of a page that a person reads or hears: between tags, and in these attributes.
fn texts(html: &str) -> Vec<String> {
    let mut found = Vec::new();
    for part in html.split('<').skip(1) {
        let (tag, text) = part.split_once('>').unwrap_or((part, ""));
        if tag.starts_with("script") || tag.starts_with("style") {
            continue;
        }
        for attribute in ["title", "aria-label", "placeholder", "alt", "content", "data-label"] {
            let value = tag.split(&format!(" {attribute}=\"")).nth(1).and_then(|rest| rest.split('"').next());
            found.extend(value.map(str::to_owned));
        }
        found.push(text.trim().to_owned());
    }
    let plain =
        |text: String| text.replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"");
    found.into_iter().map(plain).filter(|text| !text.is_empty()).collect()
}

/// What is wrong with a text.
fn never(text: &str) -> Option<&'static str> {
    // The name that the tests give the server, and names and messages that they make up.
    let text = text.replace("House & <i>", "").to_lowercase();
    let words: BTreeSet<&str> = text.split(|c: char| !c.is_alphanumeric()).collect();
    let word = WORDS.into_iter().find(|word| words.contains(word));
    word.or_else(|| PHRASES.into_iter().find(|phrase| text.contains(phrase)))
}

fn wrong_texts(at: &str, html: &str) -> Vec<String> {
    let texts = texts(html);
    let titles =
        texts.iter().filter(|text| TITLES.contains(&text.as_str())).map(|text| format!("{at}: title {text:?}"));
    let words = texts.iter().filter_map(|text| Some(format!("{at}: {:?} in {text:?}", never(text)?)));
    titles.chain(words).collect()
}

/// Where a page leads to on this server.
fn links(html: &str) -> Vec<String> {
    let addresses = html.split(" href=\"").skip(1).filter_map(|rest| rest.split('"').next());
    let own = addresses.filter(|address| address.starts_with('/') && !address.starts_with("//"));
    own.map(|address| address.split('#').next().unwrap_or("").replace("&amp;", "&")).collect()
}

/// Reads every page that a visitor reaches by links from these; what is wrong with their texts, and how many pages there were.
async fn crawl(house: &House, visitor: Option<&Guest>, starts: &[&str]) -> (Vec<String>, usize) {
    let mut open: VecDeque<String> = starts.iter().map(|start| (*start).to_owned()).collect();
    let (mut seen, mut shapes, mut wrong) = (BTreeSet::new(), std::collections::BTreeMap::new(), Vec::new());
    while let Some(path) = open.pop_front() {
        // Of pages of one shape, as those of many messages, a few are enough.
        let shape: String = path.chars().filter(|c| !c.is_ascii_digit()).collect();
        let count = shapes.entry(shape).or_insert(0);
        *count += 1;
        if *count > 2 || seen.len() >= PAGES_MAX || !seen.insert(path.clone()) || path.contains("/live") {
            continue;
        }
        let answer: Answer = match visitor {
            Some(guest) => guest.reads(&path, "text/html").await,
            None => house.read(&path, "text/html").await,
        };
        if answer.has("content-type") && answer.header("content-type").starts_with("text/html") {
            wrong.extend(wrong_texts(&path, answer.text()));
            open.extend(links(answer.text()));
        }
        if answer.has("location") {
            open.push_back(answer.header("location").split('#').next().unwrap_or("").to_owned());
        }
    }
    (wrong, seen.len())
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_use_the_words_of_well_known_products() {
    let mut invitation = String::new();
    let staffed = Staffed::open_after(|founding, owner| {
        invitation = founding.invites(owner, taproom::domain::Role::Member, None);
    })
    .await;
    let Staffed { house, owner, moderator, member, guest, .. } = &staffed;
    let id = owner.posts("hello @here").await;
    let message = format!("{}/messages/{id}", owner.room);
    assert_eq!(member.sends(&format!("{message}/reactions"), &[("reaction", "🎉")]).await.status, 200);
    assert_eq!(member.sends(&format!("{message}/report"), &[("reason", "spam")]).await.status, 201);
    let room = member.creates("Plans", "private", "").await;
    let starts: Vec<String> = ["actions", "edit", "delete", "history", "reactions", "thread", "report"]
        .into_iter()
        .map(|last| format!("{message}/{last}"))
        .chain(
            ["", "/settings", "/notifications", "/pins", "/days", "/preview"]
                .map(|last| format!("{}{last}", owner.room)),
        )
        .chain([room, "/nothing".to_owned(), "/rooms/no-such-room".to_owned(), "/reset/x".to_owned(), invitation])
        .chain(
            ["/", "/help", "/switcher", "/sign-in", "/register", "/recover", "/settings", "/rooms"].map(str::to_owned),
        )
        .collect();
    let starts: Vec<&str> = starts.iter().map(String::as_str).collect();
    for (who, visitor, least) in [
        ("owner", Some(owner), 45),
        ("moderator", Some(moderator), 40),
        ("member", Some(member), 35),
        ("guest", Some(guest), 30),
        ("stranger", None, 15),
    ] {
        let (wrong, pages) = crawl(house, visitor, &starts).await;
        assert!(pages >= least, "the {who} reads {pages} pages");
        assert!(wrong.is_empty(), "as {who}, on {pages} pages:\n{}", wrong.join("\n"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn refused_forms_say_why_in_plain_words() {
    let Staffed { house, owner, guest, .. } = &Staffed::open().await;
    let long = "x".repeat(9_000);
    let own = [
        ("/rooms", vec![("name", ""), ("visibility", "open")]),
        ("/rooms", vec![("name", "Plans"), ("visibility", "?")]),
        ("/admin/settings", vec![("name", ""), ("join_policy", "anyone"), ("room_creation", "guest")]),
        ("/admin/invitations", vec![("name", ""), ("role", "member"), ("expires", "1d")]),
        ("/settings/name", vec![("name", "")]),
        ("/settings/tokens", vec![("name", "")]),
        ("/direct", vec![("names", "Nobody At All")]),
    ];
    let messages = format!("{}/messages", owner.room);
    let shared = [(messages.as_str(), vec![("body", "")]), (messages.as_str(), vec![("body", long.as_str())])];
    let strangers = [
        ("/join", vec![("room", ""), ("name", "")]),
        ("/join", vec![("room", "lobby"), ("name", guest.name.as_str())]),
        ("/sign-in", vec![("name", "Nobody"), ("password", "wrong")]),
        ("/recover", vec![("name", "Nobody"), ("code", "wrong"), ("password", "wrong password")]),
        ("/register", vec![("password", "x")]),
    ];
    let mut answers = Vec::new();
    for (by, forms) in [(Some(owner), own.to_vec()), (Some(guest), shared.to_vec()), (None, strangers.to_vec())] {
        for (path, form) in forms {
            let request = house.post(path).header("accept", "text/html").form(&form);
            let request = if let Some(guest) = by { request.bearer_auth(&guest.token) } else { request };
            answers.push((path, ask(request).await));
        }
    }
    let refused = answers.iter().filter(|(_, answer)| answer.status >= 400).count();
    assert_eq!(refused, answers.len(), "{:?}", answers.iter().map(|(path, a)| (path, a.status)).collect::<Vec<_>>());
    let wrong: Vec<String> = answers.iter().flat_map(|(path, answer)| wrong_texts(path, answer.text())).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn the_help_of_the_command_line_uses_plain_words() {
    for arguments in [vec!["--help"], vec!["-h"], vec!["backup", "--help"], vec!["reset", "--help"]] {
        let output = program::bare().args(&arguments).output();
        let output = within("the help", output).await.expect("the program starts");
        let text = String::from_utf8(output.stdout).expect("help is UTF-8");
        assert!(output.status.success() && text.len() > 50, "{arguments:?}: {text}");
        let wrong: Vec<_> = text.lines().filter_map(|line| Some((never(line)?, line))).collect();
        assert!(wrong.is_empty(), "{arguments:?}: {wrong:?}");
    }
}

#[test]
fn every_text_of_an_error_uses_plain_words() {
    for source in [include_str!("../../src/domain/refusal.rs"), include_str!("../../src/web/response/http_error.rs")] {
        let texts: Vec<&str> = source.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
        let texts: Vec<&str> = texts.into_iter().filter(|line| line.contains('"')).collect();
        assert!(texts.len() > 5, "this test reads the texts");
        let wrong: Vec<_> = texts.iter().filter_map(|text| Some((never(text)?, text))).collect();
        assert!(wrong.is_empty(), "{wrong:#?}");
    }
}

#[test]
fn a_word_of_the_old_dialect_is_found() {
    assert!(never("This house is yours.").is_some() && never("You have been put outside").is_some());
    assert!(never("Come in").is_some() && never("You are banned until tomorrow.").is_none());
    assert_eq!(texts(r#"<a title="The door"><b>Join &amp; talk</b>"#), ["The door", "Join & talk"]);
    assert_eq!(wrong_texts("/", "<h1>The log</h1>").len(), 1);
}
