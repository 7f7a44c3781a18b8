//! Slash commands, from one table.

use std::borrow::Cow;

use crate::domain::Refusal;
use crate::domain::limits::USER_NAME_CHARS_MAX;

/// A slash command.
#[derive(Clone, Copy, Debug)]
pub struct SlashCommand {
    /// The word after the slash.
    pub name: &'static str,
    /// The argument, described in a word or two; blank if the command takes none.
    pub argument: &'static str,
    /// What the command does.
    pub effect: &'static str,
    run: fn(&str) -> Input,
}

/// All slash commands, in the order in which pages list them.
pub const SLASH_COMMANDS: [SlashCommand; 4] = [
    SlashCommand { name: "me", argument: "what you do", effect: "Says what you do, slanted: /me waves", run: run_me },
    SlashCommand { name: "shrug", argument: "your words", effect: "Says it, and ¯\\_(ツ)_/¯", run: run_shrug },
    SlashCommand {
        name: "topic",
        argument: "new topic",
        effect: "Sets the topic of the room; without a text, clears it",
        run: run_topic,
    },
    SlashCommand { name: "help", argument: "", effect: "Shows these", run: |_| Input::Help },
];

/// What a typed text asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// Post this text.
    Text(String),
    /// Set the topic of the room.
    Topic(String),
    /// Show the commands.
    Help,
}

impl Input {
    /// Parses a typed text. A slash and a word at the start are a command; two slashes post the text with one slash.
    /// Anything that is not a single word, such as a path, is only text.
    ///
    /// # Errors
    /// [`Refusal::CommandUnknown`].
    pub fn parse(typed: &str) -> Result<Self, Refusal> {
        let text = || Ok(Self::Text(typed.to_owned()));
        let Some(rest) = typed.trim_start().strip_prefix('/') else { return text() };
        if let Some(escaped) = rest.strip_prefix('/') {
            return if split_command(escaped).is_some() { Ok(Self::Text(rest.to_owned())) } else { text() };
        }
        let Some((word, argument)) = split_command(rest) else { return text() };
        let known = SLASH_COMMANDS.iter().find(|command| command.name.eq_ignore_ascii_case(word));
        let command = known.ok_or_else(|| Refusal::CommandUnknown(word.chars().take(USER_NAME_CHARS_MAX).collect()))?;
        Ok((command.run)(argument.trim()))
    }
}

/// Parses the new text of an edited message. A command that posts a text works here too.
///
/// # Errors
/// [`Refusal::CommandUnknown`], and [`Refusal::CommandEmpty`] for a command that posts nothing.
pub fn text_to_edit(typed: &str) -> Result<String, Refusal> {
    let word = |name: &str| Err(Refusal::CommandEmpty(name.to_owned()));
    match Input::parse(typed)? {
        Input::Text(text) => Ok(text),
        Input::Topic(_) => word("topic"),
        Input::Help => word("help"),
    }
}

/// The text to type for posting this text: where it would be parsed as a command, it gets one more slash.
pub fn escape_slash(text: &str) -> Cow<'_, str> {
    match Input::parse(text) {
        Ok(Input::Text(parsed)) if parsed == text => Cow::Borrowed(text),
        Ok(_) | Err(_) => Cow::Owned(format!("/{}", text.trim_start())),
    }
}

/// The word at the start of a text, and the rest. `None` if the word ends with anything but white space.
fn split_command(text: &str) -> Option<(&str, &str)> {
    let (word, argument) = text.split_at(text.find(char::is_whitespace).unwrap_or(text.len()));
    (!word.is_empty() && word.chars().all(char::is_alphabetic)).then_some((word, argument))
}

/// Emphasizes each line by itself, because emphasis ends with its paragraph.
fn run_me(text: &str) -> Input {
    let emphasize = |line: &str| match line.trim() {
        "" => String::new(),
        line => format!("_{line}_"),
    };
    Input::Text(text.lines().map(emphasize).collect::<Vec<_>>().join("\n"))
}

fn run_shrug(text: &str) -> Input {
    Input::Text(format!("{text} ¯\\_(ツ)_/¯").trim_start().to_owned())
}

fn run_topic(text: &str) -> Input {
    Input::Topic(text.to_owned())
}

#[cfg(test)]
mod tests {
    use crate::domain::message::slash_command::*;

    fn text(typed: &str) -> Result<Input, Refusal> {
        Ok(Input::Text(typed.to_owned()))
    }

    #[test]
    fn commands_expand() {
        assert_eq!(Input::parse("/me waves\n\nand goes "), text("_waves_\n\n_and goes_"));
        assert_eq!(Input::parse("/shrug who knows"), text("who knows ¯\\_(ツ)_/¯"));
        assert_eq!(Input::parse("/SHRUG"), text("¯\\_(ツ)_/¯"));
        assert_eq!(Input::parse("/topic  Bread and butter "), Ok(Input::Topic("Bread and butter".to_owned())));
        assert_eq!(Input::parse("/topic"), Ok(Input::Topic(String::new())));
        assert_eq!(Input::parse("/help me"), Ok(Input::Help));
        assert_eq!(Input::parse("/me"), text(""), "which is blank, and refused as that");
    }

    #[test]
    fn escape_slash_round_trips() {
        for typed in ["hi", "/", "/usr/bin", "/me waves", "/dance", "///dance", "// so", "/topic", "_waves_"] {
            assert_eq!(text_to_edit(&escape_slash(typed)), Ok(typed.to_owned()), "{typed}");
        }
        assert_eq!(escape_slash("/usr/bin"), "/usr/bin");
        assert_eq!(text_to_edit("/me waves"), Ok("_waves_".to_owned()));
        assert_eq!(text_to_edit("/topic x"), Err(Refusal::CommandEmpty("topic".to_owned())));
        assert_eq!(text_to_edit("/help"), Err(Refusal::CommandEmpty("help".to_owned())));
        assert_eq!(text_to_edit("/dance"), Err(Refusal::CommandUnknown("dance".to_owned())));
    }

    #[test]
    fn unknown_command_is_refused_by_name() {
        assert_eq!(Input::parse("/dance now"), Err(Refusal::CommandUnknown("dance".to_owned())));
        assert_eq!(Input::parse("/usr"), Err(Refusal::CommandUnknown("usr".to_owned())));
        let long = Input::parse(&format!("/{}", "x".repeat(9_000)));
        assert_eq!(long, Err(Refusal::CommandUnknown("x".repeat(USER_NAME_CHARS_MAX))));
    }

    #[test]
    fn paths_and_double_slashes_are_text() {
        for typed in
            ["/usr/bin/env", "/", "/ x", "/1 x", "/a.txt", "// a comment", "//host/share", "a /me", "", "/me, hi"]
        {
            assert_eq!(Input::parse(typed), text(typed));
        }
        assert_eq!(Input::parse("//me waves"), text("/me waves"));
        assert_eq!(Input::parse("//dance"), text("/dance"));
        assert_eq!(Input::parse("///dance"), text("///dance"));
    }
}
