//! The table of all addresses, and what every request passes through.

use std::sync::Arc;

use poem::endpoint::BoxEndpoint;
use poem::http::Method;
use poem::{Endpoint, EndpointExt, IntoEndpoint, Response, Route, RouteMethod};

use crate::web::response::error::with_allow;
use crate::web::state::AppState;
use crate::web::{admin, auth, messages, middleware, ops, request, response, rooms, settings};

/// All addresses, and what every request passes through on its way there and back.
pub fn endpoint(state: Arc<AppState>) -> impl Endpoint<Output = Response> {
    routes()
        .around(middleware::csrf::refuse_cross_origin)
        .around(request::origin::refuse_other_hosts)
        .around(response::error::render_errors)
        .around(settings::theme::apply_theme)
        .boxed() // a type of all these layers is too deep for the compiler when it optimises
        .around(middleware::compression::compress)
        .around(middleware::security_headers::add_security_headers)
        .around(middleware::request_log::log_request)
        .data(state)
}

/// All addresses.
fn routes() -> Route {
    server_routes(room_routes(account_routes(Route::new())))
}

fn account_routes(route: Route) -> Route {
    route
        .at("/", get(auth::landing::show))
        .at("/join", post(auth::landing::join))
        .at("/leave", post(auth::landing::sign_out))
        .at("/setup/:token", get_post(auth::setup::show, auth::setup::set_up))
        .at("/sign-in", get_post(auth::account::show_sign_in, auth::account::sign_in))
        .at("/sign-out", post(auth::landing::sign_out))
        .at("/register", get_post(auth::account::show_register, auth::account::register))
        .at("/recover", get_post(auth::account::show_recover, auth::account::recover))
        .at("/reset/:token", get_post(auth::account::show_reset, auth::account::reset_password))
        .at("/settings", get(settings::show))
        .at("/settings/theme", post(settings::theme::update))
        .at("/settings/name", post(settings::name::rename))
        .at("/settings/presence", post(settings::set_presence))
        .at("/settings/password", get_post(settings::show_change_password, settings::change_password))
        .at("/settings/devices", get(settings::sessions::list))
        .at("/settings/devices/revoke-others", post(settings::sessions::revoke_others))
        .at("/settings/devices/:id/revoke", post(settings::sessions::revoke))
        .at("/settings/tokens", get_post(settings::sessions::list_tokens, settings::sessions::create_token))
        .at("/settings/tokens/:id/revoke", post(settings::sessions::revoke_token))
        .at("/settings/recovery-codes", get_post(settings::show_recovery_codes, settings::create_recovery_codes))
}

fn room_routes(route: Route) -> Route {
    route
        .at("/rooms", get_post(rooms::list::list, rooms::list::create))
        .at("/unread", get(rooms::unread::list))
        .at("/sidebar", get(rooms::sidebar::list))
        .at("/read-all", post(rooms::read_state::mark_all_read))
        .at("/direct", post(rooms::list::open_direct))
        .at("/rooms/:room", get(rooms::show::show))
        .at("/rooms/:room/settings", get_post(rooms::settings::show, rooms::settings::update))
        .at("/rooms/:room/members", post(rooms::settings::add_members))
        .at("/rooms/:room/members/:name/remove", post(rooms::settings::remove_member))
        .at("/rooms/:room/leave", post(rooms::settings::leave))
        .at("/rooms/:room/archive", post(rooms::settings::set_archived))
        .at("/rooms/:room/delete", post(rooms::settings::delete))
        .at("/rooms/:room/undelete", post(rooms::settings::restore))
        .at("/rooms/:room/older", get(rooms::show::show_older))
        .at("/rooms/:room/newer", get(rooms::show::show_newer))
        .at("/rooms/:room/days", get(rooms::days::redirect_to_day))
        .at("/rooms/:room/days/:date", get(rooms::days::show))
        .at("/rooms/:room/live", get(rooms::stream::stream))
        .at("/rooms/:room/preview", get_post(messages::preview::redirect_preview, messages::preview::preview))
        .at("/rooms/:room/pins", get(messages::pins::list))
        .at("/rooms/:room/typing", post(rooms::typing::signal))
        .at("/rooms/:room/read", post(rooms::read_state::mark_read))
        .at("/rooms/:room/unread", post(rooms::read_state::mark_unread))
        .at("/rooms/:room/draft", post(rooms::read_state::save_draft))
        .at(
            "/rooms/:room/notifications",
            get_post(rooms::read_state::show_notifications, rooms::read_state::set_notifications),
        )
        .at("/rooms/:room/messages", post(messages::post::post))
        .at("/rooms/:room/messages/:id", get(messages::post::redirect_to_message))
        .at("/rooms/:room/messages/:id/actions", get(messages::actions::show))
        .at("/rooms/:room/messages/:id/delete", get_post(messages::delete::show_confirmation, messages::delete::delete))
        .at("/rooms/:room/messages/:id/edit", get_post(messages::edit::show, messages::edit::update))
        .at("/rooms/:room/messages/:id/history", get(messages::edit::show_history))
        .at("/rooms/:room/messages/:id/reactions", get_post(messages::reactions::show, messages::reactions::add))
        .at("/rooms/:room/messages/:id/reactions/delete", post(messages::reactions::remove))
        .at("/rooms/:room/messages/:id/thread", get(messages::thread::show))
        .at("/rooms/:room/messages/:id/pin", post(messages::pins::pin))
        .at("/rooms/:room/messages/:id/unpin", post(messages::pins::unpin))
        .at("/rooms/:room/messages/:id/report", get_post(messages::report::show, messages::report::create))
}

