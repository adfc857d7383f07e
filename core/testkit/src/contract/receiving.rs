//! Order, chain, signature, idempotency.

use super::{COMMUNE, Hub, phone, refused};
use crate::{
    Request,
    records::{household, under},
};
use model::{Batch, BatchId, kind};
use serde_json::json;
use wire::{
    VERSION,
    error::code,
    paths,
    push::{MAX_CHANGES, Outcome},
};

pub fn receiving_twice_keeps_once(hub: &mut dyn Hub) {
    let mut phone = phone(hub, "hoa", "all");
    let home = household(COMMUNE);
    let member = under(kind::PERSON, &home.record).set("name", "Nguyễn Thị Bé");
    let changes = phone.batch(vec![home, member]);
    let first = phone.push(&changes);
    assert_eq!(first.received_through, 2);
    assert_eq!(first.results, [], "what was admitted needs no word");
    let again = phone.push(&changes);
    assert_eq!(again.received_through, 2);
    let ids: Vec<_> = changes.iter().map(|change| change.header().unwrap().id).collect();
    assert_eq!(again.results.iter().map(|result| result.id).collect::<Vec<_>>(), ids);
    assert!(again.results.iter().all(|result| result.outcome == Outcome::Known));
    assert_eq!(phone.pull(100).len(), 2);
    // How a phone asks where the hub stands.
    let asked = phone.push(&[]);
    assert_eq!((asked.received_through, asked.results.len()), (2, 0));
}

pub fn a_gap_is_told_and_what_came_before_it_is_kept(hub: &mut dyn Hub) {
    let mut phone = phone(hub, "hoa", "all");
    let changes: Vec<_> = (0..4).map(|_| phone.change(household(COMMUNE))).collect();
    let sent = [changes[0].clone(), changes[2].clone(), changes[3].clone()];
    assert_eq!(phone.outcomes(&sent), [Outcome::Admitted, refused("push.gap"), refused("push.gap")]);
    assert_eq!(phone.push(&[]).received_through, 1);
    assert_eq!(
        phone.outcomes(&changes),
        [Outcome::Known, Outcome::Admitted, Outcome::Admitted, Outcome::Admitted]
    );
    assert_eq!(phone.push(&[]).received_through, 4);
}

pub fn a_forged_change_is_refused_with_all_that_chain_to_it(hub: &mut dyn Hub) {
    let mut phone = phone(hub, "hoa", "all");
    let changes: Vec<_> = (0..3).map(|_| phone.change(household(COMMUNE))).collect();
    let forged = phone.forge(&changes[1]);
    let sent = [changes[0].clone(), forged.clone(), changes[2].clone()];
    let wrong = refused("change.wrong-signature");
    assert_eq!(phone.outcomes(&sent), [Outcome::Admitted, wrong.clone(), refused("push.gap")]);
    assert_eq!(phone.push(&changes).received_through, 3);
    // Also once the true one is here.
    assert_eq!(phone.outcomes(&[forged]), [wrong]);
}

pub fn a_value_changed_on_the_way_is_refused(hub: &mut dyn Hub) {
    let mut phone = phone(hub, "hoa", "all");
    let mut change = phone.change(household(COMMUNE));
    let name = change.values.get_mut("name").unwrap();
    name.value = serde_json::value::to_raw_value("Người khác").unwrap();
    assert_eq!(phone.outcomes(&[change]), [refused("change.wrong-value")]);
    assert_eq!(phone.push(&[]).received_through, 0);
}

pub fn another_phones_changes_are_refused(hub: &mut dyn Hub) {
    let mut hoa = phone(hub, "hoa", "all");
    let mut lan = phone(hub, "lan", "all");
    let hers = hoa.change(household(COMMUNE));
    assert_eq!(lan.outcomes(&[hers]), [refused("change.wrong-signature")]);
    // Signed here, in another's name.
    let device = std::mem::replace(&mut lan.phone.device, hoa.device);
    let as_hers = lan.clone().change(household(COMMUNE));
    lan.phone.device = device;
    assert_eq!(lan.outcomes(&[as_hers]), [refused("push.other-device")]);
    let user = std::mem::replace(&mut lan.phone.user, hoa.user);
    let by_her = lan.clone().change(household(COMMUNE));
    lan.phone.user = user;
    assert_eq!(lan.outcomes(&[by_her]), [refused("push.other-device")]);
    assert_eq!(lan.push(&[]).received_through, 0);
}

pub fn a_copy_that_went_on_alone_is_refused(hub: &mut dyn Hub) {
    let mut phone = phone(hub, "hoa", "all");
    phone.write(vec![household(COMMUNE)]);
    let mut copy = phone.clone();
    phone.write(vec![household(COMMUNE)]);
    let other = copy.change(household(COMMUNE));
    assert_eq!(copy.outcomes(&[other]), [refused("push.other-bytes")]);
    let after = copy.change(household(COMMUNE));
    assert_eq!(copy.outcomes(&[after]), [refused("push.chain")]);
    assert_eq!(phone.push(&[]).received_through, 2);
}

pub fn a_batch_that_contradicts_itself_is_refused(hub: &mut dyn Hub) {
    let mut phone = phone(hub, "hoa", "all");
    let change = phone.sign(household(COMMUNE), Batch { id: BatchId::new(), index: 3, count: 2 });
    assert_eq!(phone.outcomes(&[change]), [refused("push.bad-batch")]);
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
    assert_eq!(post(paths::PULL, br#"{"v":1}"#, "identity"), bad);
    let newer = json!({"v": VERSION + 1}).to_string() + "\n";
    assert_eq!(post(paths::PUSH, newer.as_bytes(), "identity"), (426, code::VERSION.into()));
    let nowhere = hub.link().send(&Request::new("GET", "/v1/nothing"));
    assert_eq!(nowhere.refusal(), (404, code::NOT_FOUND.into()));
}

pub fn what_came_of_a_push_before_it_was_cut_is_kept(hub: &mut dyn Hub) {
    let mut phone = phone(hub, "hoa", "all");
    let changes: Vec<_> = (0..40).map(|_| phone.change(household(COMMUNE))).collect();
    let whole = Request::push(&changes);
    let mut through = 0;
    for tenths in [1, 5, 9] {
        let body = &whole.body[..whole.body.len() * tenths / 10];
        let answer = phone.send(Request { body: body.to_vec(), ..whole.clone() });
        assert_eq!(answer.refusal(), (400, code::BAD_MESSAGE.into()));
        let now = phone.push(&[]).received_through;
        assert!(now >= through && now < 40, "{now} after {through}");
        through = now;
    }
    assert!(through > 20, "{through} of nine tenths");
    assert_eq!(phone.push(&changes[through as usize..]).received_through, 40);
    assert_eq!(phone.pull(100).len(), 40);
}

pub fn a_push_of_too_many_is_refused_whole(hub: &mut dyn Hub) {
    let mut phone = phone(hub, "hoa", "all");
    let change = phone.change(household(COMMUNE));
    let changes = vec![change; MAX_CHANGES + 1];
    let answer = phone.send(Request::push(&changes));
    assert_eq!(answer.refusal(), (413, code::TOO_LARGE.into()));
    assert_eq!(phone.push(&[]).received_through, 0);
}
