//! Applies commands. Only this module changes tables and decides on permissions, membership and uniqueness.
//!
//! `apply` is total and deterministic: no clock, no randomness, no iteration over hash maps, no panic. Each command gives
//! an [`Applied`] or a [`Refusal`]. The same commands in the same order at the same times on an empty file give the same
//! tables. So the constants that only `apply` uses are part of its meaning, and so are those of `domain/limits.rs` that
//! it reads: the maximum numbers of sessions, members, edits, pins, reactions and former names, the grouping window, and
//! the retention of outcomes, changes, names, links and deleted rooms. A command makes all checks before its first
//! write, so that a refusal leaves no trace.

mod accounts;
mod context;
mod idempotency;
mod messages;
mod people;
mod rooms;
mod server;
#[cfg(test)]
mod tests;

use crate::domain::{
    AccountCommand, Actor, Applied, Command, Envelope, PersonCommand, Refusal, RoomCommand, RoomId, ServerCommand,
    ServerSettings, Timestamp, UserId,
};
use crate::store::StoreError;
use crate::store::apply::accounts::credentials::NewCredentials;
use crate::store::apply::accounts::{join, names, sessions, setup};
use crate::store::apply::context::{Halt, Outcome, Stamp};
use crate::store::apply::messages::post::NewMessage;
use crate::store::apply::messages::{moderation, post, reactions};
use crate::store::apply::people::NewBan;
use crate::store::apply::rooms::{RoomUpdate, members, new_room, read_state};
use crate::store::apply::server::NewInvitation;
use crate::store::table::Tables;

/// Applies one command or refuses it. The time of the change is `now`, or that of the last change if `now` is earlier.
pub(crate) fn apply(
    tables: &mut Tables,
    now: Timestamp,
    envelope: &Envelope,
) -> Result<Result<Applied, Refusal>, StoreError> {
    let stamp = Stamp { seq: tables.last_seq.next(), at: now.max(tables.last_at) };
    if let Some(applied) = idempotency::find_outcome(tables, envelope, stamp.at)? {
        return Ok(Ok(applied));
    }
    match execute(tables, stamp, envelope) {
        Ok(applied) => {
            idempotency::record_outcome(tables, envelope, stamp.at, applied)?;
            (tables.last_seq, tables.last_at) = (stamp.seq, stamp.at);
            Ok(Ok(applied))
        }
        Err(Halt::Refused(refusal)) => Ok(Err(refusal)),
        Err(Halt::Failed(error)) => Err(error),
    }
}

fn execute(t: &mut Tables, stamp: Stamp, envelope: &Envelope) -> Outcome {
    let actor = envelope.actor;
    match &envelope.command {
        Command::Join { room, name, token, device } => join::join(t, stamp, room, name, *token, device),
        Command::OpenRoom { room } => new_room::open_room(t, stamp, actor, room),
        Command::Post { room, content, reply_to, follow_ups } => {
            let new = NewMessage { room: *room, content, reply_to: *reply_to, follow_ups: *follow_ups };
            post::post_message(t, stamp, actor, &new)
        }
        Command::SignOut { token } => sessions::sign_out(t, stamp, *token),
        Command::Account(command) => execute_account(t, stamp, actor, command),
        Command::Room(room, command) => execute_room(t, stamp, actor, *room, command),
        Command::ReadState(room, command) => read_state::execute_read_state(t, stamp, actor, *room, command),
        Command::Person(user, command) => execute_person(t, stamp, actor, *user, command),
        Command::Server(command) => execute_server(t, stamp, actor, command),
    }
}

fn execute_account(t: &mut Tables, stamp: Stamp, actor: Actor, command: &AccountCommand) -> Outcome {
    use AccountCommand as C;
    match command {
        C::SetUpServer { server_name, name, password, token, device } => {
            let new = NewCredentials { password, token: *token, device };
            setup::set_up_server(t, stamp, actor, server_name, name, new)
        }
        C::AcceptInvitation { code, name, password, token, device } => {
            join::accept_invitation(t, stamp, *code, name, password.as_ref(), *token, device)
        }
        C::Register { password, token, replaces, device } => {
            let new = NewCredentials { password, token: *token, device };
            accounts::register(t, stamp, actor, *replaces, new)
        }
        C::SignIn { user, password_seq, token, device } => {
            accounts::sign_in(t, stamp, *user, *password_seq, *token, device)
        }
        C::SetPassword { password_seq, password, token, device } => {
            let new = NewCredentials { password, token: *token, device };
            accounts::set_password(t, stamp, actor, *password_seq, new)
        }
        C::CreateToken { label, scopes, token } => accounts::create_token(t, stamp, actor, label, *scopes, *token),
        C::RevokeSession { id } => accounts::revoke_session(t, stamp, actor, *id),
        C::RevokeOtherSessions { current } => accounts::revoke_other_sessions(t, stamp, actor, *current),
        C::SetRecoveryCodes { codes } => accounts::set_recovery_codes(t, stamp, actor, codes),
        C::Recover { user, code, password, token, device } => {
            let new = NewCredentials { password, token: *token, device };
            accounts::recover_account(t, stamp, *user, *code, new)
        }
        C::ResetPassword { link, password, token, device } => {
            let new = NewCredentials { password, token: *token, device };
            accounts::reset_password(t, stamp, *link, new)
        }
        C::Rename { name } => names::rename_person(t, stamp, actor, name),
        C::SetPresence { hidden } => accounts::set_presence(t, stamp, actor, *hidden),
        C::RecordUse { token, device } => sessions::record_token_use(t, stamp, *token, device),
    }
}

