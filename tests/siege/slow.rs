//! Clients that take for ever: heads and bodies that come byte by byte. They hold a seat and nothing else, and not for
//! long. (That each is hung up on in the end is also tested where a clock can be moved; here in the full siege.)

use crate::line::Line;
use crate::siege::{Besieged, is_full, so_many};

/// In which words a slow client begins, before it goes on byte by byte.
async fn begins(house: &Besieged, kind: usize) -> Line {
    let mut line = Line::open(house.host()).await;
    line.send(match kind % so_many(4, 5) {
        0 => String::new(),
        1 => "GET /up HTTP/1.1\r\nHost: x\r\nX-Slow: ".to_owned(),
        2 => house.post_head("Content-Type: text/plain\r\nContent-Length: 60000\r\n"),
        3 => house.post_head("Content-Type: text/plain\r\nTransfer-Encoding: chunked\r\n") + "ea60\r\n",
        // Whoever leaves in the middle of this is noticed only when the time for a head is over.
        _ => "PRI * HTTP/2.0\r\n".to_owned(),
    })
    .await;
    line
}

#[tokio::test(flavor = "multi_thread")]
async fn slow_heads_and_slow_bodies_hold_nobody_up() {
    let mut house = Besieged::open().await;
    let clients = so_many(500, 5_000);
    house
        .withstands("slow clients", async |house| {
            let mut slow = Vec::new();
            for kind in 0..clients {
                slow.push(begins(house, kind).await);
            }
            for _ in 0..5 {
                // All say a little more; it may come too late.
                for line in &mut slow {
                    line.send_or_not(b"x").await;
                }
                house.others_are_served().await;
            }
            if is_full() {
                for mut line in slow {
                    line.hung_up().await;
                }
            }
        })
        .await;
}
