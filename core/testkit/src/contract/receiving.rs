//! Order, chain, signature, idempotency.

use super::{COMMUNE, Hub, phone, refused};
use crate::{
    Request,
    records::{household, under},
};
use model::{
    OfficeId, Rebuilt,
    batch::{Body, Chain, Json},
    kind,
};
use serde_json::json;
use wire::{
    VERSION,
    error::code,
    paths,
    push::{MAX_BATCHES, Outcome},
};

pub fn receiving_twice_keeps_once(hub: &mut dyn Hub) {
    let mut phone = phone(hub, "hoa", "all");
    let home = household(COMMUNE);
    let member = under(kind::PERSON, &home.record).set("name", "Nguyễn Thị Bé");
    let batch = phone.batch(vec![home, member]);
    let first = phone.push(std::slice::from_ref(&batch));
    assert_eq!(first.received_through, 2);
    assert_eq!(first.results, [], "what was admitted needs no word");
    // In another view, too.
    let second = batch.ids()[1];
    let view = batch.only(|id| Some(id) == second).unwrap();
    for again in [&batch, &view] {
        assert_eq!(phone.outcomes(&[again]), [Outcome::Known]);
    }
    assert_eq!(phone.ask().received_through, 2);
    assert_eq!(phone.pull(100).len(), 1);
    // How a phone asks where the hub stands.
    let asked = phone.ask();
    assert_eq!((asked.received_through, asked.results.len()), (2, 0));
}

pub fn a_gap_is_told_and_what_came_before_it_is_kept(hub: &mut dyn Hub) {
    let mut phone = phone(hub, "hoa", "all");
    let batches: Vec<_> = (0..4).map(|_| phone.change(household(COMMUNE))).collect();
    let sent = [&batches[0], &batches[2], &batches[3]];
    assert_eq!(phone.outcomes(&sent), [Outcome::Admitted, refused("batch.gap"), refused("batch.gap")]);
    assert_eq!(phone.ask().received_through, 1);
    assert_eq!(
        phone.outcomes(&batches),
        [Outcome::Known, Outcome::Admitted, Outcome::Admitted, Outcome::Admitted]
    );
    assert_eq!(phone.ask().received_through, 4);
}

pub fn a_forged_batch_is_refused_with_all_that_chain_to_it(hub: &mut dyn Hub) {
    let mut phone = phone(hub, "hoa", "all");
    let batches: Vec<_> = (0..3).map(|_| phone.change(household(COMMUNE))).collect();
    let forged = phone.forge(&batches[1]);
    let sent: [&Rebuilt; 3] = [&batches[0], &forged, &batches[2]];
    let wrong = refused("batch.wrong-signature");
    assert_eq!(phone.outcomes(&sent), [Outcome::Admitted, wrong.clone(), refused("batch.gap")]);
    assert_eq!(phone.push(&batches).received_through, 3);
    // Also once the true one is here.
    assert_eq!(phone.outcomes(&[forged]), [wrong]);
}

pub fn a_value_changed_on_the_way_is_refused(hub: &mut dyn Hub) {
    let mut phone = phone(hub, "hoa", "all");
    let mut batch = phone.change(household(COMMUNE)).batch().clone();
    let Body::Whole { changes, .. } = &mut batch.body else { panic!("all of it is seen") };
    changes[0].fields[0].value = Json::new("\"Người khác\"").unwrap();
    assert_eq!(phone.outcomes(&[batch.rebuild().unwrap()]), [refused("batch.wrong-signature")]);
    assert_eq!(phone.ask().received_through, 0);
}

