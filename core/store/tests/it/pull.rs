//! Feeds coming down.

use crate::common::*;
use model::{
    CaseId, ChangeId, Feed, Place, Rebuilt, RecordEdit, RecordRef, Role, Verified,
    batch::{Body, Json},
    encoding::Bytes,
    kind,
};
use serde_json::value::RawValue;
use store::StoreError;
use wire::{
    lines::Packer,
    pull::{Entry, FeedEntry, FeedPage, PullResponse, SealedChange},
    push::{BatchResult, Outcome},
};

/// An answer with the other phone's certificate.
fn answer(phone: &Phone, other: &Other, from: u64, batches: &[&Rebuilt]) -> PullResponse {
    let entries = batches.iter().map(|batch| put((*batch).clone())).collect();
    let mut answer = phone.answer(&commune(), from, entries);
    answer.certificates = vec![phone.office.certificate_of(other)];
    answer
}

#[test]
fn another_phones_household_comes_with_its_people_whatever_their_order() {
    let phone = Phone::new();
    let mut other = phone.other();
    let home = household("Lò Văn An");
    let member = other.change(person("Lò Thị Bình", &home.record));
    let reference = home.record.clone();
    let home = other.change(home);
    let pulled = phone.store.apply_pull(&answer(&phone, &other, 1, &[&member])).unwrap();
    assert_eq!((pulled.entries, pulled.more, phone.store.list_count(kind::HOUSEHOLD)), (1, false, Ok(0)));
    let pulled = phone.store.apply_pull(&answer(&phone, &other, 2, &[&home])).unwrap();
    assert_eq!(pulled.changed, std::slice::from_ref(&reference));
    assert_eq!(phone.store.list(kind::HOUSEHOLD, "binh", 0, 10).unwrap().rows[0].row.title, "Lò Văn An");
    assert_eq!(phone.store.subtree(&reference).unwrap().len(), 2);
    let (hub, cursors) = phone.store.cursors().unwrap();
    assert_eq!(
        (hub, cursors.len(), cursors[0].position, cursors[0].epoch.as_str()),
        (phone.office.state().hub, 1, 2, "e1")
    );
    // The same answer once more changes nothing.
    let again = phone.store.apply_pull(&answer(&phone, &other, 2, &[&home])).unwrap();
    assert_eq!((again.entries, again.changed.len()), (0, 0));
}

#[test]
fn two_phones_that_edit_one_field_leave_a_conflict_that_an_edit_settles() {
    let phone = Phone::new();
    let mut other = phone.other();
    let home = household("Lò Văn An");
    let reference = home.record.clone();
    let made = other.change(home);
    phone.store.apply_pull(&answer(&phone, &other, 1, &[&made])).unwrap();
    phone.store.commit(vec![RecordEdit::new(reference.clone()).set("phone", "0912000111")]).unwrap();
    let theirs =
        other.change_at(START_MS + 6_000, RecordEdit::new(reference.clone()).set("phone", "0912000222"));
    let pulled = phone.store.apply_pull(&answer(&phone, &other, 2, &[&theirs])).unwrap();
    assert_eq!(pulled.conflicts, std::slice::from_ref(&reference));
    let state = || phone.store.record(&reference).unwrap().unwrap().state;
    assert_eq!(state().conflicts().collect::<Vec<_>>(), ["phone"]);
    assert_eq!(state().text("phone"), Some("0912000222"), "the later one is shown");
    // Choosing even the shown value settles it.
    phone.store.commit(vec![RecordEdit::new(reference.clone()).set("phone", "0912000222")]).unwrap();
    assert_eq!(state().conflicts().count(), 0);
    let own = phone.own_after(1);
    let Body::Whole { changes, .. } = &own[0].batch().body else { panic!("all of it is seen") };
    assert_eq!(changes[0].fields.iter().find(|field| &*field.name == "phone").unwrap().replaces.len(), 2);
}

