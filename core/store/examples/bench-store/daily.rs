//! Opening, unlocking, keeping an answer.

use crate::{Times, common::*};
use store::{NewDraft, StoredAnswer};

pub fn measure() {
    let mut phone = Phone::new();
    let mut open = Times::default();
    for _ in 0..21 {
        phone.store.close().unwrap();
        phone.store = open.of(|| phone.folder.open(&phone.keys, phone.clock.clone(), rules())).unwrap();
    }
    open.report("store.open");

    let new = NewDraft {
        form: "f".into(),
        version: "1".into(),
        rulebook: rules().version().to_owned(),
        about: None,
        restricted: false,
        title: String::new(),
        basis: String::new(),
        step: None,
    };
    let draft = phone.store.create_draft(&new, None).unwrap();
    let answer = [StoredAnswer { path: "/data/a".into(), value: Some("một câu trả lời".into()) }];
    let mut answers = Times::default();
    for _ in 0..100 {
        answers.of(|| phone.store.append_answers(draft, &answer)).unwrap();
    }
    answers.report("store.answer");

    let mut unlock = Times::default();
    for _ in 0..5 {
        unlock.of(|| phone.unlock(PIN)).unwrap();
    }
    unlock.report("store.unlock_pin");
}
