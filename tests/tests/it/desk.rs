//! What the office writes in the console, and a phone that writes the same.

use app::view::FinishedView;
use journeys::{
    console::Console,
    phone::Phone,
    synthetic::{self, COMMUNES, Household},
    world::{self, World},
};
use testkit::filled;

/// Fills in a page's form as a browser does; the answer's status.
fn send(console: &mut Console, path: &str, typed: &[(&str, &str)]) -> u16 {
    let pairs = filled(&console.page(path).unwrap(), typed);
    let pairs: Vec<(&str, &str)> =
        pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    console.post(path, &pairs).unwrap().status
}

fn visit(phone: &Phone, id: Option<&str>, household: &Household) -> FinishedView {
    world::visit(phone, id, household, vec![]).unwrap()
}

#[test]
fn the_office_corrects_a_household_and_settles_what_a_phone_said_meanwhile() {
    let mut world = World::open().unwrap();
    world.worker("mai", "Lý Thị Mai", COMMUNES[0].0).unwrap();
    world.worker("vanphong", "Đặng Thị Văn Phòng", COMMUNES[0].0).unwrap();
    let phone = world.phone("mai").unwrap();
    let mut household = synthetic::household(11, 0);
    let id = visit(&phone, None, &household).household_id.unwrap();
    phone.sync().unwrap();
    let view = || phone.app.households().view(id.clone()).unwrap();

    // The office corrects it; the phone sees that.
    let mut console = world.console("vanphong").unwrap();
    let edit = format!("/records/household/{id}/edit");
    assert_eq!(send(&mut console, &edit, &[("f.address", "Số 5, đầu thôn")]), 303);
    phone.sync().unwrap();
    assert_eq!(view().address, "Số 5, đầu thôn");
    assert!(view().conflicts.is_empty());

    // Both go on from there, the phone without a network.
    household.address = "Số 77, cuối thôn".into();
    visit(&phone, Some(&id), &household);
    assert_eq!(send(&mut console, &edit, &[("f.address", "Số 9, giữa thôn")]), 303);
    phone.sync().unwrap();
    phone.sync().unwrap();
    let disagreement = view().conflicts;
    let values = &disagreement.iter().find(|conflict| conflict.field == "address").unwrap().values;
    assert_eq!(values.len(), 2);

    // The console names both and who said them, and one is picked.
    let page = console.page(&edit).unwrap();
    for said in ["Số 77, cuối thôn", "Số 9, giữa thôn", "Lý Thị Mai", "Đặng Thị Văn Phòng"]
    {
        assert!(page.contains(said), "{said}");
    }
    let right = &values.iter().find(|value| value.text.contains("Số 77")).unwrap().change;
    let open: Vec<String> = disagreement.iter().map(|conflict| format!("c.{}", conflict.field)).collect();
    let mut typed = Vec::new();
    for field in &open {
        let of_phone = page.split(&format!("name=\"{field}\" value=\"{right}\"")).count() == 2;
        assert!(of_phone, "{field}");
        typed.push((field.as_str(), right.as_str()));
    }
    assert_eq!(send(&mut console, &edit, &typed), 303);
    phone.sync().unwrap();
    assert_eq!(view().address, "Số 77, cuối thôn");
    assert!(view().conflicts.is_empty(), "{:?}", view().conflicts);
    assert!(!console.page(&format!("/households/{id}")).unwrap().contains("Hai thiết bị ghi khác nhau"));

    // Another comes, is taken out, and is put back.
    let members = view().members.len();
    let new = format!("/records/person/new?parent=household:{id}");
    assert_eq!(send(&mut console, &new, &[("f.name", "Lường Văn Mới")]), 303);
    phone.sync().unwrap();
    let person = view().members.iter().find(|member| member.name == "Lường Văn Mới").unwrap().id.clone();
    let out = format!("/records/person/{person}/remove");
    assert_eq!(console.post(&out, &[("why", "nhập nhầm hộ")]).unwrap().status, 303);
    phone.sync().unwrap();
    assert_eq!(view().members.len(), members);
    let page = console.page(&format!("/households/{id}")).unwrap();
    let back = format!("/records/person/{person}/restore");
    let (_, form) = page.split_once(&back).unwrap();
    let seen = form.split("name=\"s.removed\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    assert_eq!(console.post(&back, &[("s.removed", seen)]).unwrap().status, 303);
    phone.sync().unwrap();
    assert_eq!(view().members.len(), members + 1);
}