pub fn another_phones_batches_are_refused(hub: &mut dyn Hub) {
    let mut hoa = phone(hub, "hoa", "all");
    let lan = phone(hub, "lan", "all");
    let hers = hoa.change(household(COMMUNE));
    assert_eq!(lan.outcomes(&[hers]), [refused("batch.wrong-device")]);
    // Signed here, in another's name.
    let mut as_hers = lan.clone();
    as_hers.phone.device = hoa.device;
    assert_eq!(lan.outcomes(&[as_hers.change(household(COMMUNE))]), [refused("batch.wrong-device")]);
    let mut by_her = lan.clone();
    by_her.phone.user = hoa.user;
    assert_eq!(lan.outcomes(&[by_her.change(household(COMMUNE))]), [refused("batch.wrong-author")]);
    let mut elsewhere = lan.clone();
    elsewhere.phone.office = OfficeId::new();
    assert_eq!(lan.outcomes(&[elsewhere.change(household(COMMUNE))]), [refused("batch.wrong-office")]);
    assert_eq!(lan.ask().received_through, 0);
}

pub fn a_batch_that_goes_on_from_another_is_refused(hub: &mut dyn Hub) {
    let mut phone = phone(hub, "hoa", "all");
    let begun_elsewhere = Chain { next_seq: 1, ..Chain::first(b"another certificate") };
    let begun = std::mem::replace(&mut phone.phone.chain, begun_elsewhere);
    let elsewhere = phone.clone().change(household(COMMUNE));
    assert_eq!(phone.outcomes(&[elsewhere]), [refused("batch.broken-chain")]);
    phone.phone.chain = begun.clone();
    phone.write(vec![household(COMMUNE)]);
    phone.phone.chain = Chain { next_seq: 2, ..begun };
    let unchained = phone.change(household(COMMUNE));
    assert_eq!(phone.outcomes(&[unchained]), [refused("batch.broken-chain")]);
    assert_eq!(phone.ask().received_through, 1);
}

pub fn a_copy_that_went_on_alone_ends_the_identity_and_loses_nothing(hub: &mut dyn Hub) {
    let mut phone = phone(hub, "hoa", "all");
    let reader = super::phone(hub, "lan", "all");
    phone.write(vec![household(COMMUNE)]);
    let mut copy = phone.clone();
    phone.write(vec![household(COMMUNE)]);
    let other = copy.batch(vec![household(COMMUNE), household(COMMUNE)]);
    let forked = refused("push.forked");
    assert_eq!(copy.outcomes(&[other]), std::slice::from_ref(&forked));
    // Neither of them is that device any more.
    let late = phone.change(household(COMMUNE));
    assert_eq!(phone.outcomes(&[late]), [forked]);
    let asked = phone.ask();
    assert_eq!(asked.received_through, 2);
    let pull = phone.post(paths::PULL, &phone.pull_request(1));
    assert_eq!(pull.refusal(), (403, code::REVOKED.into()));
    // What was received before stays, for others.
    assert_eq!(reader.clone().pull(10).len(), 2);
}

pub fn half_a_batch_lies_ready_until_the_rest_comes(hub: &mut dyn Hub) {
    let mut phone = phone(hub, "hoa", "all");
    let batch = phone.batch((0..5).map(|_| household(COMMUNE)).collect());
    let after = phone.change(household(COMMUNE));
    let view = |places: &[usize]| {
        let wanted: Vec<_> = places.iter().map(|place| batch.ids()[*place]).collect();
        batch.only(|id| wanted.contains(&Some(id))).unwrap()
    };
    let told = |view: &Rebuilt| {
        let answer = phone.push(&[view]);
        (answer.results[0].outcome.clone(), answer.received_through, answer.staged)
    };
    assert_eq!(told(&view(&[0, 1])), (Outcome::Staged, 0, 2));
    assert_eq!(phone.ask().staged, 2, "a phone can ask");
    // What comes after it has a gap before it.
    assert_eq!(phone.outcomes(&[&after]), [refused("batch.gap")]);
    // In any order, and twice.
    assert_eq!(told(&view(&[3])), (Outcome::Staged, 0, 2));
    assert_eq!(told(&view(&[1, 2])), (Outcome::Staged, 0, 4));
    assert!(phone.clone().pull(10).is_empty(), "it is shown to nobody");
    let last = phone.push(&[view(&[4])]);
    assert_eq!((last.received_through, last.staged, last.results.len()), (5, 0, 0));
    assert_eq!(phone.outcomes(&[&after]), [Outcome::Admitted]);
    let lines = phone.clone().pull(10);
    assert_eq!(lines.len(), 2);
    assert_eq!(lines[0].matches("household:").count(), 5, "{lines:?}");
}

