//! A hub restored from a backup, or rewound without anybody telling it: phones bring back what it lacks.

use crate::phone::{Phone, office, problem};
use model::encoding::Bytes;
use testkit::{Dice, link::Line, office::Books};

#[test]
fn changes_and_photos_that_the_backup_lacks_come_back() {
    let hub = office();
    let mut phone = Phone::enrolled(&hub);
    let mut dice = Dice(5);
    phone.write(5);
    phone.photograph(10_000, &mut dice);
    phone.sync(&hub, &mut Line::good());
    let backup = hub.state().books.clone();
    phone.write(6);
    phone.photograph(20_000, &mut dice);
    assert_eq!(phone.sync(&hub, &mut Line::good()).problem, None);

    hub.restore(backup);
    let report = phone.sync(&hub, &mut Line::good());
    assert_eq!(report.problem, None);
    assert!(report.summary.hub_restored);
    assert_eq!((report.summary.changes_sent, report.summary.blobs_sent), (7, 1));
    phone.assert_all_arrived(&hub);
    phone.assert_up_to_date(&hub);
    assert!(!phone.sync(&hub, &mut Line::good()).summary.hub_restored);
}

/// Such as of a restricted case that is locked: it is there, and nobody needs to enrol again.
#[test]
fn what_can_not_be_read_now_goes_up_once_it_can() {
    let hub = office();
    let mut phone = Phone::enrolled(&hub);
    let backup = hub.state().books.clone();
    phone.write(3);
    assert_eq!(phone.sync(&hub, &mut Line::good()).problem, None);
    hub.restore(backup);
    phone.locked = 3;
    let report = phone.sync(&hub, &mut Line::good());
    assert_eq!((report.problem, report.summary.changes_sent), (None, 0));
    phone.locked = 0;
    let report = phone.sync(&hub, &mut Line::good());
    assert_eq!((report.problem, report.summary.changes_sent), (None, 3));
    phone.assert_all_arrived(&hub);
}

#[test]
fn a_cut_anywhere_in_between_forgets_nothing() {
    for cut_after in 0..40 {
        let hub = office();
        let mut phone = Phone::enrolled(&hub);
        let mut other = Phone::enrolled(&hub);
        let mut dice = Dice(cut_after);
        let backup = hub.state().books.clone();
        phone.write(9);
        other.write(7);
        phone.photograph(400_000, &mut dice);
        phone.sync(&hub, &mut Line::good());
        other.sync(&hub, &mut Line::good());
        phone.sync(&hub, &mut Line::good());

        hub.restore(backup);
        let mut link = Line::good();
        link.cut_after = Some(cut_after as u32);
        phone.sync(&hub, &mut link);
        assert_eq!(phone.sync(&hub, &mut Line::good()).problem, None);
        assert_eq!(other.sync(&hub, &mut Line::good()).problem, None);
        assert_eq!(phone.sync(&hub, &mut Line::good()).problem, None);
        phone.assert_all_arrived(&hub);
        other.assert_all_arrived(&hub);
        phone.assert_up_to_date(&hub);
    }
}

#[test]
fn what_no_phone_keeps_any_more_is_reported_and_holds_up_nothing() {
    let hub = office();
    let mut phone = Phone::enrolled(&hub);
    let mut other = Phone::enrolled(&hub);
    phone.write(6);
    phone.sync(&hub, &mut Line::good());
    hub.restore(Books::default());
    phone.purged = 6;
    other.write(2);
    other.sync(&hub, &mut Line::good());
    let report = phone.sync(&hub, &mut Line::good());
    assert_eq!(problem(&report), Some("sync.gap"));
    assert_eq!(report.summary.changes_received, 2);
    assert_eq!(phone.finished, 2);
}

#[test]
fn a_rewound_hub_gets_back_what_it_lacks_also_once_its_feed_has_outgrown_the_cursors() {
    // How much the other phone wrote before the first comes back: less than was lost, as much, more.
    for written in [0, 2, 6, 9] {
        let hub = office();
        let (mut phone, mut other) = (Phone::enrolled(&hub), Phone::enrolled(&hub));
        phone.write(5);
        phone.sync(&hub, &mut Line::good());
        other.sync(&hub, &mut Line::good());
        let copy = hub.copy();
        phone.write(6);
        phone.photograph(20_000, &mut Dice(written as u64));
        phone.sync(&hub, &mut Line::good());

        hub.rewind(copy);
        other.write(written);
        assert_eq!(other.sync(&hub, &mut Line::good()).problem, None);
        let report = phone.sync(&hub, &mut Line::good());
        assert_eq!((report.problem, report.summary.hub_restored), (None, true));
        // With the change that names the photo.
        assert_eq!((report.summary.changes_sent, report.summary.blobs_sent), (7, 1));
        assert_eq!(other.sync(&hub, &mut Line::good()).problem, None);
        phone.assert_all_arrived(&hub);
        other.assert_all_arrived(&hub);
        for phone in [&mut phone, &mut other] {
            phone.assert_up_to_date(&hub);
            assert!(!phone.sync(&hub, &mut Line::good()).summary.hub_restored);
        }
    }
}

#[test]
fn a_photo_alone_comes_back() {
    let hub = office();
    let mut phone = Phone::enrolled(&hub);
    phone.write(1);
    let address = phone.photograph(20_000, &mut Dice(3));
    let mut copy = None;
    // Between the texts and the photo.
    phone.sync_until(&hub, &mut Line::good(), |_, request| {
        if request.path.starts_with("/v1/photos") {
            copy.get_or_insert_with(|| hub.copy());
        }
        false
    });
    hub.rewind(copy.unwrap());
    assert!(!hub.state().books.whole.contains_key(&address));
    assert_eq!(phone.sync(&hub, &mut Line::good()).summary.blobs_sent, 1);
    assert!(hub.state().books.whole.contains_key(&address));
}

/// Only what one phone reads is not what the hub has: an old copy of its own, or a hub that changed what it can't change.
#[test]
fn a_cursor_of_another_history_reads_its_feed_anew_and_nothing_else() {
    let hub = office();
    let mut phone = Phone::enrolled(&hub);
    phone.write(5);
    phone.sync(&hub, &mut Line::good());
    let epoch = hub.state().epoch.clone();
    let cursor = phone.cursor.as_mut().unwrap();
    cursor.mark = Some(Bytes([7; 16]));
    phone.taken.clear();
    let report = phone.sync(&hub, &mut Line::good());
    assert_eq!((report.problem, report.summary.hub_restored), (None, false));
    phone.assert_up_to_date(&hub);
    assert_eq!(hub.state().epoch, epoch);
}
