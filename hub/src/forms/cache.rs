//! Parsed definitions of published versions; a version never changes, so they are kept by name.

use crate::db::{DbError, Read, forms};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};
use xforms::Definition;

const MOST: usize = 32;

#[derive(Default)]
pub struct FormCache {
    parsed: Mutex<HashMap<(String, String), Arc<Definition>>>,
}

impl FormCache {
    /// `None`: no such version was published, or this program can't read it.
    pub fn get(&self, read: &Read, id: &str, version: &str) -> Result<Option<Arc<Definition>>, DbError> {
        let key = (id.to_owned(), version.to_owned());
        if let Some(found) = self.parsed.lock().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return Ok(Some(found.clone()));
        }
        let Some(xml) = forms::file(read, id, version, "form.xml")? else { return Ok(None) };
        let media = |name: &str| forms::file(read, id, version, name).ok().flatten();
        let parsed = String::from_utf8(xml).ok().and_then(|xml| Definition::parse_with(&xml, &media).ok());
        let Some(definition) = parsed else {
            tracing::error!(form = id, version, "a published form can't be read");
            return Ok(None);
        };
        let mut parsed = self.parsed.lock().unwrap_or_else(PoisonError::into_inner);
        if parsed.len() >= MOST {
            // Old versions come in waves, if at all: starting over is simple and bounds the memory.
            parsed.clear();
        }
        parsed.insert(key, definition.clone());
        Ok(Some(definition))
    }
}
