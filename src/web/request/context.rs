//! The context of a request: the request, the shared state, the visitor, and one snapshot of the data.

use std::sync::{Arc, Mutex, PoisonError};

use poem::{Body, FromRequest, Request, RequestBody};

use crate::domain::{Actor, Applied, Command, Nonce, Permission, Person, Room, UserId};
use crate::store::{Snapshot, StoreError};
use crate::web::auth::visitor::{Visitor, identify};
use crate::web::limits;
use crate::web::limits::rate_limits::LimitedAction;
use crate::web::request::accept::{Accept, is_htmx};
use crate::web::request::form::Form;
use crate::web::response::error::Error;
use crate::web::state::AppState;

/// The context of one request. It is the only parameter of a handler.
pub(crate) struct Ctx<'a> {
    /// The request, without its body.
    pub request: &'a Request,
    /// The state shared by all requests.
    pub state: &'a Arc<AppState>,
    /// Who sent it.
    pub visitor: Visitor,
    body: Mutex<Option<Body>>,
    snapshot: Mutex<Option<Arc<Snapshot>>>,
}

impl<'a> FromRequest<'a> for Ctx<'a> {
    async fn from_request(request: &'a Request, body: &mut RequestBody) -> poem::Result<Self> {
        let state = AppState::from_request(request);
        let snapshot = state.store.snapshot().map_err(Error::from)?;
        let visitor = identify(request, state, &snapshot)?;
        Ok(Self {
            request,
            state,
            visitor,
            body: Mutex::new(body.take().ok()),
            snapshot: Mutex::new(Some(Arc::new(snapshot))),
        })
    }
}

impl Ctx<'_> {
    /// The snapshot of this request. After a command it is a new one, which shows the change.
    ///
    /// Do not hold it across an `await`: a broken data file can only be reopened when it has no readers.
    ///
    /// # Errors
    /// [`StoreError`] if the file cannot be read.
    pub fn snapshot(&self) -> Result<Arc<Snapshot>, StoreError> {
        let mut current = self.snapshot.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(snapshot) = &*current {
            return Ok(Arc::clone(snapshot));
        }
        let snapshot = Arc::new(self.state.store.snapshot()?);
        *current = Some(Arc::clone(&snapshot));
        Ok(snapshot)
    }

    /// Reads the form, JSON object or text in the body. A body with none of `fields` is a text.
    ///
    /// # Errors
    /// [`Error::Http`] if it is too large, too slow or unreadable.
    pub async fn form(&self, fields: &[&str]) -> Result<Form, Error> {
        let body = self.body.lock().unwrap_or_else(PoisonError::into_inner).take();
        self.release_snapshot();
        Ok(Form::read(self.request, body.unwrap_or_else(Body::empty), fields).await?)
    }

    /// Executes a command for the visitor. When it returns, the change is durable.
    ///
    /// # Errors
    /// [`Error::Refused`], also if the visitor's token is a personal one; see [`Visitor::actor`].
    pub async fn execute(&self, command: Command) -> Result<Applied, Error> {
        self.execute_as(self.visitor.actor()?, None, command).await
    }

    /// Executes a command for `actor`; with a nonce, at most once.
    ///
    /// # Errors
    /// As [`crate::engine::Engine::execute`].
    pub async fn execute_as(&self, actor: Actor, nonce: Option<Nonce>, command: Command) -> Result<Applied, Error> {
        self.release_snapshot();
        Ok(self.state.engine.execute(actor, nonce, command).await?)
    }

    /// Checks the rate limits of an action of this visitor, and counts it.
    ///
    /// # Errors
    /// [`crate::web::response::http_error::HttpError::RateLimited`].
    pub fn check_rate(&self, action: LimitedAction) -> Result<(), Error> {
        limits::check::check(self.request, self.user(), action)
    }

    /// The visitor, if they have this permission; in `room`, if one is given.
    ///
    /// # Errors
    /// As [`Visitor::require_permission`].
    pub fn require_permission(&self, permission: Permission, room: Option<&Room>) -> Result<&Person, Error> {
        Ok(self.visitor.require_permission(permission, room)?)
    }

    /// The visitor, if they are signed in.
    ///
    /// # Errors
    /// As [`Visitor::require_person`].
    pub fn require_person(&self) -> Result<&Person, Error> {
        Ok(self.visitor.require_person()?)
    }

    /// The visitor's id, if they are signed in.
    pub fn user(&self) -> Option<UserId> {
        self.visitor.author().map(|author| author.id)
    }

    /// The form of the response that the client wants.
    pub fn accept(&self) -> Accept {
        Accept::from_request(self.request)
    }

    /// Whether htmx sent the request, which wants a fragment.
    pub fn is_htmx(&self) -> bool {
        is_htmx(self.request)
    }

    /// Whether the response is a page. Programs get JSON.
    pub fn wants_page(&self) -> bool {
        matches!(self.accept(), Accept::Page | Accept::Stream)
    }

    /// A parameter of the path; "" if there is none with this name.
    pub fn path_param(&self, name: &str) -> &str {
        self.request.raw_path_param(name).unwrap_or("")
    }

    fn release_snapshot(&self) {
        *self.snapshot.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}
