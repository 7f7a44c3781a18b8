//! Who is typing in a room. Volatile; it takes no viewer, and the page's script takes out the viewer's own name.

use maud::{Markup, html};

use crate::domain::Author;

/// The people who are typing, as they are shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Typists {
    /// These, or nobody.
    People(Vec<Author>),
    /// More than have room.
    Several,
}

impl Default for Typists {
    fn default() -> Self {
        Self::People(Vec::new())
    }
}

/// What the stream brings when somebody has begun or ended to type.
pub fn update(typists: &Typists) -> Markup {
    html! {
        hx-partial hx-target="#typing" hx-swap="innerHTML" {
            @match typists {
                Typists::Several => span { "Several people are typing" },
                Typists::People(people) => @if let Some((last, others)) = people.split_last() { span {
                    @for (n, person) in others.iter().enumerate() { @if n > 0 { ", " } (typist_name(person)) }
                    @if !others.is_empty() { " and " }
                    (typist_name(last))
                    @if others.is_empty() { " is typing" } @else { " are typing" }
                } },
            }
        }
    }
}

fn typist_name(person: &Author) -> Markup {
    html! { bdi data-author=(person.id) { (person.name) } }
}

#[cfg(test)]
mod tests {
    use crate::domain::UserId;
    use crate::views::rooms::typing::*;

    #[test]
    fn the_words_are_those_that_people_would_say() {
        let people: Vec<Author> = ["Ann", "B & <o>", "Cem"]
            .iter()
            .zip(1..)
            .map(|(name, id)| Author { id: UserId(id), name: (*name).into() })
            .collect();
        let words = |typists| {
            let html = update(&typists).into_string();
            let inside = html.split_once('>').and_then(|(_, rest)| rest.strip_suffix("</hx-partial>"));
            inside.expect("it is one partial").to_owned()
        };
        let these = |count| words(Typists::People(people[..count].to_vec()));
        let [ann, ben, cem] = [("1", "Ann"), ("2", "B &amp; &lt;o&gt;"), ("3", "Cem")]
            .map(|(id, name)| format!("<bdi data-author=\"{id}\">{name}</bdi>"));
        assert_eq!(these(0), "", "the stylesheet hides what is empty");
        assert_eq!(these(1), format!("<span>{ann} is typing</span>"));
        assert_eq!(these(2), format!("<span>{ann} and {ben} are typing</span>"));
        assert_eq!(these(3), format!("<span>{ann}, {ben} and {cem} are typing</span>"));
        assert_eq!(words(Typists::Several), "<span>Several people are typing</span>");
    }
}
