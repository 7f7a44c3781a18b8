//! Taking away all that somebody has said, room by room, while the house goes on. The ban remembers that it was begun: if
//! the server stops meanwhile, it goes on with the next start.

use std::sync::Arc;
use std::time::Duration;

use tokio::task::spawn_blocking;
use tokio::time::sleep;

use crate::domain::{Actor, Command, MessageId, PersonCommand, Refusal, RoomId, Seq, UserId};
use crate::engine::EngineError;
use crate::store::StoreError;
use crate::web::response::error::Error;
use crate::web::state::AppState;

/// How many rooms are looked up at a time.
const ROOMS_PER_BATCH: usize = 64;
/// How long it waits when others have filled the queue: they go first.
const BUSY_RETRY_DELAY: Duration = Duration::from_millis(250);

/// Goes on with what was begun before the server stopped.
///
/// # Errors
/// [`Fault`] if the file cannot be read.
pub(crate) fn resume_purges(house: &Arc<AppState>) -> Result<(), StoreError> {
    for (user, by) in house.store.snapshot()?.pending_purges()? {
        start_purge(house, Actor::User(by), user);
    }
    Ok(())
}

/// Begins. It is done for whoever asked, so their rights are judged at each step.
pub(crate) fn start_purge(house: &Arc<AppState>, actor: Actor, user: UserId) {
    let house = Arc::clone(house);
    tokio::spawn(async move {
        if let Err(problem) = purge_all_rooms(&house, actor, user).await {
            tracing::warn!(%problem, user.id = %user, "not all that somebody said could be taken away");
        }
    });
}

async fn purge_all_rooms(house: &Arc<AppState>, actor: Actor, user: UserId) -> Result<(), Error> {
    let mut last = RoomId(0);
    loop {
        let rooms = house.store.snapshot()?.room_ids_after(last, ROOMS_PER_BATCH)?;
        let Some(&end) = rooms.last() else { break };
        for room in rooms {
            purge_room(house, actor, user, room).await?;
        }
        last = end;
    }
    house.engine.execute(actor, None, Command::Person(user, PersonCommand::FinishPurge)).await?;
    Ok(())
}

async fn purge_room(house: &Arc<AppState>, actor: Actor, user: UserId, room: RoomId) -> Result<(), Error> {
    let mut after = Seq(0);
    while let Some(message) = find_next_message(house, user, room, after).await? {
        // From the one before it on, so that it is the first to go, with as many more as fit into one change.
        let erase = PersonCommand::PurgeMessages { room, after: Seq(message.0 - 1) };
        match house.engine.execute(actor, None, Command::Person(user, erase)).await {
            Ok(_) | Err(EngineError::Refused(Refusal::MessageNotFound)) => after = message,
            Err(EngineError::Busy) => sleep(BUSY_RETRY_DELAY).await,
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

/// The next message of theirs. It may be far away, so it is looked for where waiting disturbs nobody.
async fn find_next_message(
    house: &Arc<AppState>,
    user: UserId,
    room: RoomId,
    after: Seq,
) -> Result<Option<MessageId>, Error> {
    let store = Arc::clone(&house.store);
    let found = spawn_blocking(move || store.snapshot()?.next_message_by(user, room, after)).await;
    found.unwrap_or(Err(StoreError::Closed)).map_err(Error::Internal)
}
