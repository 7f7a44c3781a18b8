//! What begins with a slash: things to do or to say by a word, from one table.

use std::borrow::Cow;

use super::Refusal;
use super::limits::NAME_CHARS_MAX;

/// A word behind a slash that does something.
#[derive(Clone, Copy, Debug)]
pub struct Slash {
    /// The word.
    pub word: &'static str,
    /// What stands behind it, in a word or two; blank if nothing does.
    pub takes: &'static str,
    /// What comes of it.
    pub does: &'static str,
    makes: fn(&str) -> Said,
}

/// All of them, in the order in which they are shown.
pub const COMMANDS: [Slash; 4] = [
    Slash { word: "me", takes: "what you do", does: "Says what you do, slanted: /me waves", makes: me },
    Slash { word: "shrug", takes: "your words", does: "Says it, and ¯\\_(ツ)_/¯", makes: shrug },
    Slash { word: "topic", takes: "new topic", does: "Changes what the room is about; alone, clears it", makes: topic },
    Slash { word: "help", takes: "", does: "Shows these", makes: |_| Said::Help },
];

/// What somebody wants who has typed something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    /// To say this.
    Text(String),
    /// To change what the room is about to this.
    Topic(String),
    /// To see the commands.
    Help,
}

impl Said {
    /// Reads what somebody typed. A word behind a slash that begins the text is a command; with two slashes it is said, with
    /// one. What is no word by itself, such as a path, is only a text.
    ///
    /// # Errors
    /// [`Refusal::CommandUnknown`].
    pub fn parse(typed: &str) -> Result<Self, Refusal> {
        let text = || Ok(Self::Text(typed.to_owned()));
        let Some(rest) = typed.trim_start().strip_prefix('/') else { return text() };
        if let Some(said) = rest.strip_prefix('/') {
            return if word(said).is_some() { Ok(Self::Text(rest.to_owned())) } else { text() };
        }
        let Some((word, behind)) = word(rest) else { return text() };
        let known = COMMANDS.iter().find(|command| command.word.eq_ignore_ascii_case(word));
        let command = known.ok_or_else(|| Refusal::CommandUnknown(word.chars().take(NAME_CHARS_MAX).collect()))?;
        Ok((command.makes)(behind.trim()))
    }
}

/// What somebody wants who says otherwise what they have said: a command that says something does so here too.
///
/// # Errors
/// [`Refusal::CommandUnknown`], and [`Refusal::CommandSilent`] for one that says nothing.
pub fn reword(typed: &str) -> Result<String, Refusal> {
    let word = |name: &str| Err(Refusal::CommandSilent(name.to_owned()));
    match Said::parse(typed)? {
        Said::Text(text) => Ok(text),
        Said::Topic(_) => word("topic"),
        Said::Help => word("help"),
    }
}

/// What somebody types to say this text: where it would be read as a command, it has one more slash.
pub fn as_typed(text: &str) -> Cow<'_, str> {
    match Said::parse(text) {
        Ok(Said::Text(said)) if said == text => Cow::Borrowed(text),
        Ok(_) | Err(_) => Cow::Owned(format!("/{}", text.trim_start())),
    }
}

/// The word that begins a text, and what stands behind it; nothing if something else than a blank ends it.
fn word(text: &str) -> Option<(&str, &str)> {
    let (word, behind) = text.split_at(text.find(char::is_whitespace).unwrap_or(text.len()));
    (!word.is_empty() && word.chars().all(char::is_alphabetic)).then_some((word, behind))
}

/// Each line by itself, as stress ends with its paragraph.
fn me(text: &str) -> Said {
    let slanted = |line: &str| match line.trim() {
        "" => String::new(),
        line => format!("_{line}_"),
    };
    Said::Text(text.lines().map(slanted).collect::<Vec<_>>().join("\n"))
}

fn shrug(text: &str) -> Said {
    Said::Text(format!("{text} ¯\\_(ツ)_/¯").trim_start().to_owned())
}

fn topic(text: &str) -> Said {
    Said::Topic(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(said: &str) -> Result<Said, Refusal> {
        Ok(Said::Text(said.to_owned()))
    }

    #[test]
    fn commands_say_and_do() {
        assert_eq!(Said::parse("/me waves\n\nand goes "), text("_waves_\n\n_and goes_"));
        assert_eq!(Said::parse("/shrug who knows"), text("who knows ¯\\_(ツ)_/¯"));
        assert_eq!(Said::parse("/SHRUG"), text("¯\\_(ツ)_/¯"));
        assert_eq!(Said::parse("/topic  Bread and butter "), Ok(Said::Topic("Bread and butter".to_owned())));
        assert_eq!(Said::parse("/topic"), Ok(Said::Topic(String::new())));
        assert_eq!(Said::parse("/help me"), Ok(Said::Help));
        assert_eq!(Said::parse("/me"), text(""), "which is blank, and refused as that");
    }

    #[test]
    fn what_was_said_is_typed_so_that_it_is_said_again() {
        for said in ["hi", "/", "/usr/bin", "/me waves", "/dance", "///dance", "// so", "/topic", "_waves_"] {
            assert_eq!(reword(&as_typed(said)), Ok(said.to_owned()), "{said}");
        }
        assert_eq!(as_typed("/usr/bin"), "/usr/bin");
        assert_eq!(reword("/me waves"), Ok("_waves_".to_owned()));
        assert_eq!(reword("/topic x"), Err(Refusal::CommandSilent("topic".to_owned())));
        assert_eq!(reword("/help"), Err(Refusal::CommandSilent("help".to_owned())));
        assert_eq!(reword("/dance"), Err(Refusal::CommandUnknown("dance".to_owned())));
    }

    #[test]
    fn an_unknown_command_is_refused_and_named() {
        assert_eq!(Said::parse("/dance now"), Err(Refusal::CommandUnknown("dance".to_owned())));
        assert_eq!(Said::parse("/usr"), Err(Refusal::CommandUnknown("usr".to_owned())));
        let long = Said::parse(&format!("/{}", "x".repeat(9_000)));
        assert_eq!(long, Err(Refusal::CommandUnknown("x".repeat(NAME_CHARS_MAX))));
    }

    #[test]
    fn paths_and_whatever_has_two_slashes_are_said() {
        for said in
            ["/usr/bin/env", "/", "/ x", "/1 x", "/a.txt", "// a comment", "//host/share", "a /me", "", "/me, hi"]
        {
            assert_eq!(Said::parse(said), text(said));
        }
        assert_eq!(Said::parse("//me waves"), text("/me waves"));
        assert_eq!(Said::parse("//dance"), text("/dance"));
        assert_eq!(Said::parse("///dance"), text("///dance"));
    }
}
