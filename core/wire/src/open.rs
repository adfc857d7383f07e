//! Lists that stay readable when a newer program puts into them what this one does not know.

use serde::{Deserialize, Deserializer, de::DeserializeOwned};
use serde_json::value::RawValue;

/// The elements that this program can read. For lists that are sent whole or again: what is passed over now comes
/// again, and is read after an update.
pub(crate) fn readable<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: DeserializeOwned,
{
    let elements = Vec::<Box<RawValue>>::deserialize(deserializer)?;
    Ok(elements.iter().filter_map(|element| serde_json::from_str(element.get()).ok()).collect())
}
