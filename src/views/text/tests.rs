//! Tests of rendering: texts and the HTML they become.

mod limits;

use crate::domain::{ExcerptPiece, UserId};
use crate::views::text::*;

const PEOPLE: [(u64, &str); 6] =
    [(1, "Ann"), (2, "Ann Lee"), (3, "<b>\"Bo\"</b> & 'C'"), (4, "_under_score_"), (5, "太郎"), (6, "Dr. No")];

fn render_source(source: &str) -> MessageContent {
    let find_person = |name: &UserName| {
        let (id, current) =
            PEOPLE.into_iter().find(|(_, other)| UserName::parse(other).unwrap().key() == name.key())?;
        Some(Author { id: UserId(id), name: current.into() })
    };
    let find_room = |slug: &Slug| (slug.as_str() == "fern-street").then(|| slug.clone());
    render(
        Body::parse(source).unwrap(),
        &NameResolver { find_person: &find_person, find_room: &find_room },
        CodeStyle::Highlighted,
    )
}

/// The HTML that is stored, if any is.
fn html_of(source: &str) -> Option<String> {
    render_source(source).rendered.map(|rendered| rendered.html)
}

/// The HTML shown for a text.
fn html(source: &str) -> String {
    html_of(source).unwrap_or_else(|| render_paragraphs(source).into_string())
}

const LINK: &str = "rel=\"nofollow noopener ugc\" target=\"_blank\"";

/// Asserts the HTML of each text.
fn assert_html(cases: &[(&str, &str)]) {
    for (source, expected) in cases {
        assert_eq!(&html(source), expected, "{source:?}");
    }
}

#[test]
fn markdown_becomes_html() {
    assert_html(&[
        ("**a** *b* _c_ ~~d~~ `e`", "<p><strong>a</strong> <em>b</em> <em>c</em> <s>d</s> <code>e</code></p>"),
        ("snake_case_name 2*3*4", "<p>snake_case_name 2<em>3</em>4</p>"),
        ("> a\n> b\n\nc", "<blockquote><p>a<br>b</p></blockquote><p>c</p>"),
        ("- a\n- b\n  - c", "<ul><li>a</li><li>b<ul><li>c</li></ul></li></ul>"),
        ("1. a\n2. b", "<ol><li>a</li><li>b</li></ol>"),
        ("2024. A year", "<ol start=\"2024\"><li>A year</li></ol>"),
        ("a\n\n---\n\nb", "<p>a</p><hr><p>b</p>"),
        ("```\na < b\n\n c\n```", "<pre tabindex=\"0\"><code>a &lt; b\n\n c</code></pre>"),
        ("```none\nnever ended", "<pre tabindex=\"0\"><code>never ended</code></pre>"),
    ]);
    assert!(
        html("```rust\nlet a = 1;\n```")
            .contains("<span class=\"t-key\">let</span> a = <span class=\"t-num\">1</span>;")
    );
}

#[test]
fn line_breaks_in_markdown_are_kept() {
    assert_html(&[
        ("a\n*b*\nc", "<p>a<br><em>b</em><br>c</p>"),
        ("a  \n*b*", "<p>a<br><em>b</em></p>"),
        ("cc \\\n  -o *a*", "<p>cc \\<br>-o <em>a</em></p>"),
        ("<div>\n*a*\n</div>", "<p>&lt;div&gt;<br>*a*<br>&lt;/div&gt;</p>"),
    ]);
}

#[test]
fn unsupported_markdown_is_toned_down_or_stays_text() {
    assert_html(&[
        ("# A *b*", "<p><strong>A <em>b</em></strong></p>"),
        ("#no heading", "<p>#no heading</p>"),
        ("| *a* | b |\n|---|---|", "<p>| <em>a</em> | b |<br>|---|---|</p>"),
        ("*a*<br><script>alert(1)</script>", "<p><em>a</em>&lt;br&gt;&lt;script&gt;alert(1)&lt;/script&gt;</p>"),
        ("*a* [^1] [ ] &amp; &#60; \\*", "<p><em>a</em> [^1] [ ] &amp;amp; &amp;#60; *</p>"),
        ("¯\\_(ツ)_/¯", "<p>¯\\_(ツ)_/¯</p>"),
    ]);
    assert_eq!(
        html("![cat](https://a.example/c.png)"),
        format!("<p><a href=\"https://a.example/c.png\" {LINK}>cat</a></p>")
    );
    assert_eq!(
        html("![](https://a.example/c.png)"),
        format!("<p><a href=\"https://a.example/c.png\" {LINK}>https://a.example/c.png</a></p>")
    );
}

