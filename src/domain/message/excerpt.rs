//! How a message begins, in plain words on one line, for whoever answers it.

use crate::domain::{Author, ExcerptPart, MENTION_START, find_mention};

/// How much of it is shown, in characters.
const EXCERPT_CHARS_MAX: usize = 120;

/// The tags that part no words: what stands in them stands in a line. Every other one is a place where a word ends.
const INLINE_TAGS: [&str; 7] = ["a", "code", "del", "em", "s", "span", "strong"];

/// As how many characters a name counts, however long it is: so that a new one moves nothing else.
const NAME_CHARS: usize = 16;

/// The beginning of a message: of the HTML that was made of it, what is no tag; or of what was written. Nothing only if that
/// is blank. It takes any text, and looks at no more than it needs.
pub(crate) fn excerpt_parts(body: &str, html: Option<&str>, mentioned: &[Author]) -> Vec<ExcerptPart> {
    let read = html.map(|html| truncate(visible_glyphs(html, mentioned))).unwrap_or_default();
    if read.is_empty() { truncate(body.chars().map(Glyph::Letter)) } else { read } // a line alone has no words
}

/// What an excerpt is made of.
enum Glyph<'a> {
    Letter(char),
    Mention(&'a Author),
}

/// Runs of blanks as one, and three dots for what there is no room for.
fn truncate<'a>(glyphs: impl Iterator<Item = Glyph<'a>>) -> Vec<ExcerptPart> {
    let (mut parts, mut line, mut count, mut blank) = (Vec::new(), String::new(), 0, false);
    for sign in glyphs {
        let counts = match sign {
            Glyph::Letter(c) if c.is_whitespace() => {
                blank = count > 0;
                continue;
            }
            Glyph::Letter(_) => 1,
            Glyph::Mention(_) => NAME_CHARS,
        };
        if count + usize::from(blank) + counts > EXCERPT_CHARS_MAX {
            line.push('…');
            break;
        }
        if blank {
            line.push(' ');
        }
        count += usize::from(blank) + counts;
        blank = false;
        match sign {
            Glyph::Letter(c) => line.push(c),
            Glyph::Mention(person) => {
                push_line(&mut parts, &mut line);
                parts.push(ExcerptPart::Mention(person.clone()));
            }
        }
    }
    push_line(&mut parts, &mut line);
    parts
}

fn push_line(parts: &mut Vec<ExcerptPart>, line: &mut String) {
    if !line.is_empty() {
        parts.push(ExcerptPart::Text(std::mem::take(line)));
    }
}

/// What is to be read of HTML of ours, in which `<`, `>`, `&` and `"` stand for nothing but tags and entities.
fn visible_glyphs<'a>(html: &str, mentioned: &'a [Author]) -> impl Iterator<Item = Glyph<'a>> {
    let mut rest = html;
    std::iter::from_fn(move || {
        loop {
            let c = rest.chars().next()?;
            let (taken, end) = match c {
                '<' => parse_tag(rest, mentioned),
                '&' => parse_entity(rest).map_or((Some(Glyph::Letter(c)), 1), |(c, end)| (Some(Glyph::Letter(c)), end)),
                c => (Some(Glyph::Letter(c)), c.len_utf8()),
            };
            rest = &rest[end..];
            if taken.is_some() {
                return taken;
            }
        }
    })
}

/// What a tag with which this begins stands for, and where it ends: with the name, if it is that of somebody who is called.
fn parse_tag<'a>(html: &str, mentioned: &'a [Author]) -> (Option<Glyph<'a>>, usize) {
    let Some(end) = html.find('>') else { return (None, html.len()) };
    if let Some(at) = html[..end].find(MENTION_START).map(|at| at + MENTION_START.len())
        && let Some((person, name)) = find_mention(&html[at..], mentioned)
    {
        return (Some(Glyph::Mention(person)), at + name.end);
    }
    if INLINE_TAGS.contains(&tag_name(&html[1..end])) { (None, end + 1) } else { (Some(Glyph::Letter(' ')), end + 1) }
}

