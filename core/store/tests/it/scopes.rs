//! Records beside communes and cases: what stays on this phone, and what its office, a facility or a desk reads.

use crate::common::*;
use model::{Feed, RecordEdit, RecordRef, encoding::Bytes, kind};
use store::StoreError;
use testkit::records::{file, under};
use wire::pull::{Entry, PullResponse};

/// A practice household with a person, a visit and a photo of it.
fn practice(phone: &Phone) -> (RecordRef, RecordRef) {
    let home = household("Hộ Tập Luyện").set("practice", true);
    let member = person("Người Tập", &home.record);
    let visit = under(kind::VISIT, &home.record).set("date", "2026-11-24");
    let photo = under(kind::PHOTO, &visit.record).set("file", file((&"ab".repeat(32), 5_000)));
    let (root, person) = (home.record.clone(), member.record.clone());
    phone.store.commit(vec![home, member, visit, photo]).unwrap();
    (root, person)
}

fn committed(phone: &Phone, edits: Vec<RecordEdit>) -> Result<(), StoreError> {
    phone.store.commit(edits).map(drop)
}

#[test]
fn what_is_for_practice_never_comes_into_the_outbox() {
    let mut phone = Phone::new();
    let (home, member) = practice(&phone);
    phone.store.commit(vec![RecordEdit::new(home.clone()).set("phone", "0912000111")]).unwrap();
    phone.store.commit(vec![RecordEdit::new(member).set("removed", "Nhập nhầm")]).unwrap();
    let sent = |phone: &Phone| {
        let blobs = phone.store.blobs(true).unwrap().len();
        (
            phone.store.last_seq().unwrap(),
            phone.own_after(0).len(),
            blobs,
            phone.store.waiting().unwrap().changes,
        )
    };
    assert_eq!(sent(&phone), (0, 0, 0, 0));
    // Real work goes on from where its chain stood.
    phone.store.commit(vec![household("Lò Văn Thật")]).unwrap();
    assert_eq!(sent(&phone), (1, 1, 0, 1));
    // Neither a hub that asks for all again nor one that grants nothing takes it away or gets it.
    let answer = PullResponse { epoch: "e2".into(), granted: vec![], ..phone.answer(&commune(), 1, vec![]) };
    phone.store.apply_pull(&answer).unwrap();
    let answer = PullResponse { epoch: "e3".into(), granted: vec![], ..answer };
    phone.store.apply_pull(&answer).unwrap();
    phone.store.prune().unwrap();
    phone.reopen();
    assert_eq!(sent(&phone), (1, 1, 0, 1));
    let kept = phone.store.record(&home).unwrap().unwrap();
    assert_eq!((kept.state.text("phone"), kept.stays_here), (Some("0912000111"), true));
    assert_eq!(phone.store.subtree(&home).unwrap().iter().filter(|record| record.stays_here).count(), 3);
    assert_eq!(phone.store.list(kind::HOUSEHOLD, "ho tap luyen", 0, 10).unwrap().total, 1);
    let (_, cursors) = phone.store.cursors().unwrap();
    assert!(cursors.iter().all(|cursor| cursor.feed != Feed::OwnDevice));
}

#[test]
fn practice_never_turns_into_work_nor_work_into_practice() {
    let phone = Phone::new();
    let (home, member) = practice(&phone);
    let real = household("Lò Văn Thật");
    let living = person("Lò Thị Thật", &real.record);
    let (real, living) = {
        let references = (real.record.clone(), living.record.clone());
        phone.store.commit(vec![real, living]).unwrap();
        references
    };
    let before = phone.store.last_seq().unwrap();
    let turns = |record: &RecordRef, practice: bool| {
        committed(&phone, vec![RecordEdit::new(record.clone()).set("practice", practice)])
    };
    let no = || Err(StoreError::NotAllowed(rulebook::Action::Change));
    // Either way, whoever asks.
    assert!([no(), Err(StoreError::StaysHere)].contains(&turns(&home, false)));
    assert!([no(), Err(StoreError::StaysHere)].contains(&turns(&real, true)));
    let moved = |record: &RecordRef, to: &RecordRef| {
        committed(&phone, vec![RecordEdit::new(record.clone()).under(to.clone())])
    };
    assert_eq!(moved(&member, &real), Err(StoreError::StaysHere));
    assert_eq!(moved(&living, &home), Err(StoreError::StaysHere));
    // What is sent doesn't name it, nor comes of the same work.
    let names = under(kind::NOTE, &real).set("text", home.to_string());
    assert_eq!(committed(&phone, vec![names]), Err(StoreError::StaysHere));
    let both = vec![household("Khác"), person("Người Tập", &home)];
    assert_eq!(committed(&phone, both), Err(StoreError::StaysHere));
    let case = RecordEdit::new(new_ref(kind::CASE)).under(home.clone()).set("restricted", true);
    let with_case = vec![person("Người Tập", &home), case];
    assert_eq!(committed(&phone, with_case), Err(StoreError::StaysHere));
    assert_eq!(phone.store.last_seq(), Ok(before));
    // An ordinary case of it is practice too.
    let case = RecordEdit::new(new_ref(kind::CASE)).under(home).set("reason", "Tập mở ca");
    phone.store.commit(vec![case]).unwrap();
    assert_eq!(phone.store.last_seq(), Ok(before));
}

