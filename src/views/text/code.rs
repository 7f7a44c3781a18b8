//! The colours of code: which piece of it is a keyword, a text, a number, a function, a type or a comment. The grammars are
//! read when the first piece of code is written, and what is too long for them keeps the colour of text.

use std::mem;
use std::sync::LazyLock;

use super::Code;
use syntect::parsing::{ParseState, Scope, ScopeStack, SyntaxSet};

/// How many bytes of code one text may have coloured: the work is in proportion.
const COLOURED_BYTES_MAX: usize = 1_500;
/// The longest line that is coloured, in bytes. A grammar looks at a line again for each thing that may begin in it, so the
/// work grows faster than the line does.
const LINE_BYTES_MAX: usize = 120;

/// A grammar that takes about ten times as long for a hostile line as the others: what is written in it keeps the colour of text.
const SLOW: &str = "Makefile";

/// What a piece of code is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    Keyword,
    Text,
    Number,
    Function,
    Type,
    Comment,
}

/// Its name in the stylesheet.
pub(super) fn name(class: Class) -> &'static str {
    match class {
        Class::Keyword => "t-key",
        Class::Text => "t-str",
        Class::Number => "t-num",
        Class::Function => "t-fn",
        Class::Type => "t-type",
        Class::Comment => "t-com",
    }
}

/// What may still be coloured of a text, in bytes.
pub(super) struct Colours(usize);

impl Colours {
    /// At first.
    pub fn of_text(code: Code) -> Self {
        Self(match code {
            Code::Coloured => COLOURED_BYTES_MAX,
            Code::Plain => 0,
        })
    }

    /// The pieces of code in the language that is called so; together they are the code.
    pub fn of(&mut self, language: &str, code: &str) -> Vec<(Option<Class>, String)> {
        let language = language.split(|c: char| c.is_whitespace() || matches!(c, ',' | '{')).next().unwrap_or("");
        let fits = code.len() <= self.0 && code.lines().all(|line| line.len() <= LINE_BYTES_MAX);
        if language.is_empty() || language.len() > 32 || !fits {
            return vec![(None, code.to_owned())];
        }
        self.0 -= code.len();
        coloured(language, code).unwrap_or_else(|| vec![(None, code.to_owned())])
    }
}

fn coloured(language: &str, code: &str) -> Option<Vec<(Option<Class>, String)>> {
    static GRAMMARS: LazyLock<SyntaxSet> = LazyLock::new(SyntaxSet::load_defaults_newlines);
    let grammar = GRAMMARS.find_syntax_by_token(usual(&language.to_lowercase()))?;
    if grammar.name == SLOW {
        return None;
    }
    let (mut state, mut stack) = (ParseState::new(grammar), ScopeStack::new());
    let (mut pieces, mut piece) = (Vec::new(), (None, String::new()));
    let mut add = |class: Option<Class>, text: &str| {
        // Blanks have no colour, so they need not end a piece.
        if class != piece.0 && !text.trim().is_empty() {
            let done = mem::replace(&mut piece, (class, String::new()));
            if !done.1.is_empty() {
                pieces.push(done);
            }
        }
        piece.1.push_str(text);
    };
    let ended = code.to_owned() + "\n"; // the grammars want every line to have an end
    for line in ended.split_inclusive('\n') {
        let mut from = 0;
        for (at, change) in state.parse_line(line, &GRAMMARS).ok()? {
            add(class_of(&stack), line.get(from..at)?);
            from = at;
            stack.apply(&change).ok()?;
        }
        add(class_of(&stack), line.get(from..)?);
    }
    piece.1.pop();
    pieces.push(piece);
    Some(pieces)
}

/// What a language is called by the grammars, where people say something else, or where one much like it must do.
fn usual(language: &str) -> &str {
    match language {
        "ts" | "typescript" | "tsx" | "jsx" | "mjs" => "js",
        "shell" | "console" | "zsh" | "fish" => "sh",
        "golang" => "go",
        "jsonc" | "json5" => "json",
        "kt" | "kotlin" => "java",
        "csharp" => "cs",
        "py3" | "python3" => "py",
        other => other,
    }
}

/// What the innermost scope that says anything says of a piece.
fn class_of(stack: &ScopeStack) -> Option<Class> {
    static CLASSES: LazyLock<Vec<(Scope, Option<Class>)>> = LazyLock::new(|| {
        let class = |&(scope, class): &(&str, Option<Class>)| Some((Scope::new(scope).ok()?, class));
        SCOPES.iter().filter_map(class).collect()
    });
    let says = |scope: &Scope| CLASSES.iter().find(|(known, _)| known.is_prefix_of(*scope)).map(|(_, class)| *class);
    stack.as_slice().iter().rev().find_map(says).flatten()
}

