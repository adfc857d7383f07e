//! How a synchronisation goes and ended, as finished texts.

use super::view::{SyncPhase, SyncProgress, SyncSummary};
use crate::texts::{dates, errors, joined};
use rulebook::Lang;
use store::{HeldBack, RefusedForm, Waiting};
use sync::{Phase, Progress, Report, Summary};
use wire::enrol::OwnDevice;

pub fn progress(progress: Progress, lang: Lang) -> SyncProgress {
    let Progress { phase, done, total } = progress;
    let (phase, text) = match phase {
        Phase::Connecting => (SyncPhase::Connecting, lang.pick("Đang kết nối", "Connecting")),
        Phase::Sending => (SyncPhase::Sending, lang.pick("Đang gửi hồ sơ", "Sending records")),
        Phase::Receiving => (SyncPhase::Receiving, lang.pick("Đang nhận hồ sơ", "Receiving records")),
        Phase::Forms => (SyncPhase::Forms, lang.pick("Đang nhận biểu mẫu", "Receiving forms")),
        Phase::Photos => (SyncPhase::Photos, lang.pick("Đang gửi ảnh", "Sending photos")),
    };
    let count = match phase {
        _ if total == 0 => String::new(),
        SyncPhase::Photos => format!("{} / {}", size(done, lang), size(total, lang)),
        _ => format!("{done} / {total}"),
    };
    SyncProgress { phase, done, total, text: joined([text, &count], ": ") }
}

/// Bytes for people.
fn size(bytes: u64, lang: Lang) -> String {
    if bytes < 1_000_000 {
        return format!("{} KB", bytes.div_ceil(1000));
    }
    // Tenths of a megabyte: far below where whole numbers get lost.
    #[allow(clippy::cast_precision_loss)]
    let tenths = (bytes / 100_000) as f64 / 10.0;
    format!("{} MB", crate::texts::number(lang, tenths))
}

/// What a run left undone.
#[derive(Default)]
pub struct Left {
    pub waiting: Waiting,
    pub held_back: Vec<HeldBack>,
    pub refused: Vec<RefusedForm>,
    pub restricted_locked: bool,
}

/// `None`: the run itself broke. `left`: if the store is open. `new`: devices that were enrolled for the worker since the
/// run before.
pub fn summary(
    report: Option<Report>,
    photos_before: u64,
    left: Option<Left>,
    new: &[OwnDevice],
    lang: Lang,
) -> SyncSummary {
    let problem = match &report {
        None => Some("app.internal"),
        Some(report) => report.problem.as_ref().map(sync::SyncError::code),
    };
    let done = report.map(|report| report.summary).unwrap_or_default();
    let photos_sent = left.as_ref().map_or(0, |left| photos_before.saturating_sub(left.waiting.photos));
    let held_back = left.as_ref().map_or(done.held_back, |left| left.held_back.len() as u64);
    let text = match problem {
        Some(code) => errors::text(lang, code, 0),
        None => said(&done, photos_sent, held_back, &left.unwrap_or_default(), lang),
    };
    let text = joined([text.as_str(), &enrolled(new, lang)], " ");
    SyncSummary {
        code: problem.unwrap_or("ok").to_owned(),
        text,
        changes_sent: done.changes_sent,
        changes_received: done.changes_received,
        photos_sent,
        photo_bytes_sent: done.blob_bytes_sent,
        forms_received: done.forms_received,
        held_back,
        resumed_uploads: done.resumed_uploads,
    }
}

fn said(done: &Summary, photos: u64, held_back: u64, left: &Left, lang: Lang) -> String {
    let Summary { changes_sent: sent, changes_received: received, feeds_left, .. } = *done;
    let refused: Vec<_> = left.refused.iter().map(|form| form.entry.title.as_str()).collect();
    let is_all = feeds_left == 0 && left.waiting.locked_changes == 0;
    let how_far = match is_all {
        true => lang.pick("Đã đồng bộ", "Synchronised"),
        false => lang.pick("Chưa đồng bộ hết", "Not all is synchronised"),
    };
    let done = match lang {
        Lang::Vi => format!("{how_far}: gửi {sent} thay đổi, {photos} ảnh; nhận {received} thay đổi."),
        Lang::En => format!("{how_far}: sent {sent} changes, {photos} photos; received {received} changes."),
    };
    let not_read = match lang {
        _ if is_all => String::new(),
        _ if left.restricted_locked => lang
            .pick(
                "Hồ sơ bảo mật đang ẩn: khóa ứng dụng, nhập mã PIN rồi đồng bộ để gửi và nhận nốt.",
                "Restricted cases are hidden: lock the app, enter the PIN and synchronise for the rest.",
            )
            .to_owned(),
        Lang::Vi => {
            format!("Còn {feeds_left} nhóm hồ sơ máy này chưa đọc được: hãy cập nhật ứng dụng.")
        }
        Lang::En => format!("{feeds_left} groups of records can't be read here yet: update the app."),
    };
    let kept_apart = match lang {
        _ if held_back == 0 => String::new(),
        Lang::Vi => format!("Văn phòng chưa xếp được {held_back} thay đổi vào hồ sơ."),
        Lang::En => format!("The office could not file {held_back} changes yet."),
    };
    let not_taken = match lang {
        _ if refused.is_empty() => String::new(),
        Lang::Vi => format!("Chưa nhận được biểu mẫu: {}.", refused.join(", ")),
        Lang::En => format!("Forms that could not be taken: {}.", refused.join(", ")),
    };
    joined([done.as_str(), &kept_apart, &not_read, &not_taken], " ")
}

/// That there are other phones which read what this worker may read.
fn enrolled(new: &[OwnDevice], lang: Lang) -> String {
    if new.is_empty() {
        return String::new();
    }
    let device = |device: &OwnDevice| format!("{} ({})", device.name, dates::moment(device.enrolled_at));
    let devices = new.iter().map(device).collect::<Vec<_>>().join(", ");
    match lang {
        Lang::Vi => format!(
            "Có thiết bị mới được đăng ký cho bạn: {devices}. Nếu không phải của bạn, hãy báo cơ quan ngay."
        ),
        Lang::En => {
            format!("A device was enrolled for you: {devices}. If it is not yours, tell your office at once.")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn progress_and_end_are_told_in_the_workers_language() {
        let photos = Progress { phase: Phase::Photos, done: 420_000, total: 2_350_000 };
        assert_eq!(progress(photos, Lang::Vi).text, "Đang gửi ảnh: 420 KB / 2,3 MB");
        let connecting = Progress { phase: Phase::Connecting, done: 0, total: 0 };
        assert_eq!(progress(connecting, Lang::En).text, "Connecting");
        let broken = summary(None, 3, None, &[], Lang::En);
        assert_eq!((broken.code.as_str(), broken.photos_sent), ("app.internal", 0));
        let left = Left { waiting: Waiting { photos: 1, ..Waiting::default() }, ..Left::default() };
        let report = Report { summary: Summary { changes_sent: 12, ..Default::default() }, problem: None };
        let in_part = Report { summary: Summary { feeds_left: 2, ..Default::default() }, problem: None };
        let said = summary(Some(in_part), 0, None, &[], Lang::En).text;
        assert!(
            said.starts_with("Not all is synchronised: ") && said.contains("2 groups of records"),
            "{said}"
        );
        let whole = summary(Some(report), 3, Some(left), &[], Lang::Vi);
        assert_eq!(whole.code, "ok");
        assert_eq!(whole.text, "Đã đồng bộ: gửi 12 thay đổi, 2 ảnh; nhận 0 thay đổi.");
    }
}
