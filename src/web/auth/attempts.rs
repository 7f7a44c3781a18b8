//! Rate limits for guessing a password or a recovery code. They count per name, and answer alike for every name.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::net::IpAddr;

use crate::domain::{UserId, UserName};
use crate::web::limits::check::check;
use crate::web::limits::rate_limits::LimitedAction;
use crate::web::request::client_address;
use crate::web::request::context::Ctx;
use crate::web::response::error::Error;

/// The id that stands for a name without a person. No person has it: ids are the numbers of changes, which start at 1.
pub(crate) const UNKNOWN_USER: UserId = UserId(0);

/// Counts an attempt to sign in as `name`: once for the name as tried from this address, and once for the name as tried
/// from anywhere. It counts the same for every name, whether or not a person has it.
///
/// Per address, a former name counts as a name of its own; otherwise the limits would reveal that two names are one
/// person's. For all addresses together, a former name counts as the person's present name: having had more names must
/// not give more guesses at one password.
///
/// # Errors
/// [`Error::Http`] if a limit is reached, [`Error::Internal`] if the store cannot be read.
pub(crate) fn limit_sign_in(ctx: &Ctx<'_>, name: &UserName) -> Result<(), Error> {
    let address = client_address::rate_limit_address(ctx.request);
    check(ctx.request, Some(rate_limit_key(name, address)), LimitedAction::SignIn)?;
    let person = ctx.snapshot()?.person_by_name(name)?;
    let present_name = person.and_then(|person| UserName::parse(&person.author.name).ok());
    check(ctx.request, Some(rate_limit_key(present_name.as_ref().unwrap_or(name), None)), LimitedAction::TryPassword)
}

fn rate_limit_key(name: &UserName, address: Option<IpAddr>) -> UserId {
    let mut hasher = DefaultHasher::new();
    (name.key(), address).hash(&mut hasher);
    UserId(hasher.finish())
}
