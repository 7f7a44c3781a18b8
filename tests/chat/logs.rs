//! What the program writes about itself: lines that programs read, and nothing that anybody wrote or is known by.

use std::process::Stdio;

use hyper_util::rt::{TokioExecutor, TokioIo};
use serde_json::Value;
use taproom::domain::Timestamp;
use tempfile::TempDir;
use tokio::io::AsyncReadExt;
use tokio::task::JoinHandle;

use crate::harness::{ANN, Guest, ROOM, ask, client, let_go, within};
use crate::past::{DAY, Past, now, store};
use crate::program::{Program, bare, contents, refuses};

const TOKEN: &str = "metrics-token-0123456789";

/// A Taproom that logs so, on a directory, and what it will have written by its end.
async fn logging(directory: &TempDir, log: &str) -> (Program, JoinHandle<String>) {
    let mut command = bare();
    command.args(["--listen", "127.0.0.1:0", "--log", log, "--data"]).arg(directory.path());
    command.env("TAPROOM_METRICS_TOKEN", TOKEN).stderr(Stdio::piped());
    let mut program = Program::spawn(command).await;
    let mut errors = program.errors();
    let written = tokio::spawn(async move {
        let mut text = String::new();
        errors.read_to_string(&mut text).await.expect("it is text");
        text
    });
    (program, written)
}

/// Stops it; every line that it wrote, each an object.
async fn lines(mut program: Program, written: JoinHandle<String>) -> Vec<Value> {
    program.signal("TERM");
    assert!(within("its end", program.ended()).await.success());
    let text = within("its last line", written).await.unwrap();
    let object = |line: &str| match serde_json::from_str(line) {
        Ok(value @ Value::Object(_)) => value,
        other => panic!("{other:?} is no object: {line}"),
    };
    text.lines().map(object).collect()
}

