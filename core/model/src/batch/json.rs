//! A value as the very bytes of JSON that its author wrote.

use super::BatchError;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use std::{collections::HashSet, fmt};

/// JSON text that every reader reads alike: of one value, and no object in it has a key twice.
#[derive(Clone, PartialEq, Eq)]
pub struct Json(Box<str>);

impl Json {
    /// # Errors
    /// [`BatchError::NotJson`]
    pub fn new(text: impl Into<Box<str>>) -> Result<Self, BatchError> {
        let text = text.into();
        serde_json::from_str::<Once>(&text).map_err(|_| BatchError::NotJson)?;
        Ok(Self(text))
    }

    pub(super) fn null() -> Self {
        Self("null".into())
    }

    pub fn text(&self) -> &str {
        &self.0
    }

    /// # Errors
    /// None for text that [`Json::new`] took; typed, as nothing here panics.
    pub fn read(&self) -> Result<serde_json::Value, BatchError> {
        serde_json::from_str(&self.0).map_err(|_| BatchError::NotJson)
    }
}

impl fmt::Debug for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Json")
    }
}

/// Reads any value, keeps none, refuses a key that stands twice: one reader would take its first value, another the last.
struct Once;

impl<'de> Deserialize<'de> for Once {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Once)
    }
}

impl<'de> Visitor<'de> for Once {
    type Value = Once;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_bool<E>(self, _: bool) -> Result<Once, E> {
        Ok(Once)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Once, E> {
        Ok(Once)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Once, E> {
        Ok(Once)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Once, E> {
        Ok(Once)
    }

    fn visit_str<E>(self, _: &str) -> Result<Once, E> {
        Ok(Once)
    }

    fn visit_unit<E>(self) -> Result<Once, E> {
        Ok(Once)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Once, A::Error> {
        while items.next_element::<Once>()?.is_some() {}
        Ok(Once)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Once, A::Error> {
        let mut keys = HashSet::new();
        while let Some(key) = entries.next_key::<String>()? {
            if !keys.insert(key) {
                return Err(A::Error::custom("a key stands twice"));
            }
            entries.next_value::<Once>()?;
        }
        Ok(Once)
    }
}
