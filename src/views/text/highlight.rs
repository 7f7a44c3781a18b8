//! Syntax highlighting: which part of a code block is a keyword, a string, a number, a function, a type or a comment. The
//! grammars are loaded for the first code block. Code that is too long for them keeps the colour of text.

use std::mem;
use std::sync::LazyLock;

use crate::views::text::CodeStyle;
use syntect::parsing::{ParseState, Scope, ScopeStack, SyntaxSet};

/// Bytes of code highlighted in one text. The time is proportional.
const HIGHLIGHTED_BYTES_MAX: usize = 1_500;
/// The longest line that is highlighted, in bytes. A grammar scans a line again for each token that may begin in it, so the
/// time grows faster than the line.
const HIGHLIGHTED_LINE_BYTES_MAX: usize = 120;

/// A grammar that takes about ten times as long for a hostile line as the others. Its code keeps the colour of text.
const SLOW_GRAMMAR: &str = "Makefile";

/// The class of a part of code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TokenClass {
    Keyword,
    StringLiteral,
    Number,
    Function,
    Type,
    Comment,
}

/// The name of a class in the stylesheet.
pub(crate) fn class_name(class: TokenClass) -> &'static str {
    match class {
        TokenClass::Keyword => "t-key",
        TokenClass::StringLiteral => "t-str",
        TokenClass::Number => "t-num",
        TokenClass::Function => "t-fn",
        TokenClass::Type => "t-type",
        TokenClass::Comment => "t-com",
    }
}

/// Highlights the code of one text. Counts the bytes that may still be highlighted.
pub(crate) struct Highlighter(usize);

impl Highlighter {
    /// The highlighter of a text that has not highlighted anything yet.
    pub fn for_text(style: CodeStyle) -> Self {
        Self(match style {
            CodeStyle::Highlighted => HIGHLIGHTED_BYTES_MAX,
            CodeStyle::Plain => 0,
        })
    }

    /// Splits code in the named language into parts. The parts joined are the code.
    pub fn highlight(&mut self, language: &str, code: &str) -> Vec<(Option<TokenClass>, String)> {
        let language = language.split(|c: char| c.is_whitespace() || matches!(c, ',' | '{')).next().unwrap_or("");
        let fits = code.len() <= self.0 && code.lines().all(|line| line.len() <= HIGHLIGHTED_LINE_BYTES_MAX);
        if language.is_empty() || language.len() > 32 || !fits {
            return vec![(None, code.to_owned())];
        }
        self.0 -= code.len();
        highlight_code(language, code).unwrap_or_else(|| vec![(None, code.to_owned())])
    }
}

fn highlight_code(language: &str, code: &str) -> Option<Vec<(Option<TokenClass>, String)>> {
    static GRAMMARS: LazyLock<SyntaxSet> = LazyLock::new(SyntaxSet::load_defaults_newlines);
    let grammar = GRAMMARS.find_syntax_by_token(canonical_language(&language.to_lowercase()))?;
    if grammar.name == SLOW_GRAMMAR {
        return None;
    }
    let (mut state, mut stack) = (ParseState::new(grammar), ScopeStack::new());
    let (mut spans, mut span) = (Vec::new(), (None, String::new()));
    let mut push = |class: Option<TokenClass>, text: &str| {
        // White space has no colour, so it does not end a part.
        if class != span.0 && !text.trim().is_empty() {
            let finished = mem::replace(&mut span, (class, String::new()));
            if !finished.1.is_empty() {
                spans.push(finished);
            }
        }
        span.1.push_str(text);
    };
    let terminated = code.to_owned() + "\n"; // the grammars expect every line to end with a line feed
    for line in terminated.split_inclusive('\n') {
        let mut from = 0;
        for (at, change) in state.parse_line(line, &GRAMMARS).ok()? {
            push(token_class(&stack), line.get(from..at)?);
            from = at;
            stack.apply(&change).ok()?;
        }
        push(token_class(&stack), line.get(from..)?);
    }
    span.1.pop();
    spans.push(span);
    Some(spans)
}

