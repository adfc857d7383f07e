//! The list of any kind that stands at the top, with search.

use super::{edit, household};
use crate::{
    Hub,
    console::{
        facts, layout, menu,
        visitor::{Permission, Refusal, Visitor},
    },
    db::listing::Page,
    office::{desk::sheet, records},
};
use axum::{
    Form,
    extract::{Path, State},
};
use maud::{Markup, html};
use rulebook::{Kind, Lang};
use serde::Deserialize;

/// Rows on one page of a list.
pub const PAGE: u32 = 50;

#[derive(Deserialize, Default)]
pub struct Search {
    #[serde(default)]
    pub q: String,
    /// From 0.
    #[serde(default)]
    pub page: u32,
}

pub async fn list(state: State<Hub>, visitor: Visitor, kind: Path<String>) -> Result<Markup, Refusal> {
    search(state, visitor, kind, Form(Search::default())).await
}

pub async fn search(
    State(hub): State<Hub>,
    visitor: Visitor,
    Path(kind): Path<String>,
    Form(asked): Form<Search>,
) -> Result<Markup, Refusal> {
    visitor.require(Permission::ReadPeople)?;
    let Some(declared) = kinds(&visitor).into_iter().find(|one| one.name == kind) else {
        return Err(visitor.not_found());
    };
    let (title, path) = (declared.plural.get(visitor.lang).to_owned(), format!("/records/{kind}"));
    let mut addable = sheet::addable(&hub, &visitor.user, None);
    addable.retain(|one| *one == kind);
    let (user, query, page, of) = (visitor.user.clone(), asked.q.clone(), asked.page, kind.clone());
    let (rows, total) = hub
        .read(move |hub, read| {
            records::list(hub, read, &user, &of, &query, &Page { number: page, size: PAGE })
        })
        .await
        .map_err(|error| visitor.failed(error))?;
    let lang = visitor.lang;
    let content = html! {
        (search_form(&path, lang.pick("Tìm", "Search"), &asked.q, lang))
        (edit::links(&addable, None, &visitor))
        p.count { (total) }
        @if total == 0 {
            p.notice { (lang.pick(
                "Không tìm thấy. Thử ít chữ hơn; không cần gõ dấu.",
                "Nothing was found. Try fewer words; tone marks are not needed.",
            )) }
        } @else {
            table {
                thead { tr {
                    th scope="col" { (title) }
                    th scope="col" { (lang.pick("Cập nhật", "Updated")) }
                } }
                tbody { @for found in &rows { tr {
                    td { a href=(facts::path(&found.reference)) { (visitor.rulebook.called(&kind, &found.row.title, lang)) } }
                    td data-label=(lang.pick("Cập nhật", "Updated")) { (layout::time(Some(found.updated_at))) }
                } } }
            }
            (turning(&path, &asked, total, lang))
        }
    };
    Ok(menu::page(&visitor, &title, &content))
}

/// Above a list: what is looked for is sent as a form, as names don't belong in addresses.
pub fn search_form(path: &str, label: &str, query: &str, lang: Lang) -> Markup {
    html! {
        form.search method="post" action=(path) role="search" {
            label for="q" { (label) }
            div.row {
                input #q type="search" name="q" value=(query) autocomplete="off" autofocus;
                button { (lang.pick("Tìm", "Search")) }
            }
        }
    }
}

/// Below it: to the pages before and after.
pub fn turning(path: &str, asked: &Search, total: u32, lang: Lang) -> Markup {
    let turn = |page: u32, label: &str| {
        html! {
            form method="post" action=(path) {
                input type="hidden" name="q" value=(asked.q);
                input type="hidden" name="page" value=(page);
                button.quiet { (label) }
            }
        }
    };
    let page = asked.page;
    html! {
        div.turn {
            @if page > 0 { (turn(page - 1, lang.pick("‹ Trang trước", "‹ Previous"))) }
            @if (page + 1).saturating_mul(PAGE) < total { (turn(page + 1, lang.pick("Trang sau ›", "Next ›"))) }
        }
    }
}

/// Links to the lists that the visitor may see and that have no page of their own.
pub fn links(visitor: &Visitor) -> Markup {
    let kinds = kinds(visitor);
    html! {
        @if !kinds.is_empty() {
            p.row.actions { @for kind in kinds {
                a href={ "/records/" (kind.name) } { (kind.plural.get(visitor.lang)) }
            } }
        }
    }
}

fn kinds(visitor: &Visitor) -> Vec<&Kind> {
    let kinds = visitor.rulebook.kinds().iter();
    let is_here = |kind: &&Kind| kind.listed && kind.name != household::KIND;
    kinds.filter(is_here).filter(|kind| visitor.user.works_in(&visitor.rulebook, kind.scope)).collect()
}
