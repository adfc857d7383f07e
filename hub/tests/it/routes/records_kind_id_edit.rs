//! `GET /records/{kind}/{id}/edit`, `POST /records/{kind}/{id}/edit`: correcting any record, and settling a disagreement.

use super::{
    browser::{Browser, READERS, for_roles_only, form},
    scene::Scene,
};
use crate::world::COMMUNE;
use model::{RecordEdit, RecordRef, RecordState, kind};
use testkit::{Request, filled};

fn path(record: &RecordRef) -> String {
    format!("/records/{}/{}/edit", record.kind, record.id)
}

fn state(scene: &Scene, record: &RecordRef) -> RecordState {
    let found = scene.office.hub.read_now(|_, read| Ok(hub::db::records::find(read, record)?));
    found.unwrap().unwrap().state
}

/// Who works in one commune alone.
fn writer(scene: &Scene) -> Browser {
    Browser::with_place(&scene.office, "vanphong", "case_manager", &format!("commune:{COMMUNE}"))
}

pub fn send(browser: &Browser, path: &str, typed: &[(&str, &str)]) -> super::exchange::Exchange {
    let page = browser.get(path).answer;
    assert_eq!(page.status, 200, "{path}");
    let pairs = filled(&String::from_utf8(page.body).unwrap(), typed);
    let pairs: Vec<(&str, &str)> =
        pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    browser.post(path, &pairs)
}

#[test]
fn a_record_is_corrected_and_says_by_whom() {
    let scene = Scene::open();
    let writer = writer(&scene);
    let path = path(&scene.household);
    writer.get(&path).snapshot("edit");
    send(
        &writer,
        &path,
        &[("f.name", "Hoàng Văn Sơn B"), ("f.living_area", "70,5"), ("f.internet", "false")],
    )
    .snapshot("edit.saved");
    let said = state(&scene, &scene.household);
    assert_eq!(said.text("name"), Some("Hoàng Văn Sơn B"));
    assert_eq!(said.value("living_area").and_then(serde_json::Value::as_f64), Some(70.5));
    assert_eq!(said.value("internet"), Some(&false.into()));
    // What nobody touched stays as it was said, and by whom.
    assert_eq!(said.fields["village"].heads[0].device, scene.author.device);
    let page = String::from_utf8(writer.get(&path).answer.body).unwrap();
    assert!(page.contains("Người dùng vanphong · ") && page.contains("Người dùng hoa · "));
    // All untouched: nothing is written.
    let before = scene.office.stats().changes;
    assert_eq!(send(&writer, &path, &[]).answer.status, 303);
    assert_eq!(scene.office.stats().changes, before);
    // A part of the address brings the rest along.
    send(&writer, &path, &[("f.village", "Nà Lừa")]);
    let said = state(&scene, &scene.household);
    assert_eq!((said.text("commune"), said.text("province")), (Some(COMMUNE), Some("01")));
}

#[test]
fn what_cannot_be_read_stays_in_its_field() {
    let scene = Scene::open();
    let writer = writer(&scene).in_english();
    let path = path(&scene.household);
    let wrong = [("f.living_area", "rộng"), ("f.next_visit", "mai"), ("f.name", "Hoàng \"A\" <b>")];
    let answer = send(&writer, &path, &wrong);
    answer.snapshot("edit.mistakes.en");
    let body = String::from_utf8(answer.answer.body.clone()).unwrap();
    assert!(body.contains("value=\"Hoàng &quot;A&quot; &lt;b&gt;\"") || body.contains("Hoàng &quot;A&quot;"));
    assert_eq!(state(&scene, &scene.household).text("name"), Some("Hoàng Văn Sơn"));
    for code in [("f.wall", "nowhere"), ("f.commune", "00073")] {
        assert_eq!(send(&writer, &path, &[code]).answer.status, 422);
    }
    let long = "a".repeat(1_001);
    assert_eq!(send(&writer, &path, &[("f.address", &long)]).answer.status, 422);
}

#[test]
fn two_values_are_settled_by_picking_one() {
    let scene = Scene::open();
    let writer = writer(&scene);
    let path = path(&scene.household);
    let heads = state(&scene, &scene.household).fields["phone"].heads.clone();
    let one = heads.iter().find(|head| head.value() == Some(&"0912 000 111".into())).unwrap();
    assert_eq!(send(&writer, &path, &[]).answer.status, 303);
    assert_eq!(state(&scene, &scene.household).conflicts().count(), 1, "not decided is no decision");
    assert_eq!(send(&writer, &path, &[("c.phone", &one.change.to_string())]).answer.status, 303);
    let said = state(&scene, &scene.household);
    assert_eq!((said.text("phone"), said.conflicts().count()), (Some("0912 000 111"), 0));
}

/// Two phones move a household, each elsewhere in the commune.
#[test]
fn what_goes_together_is_decided_together() {
    let mut scene = Scene::open();
    let mut other = scene.office.phone("mai", "all");
    other.learn(&scene.author.batches.clone());
    let moved = |village: &str, address: &str| {
        RecordEdit::new(scene.household.clone()).set("village", village).set("address", address)
    };
    let (one, two) = (moved("Nà Lừa", "Nhà số 5"), moved("Nà Tấu", "Nhà số 7"));
    scene.author.write(vec![one]);
    other.write(vec![two]);
    let writer = writer(&scene);
    let path = path(&scene.household);
    let heads = |name: &str| state(&scene, &scene.household).fields[name].heads[0].change.to_string();
    let (village, address) = (heads("village"), heads("address"));
    let answer = send(&writer, &path, &[("c.village", &village)]).answer;
    assert_eq!(answer.status, 422);
    assert!(String::from_utf8(answer.body).unwrap().contains("Mục này đi cùng mục vừa sửa."));
    assert_eq!(send(&writer, &path, &[("c.village", &village), ("c.address", &address)]).answer.status, 303);
    let left = state(&scene, &scene.household);
    assert_eq!(left.conflicts().collect::<Vec<_>>(), ["phone"]);
}

