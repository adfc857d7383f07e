//! What the worker should know until somebody does something: forms that this phone could not take.

use super::view::SyncNotice;
use crate::{
    error::Fault,
    texts::{errors, joined},
};
use rulebook::Lang;
use store::{RefusedForm, Store};

pub fn of(store: &Store, lang: Lang) -> Result<Vec<SyncNotice>, Fault> {
    let refused = store.refused_forms()?;
    let in_use = store.forms()?.into_iter().filter(|form| form.newest).map(|form| form.id);
    let in_use: Vec<String> = in_use.collect();
    let notice = |RefusedForm { entry, code }: RefusedForm| {
        let name = match lang {
            Lang::Vi => format!("Máy này chưa nhận được biểu mẫu {} ({}):", entry.title, entry.version),
            Lang::En => format!("This phone could not take the form {} ({}):", entry.title, entry.version),
        };
        let before = lang.pick(
            "Vẫn dùng được phiên bản đang có trên máy.",
            "The version that is on the phone can still be used.",
        );
        let before = if in_use.contains(&entry.id) { before } else { "" };
        let text = joined([name.as_str(), errors::refused_form(lang, &code), before], " ");
        SyncNotice { code, text }
    };
    Ok(refused.into_iter().map(notice).collect())
}
