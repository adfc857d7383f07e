//! What the worker should know until somebody does something: a wrong clock, changes that can't go up while restricted
//! cases are hidden, forms and packs that this phone could not take.

use super::view::{PackRow, PackStanding, SyncNotice};
use crate::{
    error::Fault,
    texts::{errors, joined},
};
use rulebook::{Lang, clock_off};
use store::{RefusedForm, Store, Waiting};

pub fn of(store: &Store, waiting: Waiting, packs: &[PackRow], lang: Lang) -> Result<Vec<SyncNotice>, Fault> {
    let clock = store.condition()?.wrong_clock().map(|offset| wrong_clock(lang, offset));
    let forms = store.forms()?;
    let refused = store.refused_forms()?.into_iter().map(|refused| {
        let before_stays = forms.iter().any(|form| form.newest && form.id == refused.entry.id);
        not_taken(lang, refused, before_stays)
    });
    let locked = behind_restricted(lang, waiting.locked_changes);
    let aside = packs.iter().filter(|pack| pack.standing == PackStanding::Aside);
    let aside = aside.map(|pack| SyncNotice { code: pack.code.clone(), text: pack.text.clone() });
    Ok(clock.into_iter().chain(locked).chain(aside).chain(refused).collect())
}

/// The office takes a phone's changes in their order: what was finished after a restricted case waits with it.
fn behind_restricted(lang: Lang, changes: u64) -> Option<SyncNotice> {
    let text = match lang {
        _ if changes == 0 => return None,
        Lang::Vi => format!(
            "{changes} thay đổi chưa gửi được khi hồ sơ bảo mật đang ẩn. Khóa ứng dụng, nhập mã PIN rồi đồng bộ."
        ),
        Lang::En => format!(
            "{changes} changes can't be sent while restricted cases are hidden. Lock the app, enter the PIN, then synchronise."
        ),
    };
    Some(SyncNotice { code: "sync.restricted-hidden".to_owned(), text })
}

fn wrong_clock(lang: Lang, offset_ms: i64) -> SyncNotice {
    let what = clock_off(lang, offset_ms);
    let to_do = lang.pick(
        "Hãy bật ngày giờ tự động trong phần Cài đặt của máy, rồi đồng bộ lại.",
        "Turn on automatic date and time in the phone's settings, then synchronise again.",
    );
    SyncNotice { code: "clock.wrong".to_owned(), text: joined([what.as_str(), to_do], " ") }
}

fn not_taken(lang: Lang, RefusedForm { entry, code }: RefusedForm, before_stays: bool) -> SyncNotice {
    let name = match lang {
        Lang::Vi => format!("Máy này chưa nhận được biểu mẫu {} ({}):", entry.title, entry.version),
        Lang::En => format!("This phone could not take the form {} ({}):", entry.title, entry.version),
    };
    let before = lang.pick(
        "Vẫn dùng được phiên bản đang có trên máy.",
        "The version that is on the phone can still be used.",
    );
    let before = if before_stays { before } else { "" };
    let text = joined([name.as_str(), errors::refused_form(lang, &code), before], " ");
    SyncNotice { code, text }
}
