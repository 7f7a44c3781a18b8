//! Preview of a message before it is posted: a fragment under the composer, or a page with a form to go on.

use poem::{IntoResponse, Response, Result, handler};

use crate::domain::{Body as Text, Input, Refusal};
use crate::views;
use crate::views::messages::preview::PreviewView;
use crate::views::text::RenderedText;
use crate::web::limits::rate_limits::LimitedAction;
use crate::web::messages::render::render_markdown;
use crate::web::messages::target::{find_quote, parse_reply_to};
use crate::web::request::accept::Accept;
use crate::web::request::context::Ctx;
use crate::web::request::form::Form;
use crate::web::response::error::Error;
use crate::web::response::{see_other, with_private_cache};

/// Shows a text as it would look in a message. Without a script, a page with the form to go on.
#[handler]
pub(crate) async fn preview(ctx: Ctx<'_>) -> Result<Response, Error> {
    let form = ctx.form(&["body", "nonce", "reply_to"]).await?;
    preview_response(&ctx, &form)
}

/// A GET has no text to preview: it leads to the room.
#[handler]
pub(crate) fn redirect_preview(ctx: Ctx<'_>) -> Result<Response, Error> {
    let _snapshot = ctx.snapshot()?;
    Ok(see_other(ctx.room()?.room.slug.path()))
}

fn preview_response(ctx: &Ctx<'_>, form: &Form) -> Result<Response, Error> {
    let snapshot = ctx.snapshot()?;
    let room = ctx.room()?.room;
    let author = ctx.visitor.person.as_ref().ok_or(Refusal::SignInRequired)?;
    ctx.check_rate(LimitedAction::Post)?; // reading it is most of what a post costs this machine
    let typed = form.get_or_body("body");
    let said = match Input::parse(typed)? {
        Input::Text(text) => text,
        Input::Topic(_) | Input::Help => typed.to_owned(), // which is not said, but done
    };
    let words = render_markdown(&snapshot, author, Text::parse(&said)?);
    let text = RenderedText::from_content(&words);
    let response = if ctx.is_htmx() || ctx.accept() != Accept::Page {
        views::messages::preview::fragment(&text).into_response()
    } else {
        let reply = parse_reply_to(form)?.map_or(Ok(None), |id| find_quote(&snapshot, &room, id))?;
        let view = PreviewView {
            server_name: &snapshot.settings()?.name,
            author: &author.author,
            room: &room,
            reply_to: reply.as_ref(),
            source: typed,
            nonce: form.get("nonce").unwrap_or(""),
        };
        views::messages::preview::page(&view, &text).into_response()
    };
    Ok(with_private_cache(response, &ctx.visitor))
}