#[test]
fn what_the_office_or_a_device_did_not_sign_is_kept_aside_and_holds_up_nothing() {
    let phone = Phone::new();
    let (mut other, mut stranger) = (phone.other(), phone.other());
    let mut forged = other.change(household("Giả Mạo")).batch().clone();
    let Body::Whole { changes, .. } = &mut forged.body else { panic!("all of it is seen") };
    let name = changes[0].fields.iter_mut().find(|field| &*field.name == "name").unwrap();
    name.value = Json::new("\"Kẻ Khác\"").unwrap();
    let forged = forged.rebuild().unwrap();
    let resigned = other.change(household("Ký Lại"));
    let resigned = other.forge(&resigned);
    let unknown = stranger.change(household("Người Lạ"));
    let mut as_other = other.clone();
    as_other.user = stranger.user;
    let wrong_author = as_other.change(household("Sai Người"));
    let good = other.change(household("Tốt Lành"));

    let mut answer = answer(&phone, &other, 1, &[&forged, &resigned, &unknown, &wrong_author, &good]);
    // A certificate that another office signed counts for nothing.
    answer.certificates.push(Office::new().certificate_of(&stranger));
    let pulled = phone.store.apply_pull(&answer).unwrap();
    assert_eq!(
        pulled.aside,
        ["batch.wrong-signature", "batch.wrong-signature", "pull.no-certificate", "batch.wrong-author"]
    );
    assert_eq!(pulled.entries, 5);
    let names: Vec<_> = phone
        .store
        .list(kind::HOUSEHOLD, "", 0, 10)
        .unwrap()
        .rows
        .into_iter()
        .map(|listed| listed.row.title)
        .collect();
    assert_eq!(names, ["Tốt Lành"]);

    // The certificate comes later: what waited for it is taken.
    let mut later = phone.answer(&commune(), 6, vec![]);
    later.certificates = vec![phone.office.certificate_of(&stranger)];
    phone.store.apply_pull(&later).unwrap();
    assert_eq!(phone.store.list(kind::HOUSEHOLD, "nguoi la", 0, 10).unwrap().total, 1);
    assert_eq!(phone.store.list_count(kind::HOUSEHOLD), Ok(2));
}

#[test]
fn a_sealed_change_is_passed_over() {
    let phone = Phone::new();
    let mut other = phone.other();
    let sealed = SealedChange {
        v: 1,
        id: ChangeId::new(),
        device: other.device,
        case: CaseId::new(),
        ciphertext: "AAAA".into(),
        signature: Bytes([0; 64]),
    };
    let home = other.change(household("Hộ Một"));
    let mut answer = answer(&phone, &other, 1, &[&home]);
    answer.feeds[0].entries[0].position = 2;
    let entry =
        wire::pull::FeedEntry { position: 1, entry: Entry::Sealed(sealed), received_at: 0, since: None };
    answer.feeds[0].entries.insert(0, entry);
    answer.feeds[0].head = 2;
    assert_eq!(phone.store.apply_pull(&answer).unwrap().aside, ["pull.sealed"]);
    assert_eq!(phone.store.list_count(kind::HOUSEHOLD), Ok(1));
}

#[test]
fn a_gap_is_left_for_the_next_pull() {
    let phone = Phone::new();
    let mut other = phone.other();
    let (a, b) = (other.change(household("Hộ Một")), other.change(household("Hộ Hai")));
    let mut gapped = answer(&phone, &other, 1, &[&a, &b]);
    gapped.feeds[0].entries[1].position = 3;
    let pulled = phone.store.apply_pull(&gapped).unwrap();
    assert_eq!((pulled.gaps, pulled.more), (vec![commune()], false));
    assert_eq!(phone.store.cursors().unwrap().1[0].position, 1);
    assert_eq!(phone.store.list_count(kind::HOUSEHOLD), Ok(1));
}

