//! The office's packs as this phone has them.

use super::view::{PackRow, PackStanding};
use crate::{
    error::Fault,
    texts::{errors, joined},
};
use rulebook::{Lang, date};
use store::{PackHere, PackState, Store};

pub fn rows(store: &Store, lang: Lang) -> Result<Vec<PackRow>, Fault> {
    Ok(store.packs()?.into_iter().map(|pack| row(pack, lang)).collect())
}

fn row(PackHere { id, version, title: [vi, en], from, state }: PackHere, lang: Lang) -> PackRow {
    let title = Some(lang.pick(vi, en)).filter(|title| !title.is_empty()).unwrap_or_else(|| id.clone());
    let from = from.map(date).unwrap_or_default();
    let (standing, code, how) = match state {
        PackState::Active => {
            (PackStanding::Active, String::new(), lang.pick("đang dùng", "in use").to_owned())
        }
        PackState::Coming => {
            let from = format!("{} {from}", lang.pick("dùng từ ngày", "in use from"));
            (PackStanding::Coming, String::new(), from)
        }
        PackState::Aside(code) => {
            let why = errors::refused_pack(lang, &code).to_owned();
            (PackStanding::Aside, code, why)
        }
    };
    let name = match (title.is_empty(), version.is_empty()) {
        (true, _) => lang.pick("Bộ quy định", "Rules").to_owned(),
        (_, true) => title.clone(),
        _ => format!("{title} ({version})"),
    };
    let text = joined([name.as_str(), &how], ": ");
    PackRow { id, title, version, from, standing, code, text }
}