fn execute_room(t: &mut Tables, stamp: Stamp, actor: Actor, room: RoomId, command: &RoomCommand) -> Outcome {
    use RoomCommand as C;
    match command {
        C::Update { name, topic, visibility, slow_mode_s, salt } => {
            let (visibility, slow_mode_s, salt) = (*visibility, *slow_mode_s, *salt);
            let update = RoomUpdate { name, topic: topic.as_ref(), visibility, slow_mode_s, salt };
            rooms::update_room(t, stamp, actor, room, update)
        }
        C::AddMember { user } => members::add_member(t, stamp, actor, room, *user),
        C::RemoveMember { user } => members::remove_member(t, stamp, actor, room, *user),
        C::Leave => members::leave_room(t, stamp, actor, room),
        C::SetArchived { archived } => rooms::set_archived(t, stamp, actor, room, *archived),
        C::Delete => rooms::delete_room(t, stamp, actor, room),
        C::Restore => rooms::restore_room(t, stamp, actor, room),
        C::EditMessage { message, content } => messages::edit_message(t, stamp, actor, room, *message, content),
        C::SetReaction { message, reaction, present } => {
            reactions::set_reaction(t, stamp, actor, room, *message, (reaction, *present))
        }
        C::SetPinned { message, pinned } => reactions::set_pinned(t, stamp, actor, room, *message, *pinned),
        C::DeleteMessage { message } => moderation::delete_message(t, stamp, actor, room, *message),
        C::ReportMessage { message, reason } => {
            moderation::report_message(t, stamp, actor, room, *message, reason.as_ref())
        }
        C::MuteMember { user, until } => moderation::mute_member(t, stamp, actor, room, *user, *until),
    }
}

fn execute_person(t: &mut Tables, stamp: Stamp, actor: Actor, user: UserId, command: &PersonCommand) -> Outcome {
    use PersonCommand as C;
    match command {
        C::SetRole(role) => people::set_role(t, stamp, actor, user, *role),
        C::Mute { until } => people::mute(t, stamp, actor, user, *until),
        C::Ban { until, reason, blocked_addresses, delete_messages } => {
            let (until, delete_messages) = (*until, *delete_messages);
            let new = NewBan { until, reason: reason.as_ref(), blocked_addresses, delete_messages };
            people::ban(t, stamp, actor, user, new)
        }
        C::Unban => people::unban(t, stamp, actor, user),
        C::PurgeMessages { room, after } => moderation::purge_messages(t, stamp, actor, user, *room, *after),
        C::FinishPurge => people::finish_purge(t, stamp, actor, user),
        C::CreateResetLink { link } => people::create_reset_link(t, stamp, actor, user, *link),
    }
}

fn execute_server(t: &mut Tables, stamp: Stamp, actor: Actor, command: &ServerCommand) -> Outcome {
    use ServerCommand as C;
    match command {
        C::UpdateSettings { name, join_policy, room_creation, allow_guests } => {
            let (join_policy, room_creation, allow_guests) = (*join_policy, *room_creation, *allow_guests);
            let name = name.as_str().to_owned();
            let settings = ServerSettings { name, join_policy, room_creation, allow_guests };
            server::update_settings(t, stamp, actor, settings)
        }
        C::CreateRoom { name, visibility, members, salt } => {
            new_room::create_room_checked(t, stamp, actor, (name, *visibility), members, *salt)
        }
        C::OpenDirect { others, salt } => new_room::open_direct_room(t, stamp, actor, others, *salt),
        C::CreateInvitation { label, role, max_uses, expiry, rooms, code } => {
            let (role, max_uses, expiry, code) = (*role, *max_uses, *expiry, *code);
            let new = NewInvitation { label, role, max_uses, expiry, rooms, code };
            server::create_invitation(t, stamp, actor, new)
        }
        C::RevokeInvitation { id } => server::revoke_invitation(t, stamp, actor, *id),
        C::ResolveReport { report } => server::resolve_report(t, stamp, actor, *report),
    }
}

