//! The route table, and the middleware that every request passes through.

use std::sync::Arc;

use poem::endpoint::BoxEndpoint;
use poem::error::MethodNotAllowedError;
use poem::http::Method;
use poem::{Endpoint, EndpointExt, IntoEndpoint, Request, Response, Route, RouteMethod};

use crate::web::response::error::AllowedMethods;
use crate::web::state::AppState;
use crate::web::{admin, auth, messages, middleware, ops, rooms, settings};

/// All routes behind the middleware, the outermost last.
pub fn endpoint(state: Arc<AppState>) -> impl Endpoint<Output = Response> {
    routes()
        .around(middleware::csrf::refuse_cross_origin)
        .around(middleware::public_host::refuse_other_hosts)
        .around(middleware::errors::render_errors)
        .around(middleware::theme::apply_theme)
        .boxed() // the type of all layers together is too deep for the optimizer
        .around(middleware::compression::compress)
        .around(middleware::security_headers::add_security_headers)
        .around(middleware::request_log::log_request)
        .data(state)
}

fn routes() -> Route {
    server_routes(room_routes(account_routes(Route::new())))
}

fn account_routes(route: Route) -> Route {
    route
        .at("/", get(auth::landing::show))
        .at("/join", post(auth::landing::join))
        .at("/leave", post(auth::sign_in::sign_out))
        .at("/setup/:token", get_post(auth::setup::show, auth::setup::set_up))
        .at("/sign-in", get_post(auth::sign_in::show, auth::sign_in::sign_in))
        .at("/sign-out", post(auth::sign_in::sign_out))
        .at("/register", get_post(auth::register::show, auth::register::register))
        .at("/recover", get_post(auth::recover::show, auth::recover::recover))
        .at("/reset/:token", get_post(auth::password_reset::show, auth::password_reset::reset_password))
        .at("/settings", get(settings::show))
        .at("/settings/theme", post(settings::theme::update))
        .at("/settings/name", post(settings::name::rename))
        .at("/settings/presence", post(settings::presence::update))
        .at("/settings/password", get_post(settings::password::show, settings::password::update))
        .at("/settings/devices", get(settings::sessions::list))
        .at("/settings/devices/revoke-others", post(settings::sessions::revoke_others))
        .at("/settings/devices/:id/revoke", post(settings::sessions::revoke))
        .at("/settings/tokens", get_post(settings::tokens::list, settings::tokens::create))
        .at("/settings/tokens/:id/revoke", post(settings::tokens::revoke))
        .at("/settings/recovery-codes", get_post(settings::recovery_codes::show, settings::recovery_codes::create))
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
        .at("/rooms/:room/members", post(rooms::members::add))
        .at("/rooms/:room/members/:name/remove", post(rooms::members::remove))
        .at("/rooms/:room/leave", post(rooms::members::leave))
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
        .at("/rooms/:room/draft", post(rooms::drafts::save))
        .at("/rooms/:room/notifications", get_post(rooms::notifications::show, rooms::notifications::update))
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

/// A route that is only read: GET, and HEAD of the same.
fn get<E: IntoEndpoint<Endpoint: 'static>>(handler: E) -> BoxEndpoint<'static> {
    with_allow("GET, HEAD", RouteMethod::new().method(Method::GET, handler))
}

/// A route that is read by GET and HEAD, and changed by POST.
fn get_post<R, T>(get_handler: R, post_handler: T) -> BoxEndpoint<'static>
where
    R: IntoEndpoint<Endpoint: 'static>,
    T: IntoEndpoint<Endpoint: 'static>,
{
    let methods = RouteMethod::new().method(Method::GET, get_handler).method(Method::POST, post_handler);
    with_allow("GET, HEAD, POST", methods)
}

/// A route that is changed by POST.
fn post<E: IntoEndpoint<Endpoint: 'static>>(handler: E) -> BoxEndpoint<'static> {
    with_allow("POST", RouteMethod::new().method(Method::POST, handler))
}

/// Makes a route answer any other method with the ones that it accepts.
fn with_allow(methods: &'static str, endpoint: RouteMethod) -> BoxEndpoint<'static> {
    let add_methods = move |next: Arc<RouteMethod>, request: Request| async move {
        next.call(request).await.map_err(|mut error| {
            if error.is::<MethodNotAllowedError>() {
                error.set_data(AllowedMethods(methods));
            }
            error
        })
    };
    endpoint.around(add_methods).boxed()
}
