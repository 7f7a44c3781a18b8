//! What can be done by a key, by a sign in what one writes, and by a word behind a slash.

use std::sync::Arc;

use poem::web::Data;
use poem::{IntoResponse, Request, Response, Result, handler};

use crate::engine::Error;
use crate::views;
use crate::web::AppState;
use crate::web::auth::visitor::Visitor;
use crate::web::request::accept::Accept;
use crate::web::request::query;
use crate::web::response::with_private_cache;
use crate::web::rooms::sidebar::Sidebar;

/// All of it, as a page or as what stands on it; for a terminal the words behind a slash.
#[handler]
pub(crate) fn show(request: &Request, Data(house): Data<&Arc<AppState>>, visitor: Visitor) -> Result<Response> {
    Ok(respond_with_help(request, house, &visitor)?)
}

fn respond_with_help(request: &Request, house: &AppState, visitor: &Visitor) -> Result<Response, Error> {
    if query::text(request, "as").as_deref() == Some("dialog") {
        return Ok(with_private_cache(views::help::dialog().into_response(), visitor));
    }
    let response = match Accept::from_request(request) {
        Accept::Json | Accept::Text => views::plain::command_list().into_response(),
        Accept::Page | Accept::Stream | Accept::Anything => {
            let sidebar = Sidebar::load(&house.store.snapshot()?, visitor)?;
            views::help::page(&sidebar.view(visitor, None)).into_response()
        }
    };
    Ok(with_private_cache(response, visitor))
}
