//! Proxies: which are trusted, and the origin through which the server is reached.

use reqwest::RequestBuilder;
use taproom::config::{Cli, Config};

use crate::harness::{ANN, Answer, BEN, House, ROOM, ask, escaped};
use crate::program::{self, Program};

/// The peer of every request in these tests is this machine.
fn trusting(config: &mut Config) {
    config.trusted_proxy = vec!["127.0.0.0/8".parse().unwrap(), "10.0.0.0/8".parse().unwrap()];
}

fn with_public_url(url: &str) -> impl FnOnce(&mut Config) {
    let url = url.parse().unwrap();
    move |config| config.public_url = Some(url)
}

fn join(house: &House, name: &str) -> RequestBuilder {
    house.post("/join").header("accept", "text/html").form(&[("room", ROOM), ("name", name)])
}

fn is_for_https(answer: &Answer) -> bool {
    let cookie = answer.header("set-cookie");
    let (is_prefixed, is_secure) = (cookie.starts_with("__Host-taproom="), cookie.ends_with("; Secure"));
    assert_eq!(is_prefixed, is_secure, "both or neither: {cookie}");
    is_secure
}

async fn example(request: RequestBuilder) -> String {
    let landing = ask(request.header("accept", "text/html")).await;
    let (_, rest) = landing.text().split_once("-d name=Ada ").expect("the landing page has an example");
    rest.split_once("/join").expect("it joins").0.to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn proxy_headers_are_ignored_without_a_trusted_proxy() {
    let house = House::open().await;
    let forge = |request: RequestBuilder| {
        request
            .header("x-forwarded-proto", "https")
            .header("x-forwarded-host", "evil.example")
            .header("x-forwarded-for", "192.0.2.1")
            .header("forwarded", "for=192.0.2.1;proto=https;host=evil.example")
    };
    assert_eq!(example(forge(house.get("/"))).await, house.url);
    assert!(!is_for_https(&ask(forge(join(&house, ANN))).await));
    let foreign = forge(join(&house, BEN)).header("origin", "http://evil.example");
    assert_eq!(ask(foreign).await.status, 403, "nor does it change our origin");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trusted_proxy_reports_scheme_and_host() {
    let house = House::open_as(trusting).await;
    type AddHeaders = fn(RequestBuilder) -> RequestBuilder;
    let cases: [(AddHeaders, &str); 4] = [
        (|r| r.header("x-forwarded-proto", "https").header("x-forwarded-host", "chat.example"), "https://chat.example"),
        (|r| r.header("forwarded", "for=192.0.2.1;proto=https;host=chat.example"), "https://chat.example"),
        (|r| r.header("x-forwarded-proto", "HTTPS").header("host", "chat.example:8443"), "https://chat.example:8443"),
        (|r| r.header("x-forwarded-proto", "http").header("x-forwarded-host", "chat.example"), "http://chat.example"),
    ];
    for (n, (forward, origin)) in cases.into_iter().enumerate() {
        assert_eq!(example(forward(house.get("/"))).await, origin);
        let joined = ask(forward(join(&house, &format!("{ANN}{n}"))).header("origin", origin)).await;
        assert_eq!((joined.status, is_for_https(&joined)), (303, origin.starts_with("https")), "{origin}");
        let foreign = forward(join(&house, &format!("{BEN}{n}"))).header("origin", "https://evil.example");
        assert_eq!(ask(foreign).await.status, 403, "{origin}");
    }
    assert_eq!(example(house.get("/")).await, house.url, "direct requests use http");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_configured_proxies_are_trusted() {
    let house = House::open_as(|config| config.trusted_proxy = vec!["192.0.2.0/24".parse().unwrap()]).await;
    let through = house.get("/").header("x-forwarded-proto", "https").header("x-forwarded-host", "evil.example");
    assert_eq!(example(through).await, house.url);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_public_url_is_used_in_examples_and_cookies() {
    for (url, https) in [("https://chat.example", true), ("http://chat.example:8080", false)] {
        let house = House::open_as(with_public_url(url)).await;
        let to_public_host = |request: RequestBuilder| request.header("host", "chat.example");
        assert_eq!(example(to_public_host(house.get("/"))).await, url);
        let joined = ask(to_public_host(join(&house, ANN))).await;
        assert_eq!(is_for_https(&joined), https, "{url}");
        let cookie = joined.header("set-cookie").split_once("; ").unwrap().0.to_owned();
        let landing = ask(to_public_host(house.get("/").header("accept", "text/html")).header("cookie", cookie)).await;
        assert!(landing.text().contains(&escaped(ANN)), "the cookie works");
        assert_eq!(is_for_https(&landing), https, "it is renewed with the same attributes");
        let dark =
            ask(to_public_host(house.post("/settings/theme")).header("accept", "text/html").form(&[("theme", "dark")]))
                .await;
        let theme = if https { ("__Host-theme=dark", true) } else { ("theme=dark", false) };
        let cookie = dark.header("set-cookie");
        assert_eq!((cookie.split_once("; ").unwrap().0, cookie.ends_with("; SameSite=Lax; Secure")), theme, "{cookie}");
        for (set, counts) in [(theme.0, true), ("theme=dark", !https)] {
            let landing = ask(to_public_host(house.get("/").header("accept", "text/html")).header("cookie", set)).await;
            assert_eq!(landing.text().contains("data-theme=\"dark\""), counts, "{set} at {url}");
        }
        let welcome = to_public_host(house.post("/join")).header("accept", "text/plain");
        let welcome = ask(welcome.form(&[("room", ROOM), ("name", BEN)])).await;
        assert_eq!(welcome.text().matches(&format!("'{url}/rooms/")).count(), 3, "{}", welcome.text());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_pages_of_the_public_origin_may_send_forms() {
    let house = House::open_as(with_public_url("https://chat.example")).await;
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
        let request = join(&house, &format!("{ANN}{n}")).header("host", "chat.example");
        assert_eq!(ask(request.header("origin", origin)).await.status, status, "{origin}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_to_another_host_are_misdirected_and_told_the_address() {
    let house = House::open_as(with_public_url("https://chat.example")).await;
    for host in [house.host(), "localhost", "evil.example", "chat.example.evil.example", ""] {
        for accept in ["text/html", "text/plain", "application/json"] {
            let answer = ask(house.get("/").header("host", host).header("accept", accept)).await;
            assert_eq!(answer.status, 421, "{host}");
            assert!(answer.text().contains("https://chat.example"), "{}", answer.text());
        }
        assert_eq!(ask(join(&house, ANN).header("host", host)).await.status, 421, "{host}");
        // This machine is not a trusted proxy.
        let forged = house.get("/").header("host", host).header("x-forwarded-host", "chat.example");
        assert_eq!(ask(forged).await.status, 421, "{host}");
    }
    for host in ["chat.example", "CHAT.EXAMPLE", "chat.example:443", "chat.example:8000"] {
        assert_eq!(ask(house.get("/").header("host", host)).await.status, 200, "{host}");
    }
    for path in ["/up", "/ready", "/metrics"] {
        assert_eq!(ask(house.get(path)).await.status, 200, "{path} is served under any name");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trusted_proxy_may_forward_the_public_host() {
    let house = House::open_as(|config| {
        trusting(config);
        with_public_url("https://chat.example")(config);
    })
    .await;
    for (forwarded_host, status) in [("chat.example", 200), ("evil.example", 421)] {
        let request = house.get("/").header("host", "backend:8000").header("x-forwarded-host", forwarded_host);
        assert_eq!(ask(request).await.status, status, "{forwarded_host}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_example_on_the_console_uses_the_public_url() {
    let directory = tempfile::tempdir().unwrap();
    let mut command = program::command(directory.path());
    command.args(["--public-url", "https://chat.example/"]);
    let program = Program::spawn(command).await;
    assert!(program.url.starts_with("http://127.0.0.1:"), "it also prints where it listens");
    assert!(program.example.ends_with(" https://chat.example/join"), "{}", program.example);
}

#[test]
fn proxies_are_addresses_or_ranges_and_the_public_url_is_an_origin() {
    use clap::Parser;
    let taproom = |flags: &[&str]| Cli::try_parse_from([&["taproom"], flags].concat());
    let config =
        taproom(&["--trusted-proxy", "127.0.0.1,fd00::/8", "--trusted-proxy", "::ffff:10.1.2.3"]).unwrap().config;
    let proxies: Vec<String> = config.trusted_proxy.iter().map(ToString::to_string).collect();
    assert_eq!(proxies, ["127.0.0.1/32", "fd00::/8", "10.1.2.3/32"]);
    for invalid in [
        ["--trusted-proxy", "localhost"],
        ["--trusted-proxy", "10.0.0.0/33"],
        ["--trusted-proxy", ""],
        ["--public-url", "chat.example"],
        ["--public-url", "https://chat.example/rooms"],
    ] {
        assert!(taproom(&invalid).is_err(), "{invalid:?}");
    }
}
