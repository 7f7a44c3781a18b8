//! HTTP: who asks, what they want, and in which form they get it. One file for each noun, and this one, the table of
//! all addresses.
//!
//! Nothing here decides what may happen: it turns requests into commands and reads, and outcomes into answers.

mod accept;
mod account;
mod actions;
mod answers;
mod assets;
mod audit;
mod blocks;
mod changing;
mod client;
mod completing;
mod compress;
mod crowd;
mod days;
mod device;
mod devices;
mod door;
mod editing;
mod emoji;
mod erasing;
mod etag;
mod foreign;
mod form;
mod forwarded;
mod headers;
mod health;
mod help;
mod house;
mod invitations;
mod joining;
mod live;
mod messages;
mod metrics;
mod naming;
mod new_room;
mod origin;
mod owner;
mod pace;
mod passwords;
mod people;
mod pins;
mod places;
mod problem;
mod query;
mod quota;
mod random;
mod reactions;
mod reading;
mod removing;
mod reports;
mod room_settings;
mod rooms;
mod sanctions;
pub mod serve;
mod settings;
mod stylesheet;
mod switch;
mod theme;
mod threads;
mod typing;
mod unread;
mod visitor;
mod watch;
mod writing;

use std::sync::Arc;

use ipnet::IpNet;
use poem::endpoint::BoxEndpoint;
use poem::http::Method;
use poem::{Endpoint, EndpointExt, IntoEndpoint, Response, Route, RouteMethod};

use crate::domain::{Slug, JoinPolicy, Refusal};
use crate::engine::{Engine, Error, now};
use crate::live::Hubs;
use crate::meters::Metrics;
use crate::store::{VisibleRoom, Snapshot, Store};
use visitor::Visitor;
#[cfg(fuzzing)]
pub(crate) use {form::Form, live::resume_position, visitor::has_header_token};

pub(crate) use erasing::resume_purges as go_on_erasing;
pub use metrics::{METRICS_TOKEN_BYTES_MIN, MetricsToken};
pub use origin::PublicUrl;
pub use owner::SetupLink;
pub use pace::{LimitClock, LimitedAction, RateLimits};
pub use passwords::PasswordHasher;
pub use quota::{Quota, Rate};

/// What every handler may use.
pub struct AppState {
    /// Where everything is read.
    pub store: Arc<Store>,
    /// The one way to change anything.
    pub engine: Arc<Engine>,
    /// Who listens.
    pub hubs: Arc<Hubs>,
    /// What is counted.
    pub metrics: Arc<Metrics>,
    /// What lets a program read the meters from another machine.
    pub metrics_token: Option<MetricsToken>,
    /// The proxies that are believed what they tell of who asks.
    pub trusted_proxies: Vec<IpNet>,
    /// The one name by which everybody reaches this house, if it has one.
    pub public_url: Option<PublicUrl>,
    /// How fast anybody may do what costs something; nothing if as fast as they like.
    pub rate_limits: Option<RateLimits>,
    /// Where passwords are hashed.
    pub password_hasher: PasswordHasher,
    /// What makes somebody the owner of a house that has none.
    pub setup_link: Option<SetupLink>,
}

impl AppState {
    /// The house that a request was sent to.
    fn from_request(request: &poem::Request) -> &Arc<Self> {
        request.data().expect("every endpoint stands below the house")
    }

    /// The room at the address that stands in a request's path, if the visitor may see it. One that they may not see
    /// answers as one that is not there.
    fn find_room(&self, snapshot: &Snapshot, request: &poem::Request, visitor: &Visitor) -> Result<VisibleRoom, Error> {
        self.find_room_by_name(snapshot, query::room_name(request), visitor)
    }

    /// The same of the room of this name, wherever that stands.
    fn find_room_by_name(&self, snapshot: &Snapshot, name: &str, visitor: &Visitor) -> Result<VisibleRoom, Error> {
        let person = visitor.person.as_ref();
        let address = Slug::from_name(name);
        let visible_room = address.map_or(Ok(None), |address| snapshot.visible_room(&address, person, now()))?;
        match visible_room {
            Some(sight) => Ok(sight),
            None => Err(Error::Refused(match snapshot.settings()?.join_policy {
                JoinPolicy::Invited if person.is_none() => Refusal::InvitationRequired,
                JoinPolicy::Members if person.is_none_or(|person| !person.has_account()) => Refusal::MembersOnly,
                JoinPolicy::Anyone | JoinPolicy::Invited | JoinPolicy::Members => Refusal::room_not_found(name),
            })),
        }
    }
}

/// All addresses, and what every request passes through on its way there and back.
pub fn endpoint(house: Arc<AppState>) -> impl Endpoint<Output = Response> {
    routes()
        .around(foreign::refuse_cross_origin)
        .around(origin::refuse_other_hosts)
        .around(problem::render_errors)
        .around(theme::apply_theme)
        .boxed() // a type of all these layers is too deep for the compiler when it optimises
        .around(compress::compress)
        .around(headers::add_security_headers)
        .around(watch::log_request)
        .data(house)
}

/// All addresses.
fn routes() -> Route {
    server_routes(room_routes(account_routes(Route::new())))
}

