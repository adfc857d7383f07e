//! What a hub may answer instead: each has its own code, and what can go on goes on.

use crate::phone::{Phone, answered, asked, feed, office, problem};
use model::{HubId, batch::Chain};
use testkit::{
    Dice, Link, Office,
    link::Line,
    office::{Form, form},
    records::household,
};
use wire::{
    lines::Packer,
    pull::{Condition, PullResponse},
    push::{BatchResult, Outcome, PushRequest, PushResponse},
};

fn world() -> (Office, Phone) {
    let hub = office();
    hub.publish(form("vang_gia", "1", "vang_gia", &[("form.xml", b"<x/>")]));
    let mut phone = Phone::enrolled(&hub);
    phone.photograph(5_000, &mut Dice(1));
    phone.write(3);
    (hub, phone)
}

#[test]
fn each_status_has_its_code() {
    for (path, status, code, tried_again) in [
        ("/v1/push", 401, "sync.unauthorised", false),
        ("/v1/push", 426, "sync.version", false),
        ("/v1/pull", 413, "sync.too-large", false),
        ("/v1/push", 507, "sync.hub-full", false),
        ("/v1/photos", 507, "sync.hub-full", false),
        ("/v1/pull", 500, "sync.hub-problem", true),
        ("/v1/forms", 503, "sync.hub-problem", true),
        ("/v1/photos/", 404, "sync.hub-problem", false),
        ("/v1/pull", 302, "sync.bad-answer", false),
    ] {
        let (hub, mut phone) = world();
        hub.state().script.fail = Some((path, status));
        let report = phone.sync(&hub, &mut Line::good());
        assert_eq!(problem(&report), Some(code), "{path} {status}");
        assert_eq!(!phone.waits.is_empty(), tried_again, "{path} {status}");
        // Nothing was lost: once the hub is well, all arrives.
        hub.state().script.fail = None;
        assert_eq!(phone.sync(&hub, &mut Line::good()).problem, None, "{path} {status}");
        phone.assert_all_arrived(&hub);
    }
}

#[test]
fn a_revoked_phone_still_brings_its_work_and_gets_nothing() {
    let (hub, mut phone) = world();
    let mut other = Phone::enrolled(&hub);
    other.write(2);
    other.sync(&hub, &mut Line::good());
    hub.revoke(phone.device);
    let report = phone.sync(&hub, &mut Line::good());
    assert_eq!(problem(&report), Some("sync.revoked"));
    assert_eq!((report.summary.changes_sent, report.summary.held_back), (4, 4));
    assert_eq!(hub.state().books.of(phone.device).len(), 4);
    assert!(phone.taken.is_empty() && phone.forms.is_empty() && hub.state().books.whole.is_empty());
}

#[test]
fn another_hub_behind_the_address_is_noticed_at_its_first_answer() {
    let (hub, mut phone) = world();
    // The machine is made for another hub than the one that answers.
    let other = HubId::new();
    let this = std::mem::replace(&mut phone.enrolled.hub, other);
    assert_eq!(problem(&phone.sync(&hub, &mut Line::good())), Some("sync.wrong-hub"));
    assert!(phone.taken.is_empty() && hub.state().uploads.is_empty());
    assert_eq!(phone.acknowledged, 0);
    phone.enrolled.hub = this;
    assert_eq!(phone.sync(&hub, &mut Line::good()).problem, None);
}

#[test]
fn a_batch_that_the_hub_refuses_does_not_hold_up_the_rest() {
    let (hub, mut phone) = world();
    let mut other = Phone::enrolled(&hub);
    other.write(2);
    other.sync(&hub, &mut Line::good());
    // Signed by another key.
    let mut forger = phone.phone.clone();
    forger.signing_key.clone_from(&other.signing_key);
    forger.chain = Chain::after(phone.batches[0].statement());
    phone.batches[1] = forger.change(household("00070"));
    let report = phone.sync(&hub, &mut Line::good());
    assert_eq!(problem(&report), Some("sync.refused"));
    assert_eq!(hub.state().books.of(phone.device).len(), 1);
    assert_eq!((report.summary.changes_received, report.summary.blobs_sent), (2, 1));
}

#[test]
fn a_forged_batch_from_the_hub_is_not_taken() {
    let (hub, mut phone) = world();
    let mut other = Phone::enrolled(&hub);
    other.write(3);
    other.sync(&hub, &mut Line::good());
    hub.forge(&feed(), 2);
    let report = phone.sync(&hub, &mut Line::good());
    assert_eq!(problem(&report), Some("sync.forged"));
    assert_eq!(phone.taken.len(), 6);
    assert_eq!(report.summary.blobs_sent, 1);
}

