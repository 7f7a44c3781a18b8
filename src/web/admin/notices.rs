//! The notices that pages show after a moderation action.

use crate::views::layout::page::Notice;

/// The notice for the `done` parameter of the address that a moderation action redirects to.
pub(crate) fn moderation_notice(done: &str) -> Option<Notice> {
    let text = match done {
        "role" => "Role changed.",
        "mute" => "Muted.",
        "unmute" => "Unmuted.",
        "ban" => "Banned.",
        "delete_messages" => "Banned. Their messages are being deleted.",
        "unban" => "Unbanned.",
        _ => return None,
    };
    Some(Notice::Success(text.to_owned()))
}
