//! Deletes all messages of a banned person, room by room, while the server goes on. The ban records that this began, so
//! it resumes after a restart. Nothing here knows a request.

use std::sync::Arc;
use std::time::Duration;

use tokio::task::spawn_blocking;
use tokio::time::sleep;

use crate::domain::{Actor, Command, MessageId, PersonCommand, Refusal, RoomId, Seq, UserId};
use crate::engine::EngineError;
use crate::store::StoreError;
use crate::web::response::error::Error;
use crate::web::state::AppState;

/// How many rooms are read at a time.
const ROOMS_PER_BATCH: usize = 64;
/// How long to wait when the queue is full: the commands of users go first.
const BUSY_RETRY_DELAY: Duration = Duration::from_millis(250);

/// Resumes the purges that a stop of the server interrupted.
///
/// # Errors
/// [`StoreError`] if the file cannot be read.
pub(crate) fn resume_purges(state: &Arc<AppState>) -> Result<(), StoreError> {
    for (user, moderator) in state.store.snapshot()?.pending_purges()? {
        start_purge(state, Actor::User(moderator), user);
    }
    Ok(())
}

/// Starts a purge in the background. It acts for the moderator who asked, so their permission is checked at each step.
pub(crate) fn start_purge(state: &Arc<AppState>, actor: Actor, user: UserId) {
    let state = Arc::clone(state);
    tokio::spawn(async move {
        if let Err(error) = purge_all_rooms(&state, actor, user).await {
            tracing::warn!(%error, user.id = %user, "failed to delete all messages of a banned user");
        }
    });
}

async fn purge_all_rooms(state: &Arc<AppState>, actor: Actor, user: UserId) -> Result<(), Error> {
    let mut last = RoomId(0);
    loop {
        let rooms = state.store.snapshot()?.room_ids_after(last, ROOMS_PER_BATCH)?;
        let Some(&last_of_batch) = rooms.last() else { break };
        for room in rooms {
            purge_room(state, actor, user, room).await?;
        }
        last = last_of_batch;
    }
    state.engine.execute(actor, None, Command::Person(user, PersonCommand::FinishPurge)).await?;
    Ok(())
}

async fn purge_room(state: &Arc<AppState>, actor: Actor, user: UserId, room: RoomId) -> Result<(), Error> {
    let mut after = Seq(0);
    while let Some(message) = find_next_message(state, user, room, after).await? {
        // `after` is exclusive: this message goes first, with as many more as fit into one command.
        let command = PersonCommand::PurgeMessages { room, after: Seq(message.0 - 1) };
        match state.engine.execute(actor, None, Command::Person(user, command)).await {
            Ok(_) | Err(EngineError::Refused(Refusal::MessageNotFound)) => after = message,
            Err(EngineError::Busy) => sleep(BUSY_RETRY_DELAY).await,
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

/// The next message of the user. It may be far away, so the search runs on a blocking thread.
async fn find_next_message(
    state: &Arc<AppState>,
    user: UserId,
    room: RoomId,
    after: Seq,
) -> Result<Option<MessageId>, Error> {
    let store = Arc::clone(&state.store);
    let found = spawn_blocking(move || store.snapshot()?.next_message_by(user, room, after)).await;
    found.unwrap_or(Err(StoreError::Closed)).map_err(Error::Internal)
}