fn account_routes(route: Route) -> Route {
    route
        .at("/", get(door::show))
        .at("/join", post(door::join))
        .at("/leave", post(door::sign_out))
        .at("/setup/:token", get_post(owner::show, owner::set_up))
        .at("/sign-in", get_post(account::show_sign_in, account::sign_in))
        .at("/sign-out", post(door::sign_out))
        .at("/register", get_post(account::show_register, account::register))
        .at("/recover", get_post(account::show_recover, account::recover))
        .at("/reset/:token", get_post(account::show_reset, account::reset_password))
        .at("/settings", get(settings::show))
        .at("/settings/theme", post(theme::update))
        .at("/settings/name", post(naming::rename))
        .at("/settings/presence", post(settings::set_presence))
        .at("/settings/password", get_post(settings::show_change_password, settings::change_password))
        .at("/settings/devices", get(devices::list))
        .at("/settings/devices/revoke-others", post(devices::revoke_others))
        .at("/settings/devices/:id/revoke", post(devices::revoke))
        .at("/settings/tokens", get_post(devices::list_tokens, devices::create_token))
        .at("/settings/tokens/:id/revoke", post(devices::revoke_token))
        .at("/settings/recovery-codes", get_post(settings::show_recovery_codes, settings::create_recovery_codes))
}

fn room_routes(route: Route) -> Route {
    route
        .at("/rooms", get_post(new_room::list, new_room::create))
        .at("/unread", get(unread::list))
        .at("/sidebar", get(places::list))
        .at("/read-all", post(reading::mark_all_read))
        .at("/direct", post(new_room::open_direct))
        .at("/rooms/:room", get(rooms::show))
        .at("/rooms/:room/settings", get_post(room_settings::show, room_settings::update))
        .at("/rooms/:room/members", post(room_settings::add_members))
        .at("/rooms/:room/members/:name/remove", post(room_settings::remove_member))
        .at("/rooms/:room/leave", post(room_settings::leave))
        .at("/rooms/:room/archive", post(room_settings::set_archived))
        .at("/rooms/:room/delete", post(room_settings::delete))
        .at("/rooms/:room/undelete", post(room_settings::restore))
        .at("/rooms/:room/older", get(rooms::show_older))
        .at("/rooms/:room/newer", get(rooms::show_newer))
        .at("/rooms/:room/days", get(days::redirect_to_day))
        .at("/rooms/:room/days/:date", get(days::show))
        .at("/rooms/:room/live", get(live::stream))
        .at("/rooms/:room/preview", get_post(writing::redirect_preview, writing::preview))
        .at("/rooms/:room/pins", get(pins::list))
        .at("/rooms/:room/typing", post(typing::signal))
        .at("/rooms/:room/read", post(reading::mark_read))
        .at("/rooms/:room/unread", post(reading::mark_unread))
        .at("/rooms/:room/draft", post(reading::save_draft))
        .at("/rooms/:room/notifications", get_post(reading::show_notifications, reading::set_notifications))
        .at("/rooms/:room/messages", post(messages::post))
        .at("/rooms/:room/messages/:id", get(messages::redirect_to_message))
        .at("/rooms/:room/messages/:id/actions", get(actions::show))
        .at("/rooms/:room/messages/:id/delete", get_post(removing::show_confirmation, removing::delete))
        .at("/rooms/:room/messages/:id/edit", get_post(editing::show, editing::update))
        .at("/rooms/:room/messages/:id/history", get(editing::show_history))
        .at("/rooms/:room/messages/:id/reactions", get_post(reactions::show, reactions::add))
        .at("/rooms/:room/messages/:id/reactions/delete", post(reactions::remove))
        .at("/rooms/:room/messages/:id/thread", get(threads::show))
        .at("/rooms/:room/messages/:id/pin", post(pins::pin))
        .at("/rooms/:room/messages/:id/unpin", post(pins::unpin))
        .at("/rooms/:room/messages/:id/report", get_post(reports::show, reports::create))
}

fn server_routes(route: Route) -> Route {
    route
        .at("/invite/:code", get_post(joining::show, joining::accept))
        .at("/invite/:code/qr.svg", get(joining::show_qr_code))
        .at("/people/:name", get(people::show))
        .at("/people/:name/role", post(sanctions::set_role))
        .at("/people/:name/mute", post(sanctions::mute))
        .at("/people/:name/unmute", post(sanctions::unmute))
        .at("/people/:name/ban", post(sanctions::ban))
        .at("/people/:name/unban", post(sanctions::unban))
        .at("/people/:name/reset-link", post(sanctions::create_reset_link))
        .at("/admin/settings", get_post(house::show, house::update))
        .at("/admin/people", get(people::list))
        .at("/admin/bans", get(people::list_bans))
        .at("/admin/invitations", get_post(invitations::list, invitations::create))
        .at("/admin/invitations/:id/revoke", post(invitations::revoke))
        .at("/admin/reports", get(reports::list))
        .at("/admin/reports/:id/resolve", post(reports::resolve))
        .at("/admin/audit-log", get(audit::show))
        .at("/autocomplete", get(completing::list))
        .at("/emoji", get(emoji::list))
        .at("/switcher", get(switch::show))
        .at("/help", get(help::show))
        .at("/me.css", get(stylesheet::show))
        .at("/assets/:file", get(assets::show))
        .at("/up", get(health::up))
        .at("/ready", get(health::ready))
        .at("/metrics", get(metrics::show))
}

/// An address that is read: GET, and HEAD of the same.
fn get<E: IntoEndpoint<Endpoint: 'static>>(handler: E) -> BoxEndpoint<'static> {
    problem::with_allow("GET, HEAD", RouteMethod::new().method(Method::GET, handler))
}

/// An address that is read, and takes something.
fn get_post<R, T>(get_handler: R, post_handler: T) -> BoxEndpoint<'static>
where
    R: IntoEndpoint<Endpoint: 'static>,
    T: IntoEndpoint<Endpoint: 'static>,
{
    let methods = RouteMethod::new().method(Method::GET, get_handler).method(Method::POST, post_handler);
    problem::with_allow("GET, HEAD, POST", methods)
}

/// An address that takes something.
fn post<E: IntoEndpoint<Endpoint: 'static>>(handler: E) -> BoxEndpoint<'static> {
    problem::with_allow("POST", RouteMethod::new().method(Method::POST, handler))
}
