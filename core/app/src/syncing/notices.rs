//! What the worker should know until somebody does something: a wrong clock, forms that this phone could not take.

use super::view::SyncNotice;
use crate::{
    error::Fault,
    texts::{errors, joined},
};
use rulebook::{Lang, clock_off};
use store::{RefusedForm, Store};

pub fn of(store: &Store, lang: Lang) -> Result<Vec<SyncNotice>, Fault> {
    let clock = store.condition()?.wrong_clock().map(|offset| wrong_clock(lang, offset));
    let forms = store.forms()?;
    let refused = store.refused_forms()?.into_iter().map(|refused| {
        let before_stays = forms.iter().any(|form| form.newest && form.id == refused.entry.id);
        not_taken(lang, refused, before_stays)
    });
    Ok(clock.into_iter().chain(refused).collect())
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