/// The grammar's name of a language that people call differently, or of the closest one that has a grammar.
fn canonical_language(language: &str) -> &str {
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

/// The class of the innermost scope that has one.
fn token_class(stack: &ScopeStack) -> Option<TokenClass> {
    static CLASSES: LazyLock<Vec<(Scope, Option<TokenClass>)>> = LazyLock::new(|| {
        let class = |&(scope, class): &(&str, Option<TokenClass>)| Some((Scope::new(scope).ok()?, class));
        SCOPE_CLASSES.iter().filter_map(class).collect()
    });
    let classify =
        |scope: &Scope| CLASSES.iter().find(|(known, _)| known.is_prefix_of(*scope)).map(|(_, class)| *class);
    stack.as_slice().iter().rev().find_map(classify).flatten()
}

/// Scopes of Sublime Text's grammars, and the classes they stand for. The first match counts.
const SCOPE_CLASSES: [(&str, Option<TokenClass>); 30] = [
    ("comment", Some(TokenClass::Comment)),
    ("string.unquoted", None),
    ("string", Some(TokenClass::StringLiteral)),
    ("constant.numeric", Some(TokenClass::Number)),
    ("constant.language", Some(TokenClass::Number)),
    ("constant.character.escape", Some(TokenClass::StringLiteral)),
    ("constant.other.color", Some(TokenClass::Number)),
    ("keyword.operator.word", Some(TokenClass::Keyword)),
    ("keyword.operator.logical.python", Some(TokenClass::Keyword)),
    ("keyword.operator", None),
    ("keyword", Some(TokenClass::Keyword)),
    ("storage.type.function.js", Some(TokenClass::Keyword)),
    ("storage", Some(TokenClass::Keyword)),
    ("variable.language", Some(TokenClass::Keyword)),
    ("entity.name.function", Some(TokenClass::Function)),
    ("entity.name.macro", Some(TokenClass::Function)),
    ("variable.function", Some(TokenClass::Function)),
    ("support.function", Some(TokenClass::Function)),
    ("support.macro", Some(TokenClass::Function)),
    ("entity.other.attribute-name", Some(TokenClass::Function)),
    ("entity.name.tag", Some(TokenClass::Keyword)),
    ("entity.name", Some(TokenClass::Type)),
    ("entity.other.inherited-class", Some(TokenClass::Type)),
    ("support.type", Some(TokenClass::Type)),
    ("support.class", Some(TokenClass::Type)),
    ("support.constant", Some(TokenClass::Number)),
    ("markup.inserted", Some(TokenClass::StringLiteral)),
    ("markup.deleted", Some(TokenClass::Keyword)),
    ("markup.heading", Some(TokenClass::Keyword)),
    ("meta.interpolation", None),
];

#[cfg(test)]
mod tests {
    use crate::views::text::highlight::*;

    fn highlighted(language: &str, code: &str) -> String {
        let part = |(class, text): (Option<TokenClass>, String)| {
            class.map_or(text.clone(), |c| format!("<{}|{text}>", class_name(c)))
        };
        Highlighter::for_text(CodeStyle::Highlighted).highlight(language, code).into_iter().map(part).collect()
    }

    #[test]
    fn code_has_six_token_classes() {
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
            assert_eq!(highlighted(language, code), expected);
        }
    }

    #[test]
    fn parts_joined_are_the_code_in_any_language() {
        let code = "fn a() {\n\n  <?php \"x\n`\u{200b}é🎉";
        for language in ["", "none", "rust", "Rust,ignore", "c++", "php", "html", "md", "diff", "yaml", "x\"y"] {
            let parts = Highlighter::for_text(CodeStyle::Highlighted).highlight(language, code);
            assert_eq!(parts.into_iter().map(|(_, text)| text).collect::<String>(), code, "{language}");
        }
    }

    #[test]
    fn code_beyond_the_limits_is_not_highlighted() {
        let is_highlighted =
            |code: &str| Highlighter::for_text(CodeStyle::Highlighted).highlight("rust", code).len() > 1;
        let line = |bytes: usize| format!("let a = \"{}\";", "x".repeat(bytes - 11));
        assert_eq!(line(HIGHLIGHTED_LINE_BYTES_MAX).len(), HIGHLIGHTED_LINE_BYTES_MAX);
        assert!(is_highlighted(&line(HIGHLIGHTED_LINE_BYTES_MAX)));
        assert!(!is_highlighted(&line(HIGHLIGHTED_LINE_BYTES_MAX + 1)));
        let code = "let a = 1;\n".repeat(HIGHLIGHTED_BYTES_MAX);
        assert!(is_highlighted(&code[..HIGHLIGHTED_BYTES_MAX]));
        assert!(!is_highlighted(&code[..=HIGHLIGHTED_BYTES_MAX]));
    }

    #[test]
    fn the_slow_grammar_is_not_used() {
        for language in ["make", "makefile", "Makefile", "mk"] {
            assert_eq!(
                Highlighter::for_text(CodeStyle::Highlighted).highlight(language, "a: b\n\tc \"d\"").len(),
                1,
                "{language}"
            );
        }
        assert!(Highlighter::for_text(CodeStyle::Highlighted).highlight("sh", "echo \"d\"").len() > 1);
    }
}
