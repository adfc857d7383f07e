//! What links do: cut, lose answers, deliver twice, late and out of order. Nothing is lost or doubled.

use crate::phone::{Phone, feed, office, problem};
use sync::Phase;
use testkit::{
    Dice, Office,
    link::{Faults, Line},
    office::form,
};

fn two_phones_with_work(seed: u64) -> (Office, Phone, Phone) {
    let hub = office();
    hub.publish(form("vang_gia", "1", "vang_gia", &[("form.xml", b"<x/>"), ("records.csv", b"a,b")]));
    let mut dice = Dice(seed);
    let mut phones = [Phone::enrolled(&hub), Phone::enrolled(&hub)];
    hub.state().asked.clear();
    for phone in &mut phones {
        phone.write(3 + dice.below(12) as usize);
        for _ in 0..2 {
            let size = 1 + dice.below(700_000) as usize;
            phone.photograph(size, &mut dice);
        }
    }
    let [first, second] = phones;
    (hub, first, second)
}

#[test]
fn over_a_good_link_everything_goes_once_and_in_order() {
    let (hub, mut first, mut second) = two_phones_with_work(3);
    let report = first.sync(&hub, &mut Line::good());
    assert_eq!(report.problem, None);
    assert_eq!(report.summary.changes_sent, first.batches.len() as u64);
    assert_eq!((report.summary.forms_received, report.summary.changes_received), (1, 0));
    assert_eq!((report.summary.blobs_sent, report.summary.resumed_uploads), (2, 0));
    first.assert_all_arrived(&hub);

    let mut order = hub.state().asked.clone();
    order.dedup();
    assert_eq!(order, ["push", "pull", "forms", "photos", "push"], "at the end a receipt");
    use Phase::*;
    assert_eq!(first.phases(), [Connecting, Sending, Receiving, Forms, Photos]);
    let last = first.heard.last().unwrap();
    assert_eq!((last.done, last.total), (report.summary.blob_bytes_sent, report.summary.blob_bytes_sent));
    // The hub says 1,000,000; the phone asked at 400,010 and heard it at 400,015.
    assert!((599_985..=599_991).contains(&first.offset_ms.unwrap()), "{:?}", first.offset_ms);

    second.sync(&hub, &mut Line::good());
    let report = first.sync(&hub, &mut Line::good());
    assert_eq!(report.summary.changes_received, second.batches.len() as u64);
    assert_eq!((report.summary.changes_sent, report.summary.blobs_sent), (0, 0));
    first.assert_up_to_date(&hub);
    second.assert_up_to_date(&hub);
}

#[test]
fn over_bad_links_phones_and_hub_still_agree() {
    for seed in 0..100 {
        let mut dice = Dice(seed ^ 0xBAD);
        let faults = Faults {
            lost: dice.below(30),
            answer_lost: dice.below(30),
            twice: dice.below(30),
            partly: dice.below(60),
            late: dice.below(30),
        };
        let (hub, mut first, mut second) = two_phones_with_work(seed);
        hub.state().script.compress = Some(seed % 8 == 0);
        let mut link = Line::faulty(faults, seed);
        for round in 0.. {
            assert!(round < 200, "seed {seed}: no end");
            let reports = [first.sync(&hub, &mut link), second.sync(&hub, &mut link)];
            for report in &reports {
                let code = problem(report);
                // An upload that comes late may stand in the way of the last try.
                assert!(
                    matches!(
                        code,
                        None | Some("sync.unreachable" | "sync.cut" | "sync.timeout" | "sync.bad-answer")
                    ),
                    "seed {seed}: {code:?}"
                );
            }
            if reports.iter().all(|report| report.problem.is_none()) {
                break;
            }
        }
        first.sync(&hub, &mut Line::good());
        second.sync(&hub, &mut Line::good());
        for phone in [&first, &second] {
            phone.assert_all_arrived(&hub);
            phone.assert_up_to_date(&hub);
            assert_eq!(phone.forms.len(), 1);
        }
        assert_eq!(hub.feed(&feed()).len(), first.batches.len() + second.batches.len(), "seed {seed}");
    }
}

#[test]
fn a_dead_link_is_given_up_after_a_few_tries_with_growing_waits() {
    let (hub, mut phone, _) = two_phones_with_work(1);
    let mut dead = Line::faulty(Faults { lost: 100, ..Faults::default() }, 1);
    let report = phone.sync(&hub, &mut dead);
    assert_eq!(problem(&report), Some("sync.unreachable"));
    assert!(hub.state().asked.is_empty());
    assert_eq!(phone.waits.len(), 3);
    for (wait, longest) in phone.waits.iter().zip([100, 200, 400]) {
        assert!((longest / 2..=longest).contains(wait));
    }
    assert_eq!(phone.finished, 0);
}

#[test]
fn cancelled_it_stops_at_the_next_request_and_goes_on_next_time() {
    let (hub, mut phone, _) = two_phones_with_work(1);
    let report = phone.sync_until(&hub, &mut Line::good(), |_, request| request.path == "/v1/pull");
    assert_eq!(problem(&report), Some("sync.cancelled"));
    assert_eq!(report.summary.changes_sent, phone.batches.len() as u64);
    assert!(!hub.state().asked.contains(&"pull".to_owned()));
    assert_eq!(phone.sync(&hub, &mut Line::good()).problem, None);
    phone.assert_all_arrived(&hub);
}

#[test]
fn a_hub_that_takes_less_at_once_gets_less() {
    let (hub, mut phone, _) = two_phones_with_work(1);
    phone.write(20);
    hub.state().script.max_batches = Some(2);
    assert_eq!(phone.sync(&hub, &mut Line::good()).problem, None);
    phone.assert_all_arrived(&hub);
    phone.write(1);
    hub.state().script.max_batches = Some(0);
    assert_eq!(problem(&phone.sync(&hub, &mut Line::good())), Some("sync.too-large"));
}