#[test]
fn no_written_text_is_hidden() {
    for source in ["-", "*", "+", ">", "1.", "[Ann]: no", "a\n\n[x]: https://a.example", "> >", "***", "#"] {
        let html = html(source);
        let shows_all = source.chars().filter(|c| c.is_alphanumeric()).all(|c| html.contains(c));
        assert!(shows_all && !html.contains("<li></li>") && !html.contains("<p></p>"), "{source:?} became {html}");
    }
}

#[test]
fn links_lead_only_to_http_https_and_mailto() {
    let link = |href: &str, text: &str| format!("<p><a href=\"{href}\" {LINK}>{text}</a></p>");
    for (source, expected) in [
        ("[a *b*](https://a.example/?a=1&b)", link("https://a.example/?a=1&amp;b", "a <em>b</em>")),
        ("<HTTPS://A.example>", link("HTTPS://A.example", "HTTPS://A.example")),
        ("[w](mailto:ann@a.example)", link("mailto:ann@a.example", "w")),
        ("<ann@a.example>", link("mailto:ann@a.example", "ann@a.example")),
        ("https://a.example/_b_/*c*/d", link("https://a.example/_b_/*c*/d", "https://a.example/_b_/*c*/d")),
        ("https://a.example/#b:tada:@Ann", link("https://a.example/#b:tada:@Ann", "https://a.example/#b:tada:@Ann")),
        ("[![a](https://b.example)](https://c.example)", link("https://c.example", "![a](https://b.example)")),
        ("![[a](https://b.example)](https://c.example)", link("https://c.example", "[a](https://b.example)")),
        ("[https://b.example](https://c.example)", link("https://c.example", "https://b.example")),
    ] {
        assert_eq!(html(source), expected, "{source:?}");
    }
    for inert in [
        "[a](javascript:alert(1))",
        "[a](  JaVaScRiPt:alert(1))",
        "[a](java&#x09;script:alert(1))",
        "[a](data:text/html,x)",
        "[a](/rooms/b)",
        "[a](//b.example)",
        "[a](&#106;avascript:alert(1))",
        "<javascript:alert(1)>",
        "![a](file:///etc/passwd)",
        "[a](vbscript:x 'b')",
    ] {
        let html = html(inert);
        assert!(
            !html.contains("<a") && html.contains('a') && html.contains(':') | html.contains('/'),
            "{inert}: {html}"
        );
    }
}

#[test]
fn a_mention_takes_the_longest_matching_name() {
    let span = |id: u64, name: &str| format!("<span class=\"mention\" data-user=\"{id}\">@{name}</span>");
    for (source, expected, ids) in [
        ("@ann hi", format!("<p>{} hi</p>", span(1, "Ann")), vec![1]),
        ("@ANN  LEE, @Ann.", format!("<p>{}, {}.</p>", span(2, "Ann Lee"), span(1, "Ann")), vec![1, 2]),
        ("@Ann's *x*", format!("<p>{}'s <em>x</em></p>", span(1, "Ann")), vec![1]),
        ("(**@Ann**)@Ann", format!("<p>(<strong>{0}</strong>){0}</p>", span(1, "Ann")), vec![1]),
        ("@_under_score_ yes", format!("<p>{} yes</p>", span(4, "_under_score_")), vec![4]),
        ("@太郎さん", format!("<p>{}さん</p>", span(5, "太郎")), vec![5]),
        ("cc:@Dr. No", format!("<p>cc:{}</p>", span(6, "Dr. No")), vec![6]),
        (
            "@<b>\"Bo\"</b> & 'C' hi",
            format!("<p>{} hi</p>", span(3, "&lt;b&gt;&quot;Bo&quot;&lt;/b&gt; &amp; 'C'")),
            vec![3],
        ),
    ] {
        let content = render_source(source);
        assert_eq!(
            content.rendered.as_ref().map(|rendered| rendered.html.as_str()),
            Some(expected.as_str()),
            "{source:?}"
        );
        assert_eq!(content.mentions, ids.into_iter().map(UserId).collect::<Vec<_>>(), "{source:?}");
        assert!(!content.mentions_room);
    }
    for nobody in ["a@Ann", "@Anna", "@ Ann", "@\nAnn", "`@Ann`", "```\n@Ann\n```", "@Nobody @", "/@Ann", "@@Ann"] {
        let content = render_source(nobody);
        assert!(content.mentions.is_empty() && !html(nobody).contains("mention"), "{nobody:?}: {content:?}");
    }
    let many = render_source(&"@Ann ".repeat(1_000));
    assert_eq!(many.rendered.unwrap().html.matches("mention").count(), 50);
    assert_eq!(many.mentions, [UserId(1)]);
}

