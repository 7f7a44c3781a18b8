//! The form that chooses light or dark for one browser.

use poem::{Response, Result, handler};

use crate::domain::Refusal;
use crate::views::Theme;
use crate::web::request::context::Ctx;
use crate::web::request::cookies::add_cookie;
use crate::web::request::theme::theme_cookie;
use crate::web::response::error::Error;
use crate::web::response::redirect_or_no_content;

/// Sets the theme of this browser. It needs no name.
#[handler]
pub(crate) async fn update(ctx: Ctx<'_>) -> Result<Response, Error> {
    let form = ctx.form(&["theme"]).await?;
    let theme = Theme::parse(form.get_single("theme")?).ok_or(Refusal::FieldInvalid("theme"))?;
    let mut response = redirect_or_no_content(ctx.request, "/settings?done=theme");
    add_cookie(&mut response, &theme_cookie(ctx.request, theme));
    Ok(response)
}
