//! The files of the pages: script and stylesheet. Part of the binary, named by their content, compressed when Taproom was
//! built (`build.rs`). The icon is no file to the browser: it stands in the pages.

include!(concat!(env!("OUT_DIR"), "/assets.rs"));

/// A file, ready to be sent in three encodings.
#[derive(Clone, Copy, Debug)]
pub struct Asset {
    /// Its name below `/assets/`. It changes whenever the content does, so it may be cached for ever.
    pub file: &'static str,
    /// Its media type.
    pub media_type: &'static str,
    /// As it is.
    pub raw: &'static [u8],
    /// As brotli (RFC 7932).
    pub br: &'static [u8],
    /// As gzip (RFC 1952).
    pub gzip: &'static [u8],
}

/// The asset of this name.
pub fn find_asset(file: &str) -> Option<&'static Asset> {
    ASSETS.iter().find(|asset| asset.file == file)
}
