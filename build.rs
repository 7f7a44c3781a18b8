//! Builds the assets that browsers get: one script (htmx starts its extensions by a timer, so a second file could come too
//! late) and one stylesheet, each under a name that holds its hash, each compressed with brotli and gzip. The icon is so small
//! that it stands in the pages themselves.

use std::env;
use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha256};

#[path = "assets/bundle.rs"]
mod bundle;

fn main() {
    let assets = Path::new("assets");
    let (script, stylesheet) = (bundle::script(assets), bundle::stylesheet(assets));
    let read = script.iter().chain(&stylesheet).map(|part| part.file).filter(|file| !file.is_empty());
    for file in read.chain(["icon.svg", "bundle.rs"]) {
        println!("cargo::rerun-if-changed=assets/{file}");
    }
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    let (mut constants, mut table) = (String::new(), String::new());
    let joined = [
        ("app", "js", "text/javascript; charset=utf-8", bundle::join(&script)),
        ("taproom", "css", "text/css; charset=utf-8", bundle::minify(&bundle::join(&stylesheet))),
    ];
    let count = joined.len();
    for (name, extension, media_type, text) in joined {
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
