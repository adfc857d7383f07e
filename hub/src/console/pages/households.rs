//! The list of households, with search.

use super::{
    edit, household,
    list::{self, PAGE, Search, search_form, turning},
};
use crate::{
    Hub,
    console::{
        facts, layout, menu,
        visitor::{Permission, Refusal, Visitor},
    },
    db::listing::Page,
    office::{desk::sheet, records},
};
use axum::{Form, extract::State};
use maud::{Markup, html};
use model::record::field;
use rulebook::Listing;

const PATH: &str = "/households";

pub async fn list(state: State<Hub>, visitor: Visitor) -> Result<Markup, Refusal> {
    search(state, visitor, Form(Search::default())).await
}

pub async fn search(
    State(hub): State<Hub>,
    visitor: Visitor,
    Form(asked): Form<Search>,
) -> Result<Markup, Refusal> {
    visitor.require(Permission::ReadPlaces)?;
    let (user, query, page) = (visitor.user.clone(), asked.q.clone(), asked.page);
    let mut addable = sheet::addable(&hub, &user, None);
    // What has a list of its own is added there.
    let is_listed = |kind: &str| visitor.rulebook.kind(kind).is_some_and(|kind| kind.listed);
    addable.retain(|kind| kind == household::KIND || !is_listed(kind));
    let (rows, total) = hub
        .read(move |hub, read| {
            let page = Page { number: page, size: PAGE };
            records::list(hub, read, &user, household::KIND, &query, &page)
        })
        .await
        .map_err(|error| visitor.failed(error))?;
    let lang = visitor.lang;
    let content = html! {
        (search_form(PATH, lang.pick("Tìm theo tên, thôn bản, địa chỉ", "Search by name, village, address"), &asked.q, lang))
        (edit::links(&addable, None, &visitor))
        (list::links(&visitor))
        p.count { (total) " " (lang.pick("hộ", "households")) }
        @if total == 0 {
            p.notice { (lang.pick(
                "Không có hộ nào. Thử ít chữ hơn; không cần gõ dấu.",
                "No households. Try fewer words; tone marks are not needed.",
            )) }
        } @else {
            table {
                thead { tr {
                    th scope="col" { (lang.pick("Chủ hộ", "Head of household")) }
                    th scope="col" { (lang.pick("Nơi ở", "Place")) }
                    th scope="col" { (lang.pick("Thăm lần sau", "Next visit")) }
                    th scope="col" { (lang.pick("Cập nhật", "Updated")) }
                } }
                tbody { @for found in &rows { tr {
                    @let name = visitor.rulebook.called(household::KIND, &found.row.title, lang);
                    td { a href={ "/households/" (found.reference.id) } { (name) } }
                    td data-label=(lang.pick("Nơi ở", "Place")) { (place_of(&visitor, &found.row)) }
                    td data-label=(lang.pick("Thăm lần sau", "Next visit")) { (layout::date(found.row.due.as_deref().unwrap_or_default())) }
                    td data-label=(lang.pick("Cập nhật", "Updated")) { (layout::time(Some(found.updated_at))) }
                } } }
            }
            (turning(PATH, &asked, total, lang))
        }
    };
    Ok(menu::page(&visitor, lang.pick("Hộ gia đình", "Households"), &content))
}

fn place_of(visitor: &Visitor, row: &Listing) -> String {
    let part = |name: &str| row.place.get(name).map_or("", String::as_str);
    facts::place(visitor, part("village"), part(field::COMMUNE))
}