#[test]
fn a_kind_of_the_phone_alone_is_so_by_the_tables() {
    let data = |name: &str| {
        std::fs::read_to_string(format!("{}/../../packs/quoc_gia/{name}", env!("CARGO_MANIFEST_DIR")))
            .unwrap()
    };
    let kinds = data("kinds.csv")
        + "own_note,,own-device,Ghi chú riêng,My note,Ghi chú riêng,My notes,${text},,,,yes,,,40\n";
    let fields =
        data("fields.csv") + "own_note,text,narrative,,Nội dung,Text,,value,personal,1,head,title,,,\n";
    let rules = rulebook::Rulebook::with(&[("kinds.csv", &kinds), ("fields.csv", &fields)]).unwrap();
    let phone = Phone::new();
    phone.store.close().unwrap();
    let store = phone.folder.open(&phone.keys, phone.clock.clone(), rules).unwrap();
    let note = RecordEdit::new(new_ref("own_note")).set("text", "Nhớ gọi trạm y tế");
    let record = note.record.clone();
    store.commit(vec![note]).unwrap();
    assert_eq!((store.last_seq(), own_after(&store, 0).len()), (Ok(0), 0));
    assert!(store.record(&record).unwrap().unwrap().stays_here);
    assert_eq!(store.list("own_note", "tram y te", 0, 10).unwrap().total, 1);
}

#[test]
fn feeds_of_the_office_and_a_desk_are_read_and_forgotten_as_they_are_granted() {
    let phone = Phone::new();
    let mut other = phone.other();
    let office = Feed::Office(phone.office.state().office);
    let desk = Feed::Desk("tong_dai".into());
    let provider = RecordEdit::new(new_ref("organisation")).set("name", "Trạm y tế xã");
    let call = RecordEdit::new(new_ref("call")).set("desk", "tong_dai").set("about", "Hỏi trợ cấp");
    let references = (provider.record.clone(), call.record.clone());
    let (provider, call) = (other.change(provider), other.change(call));
    let put = |batch: &model::Verified| Entry::Put(Box::new(batch.clone().into()));
    let certificates = vec![phone.office.certificate_of(&other)];
    let mut answer = phone.answer(&office, 1, vec![put(&provider)]);
    answer.feeds.extend(phone.answer(&desk, 1, vec![put(&call)]).feeds);
    answer.granted = vec![office.clone(), desk.clone()];
    let answer = PullResponse { certificates, forms: Bytes([0; 32]), ..answer };
    assert_eq!(phone.store.apply_pull(&answer).unwrap().entries, 2);
    assert_eq!(phone.store.unreadable_feeds(), Ok(vec![]));
    assert_eq!(phone.store.list("organisation", "tram y te", 0, 10).unwrap().total, 1);
    assert_eq!(phone.store.list("call", "tro cap", 0, 10).unwrap().total, 1);
    // What is written there goes out as any other work.
    phone.store.commit(vec![RecordEdit::new(references.0.clone()).set("hours", "7:30–17:00")]).unwrap();
    assert_eq!(phone.own_after(0).len(), 1);
    let answer = PullResponse { granted: vec![office], ..phone.answer(&commune(), 1, vec![]) };
    assert_eq!(phone.store.apply_pull(&answer).unwrap().forgotten, [references.1]);
    assert_eq!(phone.store.list_count("organisation"), Ok(1));
    assert_eq!(phone.store.list_count("call"), Ok(0));
    // A hub that grants what no hub has is not listened to.
    let answer = PullResponse { granted: vec![Feed::OwnDevice], ..phone.answer(&commune(), 1, vec![]) };
    phone.store.apply_pull(&answer).unwrap();
    assert_eq!(phone.store.unreadable_feeds(), Ok(vec![Feed::OwnDevice]));
}