/// The hub told it with the last entry that it had sent.
#[test]
fn a_cursor_carries_the_mark_of_the_entry_that_it_stands_at() {
    let phone = Phone::new();
    let mut other = phone.other();
    let batches: Vec<_> = ["Hộ Một", "Hộ Hai", "Hộ Ba"].map(|name| other.change(household(name))).into();
    let cursor = || {
        let cursor = phone.store.cursors().unwrap().1.remove(0);
        (cursor.position, cursor.mark)
    };
    let told = |from: u64, batches: &[Verified], mark| {
        let mut answer = answer(&phone, &other, from, &batches.iter().map(|one| &**one).collect::<Vec<_>>());
        answer.feeds[0].mark = mark;
        answer
    };
    let (mark, later) = (Some(Bytes([1; 16])), Some(Bytes([2; 16])));
    phone.store.apply_pull(&told(1, &batches[..2], mark)).unwrap();
    assert_eq!(cursor(), (2, mark));
    // Of an answer that was cut nobody knows it.
    phone.store.apply_pull(&told(3, &batches[2..], None)).unwrap();
    assert_eq!(cursor(), (3, None));
    // What is read anew begins at the start, and what is here stays.
    let mut anew = told(1, &batches, later);
    anew.anew = vec![commune()];
    anew.feeds[0].entries.truncate(2);
    anew.feeds[0].mark = mark;
    let pulled = phone.store.apply_pull(&anew).unwrap();
    assert_eq!((pulled.entries, pulled.changed, pulled.new_epoch), (2, vec![], false));
    assert_eq!((cursor(), phone.store.list_count(kind::HOUSEHOLD)), ((2, mark), Ok(3)));
    // A page with a gap is not taken to its last entry.
    let mut gapped = told(3, &batches[1..], later);
    gapped.feeds[0].entries[1].position = 9;
    phone.store.apply_pull(&gapped).unwrap();
    assert_eq!(cursor(), (3, None));
}

#[test]
fn a_household_that_moves_goes_with_all_below_it_whichever_feed_is_read_first() {
    let there = Feed::Commune("00071".into());
    for new_feed_first in [false, true] {
        let phone = Phone::new();
        let mut other = phone.other();
        let home = household("Lò Văn An");
        let reference = home.record.clone();
        let member = person("Lò Thị Bình", &reference);
        let leaves = [&reference, &member.record].map(|record| Entry::Leave(record.clone()));
        let member = other.change(member);
        let home = other.change(home);
        let moving = RecordEdit::new(reference.clone()).set("commune", "00071");
        let moving = other.change(moving);

        let mut old = vec![put(home.clone()), put(member.clone())];
        old.extend(leaves);
        let new = vec![put(home), put(member), put(moving)];
        let mut pages = [(commune(), old), (there.clone(), new)];
        if new_feed_first {
            pages.reverse();
        }
        for (feed, entries) in pages {
            let mut answer = phone.answer(&feed, 1, entries);
            answer.certificates = vec![phone.office.certificate_of(&other)];
            answer.granted = vec![commune(), there.clone()];
            phone.store.apply_pull(&answer).unwrap();
        }
        let [row] = phone.store.list(kind::HOUSEHOLD, "", 0, 10).unwrap().rows.try_into().unwrap();
        assert_eq!(
            (row.row.place["commune"].as_str(), row.row.count(kind::PERSON).all),
            ("00071", 1),
            "{new_feed_first}"
        );
        assert_eq!(phone.store.subtree(&reference).unwrap().len(), 2);
    }
}

#[test]
fn what_moves_out_of_sight_is_forgotten() {
    let phone = Phone::new();
    let mut other = phone.other();
    let home = household("Lò Văn An");
    let reference = home.record.clone();
    let member = person("Lò Thị Bình", &reference);
    let leaves = [&reference, &member.record].map(|record| Entry::Leave(record.clone()));
    let member = other.change(member);
    let home = other.change(home);
    phone.store.apply_pull(&answer(&phone, &other, 1, &[&home, &member])).unwrap();
    let leave = phone.answer(&commune(), 3, leaves.into());
    let pulled = phone.store.apply_pull(&leave).unwrap();
    assert_eq!(pulled.forgotten.len(), 2);
    assert_eq!((phone.store.record(&reference), phone.store.list_count(kind::HOUSEHOLD)), (Ok(None), Ok(0)));
    assert_eq!(phone.store.list(kind::HOUSEHOLD, "binh", 0, 10).unwrap().total, 0);
}

