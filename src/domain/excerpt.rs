//! How a message begins, in plain words on one line, for whoever answers it.

use super::{Author, CALLED, Piece, called_at};

/// How much of it is shown, in characters.
const CHARS: usize = 120;

/// The tags that part no words: what stands in them stands in a line. Every other one is a place where a word ends.
const IN_LINE: [&str; 7] = ["a", "code", "del", "em", "s", "span", "strong"];

/// As how many characters a name counts, however long it is: so that a new one moves nothing else.
const NAME_COUNTS: usize = 16;

/// The beginning of a message: of the HTML that was made of it, what is no tag; or of what was written. Nothing only if that
/// is blank. It takes any text, and looks at no more than it needs.
pub(super) fn of(body: &str, html: Option<&str>, called: &[Author]) -> Vec<Piece> {
    let read = html.map(|html| cut(words(html, called))).unwrap_or_default();
    if read.is_empty() { cut(body.chars().map(Sign::Letter)) } else { read } // a line alone has no words
}

/// What an excerpt is made of.
enum Sign<'a> {
    Letter(char),
    Called(&'a Author),
}

/// Runs of blanks as one, and three dots for what there is no room for.
fn cut<'a>(signs: impl Iterator<Item = Sign<'a>>) -> Vec<Piece> {
    let (mut pieces, mut line, mut count, mut blank) = (Vec::new(), String::new(), 0, false);
    for sign in signs {
        let counts = match sign {
            Sign::Letter(c) if c.is_whitespace() => {
                blank = count > 0;
                continue;
            }
            Sign::Letter(_) => 1,
            Sign::Called(_) => NAME_COUNTS,
        };
        if count + usize::from(blank) + counts > CHARS {
            line.push('…');
            break;
        }
        if blank {
            line.push(' ');
        }
        count += usize::from(blank) + counts;
        blank = false;
        match sign {
            Sign::Letter(c) => line.push(c),
            Sign::Called(person) => {
                close(&mut pieces, &mut line);
                pieces.push(Piece::Called(person.clone()));
            }
        }
    }
    close(&mut pieces, &mut line);
    pieces
}

fn close(pieces: &mut Vec<Piece>, line: &mut String) {
    if !line.is_empty() {
        pieces.push(Piece::Words(std::mem::take(line)));
    }
}

/// What is to be read of HTML of ours, in which `<`, `>`, `&` and `"` stand for nothing but tags and entities.
fn words<'a>(html: &str, called: &'a [Author]) -> impl Iterator<Item = Sign<'a>> {
    let mut rest = html;
    std::iter::from_fn(move || {
        loop {
            let c = rest.chars().next()?;
            let (taken, end) = match c {
                '<' => tag(rest, called),
                '&' => entity(rest).map_or((Some(Sign::Letter(c)), 1), |(c, end)| (Some(Sign::Letter(c)), end)),
                c => (Some(Sign::Letter(c)), c.len_utf8()),
            };
            rest = &rest[end..];
            if taken.is_some() {
                return taken;
            }
        }
    })
}

/// What a tag with which this begins stands for, and where it ends: with the name, if it is that of somebody who is called.
fn tag<'a>(html: &str, called: &'a [Author]) -> (Option<Sign<'a>>, usize) {
    let Some(end) = html.find('>') else { return (None, html.len()) };
    if let Some(at) = html[..end].find(CALLED).map(|at| at + CALLED.len())
        && let Some((person, name)) = called_at(&html[at..], called)
    {
        return (Some(Sign::Called(person)), at + name.end);
    }
    if IN_LINE.contains(&name(&html[1..end])) { (None, end + 1) } else { (Some(Sign::Letter(' ')), end + 1) }
}

/// The name of a tag, by what stands between its brackets.
fn name(tag: &str) -> &str {
    let name = tag.strip_prefix('/').unwrap_or(tag);
    name.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or("")
}

fn entity(text: &str) -> Option<(char, usize)> {
    let known = [("&amp;", '&'), ("&lt;", '<'), ("&gt;", '>'), ("&quot;", '"')];
    known.iter().find(|(written, _)| text.starts_with(written)).map(|(written, c)| (*c, written.len()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::UserId;

    /// The excerpt in which nobody is called.
    fn of(body: &str, html: Option<&str>) -> String {
        match super::of(body, html, &[]).as_slice() {
            [] => String::new(),
            [Piece::Words(words)] => words.clone(),
            pieces => panic!("{pieces:?}"),
        }
    }

    #[test]
    fn whoever_is_called_has_the_name_of_now_and_however_long_that_is_the_rest_stays() {
        let html = "<p>so <em><span class=\"mention\" data-user=\"7\">@old &amp; grey</span></em>, or \
            <span class=\"mention\" data-user=\"8\">@other</span></p>";
        let words = |words: &str| Piece::Words(words.to_owned());
        let person = |name: &str| Author { id: UserId(7), name: name.into() };
        let new = super::of("x", Some(html), &[person("New")]);
        assert_eq!(new, [words("so "), Piece::Called(person("New")), words(", or @other")]);
        let at = "é".repeat(CHARS - NAME_COUNTS - 1);
        let called = "<span class=\"mention\" data-user=\"7\">@old</span>";
        for name in ["N", "a name that is as long as one can be"] {
            let of = |html: &str| super::of("x", Some(html), &[person(name)]);
            let called_last = of(&format!("<p>{at} {called}</p>"));
            assert_eq!(called_last, [words(&format!("{at} ")), Piece::Called(person(name))]);
            assert_eq!(of(&format!("<p>{at}é {called}!</p>")), [words(&format!("{at}é…"))]);
        }
    }

    #[test]
    fn of_what_is_marked_up_the_words_are_shown() {
        for (html, shown) in [
            ("<p>so <strong>bold</strong> and <code>a &lt; b</code></p>", "so bold and a < b"),
            ("<p>one<br>two</p><ul><li>three</li><li>four</li></ul>", "one two three four"),
            ("<pre><code><span class=\"t-key\">let</span> a;\nb</code></pre>", "let a; b"),
            ("<p><a href=\"https://a.b/?c=1&amp;d=&quot;&gt;\" rel=\"x\">here</a>!</p>", "here!"),
            ("<p>&amp;lt;script&amp;gt; &quot;x&quot;</p>", "&lt;script&gt; \"x\""),
        ] {
            assert_eq!(of("**as written**", Some(html)), shown);
        }
        assert_eq!(of("a\n\n  b\tc ", None), "a b c");
    }

    #[test]
    fn what_has_no_words_is_shown_as_it_was_written_and_only_what_was_removed_is_blank() {
        assert_eq!(of("---", Some("<hr>")), "---");
        assert_eq!(of("", None), "");
        for broken in ["<", "a<b", "&", "&amp", "<p", "é<é>é&é;", "<>"] {
            assert!(!of("as written", Some(broken)).is_empty(), "{broken}");
        }
    }

    #[test]
    fn a_long_one_is_cut_at_the_limit() {
        let (at, over) = ("é".repeat(CHARS), "é".repeat(CHARS + 1));
        assert_eq!(of(&at, None), at);
        assert_eq!(of(&over, None), format!("{at}…"));
        assert_eq!(of("x", Some(&format!("<p>{at}</p>"))), at);
        assert_eq!(of("x", Some(&format!("<p>{at}<em> </em>&lt;</p>"))), format!("{at}…"));
        assert_eq!(of(&format!("{at} \n "), None), at, "blanks at the end are nothing");
    }
}
