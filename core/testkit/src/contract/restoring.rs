//! A hub that goes back to a backup: a new epoch, and phones bring what it lacks.

use super::{COMMUNE, Hub, phone, waiting};
use crate::{
    address,
    records::{household, under},
};
use model::{RecordEdit, kind};
use wire::push::Outcome;

pub fn phones_bring_back_what_a_backup_lacks(hub: &mut dyn Hub) {
    let mut hoa = phone(hub, "hoa", "all");
    let mut lan = phone(hub, "lan", "all");
    let home = household(COMMUNE);
    hoa.write(vec![home.clone()]);
    let before = vec![8; 200_000];
    hoa.create_upload(&address(&before), before.len(), Some(&before));
    hoa.pull(10);
    hub.back_up();

    // After the backup: a visit by Hoa, on which Lan builds, and a photo.
    let visit = under(kind::VISIT, &home.record);
    hoa.write(vec![visit.clone()]);
    lan.learn(&hoa.batches.clone());
    lan.write(vec![RecordEdit::new(visit.record).set("agreed", "thăm lại")]);
    let after = vec![9; 1_000];
    hoa.create_upload(&address(&after), after.len(), Some(&after));
    let page = hoa.pull_page(10);
    hub.restore();
    (hoa.link, lan.link) = (hub.link(), hub.link());
    let restored = hoa.pull_page(10);
    assert_eq!(restored.hub, page.hub);
    assert_ne!(restored.epoch, page.epoch);
    assert_eq!(restored.feeds[0].entries.len(), 1, "the old cursor is of the old epoch");
    assert_eq!(hoa.missing(&[&address(&before), &address(&after)]), [address(&after)]);

    // Lan comes first: her change waits for Hoa's.
    assert_eq!(lan.ask().received_through, 0);
    assert_eq!(lan.outcomes(&lan.batches), [waiting("admission.parent-unknown")]);
    assert_eq!(hoa.ask().received_through, 1);
    assert_eq!(hoa.outcomes(&hoa.batches[1..]), [Outcome::Admitted]);
    assert_eq!(hoa.create_upload(&address(&after), after.len(), Some(&after)).offset(), 1_000);
    assert_eq!(hoa.pull(10).len(), 3);
    assert!(hoa.missing(&[&address(&before), &address(&after)]).is_empty());
}
