//! What finishing a form will write.

use rulebook::Lang;

/// New records: what their kind is called, and how many.
pub fn made(lang: Lang, records: &[(&str, usize)]) -> String {
    let told: Vec<_> = records.iter().map(|(kind, count)| format!("{kind} ({count})")).collect();
    format!("{}: {}.", lang.pick("Ghi mới", "New"), told.join(", "))
}

/// A record that is there already, and the fields that will be others.
pub fn changed(lang: Lang, kind: &str, called: &str, fields: &[&str]) -> String {
    format!("{} {kind} {called}: {}.", lang.pick("Sửa", "Changed:"), fields.join(", "))
}
