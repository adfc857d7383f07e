//! Whose phone this is.

use rulebook::{Lang, Rulebook};
use wire::enrol::Worker;

#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct WorkerView {
    pub name: String,
    pub role: String,
    /// Names of communes or provinces.
    pub places: Vec<String>,
}

impl WorkerView {
    pub fn of(rulebook: &Rulebook, worker: &Worker, lang: Lang) -> Self {
        Self {
            name: worker.name.0.clone(),
            role: rulebook.role(worker.role.as_str(), lang).to_owned(),
            places: worker.places.iter().map(|place| rulebook.units.place_name(place, lang)).collect(),
        }
    }
}

/// What went on under the new identity.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct CarriedOverView {
    /// Changes that wait for the office now; nothing was lost.
    pub changes: u64,
    /// Finished text.
    pub text: String,
}

impl CarriedOverView {
    pub fn of(carried: store::CarriedOver, lang: Lang) -> Self {
        let changes = carried.changes;
        let text = match lang {
            Lang::Vi => format!("Đã ghi danh lại. {changes} thay đổi chưa gửi vẫn còn; hãy đồng bộ."),
            Lang::En => format!("Enrolled again. {changes} unsent changes are kept; synchronise now."),
        };
        Self { changes, text }
    }
}