/// The hub names what it knows; what was made here below it goes along, and up.
#[test]
fn what_was_made_here_below_what_moves_out_of_sight_goes_too_and_still_goes_up() {
    let phone = Phone::new();
    let mut other = phone.other();
    let home = household("Lò Văn An");
    let reference = home.record.clone();
    let home = other.change(home);
    phone.store.apply_pull(&answer(&phone, &other, 1, &[&home])).unwrap();
    let visit = RecordEdit::new(new_ref(kind::VISIT)).under(reference.clone()).set("date", "2026-11-24");
    let need = RecordEdit::new(new_ref(kind::NEED)).under(visit.record.clone()).set("group", "health");
    let case = RecordEdit::new(new_ref(kind::CASE)).under(reference.clone()).set("reason", "Cần sinh kế");
    let made = [visit.record.clone(), need.record.clone(), case.record.clone()];
    phone.store.commit(vec![visit, need, case]).unwrap();
    phone.store.apply_pull(&phone.answer(&commune(), 2, vec![Entry::Leave(reference)])).unwrap();
    for record in &made {
        assert_eq!(phone.store.record(record).unwrap(), None, "{record}");
    }
    assert_eq!(phone.store.progress(kind::CASE, true, |case| case).unwrap(), []);
    assert_eq!(seqs(&phone.own_after(0)), [1, 2, 3]);
}

#[test]
fn a_feed_no_longer_granted_is_forgotten_and_what_waits_here_still_goes_up() {
    let phone = Phone::new();
    let mut other = phone.other();
    let theirs = other.change(household("Hộ Một"));
    phone.store.apply_pull(&answer(&phone, &other, 1, &[&theirs])).unwrap();
    phone.store.commit(vec![household("Hộ Hai")]).unwrap();
    let mut revoked = phone.answer(&commune(), 2, vec![]);
    revoked.granted.clear();
    assert_eq!(phone.store.apply_pull(&revoked).unwrap().forgotten.len(), 2);
    assert_eq!((phone.store.list_count(kind::HOUSEHOLD), phone.store.cursors().unwrap().1), (Ok(0), vec![]));
    assert_eq!(seqs(&phone.own_after(0)), [1]);
}

#[test]
fn own_work_out_of_scope_stays_while_the_hub_holds_it_back() {
    let phone = Phone::new();
    let elsewhere = household("Hộ Xa").set("commune", "99999");
    phone.store.commit(vec![elsewhere]).unwrap();
    let mut answer = phone.answer(&commune(), 1, vec![]);
    let code = "admission.scope".to_owned();
    answer.own = vec![BatchResult { first_seq: 1, outcome: Outcome::Waiting { code } }];
    phone.store.apply_pull(&answer).unwrap();
    assert_eq!((phone.store.list_count(kind::HOUSEHOLD), phone.store.held_back().unwrap().len()), (Ok(1), 1));
}

#[test]
fn a_restricted_case_from_the_hub_is_sealed_and_waits_while_locked() {
    let phone = Phone::new();
    let mut other = phone.other();
    let case = RecordEdit::new(new_ref(kind::CASE))
        .set("restricted", true)
        .set("workflow", "child-protection")
        .set("state", "intake");
    let reference: RecordRef = case.record.clone();
    let feed = Feed::Case(CaseId(reference.id));
    let case = other.change(case);
    let mut answer = phone.answer(&feed, 1, vec![put(case)]);
    answer.certificates = vec![phone.office.certificate_of(&other)];

    phone.store.close().unwrap();
    let locked = phone.folder.open(&phone.keys.without_restricted(), phone.clock.clone(), rules()).unwrap();
    let pulled = locked.apply_pull(&answer).unwrap();
    assert_eq!((pulled.entries, pulled.more), (0, false));
    assert_eq!(locked.unreadable_feeds(), Ok(vec![feed]), "not to be sent");
    locked.close().unwrap();

    let store = phone.folder.open(&phone.keys, phone.clock.clone(), rules()).unwrap();
    assert_eq!(store.apply_pull(&answer).unwrap().entries, 1);
    assert!(store.record(&reference).unwrap().unwrap().restricted);
    assert_eq!(store.unreadable_feeds(), Ok(vec![]));
}

