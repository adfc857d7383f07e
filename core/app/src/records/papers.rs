//! A record on paper: which papers fit it, and the document that the phone prints.

use super::view::{PaperRow, PaperView};
use crate::{desk::Desk, error::Fault, form::Catalogue};
use model::RecordRef;
use prints::{Prints, Subject};
use rulebook::MAX_DEPTH;
use store::Record;

/// What the record can be printed as.
pub fn of(desk: &Desk, reference: &RecordRef) -> Result<Vec<PaperRow>, Fault> {
    let (record, day) = (desk.record(reference.clone())?, desk.now.date_naive());
    let of_kind = |print: &&rulebook::Print| record.reference.kind == *print.kind();
    let mut papers = desk.rulebook.prints(day).filter(of_kind).peekable();
    if papers.peek().is_none() {
        return Ok(Vec::new());
    }
    let above = above(desk, &record)?;
    let fits = |print: &&rulebook::Print| print.fits(kept(&record), above.iter().map(kept));
    let row = |print: &rulebook::Print| PaperRow {
        id: print.id.clone(),
        label: print.label.get(desk.lang).to_owned(),
    };
    Ok(papers.filter(fits).map(row).collect())
}

/// The document; of what lies around the record it has what is on this phone.
pub fn drawn(
    catalogue: &Catalogue,
    desk: &Desk,
    reference: &RecordRef,
    id: &str,
) -> Result<PaperView, Fault> {
    let record = desk.record(reference.clone())?;
    if record.state.is_removed() {
        return Err(Fault::new("store.not-found"));
    }
    let (above, day) = (above(desk, &record)?, desk.now.date_naive());
    let fits = |print: &&rulebook::Print| print.fits(kept(&record), above.iter().map(kept));
    let print = desk.rulebook.print(id, day).filter(fits).ok_or(Fault::new("print.no-page"))?;
    let mut below = desk.store.subtree(reference)?;
    below.retain(|one| one.reference != *reference);
    let mut beside = match above.first() {
        Some(top) => desk.store.subtree(&top.reference)?,
        None => Vec::new(),
    };
    let is_shown = |one: &Record| {
        [&above, &below].into_iter().flatten().chain([&record]).any(|shown| shown.reference == one.reference)
    };
    beside.retain(|one| !is_shown(one) && !one.state.is_removed());
    let subject = Subject {
        record: kept(&record),
        above: above.iter().map(kept).collect(),
        below: below.iter().map(kept).collect(),
        beside: beside.iter().map(kept).collect(),
    };
    let (labels, office) = (catalogue.labels(&desk.store)?, subject.commune(&desk.rulebook));
    let prints = Prints { rulebook: &desk.rulebook, labels: &labels, lang: desk.lang, office: &office, day };
    Ok(PaperView { title: print.label.get(desk.lang).to_owned(), html: prints.filled(print, &subject)? })
}

/// What a record lies under, as far as it is here: the top first. A restricted case is a top of its own.
fn above(desk: &Desk, record: &Record) -> Result<Vec<Record>, Fault> {
    let parent_of =
        |record: &Record| record.state.parent().filter(|_| record.root.as_ref() != Some(&record.reference));
    let (mut above, mut next) = (Vec::new(), parent_of(record));
    while let Some(reference) = next.take().filter(|_| above.len() < MAX_DEPTH) {
        let Some(parent) = desk.store.record(&reference)? else { break };
        next = parent_of(&parent);
        above.insert(0, parent);
    }
    Ok(above)
}

fn kept(record: &Record) -> casework::page::Kept<'_> {
    (&record.reference, &record.state)
}
