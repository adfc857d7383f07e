//! Whose phone this is.

use rulebook::{Lang, Rulebook};
use wire::enrol::Worker;

#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct WorkerView {
    pub name: String,
    pub role: String,
    /// Names of communes or provinces.
    pub places: Vec<String>,
    /// While restricted cases are out of sight (`Access::hide_restricted`); finished text: that they are, and how to see them
    /// again.
    pub restricted_hidden: Option<String>,
}

impl WorkerView {
    pub fn of(rulebook: &Rulebook, worker: &Worker, restricted_hidden: Option<String>, lang: Lang) -> Self {
        Self {
            name: worker.name.0.clone(),
            role: rulebook.role(worker.role.as_str(), lang).to_owned(),
            places: worker.places.iter().map(|place| rulebook.units.place_name(place, lang)).collect(),
            restricted_hidden,
        }
    }
}

/// What could still be read of a damaged database.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct SalvagedView {
    pub drafts: u64,
    /// Nothing that only this phone has was unreadable.
    pub is_whole: bool,
    /// Finished text: what was kept, and what to do.
    pub text: String,
}

impl SalvagedView {
    pub fn of(salvaged: store::Salvaged, lang: Lang) -> Self {
        let store::Salvaged { drafts, is_whole, .. } = salvaged;
        let text = match (is_whole, lang) {
            (true, Lang::Vi) => {
                "Đã lấy lại được tất cả những gì chưa gửi và các phiếu nháp. Hãy xin văn phòng mã mời mới để ghi danh lại."
            }
            (true, Lang::En) => {
                "All that is unsent and all drafts were kept. Ask the office for a new invitation and enrol again."
            }
            (false, Lang::Vi) => {
                "Một phần dữ liệu không đọc được nữa và được cất nguyên trên máy; phần còn lại đã lấy lại được. Đừng xóa ứng dụng; hãy mang máy đến văn phòng và ghi danh lại bằng mã mời mới."
            }
            (false, Lang::En) => {
                "Some data can't be read any more and is put away on the phone as it is; the rest was kept. Don't remove the app; bring the phone to the office, and enrol again with a new invitation."
            }
        };
        Self { drafts, is_whole, text: text.to_owned() }
    }
}

/// A worker of this phone, for the lock screen.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct WorkerOnPhone {
    pub id: String,
    /// Their name, or the day of enrolment where the phone can't read it any more.
    pub name: String,
    /// The PIN that is asked for now is theirs.
    pub is_chosen: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum LostKey {
    Pin,
    /// As after a reset of the phone's lock, or on another phone.
    HardwareKey,
}

/// What the office needs to make a one-time code: shown, sent as a text, or read out.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct RecoveryRequest {
    /// 14 groups of four; no secret.
    pub request: String,
    pub lost: LostKey,
    /// Finished text: what to do.
    pub text: String,
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
            _ if changes == 0 => {
                lang.pick("Đã ghi danh lại. Hãy đồng bộ.", "Enrolled again. Synchronise now.").to_owned()
            }
            Lang::Vi => format!("Đã ghi danh lại. {changes} thay đổi chưa gửi vẫn còn; hãy đồng bộ."),
            Lang::En => format!("Enrolled again. {changes} unsent changes are kept; synchronise now."),
        };
        Self { changes, text }
    }
}