#[test]
fn a_new_epoch_reads_anew_and_what_was_acknowledged_is_kept_until_a_push_tells() {
    let phone = Phone::new();
    let mut other = phone.other();
    let theirs = other.change(household("Hộ Một"));
    phone.store.apply_pull(&answer(&phone, &other, 1, &[&theirs])).unwrap();
    phone.store.commit(vec![household("Hộ Hai")]).unwrap();
    phone.store.acknowledge(1, &[]).unwrap();
    let mut restored = answer(&phone, &other, 1, &[&theirs]);
    restored.epoch = "e2".into();
    let pulled = phone.store.apply_pull(&restored).unwrap();
    assert!(pulled.new_epoch);
    assert_eq!((phone.store.acknowledged_through(), phone.store.waiting().unwrap().changes), (Ok(1), 0));
    let (_, cursors) = phone.store.cursors().unwrap();
    assert_eq!((cursors[0].epoch.as_str(), cursors[0].position), ("e2", 1));
    assert_eq!(phone.store.list_count(kind::HOUSEHOLD), Ok(2), "nothing is lost meanwhile");
    phone.store.acknowledge(0, &[]).unwrap();
    assert_eq!(phone.store.waiting().unwrap().changes, 1);
}

#[test]
fn another_hubs_answer_is_refused_and_the_worker_is_taken_over() {
    let phone = Phone::new();
    let mut answer = phone.answer(&commune(), 1, vec![]);
    answer.worker.name.0 = "Tên Mới".into();
    answer.hub = model::HubId::new();
    assert_eq!(phone.store.apply_pull(&answer), Err(StoreError::OtherHub));
    answer.hub = phone.office.state().hub;
    phone.store.apply_pull(&answer).unwrap();
    assert_eq!(phone.store.identity().unwrap().worker.name.0, "Tên Mới");
}

#[test]
fn a_clock_far_ahead_does_not_pull_ours_along() {
    let phone = Phone::new();
    let mut other = phone.other();
    let near = other.change_at(START_MS + 60_000, household("Hộ Một"));
    let far = other.change_at(START_MS + 86_400_000, household("Hộ Hai"));
    phone.store.apply_pull(&answer(&phone, &other, 1, &[&near, &far])).unwrap();
    phone.store.commit(vec![household("Hộ Ba")]).unwrap();
    let own = phone.own_after(0);
    assert_eq!(own[0].changes().flatten().next().unwrap().head.at, model::Stamp(START_MS + 60_000, 1));
}

/// As it arrives on the phone.
fn sent(answer: &PullResponse) -> PullResponse {
    let bytes = answer.write(Packer::new(true).unwrap()).unwrap();
    let (answer, whole) = PullResponse::read(true, &bytes).unwrap().unwrap();
    assert!(whole);
    answer
}

