//! Taking away all that somebody has said, room by room, while the house goes on. The ban remembers that it was begun: if
//! the server stops meanwhile, it goes on with the next start.

use std::sync::Arc;
use std::time::Duration;

use tokio::task::spawn_blocking;
use tokio::time::sleep;

use super::House;
use crate::domain::{Command, MessageId, PersonCommand, Refusal, RoomId, Seq, UserId, Who};
use crate::engine::Problem;
use crate::store::Fault;

/// How many rooms are looked up at a time.
const ROOMS_AT_ONCE: usize = 64;
/// How long it waits when others have filled the queue: they go first.
const GIVES_WAY: Duration = Duration::from_millis(250);

/// Goes on with what was begun before the server stopped.
///
/// # Errors
/// [`Fault`] if the file cannot be read.
pub(crate) fn go_on(house: &Arc<House>) -> Result<(), Fault> {
    for (user, by) in house.store.snapshot()?.erasures()? {
        begin(house, Who::User(by), user);
    }
    Ok(())
}

/// Begins. It is done for whoever asked, so their rights are judged at each step.
pub(super) fn begin(house: &Arc<House>, who: Who, user: UserId) {
    let house = Arc::clone(house);
    tokio::spawn(async move {
        if let Err(problem) = everywhere(&house, who, user).await {
            tracing::warn!(%problem, user.id = %user, "not all that somebody said could be taken away");
        }
    });
}

async fn everywhere(house: &Arc<House>, who: Who, user: UserId) -> Result<(), Problem> {
    let mut last = RoomId(0);
    loop {
        let rooms = house.store.snapshot()?.rooms_after(last, ROOMS_AT_ONCE)?;
        let Some(&end) = rooms.last() else { break };
        for room in rooms {
            in_room(house, who, user, room).await?;
        }
        last = end;
    }
    house.engine.execute(who, None, Command::Person(user, PersonCommand::Erased)).await?;
    Ok(())
}

async fn in_room(house: &Arc<House>, who: Who, user: UserId, room: RoomId) -> Result<(), Problem> {
    let mut after = Seq(0);
    while let Some(message) = next(house, user, room, after).await? {
        // From the one before it on, so that it is the first to go, with as many more as fit into one change.
        let erase = PersonCommand::Erase { room, after: Seq(message.0 - 1) };
        match house.engine.execute(who, None, Command::Person(user, erase)).await {
            Ok(_) | Err(Problem::Refused(Refusal::MessageUnknown)) => after = message,
            Err(Problem::Busy) => sleep(GIVES_WAY).await,
            Err(problem) => return Err(problem),
        }
    }
    Ok(())
}

/// The next message of theirs. It may be far away, so it is looked for where waiting disturbs nobody.
async fn next(house: &Arc<House>, user: UserId, room: RoomId, after: Seq) -> Result<Option<MessageId>, Problem> {
    let store = Arc::clone(&house.store);
    let found = spawn_blocking(move || store.snapshot()?.said_by(user, room, after)).await;
    found.unwrap_or(Err(Fault::Closed)).map_err(Problem::Unread)
}
