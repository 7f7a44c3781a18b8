//! Too many at once: thousands who listen, thousands who come and go, a hundred thousand requests on one connection.

use std::time::{Duration, Instant};

use tokio::task::JoinSet;

use crate::line::{Line, Listener};
use crate::siege::{Besieged, so_many, tell};

/// How many connections a flood opens at the same moment.
const ABREAST: usize = 64;

/// So many who listen to the room.
async fn listeners(house: &Besieged, count: usize) -> Vec<Listener> {
    let mut opening = JoinSet::new();
    for first in 0..ABREAST.min(count) {
        let (host, room) = (house.host().to_owned(), house.room().to_owned());
        opening.spawn(async move {
            let mut listening = Vec::new();
            for _ in (first..count).step_by(ABREAST) {
                listening.push(Line::open(&host).await.listen(&room, None).await);
            }
            listening
        });
    }
    opening.join_all().await.into_iter().flatten().collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crowd_hears_everything_and_leaves_nothing_behind() {
    let mut house = Besieged::open().await;
    let crowd = so_many(2_000, 19_000);
    house
        .withstands("a crowd", async |house| {
            let mut crowd = listeners(house, crowd).await;
            let first = crowd.len();
            house.others_are_served().await;
            house.others_are_served().await;
            for (n, listener) in crowd.iter_mut().enumerate() {
                let (one, two) = (listener.hears().await, listener.hears().await);
                assert_ne!(one, two, "listener {n} of {first} hears both");
            }
            house.others_are_served().await;
        })
        .await;
}

/// Comes to listen, and goes in the way whose turn it is.
async fn comes_and_goes(host: &str, room: &str, way: usize) {
    let mut listener = Line::open(host).await.listen(room, None).await;
    match way % 3 {
        0 => drop(listener),
        1 => listener.line.break_off(),
        _ => {
            // Nobody can tell whether the one who sends no more still reads: whoever closes a connection sends the same.
            listener.line.half_close().await;
            listener.line.hung_up().await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn those_who_come_and_go_leave_nothing_behind_however_they_go() {
    let mut house = Besieged::open().await;
    let (count, seconds) = (so_many(2_000, 300_000), 60);
    house
        .withstands("coming and going", async |house| {
            let (host, room, begun) = (house.host().to_owned(), house.room().to_owned(), Instant::now());
            let coming = async {
                let mut coming = JoinSet::new();
                for first in 0..ABREAST {
                    let (host, room) = (host.clone(), room.clone());
                    coming.spawn(async move {
                        let mut came = 0;
                        // The time bounds the full siege on a machine that does not do five thousand a second.
                        for way in (first..count).step_by(ABREAST) {
                            if begun.elapsed() < Duration::from_secs(seconds) {
                                comes_and_goes(&host, &room, way).await;
                                came += 1;
                            }
                        }
                        came
                    });
                }
                coming.join_all().await.into_iter().sum::<usize>()
            };
            let came = house.while_others_are_served(coming).await;
            let a_second = came as f64 / begun.elapsed().as_secs_f64();
            tell(&format!("coming and going: {came} streams opened and dropped, {a_second:.0} a second"));
        })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_connection_may_ask_very_often() {
    let mut house = Besieged::open().await;
    let (requests, at_once) = (so_many(5_000, 100_000), 100);
    house
        .withstands("requests on one connection", async |house| {
            let (host, room) = (house.host().to_owned(), house.room().to_owned());
            let asking = async move {
                let mut line = Line::open(&host).await;
                let page = format!("GET {room} HTTP/1.1\r\nHost: x\r\nAccept: application/json\r\n\r\n");
                let one_of_each = ["GET /up HTTP/1.1\r\nHost: x\r\n\r\n", &page].concat();
                for _ in 0..requests / at_once {
                    line.send(one_of_each.repeat(at_once / 2)).await;
                    for _ in 0..at_once / 2 {
                        assert_eq!(line.answer().await, (200, b"up\n".to_vec()), "answers come in order");
                        let (status, page) = line.answer().await;
                        assert_eq!(status, 200);
                        assert!(page.starts_with(b"{\"room\":"), "each is whole");
                    }
                }
            };
            house.while_others_are_served(asking).await;
        })
        .await;
}
