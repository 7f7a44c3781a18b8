//! Who is here: those who listen, from the moment they come until they go, however they go. And whoever listens
//! without reading holds nobody up.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};

use crate::harness::{ANN, BEN, Ears, House, ROOM, escaped, text_of, until, within};
use crate::sse::{Event, Parser};

/// Waits until a stream tells that so many people are here; what it tells.
async fn hears_who_is_here(ears: &mut Ears, count: usize) -> Event {
    within("who is here", async {
        loop {
            let event = ears.next().await.expect("the stream goes on");
            if !event.data.contains(r##"hx-target="#faces""##) {
                continue;
            }
            assert_eq!((event.name.as_str(), &event.id), ("message", &None), "who is here is no change: it has no id");
            if event.data.contains(&format!("<span>{count} <span class=\"sr\">")) {
                return event;
            }
        }
    })
    .await
}

async fn door_says(house: &House, words: &str) {
    until(&format!("{words:?} on the door"), || async {
        let door = house.read("/", "text/html").await;
        door.text().contains(words)
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_listens_is_here_until_they_go() {
    let house = House::open().await;
    let (ann, ben) = (house.guest(ANN, ROOM).await, house.guest(BEN, ROOM).await);
    door_says(&house, "quiet").await;
    let mut anns = ann.listen("").await;
    let here = hears_who_is_here(&mut anns, 1).await;
    assert!(here.data.contains(&escaped(ANN)) && !here.data.contains(&escaped(BEN)));

    let (bens, bens_phone, nobodys) =
        (ben.listen("").await, ben.listen("as=json").await, house.listen(&ann.room, "").await);
    let here = hears_who_is_here(&mut anns, 3).await;
    assert!(here.data.contains(&escaped(BEN)) && here.data.contains("and 1 more"), "{}", here.data);
    door_says(&house, "4 here").await;
    let page = house.read(&ann.room, "text/html").await;
    assert!(page.text().contains("<span>3 <span class=\"sr\">"), "the page says the same");
    assert!(!here.data.contains("<b>") && !here.data.contains("<script"), "no name is markup");

    drop(bens);
    door_says(&house, "3 here").await;
    drop((bens_phone, nobodys));
    let here = hears_who_is_here(&mut anns, 1).await;
    assert!(!here.data.contains(&escaped(BEN)), "whoever went is here no more");
    door_says(&house, "1 here").await;
    drop(anns);
    door_says(&house, "quiet").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_listeners_that_vanish_are_gone_though_nothing_is_said() {
    let house = House::open().await;
    let ann = house.guest(ANN, ROOM).await;
    let mut all = Vec::new();
    for _ in 0..200 {
        let mut stream = TcpStream::connect(house.host()).await.unwrap();
        stream.write_all(format!("GET {}/live HTTP/1.1\r\nHost: x\r\n\r\n", ann.room).as_bytes()).await.unwrap();
        all.push(stream);
    }
    door_says(&house, "200 here").await;
    // Half say goodbye, half break off.
    for (n, stream) in all.into_iter().enumerate() {
        if n % 2 == 0 {
            stream.set_zero_linger().unwrap();
        }
    }
    door_says(&house, "quiet").await;
}

/// A listener with a small window that reads nothing until it is told to. It speaks HTTP/1.0, so its stream is not
/// chunked.
async fn deaf(house: &House, room: &str) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4_096).unwrap();
    let mut stream = socket.connect(house.host().parse().unwrap()).await.unwrap();
    stream.write_all(format!("GET {room}/live?as=json HTTP/1.0\r\nHost: x\r\n\r\n").as_bytes()).await.unwrap();
    stream
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_does_not_read_delays_nobody_and_loses_nothing() {
    // 9 MB: more than the kernel buffers for a connection (4 MB at most), and than a hub keeps (1 MB).
    const MESSAGES: usize = 320;
    let long = "🚀".repeat(7_000);
    let house = House::open().await;
    let ann = house.guest(ANN, ROOM).await;
    let mut deaf = deaf(&house, &ann.room).await;
    door_says(&house, "1 here").await;
    let mut ears = house.listen(&ann.room, "as=json").await;
    for n in 0..MESSAGES {
        ann.posts(&format!("{n} {long}")).await;
        let heard = text_of(&ears.hears().await);
        assert!(heard.starts_with(&format!("{n} 🚀")), "the other hears each before the next is said");
    }
    let (mut head, mut parser, mut heard, mut buffer) = (Vec::new(), Parser::default(), 0, vec![0; 65_536]);
    within("all that was said", async {
        while !head.ends_with(b"\r\n\r\n") {
            head.push(deaf.read_u8().await.unwrap());
        }
        while heard < MESSAGES {
            let length = deaf.read(&mut buffer).await.unwrap();
            assert!(length > 0, "the stream goes on after {heard} messages");
            for event in parser.read(&buffer[..length]).iter().filter(|event| event.is_change()) {
                assert_eq!(text_of(event), format!("{heard} {long}"));
                heard += 1;
            }
        }
    })
    .await;
}
