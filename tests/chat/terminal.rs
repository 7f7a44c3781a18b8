//! A terminal: runs the command lines that Taproom prints, with curl if there is one, otherwise by parsing them as a
//! shell and curl would.

use std::process::Stdio;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader};
use tokio::process::{Child, ChildStdout, Command};

use crate::harness::{client, within};

/// What a command line prints until it ends.
pub async fn run(line: &str) -> String {
    if has_curl().await {
        let mut shell = shell(line);
        let mut printed = String::new();
        let stdout = shell.stdout.as_mut().expect("its output is piped");
        within("curl to print", stdout.read_to_string(&mut printed)).await.expect("curl prints UTF-8");
        assert!(within("curl to end", shell.wait()).await.unwrap().success(), "it works: {line}");
        return printed;
    }
    within("an answer", async { asked(line).send().await.unwrap().text().await.unwrap() }).await
}

/// A command line that goes on printing.
pub enum Watch {
    /// curl does.
    Curl {
        /// Dropped with the watch, and curl with it.
        _curl: Box<Child>,
        lines: BufReader<ChildStdout>,
    },
    /// A stand-in does.
    Reader(Box<reqwest::Response>, String),
}

impl Watch {
    /// Starts it.
    pub async fn start(line: &str) -> Self {
        if has_curl().await {
            let mut shell = shell(line);
            let stdout = shell.stdout.take().expect("its output is piped");
            return Self::Curl { _curl: Box::new(shell), lines: BufReader::new(stdout) };
        }
        Self::Reader(Box::new(asked(line).send().await.unwrap()), String::new())
    }

    /// Waits until it has printed a line with this in it.
    pub async fn prints(&mut self, wanted: &str) {
        let what = format!("a line with {wanted:?}");
        match self {
            Self::Curl { lines, .. } => {
                let mut line = String::new();
                while !line.contains(wanted) {
                    line.clear();
                    let length = within(&what, lines.read_line(&mut line)).await.expect("curl prints UTF-8");
                    assert!(length > 0, "curl ended before {what}");
                }
            }
            Self::Reader(response, printed) => {
                while !printed.contains(wanted) {
                    let piece = within(&what, response.chunk()).await.unwrap();
                    printed.push_str(std::str::from_utf8(&piece.expect("the stream goes on")).unwrap());
                }
            }
        }
    }
}

async fn has_curl() -> bool {
    Command::new("curl").arg("--version").stdout(Stdio::null()).status().await.is_ok_and(|status| status.success())
}

/// Once the shell is dropped, so is curl: the shell becomes it.
fn shell(line: &str) -> Child {
    let mut command = Command::new("sh");
    command.args(["-c", &format!("exec {line} --silent --show-error")]).env("no_proxy", "*");
    command.stdin(Stdio::null()).stdout(Stdio::piped()).kill_on_drop(true).spawn().expect("there is a shell")
}

/// What curl would ask by this line, of which Taproom uses `-H`, `-d` and `-N` and single quotes.
fn asked(line: &str) -> reqwest::RequestBuilder {
    let mut words = split_line(line).into_iter();
    assert_eq!(words.next().as_deref(), Some("curl"));
    let (mut headers, mut data, mut url) = (Vec::new(), Vec::new(), None);
    while let Some(word) = words.next() {
        match word.as_str() {
            "-H" => headers.push(words.next().expect("-H takes a header")),
            "-d" => data.push(words.next().expect("-d takes data")),
            "-N" => {}
            _ => assert!(url.replace(word).is_none(), "one address in {line}"),
        }
    }
    let url = url.expect("an address");
    let mut request = if data.is_empty() { client().get(url) } else { client().post(url).body(data.join("&")) };
    if !data.is_empty() {
        request = request.header("content-type", "application/x-www-form-urlencoded");
    }
    for header in headers {
        let (name, value) = header.split_once(": ").expect("a header has a name");
        request = request.header(name, value);
    }
    request
}

/// A line as a shell splits it.
fn split_line(line: &str) -> Vec<String> {
    let (mut words, mut word, mut quoted, mut begun) = (Vec::new(), String::new(), false, false);
    for c in line.chars() {
        match c {
            '\'' => (quoted, begun) = (!quoted, true),
            ' ' if !quoted => {
                if std::mem::take(&mut begun) {
                    words.push(std::mem::take(&mut word));
                }
            }
            c => {
                word.push(c);
                begun = true;
            }
        }
    }
    assert!(!quoted, "every quote is closed in {line}");
    words.extend(begun.then_some(word));
    words
}

#[tokio::test]
async fn command_lines_are_parsed_as_a_shell_and_curl_would() {
    assert_eq!(split_line("curl -d 'a b'  -H 'x: y' 'u'"), ["curl", "-d", "a b", "-H", "x: y", "u"]);
    let request = asked("curl -H 'Accept: text/plain' -d a=1 -d b=2 http://a.example/x").build().unwrap();
    assert_eq!(request.method(), "POST");
    assert_eq!(request.body().and_then(|body| body.as_bytes()), Some(b"a=1&b=2".as_slice()));
    assert_eq!(request.headers()["accept"], "text/plain");
    assert_eq!(asked("curl -N 'http://a.example/x'").build().unwrap().method(), "GET");
}
