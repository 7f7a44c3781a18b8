//! The queue of commands before the disk, and what happens when the disk is slow or broken.

use taproom::domain::limits::{BATCH_COMMANDS_MAX, QUEUE_COMMANDS_MAX};
use taproom::store::Store;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use crate::disk::{Disk, Mood};
use crate::harness::{ask, client, until, within};
use crate::parts::Parts;
use crate::past::now;

/// Sends a post over its own connection; the future gives the status of the answer.
async fn post(parts: &Parts) -> impl Future<Output = String> + Send + use<> {
    let ann = parts.guest();
    let mut stream = TcpStream::connect(parts.url.strip_prefix("http://").unwrap()).await.unwrap();
    let post = format!(
        "POST {}/messages HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\nContent-Type: text/plain\r\n\
         Content-Length: 2\r\n\r\nhi",
        ann.room, ann.token
    );
    stream.write_all(post.as_bytes()).await.unwrap();
    async move {
        let mut answer = vec![0; 12];
        within("an answer", stream.read_exact(&mut answer)).await.unwrap();
        String::from_utf8(answer).unwrap().split_off(9)
    }
}

#[test]
fn the_queue_and_the_batch_have_their_documented_limits() {
    assert_eq!((QUEUE_COMMANDS_MAX, BATCH_COMMANDS_MAX), (4_096, 256));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_queue_refuses_at_once_and_empties_in_full_batches() {
    rlimit::increase_nofile_limit(u64::MAX).expect("as many descriptors as are allowed");
    let disk = Disk::new();
    let parts = Parts::on(Store::open_with_backend(disk.clone()).unwrap(), now(), 3 * QUEUE_COMMANDS_MAX).await;
    disk.becomes(Mood::Slow);
    // The writer has taken the first and waits for the disk. Then the queue takes its limit, and no more.
    let mut posts = JoinSet::new();
    posts.spawn(post(&parts).await);
    until("the writer to wait", async || disk.is_waited_for()).await;
    for _ in 0..=QUEUE_COMMANDS_MAX {
        posts.spawn(post(&parts).await);
    }
    assert_eq!(posts.join_next().await.unwrap().unwrap(), "503", "one is over the limit");
    let busy = ask(parts.guest().post().body("another")).await;
    assert_eq!((busy.status, busy.header("retry-after")), (503, "1"));
    assert!(busy.text().contains("Wait a second, then try again."), "{}", busy.text());
    assert_eq!(ask(client().get(format!("{}{}", parts.url, parts.guest().room))).await.status, 200, "reading goes on");

    let messages = || usize::try_from(parts.store.verify().unwrap().messages).unwrap();
    let (all, mut grew) = (1 + QUEUE_COMMANDS_MAX, vec![messages()]);
    while grew.last() != Some(&all) {
        until("the writer to wait again", async || disk.is_waited_for() || messages() == all).await;
        grew.push(messages());
        grew.dedup();
        disk.lets_one_through();
    }
    let expected = (1..=all).step_by(BATCH_COMMANDS_MAX);
    assert_eq!(
        grew,
        [0].into_iter().chain(expected).collect::<Vec<_>>(),
        "what waits shares transactions of at most 256"
    );
    disk.becomes(Mood::Well);
    let answers = posts.join_all().await;
    assert!(answers.len() == all && answers.iter().all(|status| status == "201"), "all that was taken is answered");
    assert_eq!(ask(parts.guest().post().body("there is room again")).await.status, 201);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_disk_stops_posting_not_reading() {
    let disk = Disk::new();
    let parts = Parts::on(Store::open_with_backend(disk.clone()).unwrap(), now(), 100).await;
    let (ann, mut ears) = (parts.guest(), parts.listen("as=json").await);
    ann.posts("before").await;
    let ready = async || ask(client().get(format!("{}/ready", parts.url))).await.status;
    assert_eq!((ready().await, ears.hears_texts(1).await), (200, vec!["before".to_owned()]));
    disk.becomes(Mood::Broken);
    for _ in 0..3 {
        let refused = ask(ann.post().body("lost")).await;
        assert_eq!((refused.status, refused.header("content-type")), (503, "application/problem+json"));
        assert!(refused.text().contains("could not be saved"), "{}", refused.text());
        assert_eq!(ready().await, 503, "monitoring sees it");
        let page = ask(client().get(format!("{}{}", parts.url, ann.room)).header("accept", "application/json")).await;
        let messages = page.json()["messages"].as_array().unwrap().len();
        assert_eq!((page.status, messages), (200, 1), "reading goes on, and refused posts are not there");
        let mut again = parts.listen("as=json&after=1").await;
        assert_eq!(again.hears_texts(1).await, ["before"], "streams go on too");
    }
}