fn unknown() -> Entry {
    Entry::Unknown(RawValue::from_string(r#"{"merge": ["household:1", 7]}"#.into()).unwrap())
}

#[test]
fn what_the_program_does_not_know_is_skipped_and_the_rest_is_taken() {
    let phone = Phone::new();
    let mut other = phone.other();
    let (a, b) = (other.change(household("Hộ Một")), other.change(household("Hộ Hai")));
    let entries = vec![put(a), unknown(), put(b)];
    let mut answer = phone.answer(&commune(), 1, entries);
    let archive = Feed::Other("archive:15".into());
    let strange = FeedEntry { position: 1, entry: unknown(), received_at: 0, since: None };
    answer.feeds.insert(0, FeedPage { feed: archive.clone(), entries: vec![strange], head: 90, mark: None });
    answer.granted.push(archive.clone());
    let newer = r#"{"statement": {"v": 2}, "signature": {"scheme": "later"}}"#;
    answer.certificates = vec![serde_json::from_str(newer).unwrap(), phone.office.certificate_of(&other)];
    answer.worker.role = Role::new("province_supervisor");
    answer.worker.places = vec![Place::Other("district:063".into()), Place::Commune("00070".into())];

    let pulled = phone.store.apply_pull(&sent(&answer)).unwrap();
    assert_eq!((pulled.entries, pulled.more, pulled.gaps.len()), (3, false, 0));
    assert_eq!(pulled.aside, ["pull.unknown-entry"]);
    assert_eq!(pulled.forged(), 0);
    assert_eq!(phone.store.list_count(kind::HOUSEHOLD), Ok(2));
    let worker = phone.store.identity().unwrap().worker;
    assert_eq!((worker.role, worker.places), (answer.worker.role.clone(), answer.worker.places.clone()));
    // The one feed goes on; the other is known of, and nothing of it was read.
    let positions = || -> Vec<(Feed, u64)> {
        let cursors = phone.store.cursors().unwrap().1;
        cursors.into_iter().map(|cursor| (cursor.feed, cursor.position)).collect()
    };
    assert_eq!(positions(), [(archive, 0), (commune(), 3)]);

    // Not granted any more, it takes nothing with it.
    answer.granted.retain(Feed::is_known);
    assert_eq!(phone.store.apply_pull(&sent(&answer)).unwrap().forgotten, []);
    assert_eq!((positions(), phone.store.list_count(kind::HOUSEHOLD)), (vec![(commune(), 3)], Ok(2)));
}

#[test]
fn an_own_change_comes_back_as_its_number() {
    let phone = Phone::new();
    let home = household("Hộ Một");
    let reference = home.record.clone();
    phone.store.commit(vec![home, person("Lò Thị Bình", &reference)]).unwrap();
    phone.store.acknowledge(2, &[]).unwrap();
    let own = || vec![Entry::Own(1)];
    let pulled = phone.store.apply_pull(&phone.answer(&commune(), 1, own())).unwrap();
    assert_eq!((pulled.entries, pulled.changed, pulled.aside), (1, vec![], vec![]));
    assert_eq!(phone.store.cursors().unwrap().1[0].position, 1);

    // Not granted for a while, it was forgotten; granted again it is there from what the phone kept.
    let elsewhere = phone.answer(&Feed::Commune("00004".into()), 1, vec![]);
    assert_eq!(phone.store.apply_pull(&elsewhere).unwrap().forgotten.len(), 2);
    assert_eq!(phone.store.record(&reference), Ok(None));
    let pulled = phone.store.apply_pull(&sent(&phone.answer(&commune(), 1, own()))).unwrap();
    assert_eq!(pulled.changed.len(), 2);
    assert_eq!(phone.store.subtree(&reference).unwrap().len(), 2);
    assert_eq!(phone.store.list(kind::HOUSEHOLD, "binh", 0, 10).unwrap().rows[0].row.title, "Hộ Một");
}

#[test]
fn a_number_of_a_change_that_is_not_kept_is_left_for_the_next_pull() {
    let phone = Phone::new();
    let mut other = phone.other();
    let home = other.change(household("Hộ Một"));
    let mut answer = phone.answer(&commune(), 1, vec![put(home), Entry::Own(7)]);
    answer.certificates = vec![phone.office.certificate_of(&other)];
    let pulled = phone.store.apply_pull(&answer).unwrap();
    assert_eq!((pulled.entries, pulled.gaps, pulled.more), (1, vec![commune()], false));
    assert_eq!(phone.store.cursors().unwrap().1[0].position, 1);
}

/// As many as are checked on several threads, each with its own outcome.
#[test]
fn of_many_entries_only_those_are_put_aside_that_do_not_verify() {
    let phone = Phone::new();
    let (mut known, mut unknown) = (phone.other(), phone.other());
    let mut entries: Vec<Entry> =
        (0..200).map(|n| put(known.change(household(&format!("Hộ {n}"))))).collect();
    for place in [0, 99, 199] {
        let Entry::Put(batch) = &entries[place] else { unreachable!() };
        entries[place] = put(known.forge(batch));
    }
    entries[50] = put(unknown.change(household("Hộ Lạ")));
    let mut answer = phone.answer(&commune(), 1, entries);
    answer.certificates = vec![phone.office.certificate_of(&known)];
    let pulled = phone.store.apply_pull(&answer).unwrap();
    assert_eq!((pulled.entries, pulled.changed.len(), pulled.forged()), (200, 196, 4));
    let forged = "batch.wrong-signature";
    assert_eq!(pulled.aside, [forged, "pull.no-certificate", forged, forged]);
}
