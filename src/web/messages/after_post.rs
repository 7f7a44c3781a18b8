//! What a post changes beside the message: it clears the author's draft and moves their read mark.

use crate::domain::{MessageId, ReadStateCommand, Room, Seq, UserId, Visibility};
use crate::web::request::context::Ctx;
use crate::web::response::error::Error;
use crate::web::rooms::read_state::execute_concurrently;

/// By what somebody has said something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PostSource {
    /// A page with a script, which tells by itself how far one has read.
    Script,
    /// A page without.
    Form,
    /// A program.
    Program,
}

/// Somebody has said something. What they had begun to write on a page has gone out; and whoever speaks has read what was
/// said before. Of a program that is noted for those who read at all, and in talks: others have no mark that could move. It
/// is noted only if the program may read, or a job at night would read for its owner; and what speaks to them stays unread.
pub(crate) async fn run_follow_ups(ctx: &Ctx<'_>, room: &Room, message: MessageId, source: PostSource) {
    let Some(user) = ctx.visitor.author().map(|author| author.id) else { return };
    let Ok(commands) = follow_up_commands(ctx, user, room, message, source) else { return };
    // What was said is said, whatever becomes of this.
    let _said_already =
        execute_concurrently(ctx, commands.into_iter().map(|command| (room.id, command)).collect()).await;
}

fn follow_up_commands(
    ctx: &Ctx<'_>,
    user: UserId,
    room: &Room,
    message: MessageId,
    source: PostSource,
) -> Result<Vec<ReadStateCommand>, Error> {
    let snapshot = ctx.snapshot()?;
    let mut commands = Vec::new();
    if source != PostSource::Program && snapshot.draft(user, room.id)?.is_some() {
        commands.push(ReadStateCommand::SaveDraft { body: None, reply_to: None });
    }
    // Asked first, because it is one look, and most programs have no mark.
    let moves = match source {
        PostSource::Script => false,
        PostSource::Form => true,
        PostSource::Program => {
            ctx.visitor.can_read()
                && (room.visibility == Visibility::Direct || snapshot.has_read_mark(user, room.id)?)
        }
    };
    if moves {
        let read_state = snapshot.read_state(user, room.id)?;
        let first = match source {
            PostSource::Program => snapshot.first_mention_after(user, room.id, read_state.read_up_to)?,
            PostSource::Script | PostSource::Form => None,
        };
        let seq = first.map_or(message, |first| message.min(Seq(first.0 - 1)));
        commands.extend(read_state.would_advance_to(seq).then_some(ReadStateCommand::MarkRead { seq }));
    }
    Ok(commands)
}
