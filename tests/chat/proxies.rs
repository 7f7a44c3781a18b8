//! Behind proxies: which of them are believed, and by which name the house is reached.

use reqwest::RequestBuilder;
use taproom::config::{Cli, Config};

use crate::harness::{ANN, Answer, BEN, House, ROOM, ask, escaped};
use crate::program::{self, Program};

/// The peer of everybody in these tests is this machine.
fn trusting(config: &mut Config) {
    config.trusted_proxy = vec!["127.0.0.0/8".parse().unwrap(), "10.0.0.0/8".parse().unwrap()];
}

fn named(url: &str) -> impl FnOnce(&mut Config) {
    let url = url.parse().unwrap();
    move |config| config.public_url = Some(url)
}

fn entering(house: &House, name: &str) -> RequestBuilder {
    house.post("/join").header("accept", "text/html").form(&[("room", ROOM), ("name", name)])
}

fn is_for_https(answer: &Answer) -> bool {
    let cookie = answer.header("set-cookie");
    let (is_prefixed, is_secure) = (cookie.starts_with("__Host-taproom="), cookie.ends_with("; Secure"));
    assert_eq!(is_prefixed, is_secure, "both or neither: {cookie}");
    is_secure
}

async fn example(request: RequestBuilder) -> String {
    let door = ask(request.header("accept", "text/html")).await;
    let (_, rest) = door.text().split_once("-d name=Ada ").expect("the door has an example");
    rest.split_once("/join").expect("it enters").0.to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_trusted_proxy_no_header_of_one_counts() {
    let house = House::open().await;
    let forge = |request: RequestBuilder| {
        request
            .header("x-forwarded-proto", "https")
            .header("x-forwarded-host", "evil.example")
            .header("x-forwarded-for", "192.0.2.1")
            .header("forwarded", "for=192.0.2.1;proto=https;host=evil.example")
    };
    assert_eq!(example(forge(house.get("/"))).await, house.url);
    assert!(!is_for_https(&ask(forge(entering(&house, ANN))).await));
    let foreign = forge(entering(&house, BEN)).header("origin", "http://evil.example");
    assert_eq!(ask(foreign).await.status, 403, "nor does it make another origin ours");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trusted_proxy_tells_by_which_scheme_and_name_it_was_reached() {
    let house = House::open_as(trusting).await;
    type Way = fn(RequestBuilder) -> RequestBuilder;
    let ways: [(Way, &str); 4] = [
        (|r| r.header("x-forwarded-proto", "https").header("x-forwarded-host", "chat.example"), "https://chat.example"),
        (|r| r.header("forwarded", "for=192.0.2.1;proto=https;host=chat.example"), "https://chat.example"),
        (|r| r.header("x-forwarded-proto", "HTTPS").header("host", "chat.example:8443"), "https://chat.example:8443"),
        (|r| r.header("x-forwarded-proto", "http").header("x-forwarded-host", "chat.example"), "http://chat.example"),
    ];
    for (n, (through, told)) in ways.into_iter().enumerate() {
        assert_eq!(example(through(house.get("/"))).await, told);
        let entered = ask(through(entering(&house, &format!("{ANN}{n}"))).header("origin", told)).await;
        assert_eq!((entered.status, is_for_https(&entered)), (303, told.starts_with("https")), "{told}");
        let foreign = through(entering(&house, &format!("{BEN}{n}"))).header("origin", "https://evil.example");
        assert_eq!(ask(foreign).await.status, 403, "{told}");
    }
    assert_eq!(example(house.get("/")).await, house.url, "what comes straight comes by http");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_proxies_that_were_named_are_trusted() {
    let house = House::open_as(|config| config.trusted_proxy = vec!["192.0.2.0/24".parse().unwrap()]).await;
    let through = house.get("/").header("x-forwarded-proto", "https").header("x-forwarded-host", "evil.example");
    assert_eq!(example(through).await, house.url);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_public_name_stands_in_examples_and_cookies() {
    for (url, https) in [("https://chat.example", true), ("http://chat.example:8080", false)] {
        let house = House::open_as(named(url)).await;
        let there = |request: RequestBuilder| request.header("host", "chat.example");
        assert_eq!(example(there(house.get("/"))).await, url);
        let entered = ask(there(entering(&house, ANN))).await;
        assert_eq!(is_for_https(&entered), https, "{url}");
        let cookie = entered.header("set-cookie").split_once("; ").unwrap().0.to_owned();
        let door = ask(there(house.get("/").header("accept", "text/html")).header("cookie", cookie)).await;
        assert!(door.text().contains(&escaped(ANN)), "the cookie works");
        assert_eq!(is_for_https(&door), https, "it is renewed as what it is");
        let dark =
            ask(there(house.post("/settings/theme")).header("accept", "text/html").form(&[("theme", "dark")])).await;
        let theme = if https { ("__Host-theme=dark", true) } else { ("theme=dark", false) };
        let cookie = dark.header("set-cookie");
        assert_eq!((cookie.split_once("; ").unwrap().0, cookie.ends_with("; SameSite=Lax; Secure")), theme, "{cookie}");
        for (set, counts) in [(theme.0, true), ("theme=dark", !https)] {
            let door = ask(there(house.get("/").header("accept", "text/html")).header("cookie", set)).await;
            assert_eq!(door.text().contains("data-theme=\"dark\""), counts, "{set} at {url}");
        }
        let welcome = there(house.post("/join")).header("accept", "text/plain");
        let welcome = ask(welcome.form(&[("room", ROOM), ("name", BEN)])).await;
        assert_eq!(welcome.text().matches(&format!("'{url}/rooms/")).count(), 3, "{}", welcome.text());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_a_page_of_the_public_origin_is_ours() {
    let house = House::open_as(named("https://chat.example")).await;
    for (n, (origin, status)) in [
        ("https://chat.example", 303),
        ("http://chat.example", 403),
        ("https://chat.example:8443", 403),
        ("https://evil.example", 403),
        ("null", 403),
    ]
    .into_iter()
    .enumerate()
    {
        let entering = entering(&house, &format!("{ANN}{n}")).header("host", "chat.example");
        assert_eq!(ask(entering.header("origin", origin)).await.status, status, "{origin}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_host_than_the_public_one_is_misdirected_and_told_where_to_ask() {
    let house = House::open_as(named("https://chat.example")).await;
    for host in [house.host(), "localhost", "evil.example", "chat.example.evil.example", ""] {
        for accept in ["text/html", "text/plain", "application/json"] {
            let answer = ask(house.get("/").header("host", host).header("accept", accept)).await;
            assert_eq!(answer.status, 421, "{host}");
            assert!(answer.text().contains("https://chat.example"), "{}", answer.text());
        }
        assert_eq!(ask(entering(&house, ANN).header("host", host)).await.status, 421, "{host}");
        // Nobody trusts this machine to pass anything on.
        let forged = house.get("/").header("host", host).header("x-forwarded-host", "chat.example");
        assert_eq!(ask(forged).await.status, 421, "{host}");
    }
    for host in ["chat.example", "CHAT.EXAMPLE", "chat.example:443", "chat.example:8000"] {
        assert_eq!(ask(house.get("/").header("host", host)).await.status, 200, "{host}");
    }
    for path in ["/up", "/ready", "/metrics"] {
        assert_eq!(ask(house.get(path)).await.status, 200, "{path} is asked of this process");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trusted_proxy_may_pass_the_public_name_on_beside_its_own() {
    let house = House::open_as(|config| {
        trusting(config);
        named("https://chat.example")(config);
    })
    .await;
    for (passed_on, status) in [("chat.example", 200), ("evil.example", 421)] {
        let request = house.get("/").header("host", "backend:8000").header("x-forwarded-host", passed_on);
        assert_eq!(ask(request).await.status, status, "{passed_on}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_example_on_the_console_has_the_public_name() {
    let directory = tempfile::tempdir().unwrap();
    let mut command = program::command(directory.path());
    command.args(["--public-url", "https://chat.example/"]);
    let program = Program::spawn(command).await;
    assert!(program.url.starts_with("http://127.0.0.1:"), "where it listens is told as well");
    assert!(program.example.ends_with(" https://chat.example/join"), "{}", program.example);
}

#[test]
fn proxies_are_addresses_and_ranges_and_the_public_name_is_an_origin() {
    use clap::Parser;
    let taproom = |flags: &[&str]| Cli::try_parse_from([&["taproom"], flags].concat());
    let config =
        taproom(&["--trusted-proxy", "127.0.0.1,fd00::/8", "--trusted-proxy", "::ffff:10.1.2.3"]).unwrap().config;
    let proxies: Vec<String> = config.trusted_proxy.iter().map(ToString::to_string).collect();
    assert_eq!(proxies, ["127.0.0.1/32", "fd00::/8", "10.1.2.3/32"]);
    for wrong in [
        ["--trusted-proxy", "localhost"],
        ["--trusted-proxy", "10.0.0.0/33"],
        ["--trusted-proxy", ""],
        ["--public-url", "chat.example"],
        ["--public-url", "https://chat.example/rooms"],
    ] {
        assert!(taproom(&wrong).is_err(), "{wrong:?}");
    }
}
