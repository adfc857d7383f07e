//! Copies of a phone's folder, and folders and hubs that go back: nothing that was received is lost, and nobody is deceived.

use journeys::{headless::Headless, hub::HubProcess, synthetic::COMMUNES};
use model::{RecordEdit, RecordRef, kind};
use std::path::Path;
use sync::{Report, Retry, SyncError};
use uuid::Uuid;
use wire::push::Outcome;

fn office(folder: &Path) -> HubProcess {
    let hub = HubProcess::serve_with(&folder.join("hub"), &["--listen", "127.0.0.1:0"]).unwrap();
    for login in ["mai", "son"] {
        hub.add_user(login, login, "case_manager", &["commune:06040"], false).unwrap();
    }
    hub
}

fn enrolled(hub: &HubProcess, login: &str, folder: &Path) -> Headless {
    Headless::enrol(&hub.invite(login, None).unwrap(), &folder.join(login), "Máy thử").unwrap()
}

fn household(name: &str) -> RecordEdit {
    RecordEdit::new(RecordRef::new(kind::HOUSEHOLD, Uuid::now_v7()))
        .set("name", name)
        .set("commune", COMMUNES[0].0)
}

fn sync(phone: &Headless) -> Report {
    let retry = Retry { tries: 1, first_wait_ms: 1, longest_wait_ms: 1, seed: 1 };
    phone.sync(&mut phone.transport(None).unwrap(), retry, &mut |_| {})
}

fn names(phone: &Headless) -> Vec<String> {
    let page = phone.store.list("household", "", 0, 20).unwrap();
    page.rows.into_iter().map(|row| row.row.title).collect()
}

fn forks(hub: &HubProcess) -> i64 {
    let database = rusqlite::Connection::open(hub.folder().join("hub.db")).unwrap();
    database.query_row("SELECT count(*) FROM forks", [], |row| row.get(0)).unwrap()
}

#[test]
fn of_a_cloned_phone_the_second_to_come_proves_the_fork_and_keeps_its_work() {
    let folder = tempfile::tempdir().unwrap();
    let hub = office(folder.path());
    let phone = enrolled(&hub, "mai", folder.path());
    let reader = enrolled(&hub, "son", folder.path());
    phone.store.commit(vec![household("Chung")]).unwrap();
    assert_eq!(sync(&phone).problem, None);
    let clone = phone.copied(&folder.path().join("clone")).unwrap();
    let phone = Headless::open(&folder.path().join("mai")).unwrap();
    phone.store.commit(vec![household("Của Máy")]).unwrap();
    clone.store.commit(vec![household("Của Bản Sao")]).unwrap();
    assert_eq!(sync(&phone).problem, None);
    let report = sync(&clone);
    assert_eq!(report.problem, Some(SyncError::Forked), "{:?}", report.problem);
    assert_eq!(forks(&hub), 1);
    // Nor does the first one go on in that name; each keeps what it has.
    phone.store.commit(vec![household("Sau Đó")]).unwrap();
    assert!(sync(&phone).problem.is_some());
    assert_eq!(names(&clone), ["Chung", "Của Bản Sao"]);
    assert_eq!(names(&phone), ["Chung", "Của Máy", "Sau Đó"]);
    for phone in [&clone, &phone] {
        let [held] = phone.store.held_back().unwrap().try_into().unwrap();
        assert_eq!(held.outcome, Outcome::Refused { code: "push.forked".into() });
    }
    assert_eq!(sync(&reader).problem, None);
    assert_eq!(names(&reader), ["Chung", "Của Máy"]);
}

#[test]
fn a_phone_that_went_back_and_wrote_anew_is_found_out() {
    let folder = tempfile::tempdir().unwrap();
    let hub = office(folder.path());
    let phone = enrolled(&hub, "mai", folder.path());
    let before = phone.copied(&folder.path().join("before")).unwrap();
    let phone = Headless::open(&folder.path().join("mai")).unwrap();
    phone.store.commit(vec![household("Một"), household("Hai")]).unwrap();
    assert_eq!(sync(&phone).problem, None);
    // The folder as it was before; other work under the same numbers.
    before.store.commit(vec![household("Ba")]).unwrap();
    assert!(sync(&before).problem.is_some());
    assert_eq!(forks(&hub), 1);
    assert_eq!(names(&before), ["Ba"], "what was written stays with who wrote it");
    assert_eq!(hub.records("household").unwrap(), 2);
}

#[test]
fn a_large_commit_gets_over_a_line_that_carries_a_part_of_it_at_a_time() {
    let folder = tempfile::tempdir().unwrap();
    let hub = office(folder.path());
    let phone = enrolled(&hub, "mai", folder.path());
    // About 400 KB in one batch: more than the first pages of a line carry.
    let noise = || (0..100).map(|_| Uuid::new_v4().to_string()).collect::<String>();
    phone
        .store
        .commit((0..120).map(|n| household(&format!("Hộ {n}")).set("note", noise())).collect())
        .unwrap();
    let report = sync(&phone);
    assert_eq!((report.problem, report.summary.changes_sent), (None, 120));
    assert_eq!(hub.records("household").unwrap(), 120);
    let database = rusqlite::Connection::open(hub.folder().join("hub.db")).unwrap();
    let rows = |table: &str| -> i64 {
        database.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0)).unwrap()
    };
    assert_eq!((rows("batches"), rows("staged"), rows("changes")), (1, 0, 120));
}
