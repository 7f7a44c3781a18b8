//! Out of descriptors: few from the start, and none left while it runs. Whoever is inside stays and is served; whoever
//! is outside is told so or waits, and comes in as soon as somebody has gone.

use rlimit::Resource;
use tokio::process::Command;

use crate::harness::{ask, client, until};
use crate::line::Line;
use crate::program::{Program, command};
use crate::siege::{Besieged, tell};

/// How many descriptors a poor house has.
const FEW: usize = 160;
const UP: &[u8] = b"GET /up HTTP/1.1\r\nHost: x\r\n\r\n";

async fn poor_house() -> Besieged {
    let directory = tempfile::tempdir().unwrap();
    let taproom = command(directory.path());
    let mut poor = Command::new("sh");
    poor.args(["-c", &format!("ulimit -n {FEW} && exec \"$@\""), "sh"]);
    poor.arg(taproom.as_std().get_program()).args(taproom.as_std().get_args());
    poor.stdout(std::process::Stdio::piped()).kill_on_drop(true);
    Besieged::of(Program::spawn(poor).await, directory).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_house_with_few_seats_tells_whoever_finds_none_and_serves_those_who_sit() {
    let mut house = poor_house().await;
    house
        .withstands("more connections than descriptors", async |house| {
            let (mut lines, mut seated, mut turned_away) = (Vec::new(), Vec::new(), 0);
            for _ in 0..2 * FEW {
                lines.push(Line::open(house.host()).await);
            }
            for mut line in lines {
                line.send_or_not(UP).await;
                match line.answer().await.0 {
                    200 => seated.push(line),
                    503 => turned_away += 1,
                    other => panic!("{other} is no answer"),
                }
            }
            assert!(turned_away >= FEW && seated.len() >= FEW / 3, "{turned_away} of {} find no seat", 2 * FEW);
            for line in &mut seated {
                line.send(UP).await;
                assert_eq!(line.answer().await, (200, b"up\n".to_vec()), "who sits is served");
            }
        })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_house_out_of_descriptors_serves_those_inside_and_then_those_who_waited() {
    let mut house = Besieged::open().await;
    let (room, held) = (house.room().to_owned(), house.process.descriptors().unwrap());
    let mut inside = Line::open(house.host()).await;
    inside.send(UP).await;
    assert_eq!(inside.answer().await.0, 200);
    let pid = i32::try_from(house.program.id()).unwrap();
    let (mut soft, mut hard) = (0, 0);
    rlimit::prlimit(pid, Resource::NOFILE, None, Some((&mut soft, &mut hard))).expect("it is our child");
    rlimit::prlimit(pid, Resource::NOFILE, Some((held as u64 + 1, hard)), None).unwrap();

    // The kernel accepts them; the program cannot.
    let mut outside = Vec::new();
    for _ in 0..50 {
        let mut line = Line::open(house.host()).await;
        line.send(UP).await;
        outside.push(line);
    }
    let cpu = house.process.cpu().unwrap();
    for n in 0..200 {
        inside.send(house.post_head("Content-Type: text/plain\r\nContent-Length: 5\r\n") + "hello").await;
        assert_eq!(inside.answer().await.0, 201, "post {n} of somebody inside");
        inside.send(format!("GET {room} HTTP/1.1\r\nHost: x\r\n\r\n")).await;
        assert_eq!(inside.answer().await.0, 200, "page {n} of somebody inside");
    }
    tell(&format!("out of descriptors: 400 answers cost {:?} of processor time", house.process.cpu().unwrap() - cpu));
    assert!(house.process.descriptors().unwrap() < held + outside.len() / 2, "those outside wait");
    rlimit::prlimit(pid, Resource::NOFILE, Some((soft, hard)), None).unwrap();
    for mut line in outside {
        assert_eq!(line.answer().await, (200, b"up\n".to_vec()), "who waited is served");
    }
    house.lets_go_of_all_but(held + 1).await;
    until("others to be served", || async { ask(client().get(&house.program.url)).await.status == 200 }).await;
    assert_eq!(house.hears_changes(200).await, "hello", "a listener has heard all of it");
}
