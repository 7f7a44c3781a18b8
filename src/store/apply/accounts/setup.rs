//! Setting up a server: its first owner.

use crate::domain::{Actor, AuditAction, Refusal, Role, SingleLine, UserName};
use crate::store::StoreError;
use crate::store::apply::accounts::credentials::{NewCredentials, replace_credentials};
use crate::store::apply::accounts::names::{check_name_free, create_person};
use crate::store::apply::accounts::sessions;
use crate::store::apply::context::{Outcome, Stamp, audit, find_person, find_user, refuse, save_settings};
use crate::store::table::Tables;
use crate::store::table::rows;
use crate::store::table::schema::SettingsRow;

/// Sets up the server: the first user of the setup link becomes its owner. A guest keeps their name by using it again.
pub(crate) fn set_up_server(
    t: &mut Tables,
    stamp: Stamp,
    actor: Actor,
    server_name: &SingleLine,
    name: &UserName,
    new: NewCredentials<'_>,
) -> Outcome {
    let mut row: SettingsRow = rows::get(&t.settings, "house", "house")?.unwrap_or_default();
    if row.owner_count > 0 {
        return refuse(Refusal::LinkInvalid);
    }
    let person = match actor {
        Actor::User(id) => find_person(t, id)?,
        Actor::Anonymous | Actor::Operator => None,
    };
    let same_person =
        person.filter(|person| UserName::parse(&person.author.name).is_ok_and(|own| own.key() == name.key()));
    let user = match same_person {
        Some(person) => {
            let id = person.author.id;
            let mut row = find_user(t, id)?.ok_or(StoreError::Missing { table: "users" })?;
            row.role = Role::Owner;
            rows::put(&mut t.users, id.0, &row)?;
            sessions::revoke_all_tokens(t, id, None)?;
            id
        }
        None => {
            check_name_free(t, name, None)?;
            create_person(t, stamp, name, Role::Owner, None)?
        }
    };
    row.settings.name = server_name.as_str().to_owned();
    row.owner_count = 1;
    save_settings(t, &row)?;
    audit(t, stamp, Some(user), AuditAction::ServerSetUp)?;
    replace_credentials(t, stamp, user, new)
}