pub fn no_message_of_this_version_no_answer(hub: &mut dyn Hub) {
    let phone = phone(hub, "hoa", "all");
    let post = |path: &str, body: &[u8], coding: &str| {
        phone.send(Request::new("POST", path).with("content-encoding", coding).body(body)).refusal()
    };
    let bad = (400, code::BAD_MESSAGE.to_owned());
    assert_eq!(post(paths::PUSH, b"{", "identity"), bad);
    assert_eq!(post(paths::PUSH, b"[1]", "identity"), bad);
    assert_eq!(post(paths::PUSH, b"not zstd", "zstd"), bad);
    assert_eq!(post(paths::PUSH, b"{}", "br"), bad);
    assert_eq!(post(paths::PUSH, b"{\"v\":1}\n{\"end\":1}\n", "identity"), bad, "another count");
    assert_eq!(post(paths::PUSH, b"{\"v\":1}\n{\"end\":0}\n{\"end\":0}\n", "identity"), bad, "after the end");
    // A page of batches that is none.
    let page = post(paths::PUSH, b"{\"v\":1}\n{\"page\":3}\n\x02\x00\xff{\"end\":0}\n", "identity");
    assert_eq!(page, (400, "batch.truncated".into()));
    let newer = post(paths::PUSH, b"{\"v\":1}\n{\"page\":3}\n\x03\x00\x00{\"end\":0}\n", "identity");
    assert_eq!(newer, (426, code::VERSION.into()));
    assert_eq!(post(paths::PULL, br#"{"v":1}"#, "identity"), bad);
    let newer = json!({"v": VERSION + 1}).to_string() + "\n";
    assert_eq!(post(paths::PUSH, newer.as_bytes(), "identity"), (426, code::VERSION.into()));
    let nowhere = hub.link().send(&Request::new("GET", "/v1/nothing"));
    assert_eq!(nowhere.refusal(), (404, code::NOT_FOUND.into()));
}

pub fn what_came_of_a_push_before_it_was_cut_is_kept(hub: &mut dyn Hub) {
    let mut phone = phone(hub, "hoa", "all");
    let noise = |n: usize| {
        (0..n + 900).map(|m| char::from(b'a' + (m * m * 7 + n * m * 13) as u8 % 26)).collect::<String>()
    };
    let batches: Vec<_> = (0..400).map(|n| phone.change(household(COMMUNE).set("note", noise(n)))).collect();
    let whole = Request::push(&batches);
    let mut through = 0;
    for tenths in [1, 5, 9] {
        let body = &whole.body[..whole.body.len() * tenths / 10];
        let answer = phone.send(Request { body: body.to_vec(), ..whole.clone() });
        assert_eq!(answer.refusal(), (400, code::BAD_MESSAGE.into()));
        let now = phone.ask().received_through;
        assert!(now >= through && now < 400, "{now} after {through}");
        through = now;
    }
    assert!(through > 250, "{through} of nine tenths");
    assert_eq!(phone.push(&batches[through as usize..]).received_through, 400);
    assert_eq!(phone.pull(1_000).len(), 400);
}

pub fn a_push_of_too_many_is_refused_whole(hub: &mut dyn Hub) {
    let mut phone = phone(hub, "hoa", "all");
    let change = phone.change(household(COMMUNE));
    let batches = vec![change; MAX_BATCHES + 1];
    let answer = phone.send(Request::push(&batches));
    assert_eq!(answer.refusal(), (413, code::TOO_LARGE.into()));
    assert_eq!(phone.ask().received_through, 0);
}
