//! Keyboard shortcuts: one table, from which the help page is made. The scripts of the pages bind the same keys
//! (`assets/page/shortcuts.js`, `assets/room/message_navigation.js`, `assets/composer/composer.js`); a test here compares
//! them.

/// A shortcut.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shortcut {
    /// The key combinations, as the scripts name them: `+` joins keys that are held together, `Mod` is Ctrl or the
    /// command key of a Mac.
    pub keys: &'static [&'static str],
    /// What it does.
    pub action: &'static str,
}

const fn shortcut(keys: &'static [&'static str], action: &'static str) -> Shortcut {
    Shortcut { keys, action }
}

/// Shortcuts that work everywhere.
pub(crate) const ANYWHERE: [Shortcut; 4] = [
    shortcut(&["Mod+k"], "Jump to…"),
    shortcut(&["Alt+Shift+ArrowDown"], "Next unread room"),
    shortcut(&["Alt+Shift+ArrowUp"], "Previous unread room"),
    shortcut(&["Mod+/"], "This help"),
];

/// Shortcuts that work while a message has the focus.
pub(crate) const ON_MESSAGE: [Shortcut; 8] = [
    shortcut(&["ArrowUp", "k"], "Message above"),
    shortcut(&["ArrowDown", "j"], "Message below"),
    shortcut(&["r"], "Reply"),
    shortcut(&["e"], "Edit your message"),
    shortcut(&["+", ":"], "React"),
    shortcut(&["m"], "More actions"),
    shortcut(&["?"], "This help"),
    shortcut(&["Escape"], "Back to the message field"),
];

/// Shortcuts that work in the message field.
pub(crate) const IN_COMPOSER: [Shortcut; 4] = [
    shortcut(&["Enter"], "Send"),
    shortcut(&["Shift+Enter"], "New line"),
    shortcut(&["ArrowUp"], "In an empty field: edit your last message"),
    shortcut(&["Escape"], "Close preview or reply"),
];

/// The labels of the keys of one combination.
pub(crate) fn key_labels(combination: &str) -> Vec<&str> {
    let keys = if combination.len() == 1 { vec![combination] } else { combination.split('+').collect() };
    let label = |key| match key {
        "Mod" => "Ctrl",
        "ArrowUp" => "↑",
        "ArrowDown" => "↓",
        "Escape" => "Esc",
        other => other,
    };
    keys.into_iter().map(label).collect()
}

#[cfg(test)]
mod tests {
    use crate::views::help::keys::*;

    const SHORTCUTS_JS: &str = include_str!("../../../assets/page/shortcuts.js");
    const NAVIGATION_JS: &str = include_str!("../../../assets/room/message_navigation.js");

    /// The keys that a script binds: its table has one line for each.
    fn bound_keys(script: &str) -> Vec<&str> {
        let lines = script.lines().filter_map(|line| line.trim_start().strip_prefix("['"));
        lines.map(|line| line.split_once("', ").expect("a key and its function").0).collect()
    }

    fn listed_keys(keys: &[Shortcut]) -> Vec<&'static str> {
        keys.iter().flat_map(|key| key.keys).copied().collect()
    }

    #[test]
    fn the_help_lists_exactly_the_keys_that_the_scripts_bind() {
        for (script, keys) in [(SHORTCUTS_JS, listed_keys(&ANYWHERE)), (NAVIGATION_JS, listed_keys(&ON_MESSAGE))] {
            let (mut bound, mut listed) = (bound_keys(script), keys);
            bound.sort_unstable();
            listed.sort_unstable();
            assert_eq!(bound, listed);
        }
    }

    #[test]
    fn a_combination_is_shown_as_its_keys() {
        assert_eq!(key_labels("Alt+Shift+ArrowUp"), ["Alt", "Shift", "↑"]);
        assert_eq!(key_labels("Mod+/"), ["Ctrl", "/"]);
        assert_eq!(key_labels("+"), ["+"]);
        assert_eq!(key_labels("Escape"), ["Esc"]);
    }
}
