//! Makes the assets what the browser gets: the scripts as one file (htmx starts its extensions by a timer, so a second
//! file could come too late), each under a name that holds its hash, each compressed twice, as small as can be. The icon is
//! so small that it stands in the pages themselves.

use std::env;
use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha256};

const HTMX: [&str; 2] = ["vendor/htmx.min.js", "vendor/hx-sse.min.js"];

/// What every page does beyond HTML, in the order in which it runs. The files share one scope.
const EVERYWHERE: [&str; 11] = [
    "page/start.js",
    "page/forms.js",
    "page/copying.js",
    "page/clocks.js",
    "page/over.js",
    "page/switching.js",
    "page/keys.js",
    "page/completing.js",
    "page/notices.js",
    "page/badges.js",
    "page/telling.js",
];

/// What a page with messages does beyond that, in the order in which it runs, in a scope inside that scope.
const WITH_MESSAGES: [&str; 16] = [
    "page/room.js",
    "page/rows.js",
    "page/times.js",
    "page/reading.js",
    "page/marks.js",
    "page/composer.js",
    "page/drafts.js",
    "page/previewing.js",
    "page/typing.js",
    "page/answering.js",
    "page/outbox.js",
    "page/tools.js",
    "page/walking.js",
    "page/reacting.js",
    "page/names.js",
    "page/listening.js",
];

fn main() {
    println!("cargo::rerun-if-changed=assets");
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    let (mut constants, mut table) = (String::new(), String::new());
    let assets = [
        ("app", "js", "text/javascript; charset=utf-8", script()),
        ("taproom", "css", "text/css; charset=utf-8", read("taproom.css")),
    ];
    let count = assets.len();
    for (name, extension, media_type, text) in assets {
        let bytes = text.as_bytes();
        let hash = Sha256::digest(bytes).iter().take(6).fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"));
        let file = format!("{name}.{hash}.{extension}");
        let constant = format!("{}_{}", name.to_uppercase(), extension.to_uppercase());
        for (encoding, encoded) in [("raw", bytes.to_vec()), ("br", brotli(bytes)), ("gzip", gzip(bytes))] {
            fs::write(out.join(format!("{file}.{encoding}")), encoded).expect("OUT_DIR can be written");
        }
        writeln!(
            constants,
            "/// The address of `{name}.{extension}`.\npub const {constant}: &str = \"/assets/{file}\";"
        )
        .expect("a String takes all");
        let include = |encoding: &str| format!("include_bytes!(concat!(env!(\"OUT_DIR\"), \"/{file}.{encoding}\"))");
        writeln!(
            table,
            "    Asset {{ file: \"{file}\", media_type: \"{media_type}\", raw: {}, br: {}, gzip: {} }},",
            include("raw"),
            include("br"),
            include("gzip"),
        )
        .expect("a String takes all");
    }
    let icon = data_url(fs::read_to_string("assets/icon.svg").expect("there is an icon").trim());
    writeln!(
        constants,
        "/// The icon, as an address that needs no request (RFC 2397).\npub const ICON: &str = {icon:?};"
    )
    .expect("a String takes all");
    let code = format!("{constants}\nstatic ASSETS: [Asset; {count}] = [\n{table}];\n");
    fs::write(out.join("assets.rs"), code).expect("OUT_DIR can be written");
}

/// htmx and its extension as they are, and around the page's own scripts the two scopes that they share.
fn script() -> String {
    let joined = |files: &[&str]| files.iter().map(|file| read(file)).collect::<Vec<_>>().join("\n");
    format!(
        "{}\n(() => {{\n'use strict';\n{}\nif ($('#messages')) {{\n{}\n}}\n}})();\n",
        joined(&HTMX),
        joined(&EVERYWHERE),
        joined(&WITH_MESSAGES)
    )
}

fn read(file: &str) -> String {
    fs::read_to_string(Path::new("assets").join(file)).unwrap_or_else(|e| panic!("assets/{file}: {e}"))
}

/// A drawing as the address of itself, with the quotation marks that need no escape in an attribute.
fn data_url(svg: &str) -> String {
    assert!(!svg.contains('\'') && svg.is_ascii(), "the icon has other quotation marks, or letters");
    svg.chars().fold("data:image/svg+xml,".to_owned(), |url, c| match c {
        '"' => url + "'",
        '#' | '%' | '<' | '>' | ' ' => url + &format!("%{:02X}", u32::from(c)),
        c => url + c.encode_utf8(&mut [0; 4]),
    })
}

fn brotli(bytes: &[u8]) -> Vec<u8> {
    let params = brotli::enc::BrotliEncoderParams { quality: 11, lgwin: 22, ..Default::default() };
    let mut encoded = Vec::new();
    brotli::BrotliCompress(&mut &*bytes, &mut encoded, &params).expect("memory takes all");
    encoded
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).expect("memory takes all");
    encoder.finish().expect("memory takes all")
}
