//! The position of a listener in the feed: the id of an SSE event, `epoch-seq`.

use std::fmt;

use crate::domain::Seq;

/// The history that a [`Seq`] counts in. Each data file has its own epoch, so that an id from another file, or from a
/// file that was restored from a backup, is not mistaken for a position in this one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Epoch(pub u32);

impl fmt::Display for Epoch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:08x}", self.0)
    }
}

/// A position in the order of changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Cursor {
    /// The history that it belongs to. `None` for a bare number, which means the present history.
    pub epoch: Option<Epoch>,
    /// The last change that the listener received.
    pub seq: Seq,
}

impl Cursor {
    /// Parses `epoch-seq` or a bare `seq`; `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let number = |digits: &str| digits.bytes().all(|b| b.is_ascii_digit()).then(|| digits.parse().ok())?.map(Seq);
        match text.split_once('-') {
            None => Some(Self { epoch: None, seq: number(text)? }),
            Some((epoch, seq)) if epoch.len() == 8 && epoch.bytes().all(|b| b.is_ascii_hexdigit()) => {
                let epoch = u32::from_str_radix(epoch, 16).ok().map(Epoch)?;
                Some(Self { epoch: Some(epoch), seq: number(seq)? })
            }
            Some(_) => None,
        }
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.epoch {
            Some(epoch) => write!(f, "{epoch}-{}", self.seq),
            None => self.seq.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::domain::cursor::*;

    #[test]
    fn parse_accepts_only_what_display_writes() {
        for epoch in [None, Some(Epoch(0)), Some(Epoch(u32::MAX))] {
            for seq in [Seq(0), Seq(17), Seq(u64::MAX)] {
                let cursor = Cursor { epoch, seq };
                assert_eq!(Cursor::parse(&cursor.to_string()), Some(cursor));
            }
        }
        for wrong in
            ["", "-", "-1", "+1", "x", "1-2", "0000000g-1", "00000001-", "00000001-1-1", "18446744073709551616"]
        {
            assert_eq!(Cursor::parse(wrong), None, "{wrong}");
        }
    }
}
