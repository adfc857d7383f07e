//! The list of households, with search.

use crate::{
    Hub,
    console::{
        layout, menu,
        visitor::{Permission, Refusal, Visitor},
    },
    db::records::{Page, Record},
    office::records,
};
use axum::{Form, extract::State};
use casework::units;
use maud::{Markup, html};
use serde::Deserialize;

/// Households on one page of the list.
const PAGE: u32 = 50;

#[derive(Deserialize, Default)]
pub struct Search {
    #[serde(default)]
    q: String,
    /// From 0.
    #[serde(default)]
    page: u32,
}

pub async fn list(state: State<Hub>, visitor: Visitor) -> Result<Markup, Refusal> {
    search(state, visitor, Form(Search::default())).await
}

pub async fn search(
    State(hub): State<Hub>,
    visitor: Visitor,
    Form(asked): Form<Search>,
) -> Result<Markup, Refusal> {
    visitor.require(Permission::ReadPeople)?;
    let (user, query, page) = (visitor.user.clone(), asked.q.clone(), asked.page);
    let (rows, total) = hub
        .read(move |_, read| records::households(read, &user, &query, &Page { number: page, size: PAGE }))
        .await
        .map_err(|error| visitor.failed(error))?;
    let lang = visitor.lang;
    let turn = |page: u32, label: &str| {
        html! {
            form method="post" action="/households" {
                input type="hidden" name="q" value=(asked.q);
                input type="hidden" name="page" value=(page);
                button.quiet { (label) }
            }
        }
    };
    let content = html! {
        form.search method="post" action="/households" role="search" {
            label for="q" { (lang.pick("Tìm theo tên, thôn bản, địa chỉ", "Search by name, village, address")) }
            div.row {
                input #q type="search" name="q" value=(asked.q) autocomplete="off" autofocus;
                button { (lang.pick("Tìm", "Search")) }
            }
        }
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
                tbody { @for row in &rows { tr {
                    td { a href={ "/households/" (row.id()) } { (name(row)) } }
                    td data-label=(lang.pick("Nơi ở", "Place")) { (place(row)) }
                    td data-label=(lang.pick("Thăm lần sau", "Next visit")) { (layout::date(row.text("next_visit"))) }
                    td data-label=(lang.pick("Cập nhật", "Updated")) { (layout::time(Some(row.updated_at))) }
                } } }
            }
            div.turn {
                @if page > 0 { (turn(page - 1, lang.pick("‹ Trang trước", "‹ Previous"))) }
                @if (page + 1).saturating_mul(PAGE) < total { (turn(page + 1, lang.pick("Trang sau ›", "Next ›"))) }
            }
        }
    };
    Ok(menu::page(&visitor, lang.pick("Hộ gia đình", "Households"), &content))
}

pub fn name(household: &Record) -> &str {
    match household.text("name") {
        "" => "–",
        name => name,
    }
}

/// `Nà Pò, Xã Thất Khê`.
pub fn place(household: &Record) -> String {
    let commune = units::name(household.text("commune"));
    [household.text("village"), commune]
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(", ")
}
