//! Scopes beside commune and case: who writes and reads what is of the office, of a facility, of a desk; and what no hub
//! takes.

use crate::{
    publishing::{self, administrator},
    world::{COMMUNE, Office},
};
use hub::{
    db::{self, users::User},
    office::{records, users},
};
use model::{Feed, Place, RecordEdit, RecordRef, Role, UserId, kind};
use testkit::{
    Client,
    records::{household, new_ref, under},
};
use wire::push::Outcome;

fn phone(office: &Office, login: &str, role: &'static str, places: &[&str]) -> Client {
    let user = office.user_with(login, Role::new(role), places[0], "-");
    set_places(office, user.id, places);
    Client::enrol(office.link(), &office.code(&user))
}

fn set_places(office: &Office, user: UserId, places: &[&str]) {
    let places: Vec<Place> = places.iter().flat_map(|place| place.parse()).collect();
    office.hub.write_now(move |hub, tx| users::set_places(hub, tx, user, &places, false)).unwrap();
}

fn reads(phone: &mut Client, record: &RecordRef) -> bool {
    phone.cursors.clear();
    phone.pull(100).iter().any(|line| line.contains(&record.to_string()))
}

fn user(office: &Office, id: UserId) -> User {
    office.hub.read_now(|_, read| Ok(db::users::by_id(read, id)?)).unwrap().unwrap()
}

/// Whether the console shows it, and a search of its kind finds it.
fn console_shows(office: &Office, who: &Client, record: &RecordRef, words: &str) -> (bool, bool) {
    let user = user(office, who.user);
    let shown = |hub: &hub::Hub, read: &db::Read| {
        let page = db::listing::Page { number: 0, size: 10 };
        let found = records::find(hub, read, &user, record)?.is_some();
        Ok((found, records::list(hub, read, &user, record.kind.as_str(), words, &page)?.1 == 1))
    };
    office.hub.read_now(shown).unwrap()
}

fn waits() -> Outcome {
    Outcome::Waiting { code: "admission.scope".into() }
}

fn call(desk: &str) -> RecordEdit {
    RecordEdit::new(new_ref("call")).set("desk", desk).set("about", "Hỏi trợ cấp")
}

#[test]
fn the_directory_is_for_everybody_who_sees_anything() {
    let office = Office::open();
    let mut hoa = phone(&office, "hoa", "case_manager", &[&format!("commune:{COMMUNE}")]);
    let mut others = [
        phone(&office, "truc", "hotline", &["desk:tong_dai"]),
        phone(&office, "lan", "collaborator", &["commune:00073"]),
    ];
    let mut accountant = phone(&office, "ke", "accountant", &["all"]);
    let provider = RecordEdit::new(new_ref("organisation")).set("name", "Trạm y tế Mường La");
    let record = provider.record.clone();
    hoa.write(vec![provider]);
    for reader in others.iter_mut().chain([&mut hoa]) {
        assert!(reads(reader, &record));
        assert_eq!(console_shows(&office, reader, &record, "tram y te"), (true, true));
    }
    assert!(!reads(&mut accountant, &record) && accountant.pull_page(10).granted.is_empty());
    assert_eq!(console_shows(&office, &accountant, &record, "tram y te"), (false, false));
    let feed = Feed::Office(office.hub.identity.office);
    let granted = hoa.pull_page(10).granted;
    assert_eq!(granted, [Feed::Commune(COMMUNE.into()), feed], "communes first");
}

#[test]
fn a_call_is_for_its_desk_alone() {
    let office = Office::open();
    let mut truc = phone(&office, "truc", "hotline", &["desk:tong_dai"]);
    let mut colleague = phone(&office, "tram", "case_manager", &["desk:tong_dai", "commune:00073"]);
    let mut everywhere = phone(&office, "hoa", "case_manager", &["all"]);
    let mut another = phone(&office, "minh", "hotline", &["desk:mot_cua"]);
    let edit = call("tong_dai");
    let record = edit.record.clone();
    truc.write(vec![edit]);
    assert!(reads(&mut truc, &record) && reads(&mut colleague, &record));
    assert_eq!(console_shows(&office, &colleague, &record, "tro cap"), (true, true));
    for stranger in [&mut everywhere, &mut another] {
        assert!(!reads(stranger, &record));
        assert_eq!(console_shows(&office, stranger, &record, "tro cap"), (false, false));
        let forged = stranger.change(RecordEdit::new(record.clone()).set("about", "Khác"));
        assert_eq!(stranger.outcomes(&[&forged]), [waits()]);
        let put = stranger.change(call("tong_dai"));
        assert_eq!(stranger.outcomes(&[&put]), [waits()]);
    }
    // It isn't put before another desk by who has no part in that.
    let moved = truc.change(RecordEdit::new(record.clone()).set("desk", "mot_cua"));
    assert_eq!(truc.outcomes(&[&moved]), [waits()]);
    assert!(!reads(&mut another, &record));
    // Who leaves the desk is told to forget it.
    set_places(&office, colleague.user, &["commune:00073"]);
    assert_eq!(colleague.pull_page(10).granted, [Feed::Commune("00073".into())]);
}

#[test]
fn a_kind_of_a_facility_is_for_its_people() {
    let office = Office::open();
    let by = administrator(&office, "mot");
    let (kinds, fields) = (
        "bed,,facility,Giường,Bed,Giường,Beds,${name},Giường,Bed,,yes,,,30\n",
        "bed,name,text,,Số giường,Number,,value,open,1,head,title,,,\n\
         bed,facility,code,,Cơ sở,Facility,,value,open,,fact,,,,\n",
    );
    publishing::publish(&office, publishing::with_rows(kinds, fields), by);
    let mut head = phone(&office, "truong", "facility_head", &["facility:bao_tro_1"]);
    let mut other = phone(&office, "khac", "facility_head", &["facility:bao_tro_2"]);
    let mut everywhere = phone(&office, "hoa", "case_manager", &["all"]);
    let bed = RecordEdit::new(new_ref("bed")).set("name", "A1").set("facility", "bao_tro_1");
    let record = bed.record.clone();
    head.write(vec![bed]);
    assert!(reads(&mut head, &record));
    assert!(!reads(&mut other, &record) && !reads(&mut everywhere, &record));
    assert_eq!(console_shows(&office, &head, &record, "a1"), (true, true));
    assert_eq!(console_shows(&office, &everywhere, &record, "a1"), (false, false));
}

/// A phone keeps what is for practice; whatever one sends all the same reaches nobody.
#[test]
fn no_hub_takes_what_is_for_practice() {
    let office = Office::open();
    let place = format!("commune:{COMMUNE}");
    let (mut hoa, mut lan) = (office.phone("hoa", &place), office.phone("lan", &place));
    let home = household(COMMUNE).set("practice", true);
    let record = home.record.clone();
    let sent = hoa.change(home);
    assert_eq!(hoa.outcomes(&[&sent]), [waits()]);
    let member = hoa.change(under(kind::PERSON, &record).set("name", "Người Tập"));
    assert!(matches!(&hoa.outcomes(&[&member])[..], [Outcome::Waiting { .. }]));
    // What the commune has isn't taken away from it so.
    let real = household(COMMUNE);
    let kept = real.record.clone();
    hoa.write(vec![real]);
    let turned = hoa.change(RecordEdit::new(kept.clone()).set("practice", true));
    assert!(
        matches!(&hoa.outcomes(&[&turned])[..], [Outcome::Denied { code, .. }] if code == "permission.change")
    );
    assert!(reads(&mut lan, &kept) && !reads(&mut lan, &record));
}
