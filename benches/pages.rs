//! What a page costs by itself, without sockets: reading its rows, and answering the whole request, in CPU time of this one
//! thread. `load` measures the same over loopback, with the system's share; this is for finding out where the rest goes:
//! `cargo bench --bench pages`, or the same binary with `--quick` under `valgrind --tool=callgrind`.

use std::error::Error;
use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use poem::http::StatusCode;
use poem::{Endpoint, Request, Response};
use taproom::domain::{
    Actor, Body, Command, Device, Envelope, Event, MessageContent, PostFollowUps, ReadStateCommand, RoomId, RoomName,
    Timestamp, Token, UserId, UserName,
};
use taproom::engine::{self, Engine};
use taproom::live::{Hubs, ReplayLimits};
use taproom::metrics::Metrics;
use taproom::store::{Store, Window};
use taproom::views::text::{CodeStyle, NameResolver, render};
use taproom::web::{self, AppState, PasswordHasher};

/// The one of the server.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// How many people talk, and how much.
const PEOPLE: u8 = 10;
const MESSAGES: usize = 50;
/// How many rooms there are beside the one whose page is asked for: a full list.
const OTHER_ROOMS: usize = 49;
/// How many rooms somebody else reads, in each of which there is something that they have not read.
const READ_ROOMS: usize = 200;
/// Runs, of which the fastest counts: everything that disturbs makes a run slower.
const RUNS: usize = 5;

fn main() -> Result<()> {
    let quick = std::env::args().any(|argument| argument == "--quick");
    let calls = if quick { 200 } else { 5_000 };
    let directory = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let past = fill(directory.path())?;
    let meters = Arc::new(Metrics::default());
    let hubs = Arc::new(Hubs::new(ReplayLimits::default(), runtime.handle().clone(), Arc::clone(&meters)));
    let engine = Engine::start(Arc::clone(&past.store), Arc::clone(&hubs), Arc::clone(&meters))?;
    let house = Arc::new(AppState {
        store: Arc::clone(&past.store),
        engine: Arc::new(engine),
        hubs,
        metrics: meters,
        metrics_token: None,
        trusted_proxies: Vec::new(),
        public_url: None,
        rate_limits: None,
        password_hasher: PasswordHasher::default(),
        setup_link: None,
    });
    let endpoint = web::endpoint(Arc::clone(&house));

    let read = || past.store.snapshot().and_then(|snapshot| snapshot.message_page(past.room, Window::Latest));
    assert_eq!(read()?.messages.len(), MESSAGES);
    show("last-50 page from the store", calls, || drop(read()))?;

    show_unread(&past, calls, |request| runtime.block_on(endpoint.get_response(request)))?;
    let answer = |path: &str, accept: &str, more: Option<(&'static str, &str)>| {
        let request = Request::builder().uri_str(path).header("accept", accept);
        let request = request.header("cookie", format!("taproom={}", past.token.to_text()));
        let request = more.into_iter().fold(request, |request, (name, value)| request.header(name, value));
        runtime.block_on(endpoint.get_response(request.finish()))
    };
    for (what, path, accept) in [
        ("nothing (/up)", "/up", "*/*"),
        ("the room as HTML", "/rooms/lobby", "text/html"),
        ("the room as JSON", "/rooms/lobby", "application/json"),
        ("the room as text", "/rooms/lobby", "text/plain"),
        ("older messages", "/rooms/lobby/older?before=9999999", "text/html"),
        ("the door", "/", "text/html"),
    ] {
        let first = answer(path, accept, None);
        assert_eq!(first.status(), StatusCode::OK, "{path}");
        show(what, calls, || drop(answer(path, accept, None)))?;
        for encoding in ["br", "gzip"] {
            if answer(path, accept, Some(("accept-encoding", encoding))).headers().contains_key("content-encoding") {
                let packed = || drop(answer(path, accept, Some(("accept-encoding", encoding))));
                show(&format!("{what}, packed ({encoding})"), calls, packed)?;
            }
        }
        if let Some(tag) = tag(&first) {
            show(&format!("{what}, not changed (304)"), calls, || {
                drop(answer(path, accept, Some(("if-none-match", &tag))));
            })?;
        }
    }
    house.engine.stop();
    texts(quick)
}

/// What reading a text costs when it is written: an ordinary one, and the worst that were found, of the greatest length.
fn texts(quick: bool) -> Result<()> {
    let person = |_: &UserName| None;
    let names = NameResolver { find_person: &person, find_room: &|_| None };
    let code = "fn a(b: &str) -> Option<u8> { b.parse().ok() } // \"c\"\n";
    let fenced = |language: &str, code: &str| format!("```{language}\n{}\n```", code.repeat(1_450 / code.len()));
    for (what, text, calls) in [
        ("a text: plain", "Some words of the usual length, and no more.".to_owned(), 5_000),
        ("a text: marked up", "**Two** things, @ann: `a` and https://a.example\n- b :tada:\n- c".to_owned(), 5_000),
        ("a text: ten lines of Rust", fenced("rust", code).chars().take(560).collect(), 50),
        ("a text: all the Rust that is coloured", fenced("rust", code), 5),
        ("a text: JavaScript, all brackets", fenced("js", "({[(`${a(b)}`)]})=>\n"), 5),
        ("a text: HTML, all tags", fenced("html", "<a b='c'><script>d</script><style>\n"), 5),
        ("a text: PHP, all quotes", fenced("php", "<?php \"$a[b]{$c->d}\" . '\n"), 5),
        ("a text: signs of names", "@a #b ".repeat(1_333), 200),
        ("a text: quotes in quotes", ">".repeat(8_000), 2_000),
        ("a text: stars", "*a **b ".repeat(1_142), 2_000),
        ("a text: brackets", "[".repeat(8_000), 2_000),
        ("a text: backticks", (1..125).map(|n| "`".repeat(n) + " ").collect(), 2_000),
        ("a text: links", "http://a ".repeat(888), 2_000),
        ("a text: what is nearly a link", "a://".repeat(2_000), 2_000),
    ] {
        let body = Body::parse(&text)?;
        show(what, if quick { 1 } else { calls }, || drop(render(body.clone(), &names, CodeStyle::Highlighted)))?;
    }
    Ok(())
}

