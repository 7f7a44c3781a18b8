//! What many pages share: the document, the two page shells ([`page`] with the sidebar, `card` without), form fields,
//! avatars, icons and the theme.

pub(crate) mod account_fields;
pub(crate) mod avatar;
pub(crate) mod card;
pub(crate) mod field_labels;
pub(crate) mod form_fields;
pub(crate) mod html_document;
pub(crate) mod icons;
pub mod page;
pub(crate) mod theme;

pub(crate) use crate::views::layout::html_document::{brand, document};
