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

use crate::domain::{Address, Door, Refusal};
use crate::engine::{Engine, Problem, now};
use crate::live::Hubs;
use crate::meters::Meters;
use crate::store::{Sight, Snapshot, Store};
use visitor::Visitor;
#[cfg(fuzzing)]
pub(crate) use {form::Form, live::wish, visitor::shows_token};

pub(crate) use erasing::go_on as go_on_erasing;
pub use metrics::{METRICS_TOKEN_BYTES_MIN, MetricsToken};
pub use origin::PublicUrl;
pub use owner::OwnerLink;
pub use pace::{Clock, Deed, Pace};
pub use passwords::Passwords;
pub use quota::{Quota, Rate};

/// What every handler may use.
pub struct House {
    /// Where everything is read.
    pub store: Arc<Store>,
    /// The one way to change anything.
    pub engine: Arc<Engine>,
    /// Who listens.
    pub hubs: Arc<Hubs>,
    /// What is counted.
    pub meters: Arc<Meters>,
    /// What lets a program read the meters from another machine.
    pub metrics_token: Option<MetricsToken>,
    /// The proxies that are believed what they tell of who asks.
    pub trusted_proxies: Vec<IpNet>,
    /// The one name by which everybody reaches this house, if it has one.
    pub public_url: Option<PublicUrl>,
    /// How fast anybody may do what costs something; nothing if as fast as they like.
    pub pace: Option<Pace>,
    /// Where passwords are hashed.
    pub passwords: Passwords,
    /// What makes somebody the owner of a house that has none.
    pub owner_link: Option<OwnerLink>,
}

impl House {
    /// The house that a request was sent to.
    fn of(request: &poem::Request) -> &Arc<Self> {
        request.data().expect("every endpoint stands below the house")
    }

    /// The room at the address that stands in a request's path, if the visitor may see it. One that they may not see
    /// answers as one that is not there.
    fn room(&self, snapshot: &Snapshot, request: &poem::Request, visitor: &Visitor) -> Result<Sight, Problem> {
        self.room_called(snapshot, query::room_name(request), visitor)
    }

    /// The same of the room of this name, wherever that stands.
    fn room_called(&self, snapshot: &Snapshot, name: &str, visitor: &Visitor) -> Result<Sight, Problem> {
        let person = visitor.person.as_ref();
        let address = Address::of(name);
        let sight = address.map_or(Ok(None), |address| snapshot.sight(&address, person, now()))?;
        match sight {
            Some(sight) => Ok(sight),
            None => Err(Problem::Refused(match snapshot.house()?.door {
                Door::Invited if person.is_none() => Refusal::DoorInvited,
                Door::Members if person.is_none_or(|person| !person.has_account()) => Refusal::DoorMembers,
                Door::Open | Door::Invited | Door::Members => Refusal::room_unknown(name),
            })),
        }
    }
}

/// All addresses, and what every request passes through on its way there and back.
pub fn endpoint(house: Arc<House>) -> impl Endpoint<Output = Response> {
    addresses()
        .around(foreign::refuse)
        .around(origin::refuse_others)
        .around(problem::answer)
        .around(theme::paint)
        .boxed() // a type of all these layers is too deep for the compiler when it optimises
        .around(compress::pack)
        .around(headers::add)
        .around(watch::request)
        .data(house)
}

/// All addresses.
fn addresses() -> Route {
    of_the_house(of_rooms(of_accounts(Route::new())))
}

fn of_accounts(route: Route) -> Route {
    route
        .at("/", reads(door::show))
        .at("/enter", takes(door::enter))
        .at("/leave", takes(door::leave))
        .at("/owner/:token", both(owner::show, owner::take))
        .at("/sign-in", both(account::show_sign_in, account::sign_in))
        .at("/sign-out", takes(door::leave))
        .at("/claim", both(account::show_claim, account::claim))
        .at("/recover", both(account::show_recover, account::recover))
        .at("/reset/:token", both(account::show_reset, account::reset))
        .at("/settings", reads(settings::show))
        .at("/settings/theme", takes(theme::choose))
        .at("/settings/name", takes(naming::rename))
        .at("/settings/presence", takes(settings::set_presence))
        .at("/settings/password", both(settings::show_password, settings::change_password))
        .at("/settings/devices", reads(devices::show))
        .at("/settings/devices/revoke-others", takes(devices::revoke_others))
        .at("/settings/devices/:id/revoke", takes(devices::revoke))
        .at("/settings/tokens", both(devices::show_tokens, devices::make_token))
        .at("/settings/tokens/:id/revoke", takes(devices::revoke_token))
        .at("/settings/recovery-codes", both(settings::show_codes, settings::make_codes))
}

