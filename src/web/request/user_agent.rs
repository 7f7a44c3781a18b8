//! The device of a request, described so that its owner recognises it in the list of sessions.

use poem::Request;
use poem::http::header::USER_AGENT;

use crate::domain::Device;
use crate::web::request::client_address;

/// The device that sent a request.
pub(crate) fn device_from_request(request: &Request) -> Device {
    let agent = request.headers().get(USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or("");
    Device { browser: describe_browser(agent), address: client_address::client_address(request).to_string() }
}

/// A part of the `User-Agent` header, and the browser it means. Most browsers claim to be others too, so the first
/// match counts.
const BROWSERS: [(&str, &str); 9] = [
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
    ("curl", "curl"),
];
const OPERATING_SYSTEMS: [(&str, &str); 7] = [
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
];

fn describe_browser(agent: &str) -> String {
    let find =
        |names: &[(&str, &'static str)]| names.iter().find(|(part, _)| agent.contains(part)).map(|(_, name)| *name);
    match (find(&BROWSERS), find(&OPERATING_SYSTEMS)) {
        (Some(browser), Some(system)) => format!("{browser} on {system}"),
        (Some(name), None) | (None, Some(name)) => name.to_owned(),
        (None, None) => "Unknown device".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use crate::web::request::user_agent::*;

    #[test]
    fn a_browser_is_recognised_by_its_own_name_not_by_borrowed_ones() {
        let edge =
            "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140 Safari/537.36 Edg/140";
        let safari =
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 Version/18 Mobile Safari/604";
        assert_eq!(describe_browser(edge), "Edge on Windows");
        assert_eq!(describe_browser(safari), "Safari on iPhone");
        assert_eq!(
            describe_browser("Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0"),
            "Firefox on Linux"
        );
        assert_eq!(describe_browser("curl/8.9"), "curl");
        assert_eq!(describe_browser("<script>"), "Unknown device");
    }
}
