//! Rows of lists, made from records by the rulebook.

use crate::{
    HubError,
    db::{Tx, listing, records},
    office::progress,
};
use model::{Feed, RecordRef};
use rulebook::Rulebook;

/// Makes the row of a root anew.
pub fn show(tx: &Tx, rulebook: &Rulebook, root: &RecordRef) -> Result<(), HubError> {
    if !rulebook.kind(root.kind.as_str()).is_some_and(|kind| kind.listed) {
        return Ok(());
    }
    let kinds: Vec<&str> = rulebook.kinds_in_lists().collect();
    let (mut own, mut below) = (None, Vec::new());
    for record in progress::all_stand(tx, rulebook, records::of_kinds(tx, root, &kinds)?)? {
        match record.reference == *root {
            true => own = Some(record),
            false => below.push((record.reference, record.state)),
        }
    }
    // What is for the members of a case is in no list.
    let own = own.filter(|own| !matches!(own.feed, Feed::Case(_)));
    let row = own.as_ref().and_then(|own| Some((own, rulebook.listing(root, &own.state, &below)?)));
    match row {
        Some((own, row)) => Ok(listing::keep(tx, root, &own.feed, &row)?),
        None => Ok(listing::remove(tx, root)?),
    }
}

/// Makes all rows anew.
pub fn show_all(tx: &Tx, rulebook: &Rulebook) -> Result<(), HubError> {
    listing::remove_all(tx)?;
    for kind in rulebook.kinds().iter().filter(|kind| kind.listed) {
        for root in records::roots(tx, &kind.name)? {
            show(tx, rulebook, &root)?;
        }
    }
    Ok(())
}