fn of_rooms(route: Route) -> Route {
    route
        .at("/rooms", both(new_room::list, new_room::create))
        .at("/unread", reads(unread::list))
        .at("/places", reads(places::list))
        .at("/read-all", takes(reading::mark_all_read))
        .at("/direct", takes(new_room::direct))
        .at("/rooms/:room", reads(rooms::show))
        .at("/rooms/:room/settings", both(room_settings::show, room_settings::set))
        .at("/rooms/:room/members", takes(room_settings::add))
        .at("/rooms/:room/members/:name/remove", takes(room_settings::remove))
        .at("/rooms/:room/leave", takes(room_settings::leave))
        .at("/rooms/:room/archive", takes(room_settings::archive))
        .at("/rooms/:room/delete", takes(room_settings::delete))
        .at("/rooms/:room/undelete", takes(room_settings::undelete))
        .at("/rooms/:room/older", reads(rooms::older))
        .at("/rooms/:room/newer", reads(rooms::newer))
        .at("/rooms/:room/days", reads(days::choose))
        .at("/rooms/:room/days/:date", reads(days::show))
        .at("/rooms/:room/live", reads(live::listen))
        .at("/rooms/:room/preview", both(writing::back, writing::preview))
        .at("/rooms/:room/pins", reads(pins::list))
        .at("/rooms/:room/typing", takes(typing::tell))
        .at("/rooms/:room/read", takes(reading::mark_read))
        .at("/rooms/:room/unread", takes(reading::mark_unread))
        .at("/rooms/:room/draft", takes(reading::keep_draft))
        .at("/rooms/:room/involvement", both(reading::show_involvement, reading::involve))
        .at("/rooms/:room/messages", takes(messages::post))
        .at("/rooms/:room/messages/:id", reads(messages::permalink))
        .at("/rooms/:room/messages/:id/actions", reads(actions::show))
        .at("/rooms/:room/messages/:id/delete", both(removing::ask, removing::remove))
        .at("/rooms/:room/messages/:id/edit", both(editing::ask, editing::edit))
        .at("/rooms/:room/messages/:id/history", reads(editing::history))
        .at("/rooms/:room/messages/:id/reactions", both(reactions::show, reactions::react))
        .at("/rooms/:room/messages/:id/reactions/delete", takes(reactions::take_back))
        .at("/rooms/:room/messages/:id/thread", reads(threads::show))
        .at("/rooms/:room/messages/:id/pin", takes(pins::pin))
        .at("/rooms/:room/messages/:id/unpin", takes(pins::unpin))
        .at("/rooms/:room/messages/:id/report", both(reports::ask, reports::tell))
}

fn of_the_house(route: Route) -> Route {
    route
        .at("/join/:code", both(joining::show, joining::join))
        .at("/join/:code/qr.svg", reads(joining::qr))
        .at("/people/:name", reads(people::show))
        .at("/people/:name/role", takes(sanctions::role))
        .at("/people/:name/mute", takes(sanctions::mute))
        .at("/people/:name/unmute", takes(sanctions::unmute))
        .at("/people/:name/ban", takes(sanctions::ban))
        .at("/people/:name/unban", takes(sanctions::unban))
        .at("/people/:name/reset-link", takes(sanctions::reset_link))
        .at("/house", both(house::show, house::set))
        .at("/house/people", reads(people::list))
        .at("/house/bans", reads(people::bans))
        .at("/house/invitations", both(invitations::list, invitations::create))
        .at("/house/invitations/:id/revoke", takes(invitations::revoke))
        .at("/house/reports", reads(reports::queue))
        .at("/house/reports/:id/settle", takes(reports::settle))
        .at("/house/audit", reads(audit::show))
        .at("/complete", reads(completing::list))
        .at("/emoji", reads(emoji::list))
        .at("/switch", reads(switch::show))
        .at("/help", reads(help::show))
        .at("/me.css", reads(stylesheet::show))
        .at("/assets/:file", reads(assets::show))
        .at("/up", reads(health::up))
        .at("/ready", reads(health::ready))
        .at("/metrics", reads(metrics::show))
}

/// An address that is read: GET, and HEAD of the same.
fn reads<E: IntoEndpoint<Endpoint: 'static>>(handler: E) -> BoxEndpoint<'static> {
    problem::allowing("GET, HEAD", RouteMethod::new().method(Method::GET, handler))
}

/// An address that is read, and takes something.
fn both<R, T>(read: R, take: T) -> BoxEndpoint<'static>
where
    R: IntoEndpoint<Endpoint: 'static>,
    T: IntoEndpoint<Endpoint: 'static>,
{
    let methods = RouteMethod::new().method(Method::GET, read).method(Method::POST, take);
    problem::allowing("GET, HEAD, POST", methods)
}

/// An address that takes something.
fn takes<E: IntoEndpoint<Endpoint: 'static>>(handler: E) -> BoxEndpoint<'static> {
    problem::allowing("POST", RouteMethod::new().method(Method::POST, handler))
}
