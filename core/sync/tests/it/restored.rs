//! A hub restored from a backup: phones bring back what it lacks.

use crate::phone::{Phone, office, problem};
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
    assert_eq!((report.summary.changes_sent, report.summary.blobs_sent), (6, 1));
    phone.assert_all_arrived(&hub);
    phone.assert_up_to_date(&hub);
    assert!(!phone.sync(&hub, &mut Line::good()).summary.hub_restored);
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