fn server_routes(route: Route) -> Route {
    route
        .at("/invite/:code", get_post(auth::invitation::show, auth::invitation::accept))
        .at("/invite/:code/qr.svg", get(auth::invitation::show_qr_code))
        .at("/people/:name", get(admin::people::show))
        .at("/people/:name/role", post(admin::moderation::set_role))
        .at("/people/:name/mute", post(admin::moderation::mute))
        .at("/people/:name/unmute", post(admin::moderation::unmute))
        .at("/people/:name/ban", post(admin::moderation::ban))
        .at("/people/:name/unban", post(admin::moderation::unban))
        .at("/people/:name/reset-link", post(admin::moderation::create_reset_link))
        .at("/admin/settings", get_post(admin::settings::show, admin::settings::update))
        .at("/admin/people", get(admin::people::list))
        .at("/admin/bans", get(admin::people::list_bans))
        .at("/admin/invitations", get_post(admin::invitations::list, admin::invitations::create))
        .at("/admin/invitations/:id/revoke", post(admin::invitations::revoke))
        .at("/admin/reports", get(admin::reports::list))
        .at("/admin/reports/:id/resolve", post(admin::reports::resolve))
        .at("/admin/audit-log", get(admin::audit_log::show))
        .at("/autocomplete", get(messages::autocomplete::list))
        .at("/emoji", get(messages::emoji::list))
        .at("/switcher", get(rooms::switcher::show))
        .at("/help", get(ops::help::show))
        .at("/me.css", get(ops::stylesheet::show))
        .at("/assets/:file", get(ops::assets::show))
        .at("/up", get(ops::health::up))
        .at("/ready", get(ops::health::ready))
        .at("/metrics", get(ops::metrics::show))
}

/// An address that is read: GET, and HEAD of the same.
fn get<E: IntoEndpoint<Endpoint: 'static>>(handler: E) -> BoxEndpoint<'static> {
    with_allow("GET, HEAD", RouteMethod::new().method(Method::GET, handler))
}

/// An address that is read, and takes something.
fn get_post<R, T>(get_handler: R, post_handler: T) -> BoxEndpoint<'static>
where
    R: IntoEndpoint<Endpoint: 'static>,
    T: IntoEndpoint<Endpoint: 'static>,
{
    let methods = RouteMethod::new().method(Method::GET, get_handler).method(Method::POST, post_handler);
    with_allow("GET, HEAD, POST", methods)
}

/// An address that takes something.
fn post<E: IntoEndpoint<Endpoint: 'static>>(handler: E) -> BoxEndpoint<'static> {
    with_allow("POST", RouteMethod::new().method(Method::POST, handler))
}
