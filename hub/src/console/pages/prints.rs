//! Records on paper, by the packs' prints: filled in, or blank.

use super::cases;
use crate::{
    Hub,
    console::{
        menu,
        visitor::{Permission, Refusal, Visitor},
    },
    db::records::RecordRow,
    office::{forms, records},
};
use axum::{
    extract::{Path, State},
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use maud::{Markup, html};
use model::RecordRef;
use prints::{PrintError, Prints, Subject};
use uuid::Uuid;

/// What can be printed without a record.
pub async fn list(State(hub): State<Hub>, visitor: Visitor) -> Result<Markup, Refusal> {
    visitor.require(Permission::ReadPeople)?;
    let lang = visitor.lang;
    let content = html! {
        p { (lang.pick(
            "Mẫu trống để điền tay. Bản đã điền nằm ở trang của từng hộ, người, trường hợp.",
            "Blank papers, to be filled in by hand. Filled ones are at the page of each household, person and case.",
        )) }
        ul.rows { @for print in visitor.rulebook.prints(hub.today()) { li {
            a href={ "/prints/" (print.id) } { (print.label.get(lang)) }
            @if !print.article.is_empty() { br; small { (print.certainty.beside(&print.article, lang)) } }
        } } }
    };
    Ok(menu::page(&visitor, lang.pick("Mẫu in", "Papers"), &content))
}

pub async fn blank(
    State(hub): State<Hub>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Response, Refusal> {
    visitor.require(Permission::ReadPeople)?;
    let rulebook = hub.rulebook();
    let print = rulebook.print(&id, hub.today()).ok_or_else(|| visitor.not_found())?;
    let labels = hub.read(forms::labels).await.map_err(|error| visitor.failed(error))?;
    let prints =
        Prints { rulebook: &rulebook, labels: &labels, lang: visitor.lang, office: "", day: hub.today() };
    document(prints.blank(print), &visitor)
}

pub async fn filled(
    State(hub): State<Hub>,
    visitor: Visitor,
    Path((kind, id, print)): Path<(String, Uuid, String)>,
) -> Result<Response, Refusal> {
    visitor.require(Permission::ReadPeople)?;
    let (user, reference, rulebook) = (visitor.user.clone(), RecordRef::new(kind, id), hub.rulebook());
    let print = rulebook.print(&print, hub.today()).ok_or_else(|| visitor.not_found())?;
    let found = hub.read(move |hub, read| {
        let Some(around) = records::around(hub, read, &user, &reference)? else { return Ok(None) };
        let beside = records::beside(hub, read, &around)?;
        Ok(Some((around, beside, forms::labels(hub, read)?)))
    });
    let found = found.await.map_err(|error| visitor.failed(error))?;
    let (around, beside, labels) = found.ok_or_else(|| visitor.not_found())?;
    let subject = Subject {
        record: (&around.record.reference, &around.record.state),
        above: around.above.iter().map(|(row, _)| (&row.reference, &row.state)).collect(),
        below: around.below.iter().map(|row| (&row.reference, &row.state)).collect(),
        beside: beside.iter().map(|row| (&row.reference, &row.state)).collect(),
    };
    if !print.fits(subject.record, subject.above.iter().copied()) {
        return Err(visitor.not_found());
    }
    cases::log_reading(&hub, &visitor, &around.record).await?;
    let office = subject.commune(&rulebook);
    let prints = Prints {
        rulebook: &rulebook,
        labels: &labels,
        lang: visitor.lang,
        office: &office,
        day: hub.today(),
    };
    document(prints.filled(print, &subject), &visitor)
}

fn document(drawn: Result<String, PrintError>, visitor: &Visitor) -> Result<Response, Refusal> {
    let page = drawn.map_err(|error| {
        tracing::error!(code = error.code(), %error, "a print can't be drawn");
        visitor.failed(error.into())
    })?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(prints::POLICY)),
    ];
    Ok((headers, page).into_response())
}

/// What a record can be printed as, that lies under `above`.
pub fn links<'r>(
    row: &RecordRow,
    above: impl Iterator<Item = &'r RecordRow> + Clone,
    visitor: &Visitor,
    hub: &Hub,
) -> Markup {
    let record = &row.reference;
    let above = above.map(|row| (&row.reference, &row.state));
    let fits = |print: &&rulebook::Print| print.fits((record, &row.state), above.clone());
    let prints: Vec<_> = visitor.rulebook.prints(hub.today()).filter(fits).collect();
    html! { @if !prints.is_empty() {
        p.row.actions { @for print in prints {
            a href={ "/records/" (record.kind) "/" (record.id) "/print/" (print.id) } target="_blank" rel="noopener" {
                (visitor.lang.pick("In: ", "Print: ")) (print.label.get(visitor.lang))
            }
        } }
    } }
}
