//! How a message begins, in plain words on one line, for whoever answers it.

/// How much of it is shown, in characters.
const CHARS: usize = 120;

/// The tags that part no words: what stands in them stands in a line. Every other one is a place where a word ends.
const IN_LINE: [&str; 7] = ["a", "code", "del", "em", "s", "span", "strong"];

/// The beginning of a message: of the HTML that was made of it, what is no tag; or of what was written. Blank only if that
/// is blank. It takes any text, and looks at no more than it needs.
pub(super) fn of(body: &str, html: Option<&str>) -> String {
    let read = html.map(|html| cut(words(html))).unwrap_or_default();
    if read.is_empty() { cut(body.chars()) } else { read } // a line alone has no words
}

/// Runs of blanks as one, and three dots for what there is no room for.
fn cut(chars: impl Iterator<Item = char>) -> String {
    let (mut line, mut count, mut blank) = (String::new(), 0, false);
    for c in chars {
        if c.is_whitespace() {
            blank = count > 0;
            continue;
        }
        if count + usize::from(blank) >= CHARS {
            line.push('…');
            break;
        }
        if blank {
            line.push(' ');
            count += 1;
        }
        line.push(c);
        (count, blank) = (count + 1, false);
    }
    line
}

/// The characters of HTML of ours, in which `<`, `>`, `&` and `"` stand for nothing but tags and entities.
fn words(html: &str) -> impl Iterator<Item = char> {
    let mut rest = html;
    std::iter::from_fn(move || {
        loop {
            let c = rest.chars().next()?;
            let (taken, end) = match c {
                '<' => match rest.find('>') {
                    Some(end) if IN_LINE.contains(&name(&rest[1..end])) => (None, end + 1),
                    Some(end) => (Some(' '), end + 1),
                    None => (None, rest.len()),
                },
                '&' => entity(rest).unwrap_or((Some(c), 1)),
                c => (Some(c), c.len_utf8()),
            };
            rest = &rest[end..];
            if taken.is_some() {
                return taken;
            }
        }
    })
}

/// The name of a tag, by what stands between its brackets.
fn name(tag: &str) -> &str {
    let name = tag.strip_prefix('/').unwrap_or(tag);
    name.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or("")
}

fn entity(text: &str) -> Option<(Option<char>, usize)> {
    let known = [("&amp;", '&'), ("&lt;", '<'), ("&gt;", '>'), ("&quot;", '"')];
    known.iter().find(|(written, _)| text.starts_with(written)).map(|(written, c)| (Some(*c), written.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

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
