//! Requests that never end. Each is refused or hung up on before it has cost much.

use crate::line::Line;
use crate::siege::{Besieged, so_many, tell};

/// How much of an endless request may be taken, in bytes: what the kernel holds on both sides (some megabytes), and what
/// a request may be long.
const TAKEN_BYTES_MAX: u64 = 32 * 1024 * 1024;

/// How an endless request begins, and what it repeats.
type Endless = (String, String);

/// Those that are too long at some point.
fn too_long(house: &Besieged) -> Vec<Endless> {
    let chunked = house.post_head("Content-Type: text/plain\r\nTransfer-Encoding: chunked\r\n");
    let length = house.post_head(&format!("Content-Type: text/plain\r\nContent-Length: {}\r\n", u64::MAX / 4));
    vec![
        (chunked.clone(), format!("4000\r\n{}\r\n", "x".repeat(0x4000))),
        (chunked.clone() + "1;", "extension".repeat(1_000)),
        (chunked.clone() + "0\r\n", "X-Trailer: x\r\n".repeat(1_000)),
        (length, "x".repeat(0x4000)),
        ("GET /up HTTP/1.1\r\nHost: x\r\n".to_owned(), "X-Field: x\r\n".repeat(1_000)),
        ("GET /".to_owned(), "x".repeat(10_000)),
        ("GET /up HTTP/1.1\r\nHost: x\r\nX-Field: ".to_owned(), "x".repeat(10_000)),
        (String::new(), "\r\n".repeat(5_000)),
    ]
}

/// Those that say little or nothing for ever: only a clock ends them, so they are of the full siege alone.
fn too_slow(house: &Besieged) -> Vec<Endless> {
    let chunked = house.post_head("Content-Type: text/plain\r\nTransfer-Encoding: chunked\r\n");
    let zeros = (chunked.clone() + "0", "0".repeat(10_000));
    let blanks = (chunked.clone() + "1 ", " ".repeat(10_000));
    vec![zeros, blanks, (chunked, "1\r\nx\r\n".repeat(2_000))]
}

/// Sends it until the server hangs up; how much it took.
async fn sends(host: &str, (begin, more): &Endless) -> u64 {
    let mut line = Line::open(host).await;
    line.send(begin).await;
    line.send_for_ever(more.as_bytes()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_that_never_end_are_ended() {
    let mut house = Besieged::open().await;
    let times = so_many(3, 100);
    house
        .withstands("endless requests", async |house| {
            let (host, too_long, too_slow) = (house.host().to_owned(), too_long(house), too_slow(house));
            let flood = async move {
                for endless in too_long.iter().cycle().take(times * too_long.len()) {
                    assert!(sends(&host, endless).await < TAKEN_BYTES_MAX, "{endless:?}: it is ended");
                }
                for endless in too_slow.iter().take(so_many(0, too_slow.len())) {
                    let taken = sends(&host, endless).await;
                    tell(&format!("{taken} bytes of {:?} were taken", &endless.1[..5]));
                }
            };
            house.while_others_are_served(flood).await;
        })
        .await;
}
