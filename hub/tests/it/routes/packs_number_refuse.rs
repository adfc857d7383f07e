//! `POST /packs/{number}/refuse`.

use super::browser::{Browser, for_roles_only, form};
use crate::{publishing::overlay, world::Office};
use hub::{db, office::packs};

#[test]
fn a_proposal_is_refused() {
    let office = Office::open();
    packs::propose(&office.hub, overlay(1, "2026-11-01"), None, None).unwrap();
    let administrator = Browser::of(&office, "quantri", "administrator");
    administrator.post("/packs/1/refuse", &[]).snapshot("pack.refused");
    let left =
        office.hub.read_now(|_, read| Ok((db::packs::open(read)?.len(), db::packs::files(read, 1)?.len())));
    assert_eq!(left.unwrap(), (0, 0));
    assert_eq!(administrator.post("/packs/1/refuse", &[]).answer.status, 404);
}

#[test]
fn whom_it_is_for() {
    let office = Office::open();
    packs::propose(&office.hub, overlay(1, "2026-12-15"), None, None).unwrap();
    for_roles_only(&office, &form("/packs/1/refuse", &[]), &["administrator"]);
}
