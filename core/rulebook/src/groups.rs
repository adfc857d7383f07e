//! Fields that only make sense together, such as the parts of an address.

use crate::Rulebook;
use serde_json::Value;
use std::collections::BTreeMap;

impl Rulebook {
    /// Completes a change's fields: one that touches a field of a group carries all of them. `stands` gives what a
    /// field says now, `Null` for nothing.
    pub fn complete_groups(
        &self,
        kind: &str,
        fields: &mut BTreeMap<String, Value>,
        stands: impl Fn(&str) -> Value,
    ) {
        let declared = self.kind(kind).map_or(&[][..], |kind| &kind.fields);
        let touched: Vec<&str> = declared
            .iter()
            .filter(|field| fields.contains_key(&field.name))
            .filter_map(|field| field.group.as_deref())
            .collect();
        let missing =
            declared.iter().filter(|field| field.group.as_deref().is_some_and(|g| touched.contains(&g)));
        for field in missing {
            fields.entry(field.name.clone()).or_insert_with(|| stands(&field.name));
        }
    }
}