#[test]
fn the_room_can_be_mentioned_and_rooms_are_linked() {
    let content = render_source("@room, @Here!");
    assert_eq!(
        content.rendered.unwrap().html,
        "<p><span class=\"mention\">@room</span>, <span class=\"mention\">@here</span>!</p>"
    );
    assert!(content.mentions_room);
    assert!(!render_source("@rooms `@room` room").mentions_room);
    assert_html(&[
        ("#Fern Street now", "<p><a href=\"/rooms/fern-street\">#Fern Street</a> now</p>"),
        ("#fern-street", "<p><a href=\"/rooms/fern-street\">#fern-street</a></p>"),
        ("a#fern-street #fern #1 `#fern-street`", "<p>a#fern-street #fern #1 <code>#fern-street</code></p>"),
    ]);
    assert!(!html("[#fern-street](https://a.example)").contains("/rooms/"), "links do not nest");
}

#[test]
fn emoji_can_be_written_as_shortcodes() {
    assert_html(&[
        (":tada: a:b:c :tada::+1: :none: 12:30:45", "<p>🎉 a:b:c 🎉👍 :none: 12:30:45</p>"),
        ("`:tada:` std::b::c", "<p><code>:tada:</code> std::b::c</p>"),
        ("*:tada:*", "<p><em>🎉</em></p>"),
    ]);
}

#[test]
fn too_deep_or_too_long_texts_are_shown_as_written() {
    for source in [
        ">".repeat(1_000) + "a",
        "> ".repeat(20) + "a",
        "- ".repeat(1_000) + "a",
        "*a _b ".repeat(600) + &"_ *".repeat(600),
    ] {
        assert_eq!(render_source(&source).rendered, None, "{}", &source[..20]);
    }
    let deep = "> ".repeat(8) + "a";
    assert_eq!(html(&deep).matches("<blockquote>").count(), 8);
}

#[test]
fn lines_and_paragraphs_are_kept() {
    let html = |text: &str| render_paragraphs(text).into_string();
    assert_eq!(html("a\nb\n\n\nc"), "<p>a<br>b</p><p>c</p>");
    assert_eq!(html("  indented"), "<p>  indented</p>");
}

#[test]
fn the_fast_path_for_one_line_gives_the_same_html() {
    for text in ["a", " a ", "<b> & \"c\" 'd'", "a: b", "http://a.example/", "a\rb", "a\n", "\u{2028}é", " ", ""] {
        let html = RenderedText { source: text, html: None, mentioned: &[] }.render().into_string();
        assert_eq!(html, render_paragraphs(text).into_string(), "{text:?}");
    }
}

#[test]
fn only_bare_http_urls_become_links() {
    for html in [html, |text: &str| render_paragraphs(text).into_string()] {
        assert_eq!(
            html("see https://a.example/?q=1&r=\"2."),
            "<p>see <a href=\"https://a.example/?q=1&amp;r=\" rel=\"nofollow noopener ugc\" target=\"_blank\">\
             https://a.example/?q=1&amp;r=</a>&quot;2.</p>"
        );
        assert!(html("HTTP://A.EXAMPLE").contains("<a "));
        for inert in [
            "javascript:alert(1)",
            "javascript://x.example/%0aalert(1)",
            "data:text/html,x",
            "file:///etc/passwd",
            "ftp://a.example/",
        ] {
            assert!(!html(inert).contains("<a"), "{inert}");
        }
    }
}

#[test]
fn html_in_a_text_stays_text() {
    for html in [html, |text: &str| render_paragraphs(text).into_string()] {
        assert_eq!(html("<img src=x onerror=alert(1)>"), "<p>&lt;img src=x onerror=alert(1)&gt;</p>");
        assert!(!html("https://a.example/\"onmouseover=\"alert(1)").contains("\"onmouseover"));
    }
}

#[test]
fn excerpts_hold_the_words_of_a_text_and_who_is_mentioned() {
    let excerpt = |source: &str| render_source(source).rendered.expect("it is marked up").excerpt;
    for (source, shown) in [
        ("so **bold** and `a < b`", "so bold and a < b"),
        ("*one*\ntwo\n\n- three\n- four", "one two three four"),
        ("```rust\nlet a;\nb\n```", "let a; b"),
        ("[here](https://a.b/?c=1&d=)!", "here!"),
        ("`&lt;script&gt;` \"x\"", "&lt;script&gt; \"x\""),
        ("---", "---"),
        ("@here to #Fern Street", "@here to #Fern Street"),
    ] {
        assert_eq!(excerpt(source), [ExcerptPiece::Text(shown.to_owned())], "{source:?}");
    }
}