#[test]
fn what_moved_on_meanwhile_is_told_and_not_overwritten() {
    let mut scene = Scene::open();
    let writer = writer(&scene);
    let path = path(&scene.household);
    let page = String::from_utf8(writer.get(&path).answer.body).unwrap();
    let edit = RecordEdit::new(scene.household.clone()).set("name", "Lò Văn Thử").set("area", "rural");
    scene.author.write(vec![edit]);
    let pairs = filled(&page, &[("f.name", "Hoàng Văn Sơn B"), ("f.wall", "")]);
    let pairs: Vec<(&str, &str)> =
        pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let answer = writer.post(&path, &pairs);
    answer.snapshot("edit.moved");
    let said = state(&scene, &scene.household);
    assert_eq!((said.text("name"), said.text("wall")), (Some("Lò Văn Thử"), Some("solid")));
    // Having seen it, they may; and what they left alone is not set back.
    let page = String::from_utf8(answer.answer.body).unwrap();
    let pairs = filled(&page, &[]);
    let pairs: Vec<(&str, &str)> =
        pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(writer.post(&path, &pairs).answer.status, 303);
    let said = state(&scene, &scene.household);
    assert_eq!((said.text("name"), said.text("area")), (Some("Hoàng Văn Sơn B"), Some("rural")));
    assert_eq!((said.text("wall"), said.conflicts().count()), (None, 1));
}

#[test]
fn secrets_and_what_has_a_rule_of_its_own_stay_where_they_belong() {
    let scene = Scene::open();
    let reader = scene.reader();
    let page = |record: &RecordRef| String::from_utf8(reader.get(&path(record)).answer.body).unwrap();
    let (ordinary, restricted) = (page(&scene.case), page(&scene.restricted));
    assert!(!ordinary.contains("f.summary") && restricted.contains("name=\"f.summary\""));
    for name in ["restricted", "received_at", "workflow", "subject", "parent", "removed", "home_province"] {
        assert!(!restricted.contains(&format!("\"f.{name}\"")), "{name}");
    }
    // Where it stands its steps say; of a goal a person does, by the names of its workflow.
    assert!(!restricted.contains("\"f.state\"") && !ordinary.contains("\"f.state\""));
    let (home, kinds) = (scene.household.clone(), [kind::GOAL]);
    let goals = scene.office.hub.read_now(|_, read| Ok(hub::db::records::of_kinds(read, &home, &kinds)?));
    let goal = goals.unwrap().into_iter().find(|row| row.kind() == kind::GOAL).unwrap().reference;
    assert!(page(&goal).contains("<option value=\"dropped\">"));
    // Who sends it all the same changes nothing.
    let said = filled(&restricted, &[]);
    let mut pairs: Vec<(&str, &str)> = said.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    pairs.extend([("f.workflow", "adult"), ("f.state", "closed")]);
    reader.post(&path(&scene.restricted), &pairs);
    let kept = state(&scene, &scene.restricted);
    assert_eq!((kept.text("workflow"), kept.text("state")), (Some("child-protection"), Some("intake")));
    // Each look is logged.
    let database = rusqlite::Connection::open(scene.office.folder.join("hub.db")).unwrap();
    let read = "SELECT count(*) FROM audit WHERE action = 'read' AND subject = ?1";
    let looks: u32 = database.query_row(read, [scene.restricted.to_string()], |row| row.get(0)).unwrap();
    assert_eq!(looks, 2, "the page, and what was sent");
    // A submission is what was answered.
    let (home, kinds) = (scene.household.clone(), [kind::SUBMISSION]);
    let found = scene.office.hub.read_now(|_, read| Ok(hub::db::records::of_kinds(read, &home, &kinds)?));
    let record = found.unwrap().into_iter().find(|row| row.kind() == kind::SUBMISSION).unwrap().reference;
    assert!(!page(&record).contains("f.form"));
}

#[test]
fn whom_it_is_for() {
    let scene = Scene::open();
    let path = path(&scene.household);
    for_roles_only(&scene.office, &Request::new("GET", &path), READERS);
    let scene = Scene::open();
    for_roles_only(
        &scene.office,
        &form(&format!("/records/household/{}/edit", scene.household.id), &[]),
        READERS,
    );
    // Of another commune, of a case that one is no member of, of a kind that isn't known.
    scene.office.set_place(scene.author.user, "commune:00004");
    assert_eq!(
        scene.reader().get(&format!("/records/household/{}/edit", scene.household.id)).answer.status,
        404
    );
    let stranger = writer(&scene);
    assert_eq!(stranger.get(&format!("/records/case/{}/edit", scene.restricted.id)).answer.status, 404);
    assert_eq!(stranger.get(&format!("/records/nothing/{}/edit", scene.restricted.id)).answer.status, 404);
}