/// Scopes, after the names that Sublime Text's grammars give them, and what they are to us; the first that fits counts.
const SCOPES: [(&str, Option<Class>); 30] = [
    ("comment", Some(Class::Comment)),
    ("string.unquoted", None),
    ("string", Some(Class::Text)),
    ("constant.numeric", Some(Class::Number)),
    ("constant.language", Some(Class::Number)),
    ("constant.character.escape", Some(Class::Text)),
    ("constant.other.color", Some(Class::Number)),
    ("keyword.operator.word", Some(Class::Keyword)),
    ("keyword.operator.logical.python", Some(Class::Keyword)),
    ("keyword.operator", None),
    ("keyword", Some(Class::Keyword)),
    ("storage.type.function.js", Some(Class::Keyword)),
    ("storage", Some(Class::Keyword)),
    ("variable.language", Some(Class::Keyword)),
    ("entity.name.function", Some(Class::Function)),
    ("entity.name.macro", Some(Class::Function)),
    ("variable.function", Some(Class::Function)),
    ("support.function", Some(Class::Function)),
    ("support.macro", Some(Class::Function)),
    ("entity.other.attribute-name", Some(Class::Function)),
    ("entity.name.tag", Some(Class::Keyword)),
    ("entity.name", Some(Class::Type)),
    ("entity.other.inherited-class", Some(Class::Type)),
    ("support.type", Some(Class::Type)),
    ("support.class", Some(Class::Type)),
    ("support.constant", Some(Class::Number)),
    ("markup.inserted", Some(Class::Text)),
    ("markup.deleted", Some(Class::Keyword)),
    ("markup.heading", Some(Class::Keyword)),
    ("meta.interpolation", None),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn marked(language: &str, code: &str) -> String {
        let piece =
            |(class, text): (Option<Class>, String)| class.map_or(text.clone(), |c| format!("<{}|{text}>", name(c)));
        Colours::of_text(Code::Coloured).of(language, code).into_iter().map(piece).collect()
    }

    #[test]
    fn code_has_its_six_colours() {
        for (language, code, expected) in [
            ("rust", "let a = f(\"x\\n\", 1);", "<t-key|let> a = <t-fn|f>(<t-str|\"x\\n\">, <t-num|1>);"),
            ("Rust", "fn a() {} // b", "<t-key|fn ><t-fn|a>() {} <t-com|// b>"),
            ("py", "def f(x):\n  return 'a' # b", "<t-key|def ><t-fn|f>(x):\n  <t-key|return ><t-str|'a' ><t-com|# b>"),
            ("ts", "const a = `b${c}`;", "<t-key|const >a = <t-str|`b>${c}<t-str|`>;"),
            ("js", "class A extends B {}", "<t-key|class ><t-type|A ><t-key|extends ><t-type|B >{}"),
            ("console", "echo \"$HOME\" | cat -n", "<t-fn|echo ><t-str|\"$HOME\" >| <t-fn|cat> -n"),
            ("json", "{\"a\": [1, true]}", "{<t-str|\"a\">: [<t-num|1>, <t-num|true>]}"),
            ("html", "<p class=\"a\">b</p>", "<<t-key|p ><t-fn|class>=<t-str|\"a\">>b</<t-key|p>>"),
            ("diff", "-a\n+b", "<t-key|-a\n><t-str|+b>"),
        ] {
            assert_eq!(marked(language, code), expected);
        }
    }

    #[test]
    fn code_is_whole_whatever_its_language() {
        let code = "fn a() {\n\n  <?php \"x\n`\u{200b}é🎉";
        for language in ["", "none", "rust", "Rust,ignore", "c++", "php", "html", "md", "diff", "yaml", "x\"y"] {
            let pieces = Colours::of_text(Code::Coloured).of(language, code);
            assert_eq!(pieces.into_iter().map(|(_, text)| text).collect::<String>(), code, "{language}");
        }
    }

    #[test]
    fn what_is_too_long_keeps_its_colour() {
        let coloured = |code: &str| Colours::of_text(Code::Coloured).of("rust", code).len() > 1;
        let line = |bytes: usize| format!("let a = \"{}\";", "x".repeat(bytes - 11));
        assert_eq!(line(LINE_BYTES_MAX).len(), LINE_BYTES_MAX);
        assert!(coloured(&line(LINE_BYTES_MAX)));
        assert!(!coloured(&line(LINE_BYTES_MAX + 1)));
        let code = "let a = 1;\n".repeat(COLOURED_BYTES_MAX);
        assert!(coloured(&code[..COLOURED_BYTES_MAX]));
        assert!(!coloured(&code[..=COLOURED_BYTES_MAX]));
    }

    #[test]
    fn a_grammar_that_takes_too_long_is_not_used() {
        for language in ["make", "makefile", "Makefile", "mk"] {
            assert_eq!(Colours::of_text(Code::Coloured).of(language, "a: b\n\tc \"d\"").len(), 1, "{language}");
        }
        assert!(Colours::of_text(Code::Coloured).of("sh", "echo \"d\"").len() > 1);
    }
}
