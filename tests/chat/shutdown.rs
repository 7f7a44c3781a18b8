//! Told to stop, the program stops soon and in peace: streams are told to come back, what was answered is kept, and
//! what is not done is not answered as if it were.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::harness::{ANN, Ears, Guest, ROOM, client, history, within};
use crate::program::Program;
use crate::sse::Event;

/// Within this time it has ended: that is promised.
const PROMISED: Duration = Duration::from_secs(10);

async fn ends_in_peace(program: &mut Program) {
    let status = timeout(PROMISED, program.ended()).await.expect("it ends within ten seconds");
    assert_eq!(status.code(), Some(0));
}

async fn listen(ann: &Guest, query: &str) -> Ears {
    Ears::open(client().get(format!("{}{}/live?{query}", ann.url, ann.room))).await
}

/// Reads a stream to its end: how many changes it brought, and its last event.
async fn hears_to_the_end(mut ears: Ears) -> (usize, Event) {
    let (mut changes, mut last) = (0, ears.first.clone());
    within("the end of a stream", async {
        while let Some(event) = ears.next().await {
            changes += usize::from(event.is_change());
            last = event;
        }
    })
    .await;
    (changes, last)
}

fn is_goodbye(event: &Event) -> u64 {
    assert_eq!((event.name.as_str(), &event.id), ("bye", &None), "{event:?}");
    let retry = event.retry.expect("it says when to come back");
    assert!((2_000..=10_000).contains(&retry), "{retry} ms");
    retry
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signal_ends_it_while_many_listen_and_each_is_told_when_to_come_back() {
    for signal in ["TERM", "INT"] {
        let directory = tempfile::tempdir().unwrap();
        let mut program = Program::start(directory.path()).await;
        let ann = program.guest(ANN, ROOM).await;
        let mut listening = Vec::new();
        for n in 0..24 {
            listening.push(listen(&ann, ["as=html", "as=text", "as=json"][n % 3]).await);
        }
        let id = ann.posts("the last word").await;
        program.signal(signal);
        let mut retries = Vec::new();
        for ears in listening {
            let (changes, last) = hears_to_the_end(ears).await;
            assert!(changes <= 1);
            retries.push(is_goodbye(&last));
        }
        ends_in_peace(&mut program).await;
        retries.sort_unstable();
        retries.dedup();
        assert!(retries.len() > 1, "they do not all come back at once");

        let program = Program::start(directory.path()).await;
        assert_eq!(history(&client(), &program.url, &ann.room).await, [(id, "the last word".to_owned())]);
    }
}

/// Posts until the server is gone: what was answered with yes.
async fn posts_to_the_end(ann: Guest, writer: usize) -> Vec<(u64, String)> {
    let mut done = Vec::new();
    for n in 0.. {
        let text = format!("{writer}: {n}");
        let Ok(answer) = within("an answer or none", ann.post().body(text.clone()).send()).await else { break };
        match answer.status().as_u16() {
            201 => {
                let message: serde_json::Value = answer.json().await.expect("a yes is whole");
                done.push((message["id"].as_u64().unwrap(), text));
            }
            503 => assert!(answer.headers().contains_key("retry-after"), "it says when to come back"),
            other => panic!("{other} is no answer to a good post"),
        }
    }
    done
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_answered_while_it_stops_is_kept_and_the_rest_is_not_said_to_be_done() {
    let directory = tempfile::tempdir().unwrap();
    let mut kept = 0;
    let mut ann: Option<Guest> = None;
    for round in 0..4 {
        let mut program = Program::start(directory.path()).await;
        let guest = match &ann {
            Some(ann) => program.again(ann),
            None => program.guest(ANN, ROOM).await,
        };
        let mut ears = listen(&guest, "as=json").await;
        let writers: Vec<_> = (0..16).map(|n| tokio::spawn(posts_to_the_end(guest.clone(), n))).collect();
        ears.hears_texts(40 + round).await;
        program.signal("TERM");
        is_goodbye(&hears_to_the_end(ears).await.1);
        let mut done = Vec::new();
        for writer in writers {
            done.extend(within("a writer", writer).await.expect("a writer does not fail"));
        }
        ends_in_peace(&mut program).await;
        assert!(done.len() >= 40 + round, "they wrote until it stopped");

        let mut program = Program::start(directory.path()).await;
        let history = history(&client(), &program.url, &guest.room).await;
        done.sort_unstable();
        assert!(history[kept..] == done, "what was answered is there, once, and whoever wrote it was answered");
        kept = history.len();
        program.signal("TERM");
        ends_in_peace(&mut program).await;
        ann = Some(guest);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_post_that_arrives_too_late_is_told_so() {
    let directory = tempfile::tempdir().unwrap();
    let mut program = Program::start(directory.path()).await;
    let ann = program.guest(ANN, ROOM).await;
    let ears = listen(&ann, "").await;
    let mut stream = TcpStream::connect(program.url.strip_prefix("http://").unwrap()).await.unwrap();
    let head = format!(
        "POST {}/messages HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\nContent-Type: text/plain\r\n\
         Content-Length: 8\r\nExpect: 100-continue\r\n\r\n",
        ann.room, ann.token
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = vec![0; 25];
    within("leave to go on", stream.read_exact(&mut answer)).await.unwrap();
    assert_eq!(answer, b"HTTP/1.1 100 Continue\r\n\r\n", "the request is under way");

    program.signal("TERM");
    hears_to_the_end(ears).await;
    stream.write_all(b"too late").await.unwrap();
    let mut answer = String::new();
    within("the answer", stream.read_to_string(&mut answer)).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 503 "), "{answer}");
    assert!(answer.contains("\r\nretry-after: 5\r\n") && answer.contains("The server is restarting."), "{answer}");
    ends_in_peace(&mut program).await;

    let program = Program::start(directory.path()).await;
    assert!(history(&client(), &program.url, &ann.room).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_that_say_nothing_or_not_enough_do_not_keep_it() {
    let directory = tempfile::tempdir().unwrap();
    let mut program = Program::start(directory.path()).await;
    let ann = program.guest(ANN, ROOM).await;
    let host = program.url.strip_prefix("http://").unwrap();
    let mut idle = Vec::new();
    for said in ["", "GET /up HT", "POST /join HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nroom"] {
        let mut stream = TcpStream::connect(host).await.unwrap();
        stream.write_all(said.as_bytes()).await.unwrap();
        idle.push(stream);
    }
    ann.posts("it has taken them all by now").await;
    program.signal("TERM");
    ends_in_peace(&mut program).await;
    drop(idle);
}