#[test]
fn a_gap_in_a_feed_is_not_taken() {
    let (hub, mut phone) = world();
    phone.sync(&hub, &mut Line::good());
    phone.cursor.as_mut().unwrap().position -= 1;
    // The phone says it has read one less: it is given what follows. A hub that skipped one would be caught:
    let answer = {
        let mut machine = sync::Machine::new(phone.enrolled.hub, phone.device, sync::Retry::default());
        skip_one(&mut machine, &hub, &phone)
    };
    assert_eq!(problem(&answer), Some("sync.bad-answer"));
}

/// Drives a machine with a hub that leaves out the first entry of the first page.
fn skip_one(machine: &mut sync::Machine, hub: &Office, phone: &Phone) -> sync::Report {
    use sync::machine::{Event, Operation, Reply, Wish};
    let mut event = Event::Begin;
    for _ in 0..100 {
        event = match machine.step(event, 1) {
            Wish::Done(report) => return report,
            Wish::Wait(_) => Event::Waited,
            Wish::Local(Operation::OwnBatches { .. }) => Event::Local(Reply::OwnBatches {
                batches: vec![],
                orders: vec![],
                more_orders: false,
                acknowledged: 3,
                receipt: None,
                newest: 3,
                locked: false,
            }),
            Wish::Local(Operation::Cursors) => {
                let condition = Condition::default();
                let (cursors, skip) = (vec![], vec![]);
                Event::Local(Reply::Cursors { cursors, skip, holds: None, statements_after: 0, condition })
            }
            Wish::Local(_) => Event::Local(Reply::Done),
            Wish::Upload(..) => panic!("nothing to upload"),
            Wish::Send(request) => {
                hub.state().script.compress = Some(false);
                let mut response = phone.ask(hub, &request);
                if request.path == "/v1/pull" {
                    let (mut page, _) = PullResponse::read(false, &response.body).unwrap().unwrap();
                    page.feeds[0].entries.remove(0);
                    response.body = page.write(Packer::new(false).unwrap()).unwrap();
                }
                Event::Response(response)
            }
        };
    }
    panic!("no end");
}

#[test]
fn a_hub_that_has_more_and_does_not_send_it_is_no_end() {
    let (hub, mut phone) = world();
    let mut other = Phone::enrolled(&hub);
    other.write(2);
    other.sync(&hub, &mut Line::good());
    phone.sync(&hub, &mut Line::good());
    other.write(2);
    other.sync(&hub, &mut Line::good());
    phone.photograph(4_000, &mut Dice(2));
    let withhold = |page: &mut PullResponse| {
        page.feeds.clear();
        page.more = true;
    };
    let report = spoiled(&mut phone, &hub, withhold);
    assert_eq!(problem(&report), Some("sync.behind"));
    assert_eq!((phone.finished, report.summary.blobs_sent), (1, 1), "the rest was done");
    // One that calls it the end, beside a head that says otherwise, is asked on.
    let report = spoiled(&mut phone, &hub, |page| {
        page.more = false;
        for feed in &mut page.feeds {
            feed.entries.truncate(1);
            feed.mark = None;
        }
    });
    assert_eq!((report.problem, phone.finished), (None, 2));
    phone.assert_up_to_date(&hub);
}

/// Such as an own batch that was told by its number and is no longer kept.
#[test]
fn what_a_phone_can_not_take_yet_is_asked_for_again_in_the_same_run() {
    let (hub, mut phone) = world();
    phone.leaves_one = true;
    let report = phone.sync(&hub, &mut Line::good());
    assert_eq!((report.problem, phone.finished), (None, 1));
    phone.assert_up_to_date(&hub);
    let pulls = hub.state().asked.iter().filter(|path| *path == "pull").count();
    assert_eq!(pulls, 2);
}

/// A run with pulls spoiled on their way.
fn spoiled(phone: &mut Phone, hub: &Office, mut spoil: impl FnMut(&mut PullResponse)) -> sync::Report {
    let token = phone.enrolled.token.0.clone();
    hub.state().script.compress = Some(false);
    phone.drive(
        hub,
        |_, _| false,
        |request| {
            let mut response = answered(request, hub.send(&asked(request, &token)));
            if request.path == "/v1/pull" {
                let (mut page, _) = PullResponse::read(false, &response.body).unwrap().unwrap();
                spoil(&mut page);
                response.body = page.write(Packer::new(false).unwrap()).unwrap();
            }
            (Ok(response), 0)
        },
    )
}

/// What the phone refused, of a run in which all else was done.
fn refused(hub: &Office, phone: &mut Phone) -> Vec<(String, String)> {
    let report = phone.sync(hub, &mut Line::good());
    assert_eq!((problem(&report), report.summary.blobs_sent), (None, 1));
    assert_eq!(phone.forms.len(), 1);
    phone.refused.iter().map(|refused| (refused.entry.id.clone(), refused.code.clone())).collect()
}

