//! The office's key hands over to the next one: which one this phone follows.

use crate::common::*;
use model::{DeviceKey, PublicKey, kind};
use testkit::new_key;
use wire::{
    keys::{KeyChange, Step},
    pull::PullResponse,
    signed::Signed,
};

/// The office's key in use hands over to this one.
fn change(phone: &Phone, serial: u64, next: DeviceKey) -> Step {
    let mut office = phone.office.state();
    let to = next.public();
    let change = KeyChange { v: 1, office: office.office, serial, from: office.key.public(), to, at: serial };
    let step = Step::Changed(Signed::issue(&change, &office.key).unwrap());
    office.key = next;
    step
}

/// A household of another phone, certified by the office's key in use.
fn answer(phone: &Phone, other: &mut Other, from: u64) -> PullResponse {
    let entry = put(other.change(household("Lò Văn An")));
    let mut answer = phone.answer(&commune(), from, vec![entry]);
    answer.certificates = vec![phone.office.certificate_of(other)];
    answer
}

fn pinned(phone: &Phone) -> PublicKey {
    phone.store.identity().unwrap().office_key
}

fn households(phone: &Phone) -> u32 {
    phone.store.list_count(kind::HOUSEHOLD).unwrap()
}

#[test]
fn what_an_answer_is_signed_by_comes_with_it() {
    let mut phone = Phone::new();
    let first = pinned(&phone);
    let steps = vec![change(&phone, 1, new_key()), change(&phone, 2, new_key())];
    let mut other = phone.other();
    let mut answer = answer(&phone, &mut other, 1);
    answer.keys = steps;
    let pulled = phone.store.apply_pull(&answer).unwrap();
    assert_eq!((pulled.strange_key, pulled.aside.len(), households(&phone)), (false, 0, 1));
    phone.reopen();
    assert_ne!(pinned(&phone), first);
    assert_eq!(pinned(&phone), phone.office.state().key.public());
    let told = phone.store.condition().unwrap().office_key.unwrap();
    assert_eq!((told.key, told.recovery), (pinned(&phone), false));
    // Its own work goes on under the certificate of its enrolment, and comes back to it.
    phone.store.commit(vec![household("Lò Thị Bình")]).unwrap();
    let own = phone.own_after(0).into_iter().map(put).collect();
    let pulled = phone.store.apply_pull(&phone.answer(&commune(), 2, own)).unwrap();
    assert_eq!((pulled.aside.len(), households(&phone)), (0, 2));
}

#[test]
fn the_key_before_certifies_nobody_any_more() {
    let phone = Phone::new();
    let mut other = phone.other();
    let mut by_the_old = answer(&phone, &mut other, 1);
    by_the_old.keys = vec![change(&phone, 1, new_key())];
    let pulled = phone.store.apply_pull(&by_the_old).unwrap();
    assert_eq!((pulled.forged(), households(&phone)), (1, 0));
    // The same device, signed anew: its certificate comes with the next of its batches, and what was aside is taken.
    let pulled = phone.store.apply_pull(&answer(&phone, &mut other, 2)).unwrap();
    assert_eq!((pulled.forged(), households(&phone)), (0, 2));
}

#[test]
fn a_key_that_nobody_vouches_for_holds_up_nothing() {
    let phone = Phone::new();
    let before = pinned(&phone);
    let thief = new_key();
    let forged = {
        let office = phone.office.state();
        let change = KeyChange {
            v: 1,
            office: office.office,
            serial: 1,
            from: office.key.public(),
            to: thief.public(),
            at: 1,
        };
        Step::Changed(Signed::issue(&change, &thief).unwrap())
    };
    let mut other = phone.other();
    let mut answer = answer(&phone, &mut other, 1);
    answer.keys = vec![forged];
    let pulled = phone.store.apply_pull(&answer).unwrap();
    assert_eq!((pulled.strange_key, pinned(&phone), households(&phone)), (true, before, 1));
}