/// What it costs to know what is new in many rooms.
fn show_unread(past: &Past, calls: u32, answer: impl Fn(Request) -> Response) -> Result<()> {
    let readings = || past.store.snapshot().and_then(|snapshot| snapshot.read_states(past.reader));
    assert_eq!(readings()?.iter().filter(|(_, reading)| reading.unread == 1).count(), READ_ROOMS);
    show("what is unread in 200 rooms, from the store", calls, || drop(readings()))?;

    let beside = || {
        let cookie = format!("taproom={}", Token::new([1; 32]).to_text());
        let request = Request::builder().uri_str("/rooms").header("accept", "text/html").header("cookie", cookie);
        answer(request.finish())
    };
    assert_eq!(beside().status(), StatusCode::OK);
    show("a page beside which 200 rooms are unread", calls, || drop(beside()))?;
    Ok(())
}

fn tag(response: &Response) -> Option<String> {
    Some(response.headers().get("etag")?.to_str().ok()?.to_owned())
}

/// Times so many calls, and prints what one costs.
fn show(what: &str, calls: u32, mut call: impl FnMut()) -> Result<()> {
    call();
    let mut run = || {
        let before = own_cpu()?;
        (0..calls).for_each(|_| call());
        Ok::<_, io::Error>((own_cpu()? - before) / calls)
    };
    let runs = (0..RUNS).map(|_| run()).collect::<io::Result<Vec<Duration>>>()?;
    let best = runs.into_iter().min().unwrap_or_default();
    writeln!(io::stdout(), "{:8.2} us  {what}", best.as_secs_f64() * 1e6)?;
    Ok(())
}

/// CPU time of this thread, as Linux counts it, in nanoseconds.
fn own_cpu() -> io::Result<Duration> {
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat")?;
    let nanos = stat.split_whitespace().next().and_then(|nanos| nanos.parse().ok());
    nanos.map(Duration::from_nanos).ok_or_else(|| io::Error::other("this kernel counts no CPU time of threads"))
}

/// What is there before anybody asks.
struct Past {
    store: Arc<Store>,
    room: RoomId,
    token: Token,
    /// Who reads many rooms.
    reader: UserId,
}

fn fill(directory: &Path) -> Result<Past> {
    let store = Arc::new(Store::open(directory)?);
    let mut people = Vec::new();
    let mut room_id = None;
    for number in 0..PEOPLE {
        let (room, name) = (RoomName::parse("lobby")?, UserName::parse(&format!("Person {number}"))?);
        let command = Command::Join { room, name, token: Token::new([number; 32]).hash(), device: Device::default() };
        let Event::PersonJoined { user, room } = carry_out(&store, Actor::Anonymous, command)? else { continue };
        people.push(user);
        room_id = Some(room);
    }
    let room = room_id.ok_or("nobody came in")?;
    for number in 0..OTHER_ROOMS {
        carry_out(
            &store,
            Actor::User(people[0]),
            Command::OpenRoom { room: RoomName::parse(&format!("Room {number}"))? },
        )?;
    }
    for number in 0..MESSAGES {
        let text = format!("Message {number} of {MESSAGES}. {}", "Some words. ".repeat(8));
        let who: UserId = people[number % people.len()];
        carry_out(
            &store,
            Actor::User(who),
            Command::Post {
                room,
                content: MessageContent::from_body(Body::parse(&text)?),
                reply_to: None,
                follow_ups: PostFollowUps::default(),
            },
        )?;
    }
    let (reader, words) = (people[1], Body::parse(&"Some words. ".repeat(8))?);
    for number in 0..READ_ROOMS {
        let opened = carry_out(
            &store,
            Actor::User(people[0]),
            Command::OpenRoom { room: RoomName::parse(&format!("Read {number}"))? },
        )?;
        let Event::RoomOpened { room } = opened else { continue };
        let says = || Command::Post {
            room,
            content: MessageContent::from_body(words.clone()),
            reply_to: None,
            follow_ups: PostFollowUps::default(),
        };
        carry_out(&store, Actor::User(people[0]), says())?;
        let seq = store.snapshot()?.last_seq()?;
        carry_out(&store, Actor::User(reader), Command::ReadState(room, ReadStateCommand::MarkRead { seq }))?;
        carry_out(&store, Actor::User(people[0]), says())?;
    }
    Ok(Past { store, room, token: Token::new([0; 32]), reader })
}

fn carry_out(store: &Store, who: Actor, command: Command) -> Result<Event> {
    let asked = Envelope { actor: who, nonce: None, command };
    let now: Timestamp = engine::now();
    let answer = store.commit(now, &[asked])?.pop().ok_or("no answer")?;
    Ok(answer?.event)
}
