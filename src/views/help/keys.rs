//! What can be done by a key: one table, from which the page of help is made. The page's scripts bind the same keys
//! (`assets/page/shortcuts.js`, `walking.js`, `composer.js`); a test here holds the two together.

/// Something that keys do.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shortcut {
    /// The ways to press it, as the scripts call them: keys held together have a `+` between them, `Mod` is Ctrl, or the
    /// command key of a Mac.
    pub keys: &'static [&'static str],
    /// What comes of it.
    pub action: &'static str,
}

const fn shortcut(keys: &'static [&'static str], action: &'static str) -> Shortcut {
    Shortcut { keys, action }
}

/// What works wherever one is.
pub(crate) const ANYWHERE: [Shortcut; 4] = [
    shortcut(&["Mod+k"], "Go to a room"),
    shortcut(&["Alt+Shift+ArrowDown"], "Next unread room"),
    shortcut(&["Alt+Shift+ArrowUp"], "Previous unread room"),
    shortcut(&["Mod+/"], "This help"),
];

/// What works while the focus is on a message.
pub(crate) const ON_MESSAGE: [Shortcut; 8] = [
    shortcut(&["ArrowUp", "k"], "Message above"),
    shortcut(&["ArrowDown", "j"], "Message below"),
    shortcut(&["r"], "Reply"),
    shortcut(&["e"], "Edit, if it is yours"),
    shortcut(&["+", ":"], "React"),
    shortcut(&["m"], "More actions"),
    shortcut(&["?"], "This help"),
    shortcut(&["Escape"], "Back to writing"),
];

/// What works where one writes.
pub(crate) const IN_COMPOSER: [Shortcut; 4] = [
    shortcut(&["Enter"], "Send"),
    shortcut(&["Shift+Enter"], "Break the line"),
    shortcut(&["ArrowUp"], "If nothing is written: edit your last message"),
    shortcut(&["Escape"], "Leave the preview, or the reply"),
];

/// The names of the keys that are pressed together for one way.
pub(crate) fn key_labels(combination: &str) -> Vec<&str> {
    let names = if combination.len() == 1 { vec![combination] } else { combination.split('+').collect() };
    let cap = |name| match name {
        "Mod" => "Ctrl",
        "ArrowUp" => "↑",
        "ArrowDown" => "↓",
        "Escape" => "Esc",
        other => other,
    };
    names.into_iter().map(cap).collect()
}

#[cfg(test)]
mod tests {
    use crate::views::help::keys::*;

    const KEYS_JS: &str = include_str!("../../../assets/page/shortcuts.js");
    const WALKING_JS: &str = include_str!("../../../assets/room/message_navigation.js");

    /// The keys that a script binds: a table of it has a line for each.
    fn bound_keys(script: &str) -> Vec<&str> {
        let lines = script.lines().filter_map(|line| line.trim_start().strip_prefix("['"));
        lines.map(|line| line.split_once("', ").expect("a key and what it does").0).collect()
    }

    fn listed_keys(keys: &[Shortcut]) -> Vec<&'static str> {
        keys.iter().flat_map(|key| key.keys).copied().collect()
    }

    #[test]
    fn each_key_that_is_listed_is_bound_and_each_that_is_bound_is_listed() {
        for (script, keys) in [(KEYS_JS, listed_keys(&ANYWHERE)), (WALKING_JS, listed_keys(&ON_MESSAGE))] {
            let (mut bound, mut listed) = (bound_keys(script), keys);
            bound.sort_unstable();
            listed.sort_unstable();
            assert_eq!(bound, listed);
        }
    }

    #[test]
    fn a_way_is_shown_as_the_keys_that_one_holds() {
        assert_eq!(key_labels("Alt+Shift+ArrowUp"), ["Alt", "Shift", "↑"]);
        assert_eq!(key_labels("Mod+/"), ["Ctrl", "/"]);
        assert_eq!(key_labels("+"), ["+"]);
        assert_eq!(key_labels("Escape"), ["Esc"]);
    }
}
