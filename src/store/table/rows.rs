//! Structs as values of tables: postcard bytes, decoded on access.

use std::fmt::Debug;
use std::marker::PhantomData;

use redb::{Key, ReadableTable, Table, TypeName, Value};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::store::StoreError;

/// A table whose values are the struct `T`.
pub(crate) type RowTable<'t, K, T> = Table<'t, K, RowBytes<T>>;

/// The value type of such a table. redb handles bytes only, so a broken row gives a [`StoreError`] instead of a panic.
#[derive(Debug)]
pub(crate) struct RowBytes<T>(PhantomData<T>);

impl<T: Debug + 'static> Value for RowBytes<T> {
    type SelfType<'a>
        = &'a [u8]
    where
        Self: 'a;
    type AsBytes<'a>
        = &'a [u8]
    where
        Self: 'a;

    fn fixed_width() -> Option<usize> {
        None
    }

    fn from_bytes<'a>(data: &'a [u8]) -> &'a [u8]
    where
        Self: 'a,
    {
        data
    }

    fn as_bytes<'a, 'b: 'a>(value: &'a Self::SelfType<'b>) -> &'a [u8]
    where
        Self: 'b,
    {
        value
    }

    fn type_name() -> TypeName {
        TypeName::new("taproom::row")
    }
}

/// Decodes a row; `table` is for the error. `&str` fields borrow from `bytes`.
pub(crate) fn decode<'a, T: Deserialize<'a>>(table: &'static str, bytes: &'a [u8]) -> Result<T, StoreError> {
    postcard::from_bytes(bytes).map_err(|cause| StoreError::Row { table, cause })
}

/// Encodes a row.
pub(crate) fn encode<T: Serialize>(row: &T) -> Result<Vec<u8>, StoreError> {
    postcard::to_stdvec(row).map_err(|cause| StoreError::Row { table: "written", cause })
}

/// Reads the row at `key`, if there is one.
pub(crate) fn get<'k, K, T, R>(table: &R, name: &'static str, key: K::SelfType<'k>) -> Result<Option<T>, StoreError>
where
    K: Key + 'static,
    T: DeserializeOwned + Debug + 'static,
    R: ReadableTable<K, RowBytes<T>>,
{
    table.get(key)?.map(|bytes| decode(name, bytes.value())).transpose()
}

/// Writes the row at `key` and replaces an existing one.
pub(crate) fn put<'k, K, T>(table: &mut RowTable<'_, K, T>, key: K::SelfType<'k>, row: &T) -> Result<(), StoreError>
where
    K: Key + 'static,
    T: Serialize + Debug + 'static,
{
    table.insert(key, encode(row)?.as_slice())?;
    Ok(())
}

/// Removes the row at `key` and returns it, if there is one.
pub(crate) fn remove<'k, K, T>(
    table: &mut RowTable<'_, K, T>,
    name: &'static str,
    key: K::SelfType<'k>,
) -> Result<Option<T>, StoreError>
where
    K: Key + 'static,
    T: DeserializeOwned + Debug + 'static,
{
    table.remove(key)?.map(|bytes| decode(name, bytes.value())).transpose()
}