/// The tables that each command uses; `*` marks those that it writes. In addition, every command with a nonce reads and
/// writes `outcomes`, and every command reads and writes `meta`, the number of the last change. `tests` derives this
/// list from the sources, so that a command uses another table only by decision. A command of a room reads only rows of
/// that room, of people, and the settings of the server.
#[cfg(test)]
const TABLES_BY_COMMAND: &str = "
Join: activity* former_names meta* names* rooms* settings skeletons* slugs* tokens* tokens_by_person* users*
OpenRoom: activity* members meta* rooms* settings slugs* users
Post: activity* changes* drafts* members* mentions* messages* name_uses* read_states* room_mentions* rooms settings threads* users
SignOut: tokens* tokens_by_person*
Account::SetUpServer: audit_log* former_names names* passwords* reset_links* settings* skeletons* tokens* tokens_by_person* users*
Account::AcceptInvitation: former_names invitation_codes invitations* members* names* passwords* rooms_by_person* settings skeletons* tokens* tokens_by_person* users*
Account::Register: passwords* reset_links* tokens* tokens_by_person* users*
Account::SignIn: passwords tokens* tokens_by_person* users
Account::SetPassword: passwords* reset_links* tokens* tokens_by_person* users*
Account::CreateToken: tokens* tokens_by_person* users
Account::RevokeSession: tokens* tokens_by_person* users
Account::RevokeOtherSessions: tokens* tokens_by_person* users
Account::SetRecoveryCodes: recovery_codes* users
Account::Recover: passwords* recovery_codes* reset_links* tokens* tokens_by_person* users*
Account::ResetPassword: passwords* reset_links* tokens* tokens_by_person* users*
Account::Rename: former_names* names* renames* skeletons* users*
Account::SetPresence: users*
Account::RecordUse: tokens*
Room::Update: activity* audit_log* changes* members* messages meta* rooms* rooms_by_person* settings slugs* users
Room::AddMember: members* rooms rooms_by_person* settings users
Room::RemoveMember: members* rooms rooms_by_person* settings users
Room::Leave: members* rooms rooms_by_person* settings users
Room::SetArchived: activity* audit_log* changes* members messages rooms* settings users
Room::Delete: activity* audit_log* changes* members messages meta* rooms* settings users
Room::Restore: activity* audit_log* changes* members messages meta* rooms* settings slugs* users
Room::EditMessage: activity* changes* members mentions* messages* name_uses* read_states room_mentions* rooms settings users versions*
Room::SetReaction: activity* changes* members messages* name_uses* rooms settings users
Room::SetPinned: activity* changes* members messages* pins* rooms settings users
Room::DeleteMessage: activity* audit_log* changes* members mentions* messages* pins* room_mentions* rooms settings users versions*
Room::ReportMessage: members messages reports* rooms settings users
Room::MuteMember: audit_log* members* rooms settings users
ReadState::MarkRead: members mentions* messages read_states* rooms settings users
ReadState::MarkUnread: members mentions* messages read_states* rooms settings users
ReadState::SaveDraft: drafts* members rooms settings users
ReadState::SetNotificationLevel: members mentions* read_states* rooms settings users
ReadState::SetFavorite: members mentions* read_states* rooms settings users
Person::SetRole: audit_log* invitations* settings* users*
Person::Mute: audit_log* users*
Person::Ban: audit_log* blocked_addresses* invitations* purges* tokens* tokens_by_person* users*
Person::Unban: audit_log* blocked_addresses* users*
Person::PurgeMessages: activity* audit_log* changes* mentions* messages* pins* room_mentions* rooms users versions*
Person::FinishPurge: purges* users
Person::CreateResetLink: audit_log* reset_links* users
Server::UpdateSettings: audit_log* settings* users
Server::CreateRoom: activity* members* meta* rooms* rooms_by_person* settings slugs* users
Server::OpenDirect: activity* direct_rooms* members* meta* name_uses* rooms* rooms_by_person* settings slugs* users
Server::CreateInvitation: audit_log* invitation_codes* invitations* members rooms settings users
Server::RevokeInvitation: audit_log* invitations* users
Server::ResolveReport: audit_log* reports* users
";
