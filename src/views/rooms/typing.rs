//! Who is typing in a room. It takes no viewer: the page's script removes the viewer's own name.

use maud::{Markup, html};

use crate::domain::Author;

/// The people who are typing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Typists {
    /// These people, or nobody.
    People(Vec<Author>),
    /// More people than are named.
    Several,
}

impl Default for Typists {
    fn default() -> Self {
        Self::People(Vec::new())
    }
}

/// What the stream brings when someone starts or stops typing.
pub fn update(typists: &Typists) -> Markup {
    html! {
        hx-partial hx-target="#typing" hx-swap="innerHTML" {
            @match typists {
                Typists::Several => span { "Several people are typing" },
                Typists::People(people) => (people_line(people)),
            }
        }
    }
}

fn people_line(people: &[Author]) -> Markup {
    let Some((last, others)) = people.split_last() else { return html! {} };
    let names = html! {
        @for (n, person) in others.iter().enumerate() { @if n > 0 { ", " } (typist_name(person)) }
        @if !others.is_empty() { " and " }
        (typist_name(last))
    };
    typing_line(&names, people.len())
}

/// The line about this many people. The page's script clones it without names, for the names that are left.
pub(crate) fn typing_line(names: &Markup, count: usize) -> Markup {
    html! { span { (names) @if count == 1 { " is typing" } @else { " are typing" } } }
}

fn typist_name(person: &Author) -> Markup {
    html! { bdi data-author=(person.id) { (person.name) } }
}

#[cfg(test)]
mod tests {
    use crate::domain::UserId;
    use crate::views::rooms::typing::*;

    #[test]
    fn typing_notice_lists_names() {
        let people: Vec<Author> = ["Ann", "B & <o>", "Cem"]
            .iter()
            .zip(1..)
            .map(|(name, id)| Author { id: UserId(id), name: (*name).into() })
            .collect();
        let text = |typists| {
            let html = update(&typists).into_string();
            let content = html.split_once('>').and_then(|(_, rest)| rest.strip_suffix("</hx-partial>"));
            content.expect("it is one partial").to_owned()
        };
        let people_text = |count| text(Typists::People(people[..count].to_vec()));
        let [ann, ben, cem] = [("1", "Ann"), ("2", "B &amp; &lt;o&gt;"), ("3", "Cem")]
            .map(|(id, name)| format!("<bdi data-author=\"{id}\">{name}</bdi>"));
        assert_eq!(people_text(0), "", "the stylesheet hides an empty element");
        assert_eq!(people_text(1), format!("<span>{ann} is typing</span>"));
        assert_eq!(people_text(2), format!("<span>{ann} and {ben} are typing</span>"));
        assert_eq!(people_text(3), format!("<span>{ann}, {ben} and {cem} are typing</span>"));
        assert_eq!(text(Typists::Several), "<span>Several people are typing</span>");
    }
}
