//! A hub that goes back to a backup or is rewound: a new epoch, and phones bring what it lacks.

use super::{COMMUNE, Hub, phone, waiting};
use crate::{
    address, new_key,
    records::{file, household, under},
};
use model::{DeviceKey, RecordEdit, kind};
use wire::{
    push::Outcome,
    receipt::{Acknowledged, Receipt},
};

pub fn phones_bring_back_what_a_backup_lacks(hub: &mut dyn Hub) {
    let mut hoa = phone(hub, "hoa", "all");
    let mut lan = phone(hub, "lan", "all");
    let before = vec![8; 200_000];
    let home = household(COMMUNE).set("file", file((&address(&before), before.len())));
    hoa.write(vec![home.clone()]);
    hoa.create_upload(&address(&before), before.len(), Some(&before));
    hoa.pull(10);
    hub.back_up();

    // After the backup: a visit by Hoa, on which Lan builds, and a photo.
    let after = vec![9; 1_000];
    let visit = under(kind::VISIT, &home.record).set("file", file((&address(&after), after.len())));
    hoa.write(vec![visit.clone()]);
    lan.learn(&hoa.batches.clone());
    lan.write(vec![RecordEdit::new(visit.record).set("agreed", "thăm lại")]);
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

pub fn a_hub_that_was_rewound_finds_out_by_its_own_receipt(hub: &mut dyn Hub) {
    let mut hoa = phone(hub, "hoa", "all");
    let mut lan = phone(hub, "lan", "all");
    hoa.write(vec![household(COMMUNE)]);
    let epoch = lan.pull_page(10).epoch;
    hub.copy();
    (hoa.link, lan.link) = (hub.link(), hub.link());
    hoa.write(vec![household(COMMUNE)]);
    let photo = vec![9; 1_000];
    let shown = hoa.ask().receipt.unwrap();
    hoa.create_upload(&address(&photo), photo.len(), Some(&photo));
    // Who only reads, and who only sent a photo, are given one, too.
    let read = lan.pull_page(10).receipt.unwrap();
    let sent = hoa.ask().receipt.unwrap();
    for (login, receipt) in [("ba", shown), ("bon", read), ("nam", sent)] {
        hub.rewind();
        (hoa.link, lan.link) = (hub.link(), hub.link());
        // Others have filled what was lost before anybody shows one.
        let mut third = phone(hub, login, "all");
        for _ in 0..4 {
            third.write(vec![household(COMMUNE)]);
        }
        let device = receipt.reopen().unwrap().device;
        let (shows, other) = if device == hoa.device { (&hoa, &lan) } else { (&lan, &hoa) };
        // It is nobody else's to show.
        other.show(&receipt);
        assert_eq!(shows.pull_page(10).epoch, epoch);
        let through = shows.show(&receipt).received_through;
        assert_eq!(through, u64::from(device == hoa.device), "the hub says what it has");
        let now = shows.pull_page(10).epoch;
        assert_ne!(now, epoch);
        // Once: it is of another epoch now.
        shows.show(&receipt);
        assert_eq!(shows.pull_page(10).epoch, now);
        assert_eq!(hoa.outcomes(&hoa.batches[1..]), [Outcome::Admitted]);
        assert_eq!(lan.pull(10).len(), 6);
        lan.cursors.clear();
    }
}

pub fn nothing_else_makes_a_hub_begin_an_epoch(hub: &mut dyn Hub) {
    let mut hoa = phone(hub, "hoa", "all");
    let none = hoa.ask().receipt.unwrap();
    hoa.write(vec![household(COMMUNE)]);
    let old = hoa.ask().receipt.unwrap();
    hub.back_up();
    hoa.write(vec![household(COMMUNE)]);
    let newest = hoa.ask().receipt.unwrap();
    let epoch = hoa.pull_page(10).epoch;
    let said = newest.verify(&hoa.enrolled.office_key).unwrap();
    let signed = |said: &Acknowledged, key: &DeviceKey| Receipt::issue(said, key).unwrap();
    // Above what there is, by a key of the phone's own, and with another's signature.
    let more = Acknowledged { count: said.count + 1, received_through: 9, ..said.clone() };
    let made_up = signed(&more, &new_key());
    let text = serde_json::to_string(&newest).unwrap();
    let altered = text.replace(&format!("\"count\":{}", said.count), &format!("\"count\":{}", more.count));
    assert_ne!(altered, text);
    let altered: Receipt = serde_json::from_str(&altered).unwrap();
    let unreadable: Receipt = serde_json::from_str("[7]").unwrap();
    for receipt in [&none, &old, &newest, &made_up, &altered, &unreadable] {
        assert_eq!(hoa.show(receipt).received_through, 2);
        assert_eq!(hoa.pull_page(10).epoch, epoch);
    }
    // Of the time before the backup was restored: everybody reads again as it is.
    hub.restore();
    hoa.link = hub.link();
    let restored = hoa.pull_page(10).epoch;
    hoa.show(&newest);
    assert_eq!(hoa.pull_page(10).epoch, restored);
}
