//! The files of the pages: script and stylesheet. They are part of the binary, named by a hash of their content, and compressed
//! at build time (`build.rs`). The icon is not a file: it is embedded in the pages.

include!(concat!(env!("OUT_DIR"), "/assets.rs"));

/// A file in three encodings.
#[derive(Clone, Copy, Debug)]
pub struct Asset {
    /// The name below `/assets/`. It changes with the content, so it may be cached forever.
    pub file: &'static str,
    /// The media type.
    pub media_type: &'static str,
    /// Uncompressed.
    pub raw: &'static [u8],
    /// Compressed with brotli (RFC 7932).
    pub br: &'static [u8],
    /// Compressed with gzip (RFC 1952).
    pub gzip: &'static [u8],
}

/// Finds an asset by name.
pub fn find_asset(file: &str) -> Option<&'static Asset> {
    ASSETS.iter().find(|asset| asset.file == file)
}
