//! What can be done by a key, by a sign in what one writes, and by a word behind a slash.

use std::sync::Arc;

use poem::web::Data;
use poem::{IntoResponse, Request, Response, Result, handler};

use super::accept::Accept;
use super::answers::private;
use super::places::Places;
use super::visitor::Visitor;
use super::{House, query};
use crate::engine::Problem;
use crate::views;

/// All of it, as a page or as what stands on it; for a terminal the words behind a slash.
#[handler]
pub(super) fn show(request: &Request, Data(house): Data<&Arc<House>>, visitor: Visitor) -> Result<Response> {
    Ok(told(request, house, &visitor)?)
}

fn told(request: &Request, house: &House, visitor: &Visitor) -> Result<Response, Problem> {
    if query::text(request, "as").as_deref() == Some("dialog") {
        return Ok(private(views::help::dialog().into_response(), visitor));
    }
    let response = match Accept::of(request) {
        Accept::Json | Accept::Text => views::plain::commands().into_response(),
        Accept::Page | Accept::Stream | Accept::Anything => {
            let places = Places::of(&house.store.snapshot()?, visitor)?;
            views::help::page(&places.view(visitor, None)).into_response()
        }
    };
    Ok(private(response, visitor))
}