/// The name of a tag, by what stands between its brackets.
fn tag_name(tag: &str) -> &str {
    let name = tag.strip_prefix('/').unwrap_or(tag);
    name.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or("")
}

fn parse_entity(text: &str) -> Option<(char, usize)> {
    let known = [("&amp;", '&'), ("&lt;", '<'), ("&gt;", '>'), ("&quot;", '"')];
    known.iter().find(|(written, _)| text.starts_with(written)).map(|(written, c)| (*c, written.len()))
}

#[cfg(test)]
mod tests {
    use crate::domain::UserId;
    use crate::domain::message::excerpt::*;

    /// The excerpt in which nobody is called.
    fn excerpt(body: &str, html: Option<&str>) -> String {
        match crate::domain::message::excerpt::excerpt_parts(body, html, &[]).as_slice() {
            [] => String::new(),
            [ExcerptPart::Text(words)] => words.clone(),
            pieces => panic!("{pieces:?}"),
        }
    }

    #[test]
    fn mentions_show_the_current_name_at_a_fixed_width() {
        let html = "<p>so <em><span class=\"mention\" data-user=\"7\">@old &amp; grey</span></em>, or \
            <span class=\"mention\" data-user=\"8\">@other</span></p>";
        let words = |words: &str| ExcerptPart::Text(words.to_owned());
        let person = |name: &str| Author { id: UserId(7), name: name.into() };
        let new = crate::domain::message::excerpt::excerpt_parts("x", Some(html), &[person("New")]);
        assert_eq!(new, [words("so "), ExcerptPart::Mention(person("New")), words(", or @other")]);
        let at = "é".repeat(EXCERPT_CHARS_MAX - NAME_CHARS - 1);
        let called = "<span class=\"mention\" data-user=\"7\">@old</span>";
        for name in ["N", "a name that is as long as one can be"] {
            let of = |html: &str| crate::domain::message::excerpt::excerpt_parts("x", Some(html), &[person(name)]);
            let called_last = of(&format!("<p>{at} {called}</p>"));
            assert_eq!(called_last, [words(&format!("{at} ")), ExcerptPart::Mention(person(name))]);
            assert_eq!(of(&format!("<p>{at}é {called}!</p>")), [words(&format!("{at}é…"))]);
        }
    }

    #[test]
    fn markup_is_stripped() {
        for (html, shown) in [
            ("<p>so <strong>bold</strong> and <code>a &lt; b</code></p>", "so bold and a < b"),
            ("<p>one<br>two</p><ul><li>three</li><li>four</li></ul>", "one two three four"),
            ("<pre><code><span class=\"t-key\">let</span> a;\nb</code></pre>", "let a; b"),
            ("<p><a href=\"https://a.b/?c=1&amp;d=&quot;&gt;\" rel=\"x\">here</a>!</p>", "here!"),
            ("<p>&amp;lt;script&amp;gt; &quot;x&quot;</p>", "&lt;script&gt; \"x\""),
        ] {
            assert_eq!(excerpt("**as written**", Some(html)), shown);
        }
        assert_eq!(excerpt("a\n\n  b\tc ", None), "a b c");
    }

    #[test]
    fn textless_markup_falls_back_to_the_source() {
        assert_eq!(excerpt("---", Some("<hr>")), "---");
        assert_eq!(excerpt("", None), "");
        for broken in ["<", "a<b", "&", "&amp", "<p", "é<é>é&é;", "<>"] {
            assert!(!excerpt("as written", Some(broken)).is_empty(), "{broken}");
        }
    }

    #[test]
    fn long_excerpt_is_truncated() {
        let (at, over) = ("é".repeat(EXCERPT_CHARS_MAX), "é".repeat(EXCERPT_CHARS_MAX + 1));
        assert_eq!(excerpt(&at, None), at);
        assert_eq!(excerpt(&over, None), format!("{at}…"));
        assert_eq!(excerpt("x", Some(&format!("<p>{at}</p>"))), at);
        assert_eq!(excerpt("x", Some(&format!("<p>{at}<em> </em>&lt;</p>"))), format!("{at}…"));
        assert_eq!(excerpt(&format!("{at} \n "), None), at, "blanks at the end are nothing");
    }
}
