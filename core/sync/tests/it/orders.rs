//! Orders to erase that the hub may lack go up in as many pushes as they need, before what they are for.

use crate::phone::{Phone, answered, asked, office, problem};
use model::{ChangeId, OrderId};
use std::collections::BTreeSet;
use sync::{Request, Response};
use testkit::{Dice, Link, Office, link::Line};
use uuid::Uuid;
use wire::push::{Came, PushReader};

/// A phone that knows so many orders of values that nobody has, and a hub restored from before them.
fn world(orders: usize) -> (Office, Phone) {
    let hub = office();
    let mut phone = Phone::enrolled(&hub);
    let backup = hub.state().books.clone();
    for _ in 0..orders {
        let nothing = ChangeId(Uuid::now_v7());
        let order = hub.order([(nothing, BTreeSet::from(["note".to_owned()]))].into());
        phone.kept.insert(order.reopen().unwrap().id, (order, false));
    }
    hub.restore(backup);
    (hub, phone)
}

fn known(hub: &Office) -> BTreeSet<OrderId> {
    hub.state().books.orders.keys().copied().collect()
}

fn told(phone: &Phone) -> BTreeSet<OrderId> {
    phone.kept.iter().filter(|(_, (_, told))| *told).map(|(id, _)| *id).collect()
}

fn came(request: &Request) -> Option<Came> {
    (request.path == wire::paths::PUSH).then(|| PushReader::new(true).unwrap().read(&request.body).unwrap())
}

#[test]
fn more_orders_than_a_page_holds_go_up_before_the_batches() {
    let (hub, mut phone) = world(400);
    phone.write(5);
    let mut pushes = Vec::new();
    let report = phone.sync_until(&hub, &mut Line::good(), |_, request| {
        if let Some(Came { orders, batches, .. }) = came(request) {
            pushes.push((orders.len(), batches.len()));
            assert!(request.body.len() < 48 * 1024 || pushes.len() > 1, "about the first page");
        }
        false
    });
    assert_eq!(report.problem, None);
    phone.assert_all_arrived(&hub);
    let all: BTreeSet<OrderId> = phone.kept.keys().copied().collect();
    assert_eq!((known(&hub), told(&phone)), (all.clone(), all));
    let first = pushes.iter().position(|(_, batches)| *batches > 0).unwrap();
    assert!(first > 0 && pushes[first + 1..].iter().all(|(orders, _)| *orders == 0), "{pushes:?}");
    assert_eq!(pushes.iter().map(|(orders, _)| orders).sum::<usize>(), 400, "{pushes:?}");
    // Nor again in the next run.
    let quiet = |_: &Phone, request: &Request| {
        assert!(came(request).is_none_or(|came| came.orders.is_empty()));
        false
    };
    assert_eq!(phone.sync_until(&hub, &mut Line::good(), quiet).problem, None);
}

#[test]
fn a_line_that_breaks_between_pushes_loses_none_of_them() {
    for cut_after in 0..6 {
        let (hub, mut phone) = world(300);
        phone.write(5);
        let mut line = Line::good();
        line.cut_after = Some(cut_after);
        phone.sync(&hub, &mut line);
        assert!(told(&phone).is_subset(&known(&hub)));
        assert_eq!(told(&phone).is_empty(), cut_after == 0, "what came through is not sent again");
        assert_eq!(phone.sync(&hub, &mut Line::good()).problem, None);
        assert_eq!(told(&phone).len(), 300);
        phone.assert_all_arrived(&hub);
    }
}

/// A push that was cut may have come in part; the run goes on with less at once.
#[test]
fn a_push_of_orders_that_is_cut_is_made_again_in_the_same_run() {
    for seed in 0..8 {
        let (hub, mut phone) = world(120);
        let token = phone.enrolled.token.0.clone();
        let mut dice = Dice(seed);
        let report = phone.drive(
            &hub,
            |_, _| false,
            |request| {
                let mut asked = asked(request, &token);
                let cut = request.body.len() > 5_000;
                if cut {
                    asked.body.truncate(dice.below(request.body.len() as u64) as usize);
                }
                let response = hub.send(&asked);
                let broken = Err(sync::LinkError::Cut);
                (if cut { broken } else { Ok(answered(request, response)) }, 0)
            },
        );
        assert_eq!(report.problem, None, "{seed}");
        assert_eq!((known(&hub).len(), told(&phone).len()), (120, 120), "{seed}");
    }
}

#[test]
fn what_they_erased_comes_behind_them_to_a_hub_that_lost_both() {
    let hub = office();
    let mut phone = Phone::enrolled(&hub);
    let backup = hub.state().books.clone();
    phone.write(30);
    assert_eq!(phone.sync(&hub, &mut Line::good()).problem, None);
    for n in 0..30 {
        let batch = phone.batches[n].clone();
        let order = hub.order([(batch.ids()[0].unwrap(), BTreeSet::from(["note".to_owned()]))].into());
        let id = order.reopen().unwrap().id;
        phone.batches[n] = batch.erase(id, |_, name| name == "note").unwrap();
        phone.kept.insert(id, (order, true));
    }
    phone.cursor = None;
    phone.taken.clear();
    hub.restore(backup);
    let report = phone.sync(&hub, &mut Line::good());
    assert_eq!(report.problem, None);
    assert_eq!((known(&hub).len(), report.summary.changes_sent), (30, 30));
    let statements = |batches: &[model::Verified]| -> Vec<_> {
        batches.iter().map(|batch| batch.statement().clone()).collect()
    };
    assert_eq!(statements(&hub.state().books.of(phone.device)), statements(&phone.batches));
    assert!(hub.state().books.staged.is_empty(), "each came behind its order");
}

/// Takes so many orders at once, and so many requests in all.
fn sync_with_most(hub: &Office, phone: &mut Phone, most: usize) -> (sync::Report, usize) {
    let token = phone.enrolled.token.0.clone();
    let mut requests = 0;
    let report = phone.drive(
        hub,
        |_, _| false,
        |request| {
            requests += 1;
            let is_more = came(request).is_some_and(|came| came.orders.len() > most);
            let too_large = Response { status: 413, headers: vec![], body: vec![], cut: None };
            let answer = |request| answered(request, hub.send(&asked(request, &token)));
            (Ok(if is_more { too_large } else { answer(request) }), 0)
        },
    );
    (report, requests)
}

#[test]
fn a_hub_that_takes_fewer_at_once_gets_fewer() {
    let (hub, mut phone) = world(60);
    let (report, _) = sync_with_most(&hub, &mut phone, 7);
    assert_eq!((report.problem, known(&hub).len(), told(&phone).len()), (None, 60, 60));
    let (hub, mut phone) = world(60);
    let (report, requests) = sync_with_most(&hub, &mut phone, 0);
    assert_eq!((problem(&report), told(&phone).len()), (Some("sync.too-large"), 0));
    assert!(requests < 20, "{requests}");
}