/// Somebody does whatever can be done, right and wrong, over both versions of HTTP.
async fn does_everything(program: &Program, ann: &Guest, secret: &str) {
    let url = &program.url;
    let mut ears = ann.listen("as=json").await;
    ann.posts(secret).await;
    ears.hears().await;
    let http = client();
    let room = format!("{url}{}", ann.room);
    for request in [
        http.post(format!("{room}/messages"))
            .header("cookie", ann.cookie())
            .form(&[("body", secret), ("nonce", secret)]),
        http.post(format!("{room}/messages")).basic_auth(&ann.name, Some(&ann.token)).body(secret.to_owned()),
        http.post(format!("{room}/messages")).bearer_auth(secret).body(secret.to_owned()),
        http.post(format!("{url}/join")).form(&[("room", secret), ("name", secret)]),
        http.post(format!("{url}/{secret}?{secret}={secret}")).header(secret, secret).body(secret.to_owned()),
        http.get(format!("{room}?before={secret}")),
        http.get(format!("{url}/rooms/{secret}-unknown")),
        http.get(format!("{room}/live?after=00000000-1&{secret}")).header("last-event-id", secret),
        http.get(format!("{url}/?room={secret}")).header("user-agent", secret).header("referer", secret),
        http.get(format!("{url}/metrics")).header("via", secret).bearer_auth(TOKEN),
        http.request(secret.parse().unwrap(), format!("{url}/up")),
    ] {
        ask(request).await;
    }
    let stream = tokio::net::TcpStream::connect(url.strip_prefix("http://").unwrap()).await.unwrap();
    let (mut send, connection) =
        hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await.unwrap();
    tokio::spawn(connection);
    let post = hyper::Request::post(format!("{room}/messages?{secret}"));
    let post = post.header("authorization", format!("Bearer {}", ann.token)).body(secret.to_owned()).unwrap();
    assert_eq!(within("an answer", send.send_request(post)).await.unwrap().status(), 201);
    ask(http.post(format!("{url}/leave")).header("cookie", ann.cookie())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_anybody_wrote_or_is_known_by_is_logged_or_counted() {
    const SECRET: &str = "what-ann-said";
    let directory = tempfile::tempdir().unwrap();
    let (program, written) = logging(&directory, "json,trace").await;
    let ann = program.guest("Ann-who-is-known", "room-of-ann").await;
    does_everything(&program, &ann, SECRET).await;
    let meters = ask(client().get(format!("{}/metrics", program.url))).await.text().to_owned();
    let lines = lines(program, written).await;

    let log = lines.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n").to_lowercase();
    for (what, text) in [("the log", &log), ("the meters", &meters.to_lowercase())] {
        for unsaid in [SECRET, "ann-who-is-known", "room-of-ann", &ann.token.to_lowercase(), TOKEN] {
            let line = text.lines().find(|line| line.contains(unsaid));
            assert!(line.is_none(), "{what} tells {unsaid}: {}", line.unwrap_or_default());
        }
    }
    let answered: Vec<&Value> = lines.iter().filter(|line| line["message"] == "request answered").collect();
    let post = |line: &&&Value| line["route"] == "/rooms/:room/messages" && line["status"] == 201;
    assert!(answered.iter().filter(post).count() >= 3, "each request has a line: {answered:#?}");
    assert!(answered.iter().all(|line| line["us"].is_u64() && line["level"] == "DEBUG"), "{answered:#?}");
    assert!(lines.iter().any(|line| line["level"] == "TRACE"), "and there is more, at the level that was asked for");
    assert!(meters.contains("route=\"/rooms/:room/messages\""));
}

#[tokio::test(flavor = "multi_thread")]
async fn json_alone_is_the_usual_level_as_json() {
    let directory = tempfile::tempdir().unwrap();
    let (program, written) = logging(&directory, "json").await;
    program.guest(ANN, ROOM).await;
    let lines = lines(program, written).await;
    assert!(lines.iter().any(|line| line["message"] == "stopping" && line["level"] == "INFO"), "{lines:?}");
    assert!(lines.iter().all(|line| line["level"] != "DEBUG" && line["timestamp"].is_string()), "{lines:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_filter_that_is_none_or_a_token_that_can_be_guessed_is_one_line_and_no_start() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("data");
    for (flag, value, says) in [
        ("--log", "json,nonsense=loud", "neither a level nor a filter"),
        ("--metrics-token", "fifteen-letters", "at least 16 visible ASCII characters"),
        ("--metrics-token", "sixteen letters!", "at least 16 visible ASCII characters"),
        ("--metrics-token", "", "at least 16 visible ASCII characters"),
    ] {
        let mut command = bare();
        command.args(["--listen", "127.0.0.1:0", flag, value, "--data"]).arg(&data);
        let line = refuses(command).await;
        assert!(line.contains(flag) && line.contains(says), "{line}");
        assert!(flag == "--log" || value.is_empty() || !line.contains(value), "it does not repeat the token: {line}");
    }
    assert!(contents(directory.path()).is_empty(), "nothing was made");
    let help = bare().arg("--help").env("TAPROOM_METRICS_TOKEN", TOKEN).output().await.unwrap();
    let help = String::from_utf8(help.stdout).unwrap();
    assert!(help.contains("--metrics-token <TOKEN>") && !help.contains(TOKEN), "{help}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_behind_the_last_change_is_told_once() {
    let directory = tempfile::tempdir().unwrap();
    let past = Past::enters(&store(directory.path()), Timestamp(now().0 + DAY), ANN, ROOM);
    let_go(directory.path()).await;
    let (program, written) = logging(&directory, "json,warn").await;
    let ann = past.guest_at(&program.url);
    for text in ["one", "two"] {
        ann.posts(text).await;
    }
    let lines = lines(program, written).await;
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert!(lines[0]["message"].as_str().unwrap().starts_with("the clock is behind"), "{lines:?}");
    assert!(lines[0]["seconds"].as_u64().unwrap() > 86_000, "{lines:?}");
}