#[test]
fn a_form_that_cant_be_taken_holds_up_neither_the_others_nor_the_photos() {
    type Spoil = fn(&mut Form);
    let spoilt: [(&str, Spoil); 6] = [
        ("sync.damaged-file", |form| drop(form.1.insert("form.xml".into(), b"<y/>".to_vec()))),
        ("sync.hub-problem", |form| drop(form.1.remove("form.xml"))),
        ("form.bad-name", |form| form.0.files[0].name = "../x".into()),
        ("form.bad-name", |form| form.0.files[0].name = "xã.csv".into()),
        ("form.bad-name", |form| form.0.files.push(form.0.files[0].clone())),
        ("form.too-large", |form| form.0.files[0].size = u64::MAX),
    ];
    for (code, spoil) in spoilt {
        let (hub, mut phone) = world();
        hub.publish(form("a_bad_one", "1", "a_bad_one", &[("form.xml", b"<z/>")]));
        hub.state().forms.rotate_right(1);
        spoil(&mut hub.state().forms[0]);
        assert_eq!(refused(&hub, &mut phone), [("a_bad_one".into(), code.into())]);
        // It is looked at again at each run, until it is well or gone.
        phone.photograph(5_000, &mut Dice(2));
        assert_eq!(refused(&hub, &mut phone).len(), 1, "{code}");
        hub.state().forms.remove(0);
        phone.photograph(5_000, &mut Dice(3));
        assert_eq!(refused(&hub, &mut phone), [], "{code}");
    }
}

#[test]
fn a_list_of_forms_that_cant_be_read_holds_up_no_photo() {
    let (hub, mut phone) = world();
    hub.state().script.fail = Some(("/v1/forms", 404));
    let report = phone.sync(&hub, &mut Line::good());
    assert_eq!((problem(&report), report.summary.blobs_sent), (Some("sync.hub-problem"), 1));
}

#[test]
fn a_photo_whose_file_is_gone_or_damaged_is_reported_and_the_others_go_up() {
    for gone in [true, false] {
        let (hub, mut phone) = world();
        let good = phone.blobs.keys().next().unwrap().clone();
        let bad = phone.photograph(600_000, &mut Dice(2));
        if gone {
            phone.unreadable.push(bad.clone());
        } else {
            phone.blobs.get_mut(&bad).unwrap().bytes[7] ^= 1;
        }
        let report = phone.sync(&hub, &mut Line::good());
        assert_eq!(problem(&report), Some("sync.photo-unreadable"));
        assert!(hub.state().books.whole.contains_key(&good));
        assert!(!hub.state().books.whole.contains_key(&bad));
        assert_eq!(phone.finished, 1);

        phone.unreadable.clear();
        if !gone {
            phone.blobs.get_mut(&bad).unwrap().bytes[7] ^= 1;
        }
        assert_eq!(phone.sync(&hub, &mut Line::good()).problem, None);
        phone.assert_all_arrived(&hub);
    }
}

#[test]
fn only_new_versions_of_forms_come_down() {
    let (hub, mut phone) = world();
    phone.sync(&hub, &mut Line::good());
    hub.publish(form("vang_gia", "2", "vang_gia", &[("form.xml", b"<z/>"), ("communes.csv", b"name")]));
    let report = phone.sync(&hub, &mut Line::good());
    assert_eq!(report.summary.forms_received, 1);
    assert_eq!(phone.forms.last().unwrap().1["communes.csv"], b"name");
    assert_eq!(phone.sync(&hub, &mut Line::good()).summary.forms_received, 0);
}

/// As much of the phone waits there as the hub takes: what is not sent stays, and the rest is done.
#[test]
fn a_hub_that_takes_no_more_of_this_phone_is_told_and_the_rest_is_done() {
    let (hub, mut phone) = world();
    let mut other = Phone::enrolled(&hub);
    other.write(2);
    other.sync(&hub, &mut Line::good());
    let token = phone.enrolled.token.0.clone();
    let report = phone.drive(
        &hub,
        |_, _| false,
        |request| {
            let mut asked = asked(request, &token);
            let is_push = request.path == wire::paths::PUSH;
            if is_push {
                // None of its batches gets in.
                let push = PushRequest { v: wire::VERSION, receipt: None, orders: vec![], batches: vec![] };
                asked = asked.body(push.write(Packer::new(true).unwrap()).unwrap());
            }
            let mut answer = answered(request, hub.send(&asked));
            if is_push {
                let body = zstd::decode_all(answer.body.as_slice()).unwrap();
                let mut said: PushResponse = serde_json::from_slice(&body).unwrap();
                let outcome = Outcome::Refused { code: wire::error::code::PUSH_QUOTA.into() };
                said.results = vec![BatchResult { first_seq: 1, outcome }];
                answer.body = zstd::bulk::compress(&serde_json::to_vec(&said).unwrap(), 3).unwrap();
            }
            (Ok(answer), 0)
        },
    );
    assert_eq!((problem(&report), report.summary.changes_received), (Some("sync.quota"), 2));
    assert_eq!((phone.acknowledged, phone.finished), (0, 1));
    assert_eq!(phone.sync(&hub, &mut Line::good()).problem, None);
    phone.assert_all_arrived(&hub);
}
