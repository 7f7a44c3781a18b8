//! Tests of the limits that the HTML of any text keeps.

use proptest::prelude::*;

use crate::views::text::tests::*;

#[test]
fn html_of_hostile_texts_stays_within_the_limit() {
    let mut texts: Vec<String> = [
        "`",
        "```",
        "*",
        "**a",
        "_a_",
        "[",
        "[a](",
        "![",
        "](",
        "<a",
        "<!--",
        "&",
        "\"",
        "@a ",
        "#a ",
        ":a:",
        "a://",
        "http://a ",
        "- \n",
        "> ",
        "1. ",
        "\\",
        "~",
        "~~a~~",
        "a\n\n",
        "a\u{300}",
        "<http://a>",
        "[a](http://b)",
        "*`",
        "[[",
        "\t",
        "1 ",
        "+1",
    ]
    .iter()
    .map(|part| part.chars().cycle().take(8_000).collect())
    .collect();
    texts.push("w".repeat(8_000));
    texts.push(format!("```js\n{}\n```", "a(1)+'b';".repeat(40)));
    for source in texts {
        let Ok(body) = Body::parse(&source) else { continue };
        let html = html_of(body.as_str()).unwrap_or_default();
        assert!(html.len() <= HTML_GROWTH_FACTOR_MAX * body.as_str().len() + HTML_GROWTH_BYTES_MAX, "{}", &source[..8]);
    }
}

proptest! {
    #[test]
    fn a_text_without_markup_stores_no_html(text in "[a-zäß東ب]{1,9}(( |\n|\n\n)[a-z,.!?'\"éñ]{1,9}){0,20}") {
        prop_assert_eq!(render_source(&text), MessageContent::from_body(Body::parse(&text).unwrap()));
    }

    #[test]
    fn html_of_any_text_stays_within_the_limit(text in r"([*_~`>#@:\[\]()<!\-&\\]|[a-c1. ]|\n|https://a|@Ann|```js){1,60}") {
        if let Ok(body) = Body::parse(&text) {
            let html = html_of(body.as_str()).unwrap_or_default();
            prop_assert!(html.len() <= HTML_GROWTH_FACTOR_MAX * text.len() + HTML_GROWTH_BYTES_MAX);
            prop_assert!(!html.contains("<script") && !html.contains("javascript"));
        }
    }
}
