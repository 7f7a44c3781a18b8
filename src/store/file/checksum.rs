//! A checksum of the whole data file: files with equal checksums have equal tables.

use redb::{Key, ReadTransaction, ReadableTable, ReadableTableMetadata, TableDefinition, TableHandle, Value};
use sha2::{Digest, Sha256};

use crate::store::table::schema::{META, each_table};
use crate::store::{Store, StoreError};

impl Store {
    /// The SHA-256 of every table's name, keys and values, in order. The epoch is left out: it is random when a file is
    /// created, while everything else depends only on the commands and their times.
    ///
    /// # Errors
    /// [`StoreError`] if the file cannot be read.
    pub fn checksum(&self) -> Result<[u8; 32], StoreError> {
        let mut hasher = Sha256::new();
        add_all_tables(&mut hasher, self.snapshot()?.transaction())?;
        Ok(hasher.finalize().into())
    }
}

/// Hashes all tables and returns their names.
fn add_all_tables(hasher: &mut Sha256, txn: &ReadTransaction) -> Result<Vec<String>, StoreError> {
    let mut names = vec![add_table(hasher, txn, META, |key| key != "epoch")?];
    each_table!(table => names.push(add_table(hasher, txn, table, |_| true)?));
    Ok(names)
}

/// Hashes a table. Each part is preceded by its length, so that bytes that move from one part to the next change the
/// hash.
fn add_table<K, V>(
    hasher: &mut Sha256,
    txn: &ReadTransaction,
    definition: TableDefinition<K, V>,
    includes_key: impl Fn(K::SelfType<'_>) -> bool,
) -> Result<String, StoreError>
where
    K: Key + 'static,
    V: Value + 'static,
{
    let mut add_part = |bytes: &[u8]| {
        hasher.update((bytes.len() as u64).to_be_bytes());
        hasher.update(bytes);
    };
    let table = txn.open_table(definition)?;
    add_part(definition.name().as_bytes());
    add_part(&table.len()?.to_be_bytes());
    for entry in table.iter()? {
        let (key, value) = entry?;
        if includes_key(key.value()) {
            add_part(K::as_bytes(&key.value()).as_ref());
            add_part(V::as_bytes(&value.value()).as_ref());
        }
    }
    Ok(definition.name().to_owned())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use redb::backends::InMemoryBackend;

    use crate::domain::{Actor, Command, Device, Envelope, RoomName, Timestamp, TokenHash, UserName};
    use crate::store::file::checksum::*;

    /// The checksum of a new file in which Ann joined at this moment.
    fn new_store_checksum(at: u64) -> [u8; 32] {
        let store = Store::open_with_backend(InMemoryBackend::new()).expect("a store");
        let (room, name) = (RoomName::parse("Cellar").unwrap(), UserName::parse("Ann").unwrap());
        let command = Command::Join { room, name, token: TokenHash([1; 32]), device: Device::default() };
        let answers = store
            .commit(Timestamp(at), &[Envelope { actor: Actor::Anonymous, nonce: None, command }])
            .expect("a commit");
        assert!(answers[0].is_ok());
        store.checksum().expect("a checksum")
    }

    #[test]
    fn checksum_depends_on_the_commands_and_their_time() {
        assert_eq!(new_store_checksum(1), new_store_checksum(1));
        assert_ne!(new_store_checksum(1), new_store_checksum(2));
    }

    #[test]
    fn every_table_is_in_the_checksum() {
        let store = Store::open_with_backend(InMemoryBackend::new()).expect("a store");
        let snapshot = store.snapshot().expect("a snapshot");
        let hashed = add_all_tables(&mut Sha256::new(), snapshot.transaction()).expect("a checksum");
        let tables = snapshot.transaction().list_tables().expect("tables").map(|table| table.name().to_owned());
        assert_eq!(hashed.into_iter().collect::<BTreeSet<_>>(), tables.collect());
    }
}
