//! Packs of the office, from its list to a record that a page shows.

use crate::{
    office::{Office, published},
    phone::{PIN, synchronise},
    sheets,
    world::{Answers, World, fill, finish, text},
};
use app::view::*;
use model::{RecordEdit, RecordRef, kind};
use testkit::office::{Form, form};
use uuid::Uuid;
use wire::packs::Manifest;

const ABOUT: &str = "id,version,level,base,needs,from,title_vi,title_en,note\n\
    xa,1,commune,quoc_gia,,2026-01-01,Gói của xã,The commune's pack,\n";
const KINDS: &str = "kind,parents,scope,label_vi,label_en,plural_vi,plural_en,title,unnamed_vi,unnamed_en,workflow,listed,made_by,immutable,order\n\
    well,household,inherit,Giếng nước,Water well,Giếng nước,Water wells,${note},Giếng nước,Water well,,,,,20\n";
const FIELDS: &str = "kind,field,type,list,label_vi,label_en,group,merge,privacy,search,shown,lists,from,to,article\n\
    well,note,text,,Ghi chú,Remarks,,value,personal,3,fact,,,,\n";

fn publish(office: &Office, say: impl FnOnce(&mut Manifest)) -> Manifest {
    let files = [("pack.csv", ABOUT), ("kinds.csv", KINDS), ("fields.csv", FIELDS)];
    office.office.publish_pack("xa", &files.map(|(path, text)| (path, text.as_bytes())), |manifest| {
        (manifest.title_vi, manifest.title_en) = ("Gói của xã".into(), "The commune's pack".into());
        say(manifest);
    })
}

/// Asks for a remark about a well of the household.
fn well() -> Form {
    let xml = r#"<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml"><h:head>
        <h:title>Giếng nước</h:title><model>
        <instance><data id="gieng" version="1"><household_id/><commune/><note/><meta><instanceID/></meta></data></instance>
        <bind nodeset="/data/household_id" type="string"/><bind nodeset="/data/commune" type="string"/>
        <bind nodeset="/data/note" type="string"/></model></h:head>
        <h:body><input ref="/data/note"><label>Ghi chú</label></input></h:body></h:html>"#;
    let records = "record,kind,parent,path,id_from,when,field,from,type,clears_with\n\
        form,household,,,,,,,,\n\
        household,household,,/data,/data/household_id,,,,,\n\
        household,,,,,,commune,/data/commune,text,\n\
        well,well,household,/data,,,,,,\n\
        well,,,,,,note,/data/note,text,\n";
    form("gieng", "1", "Giếng nước", &[("form.xml", xml.as_bytes()), ("records.csv", records.as_bytes())])
}

fn titles(world: &World) -> Vec<String> {
    world.app.forms().list().unwrap().into_iter().map(|form| form.title).collect()
}

fn packs(world: &World) -> Vec<(PackStanding, String)> {
    let packs = world.app.syncing().state().unwrap().packs;
    packs.into_iter().map(|pack| (pack.standing, pack.text)).collect()
}

#[test]
fn a_kind_that_nobody_knew_is_filled_and_found_after_one_synchronisation() {
    let world = World::new();
    let visit = world.app.forms().start("vang_gia".into(), None).unwrap();
    fill(&visit, &Answers::first_visit());
    let household = finish(&visit).household_id.unwrap();
    // Its form came before its pack: this phone could not read it.
    world.office.office.publish(well());
    assert_eq!(synchronise(&world.app).forms_received, 0);
    assert!(!titles(&world).contains(&"Giếng nước".to_owned()));
    assert!(
        world
            .app
            .syncing()
            .state()
            .unwrap()
            .notices
            .iter()
            .any(|notice| notice.code.starts_with("casework."))
    );

    publish(&world.office, |_| {});
    let asked = world.office.asked_for_forms();
    assert_eq!(synchronise(&world.app).forms_received, 1);
    assert_eq!(world.office.asked_for_forms() - asked, 1, "its files are here: only the list is asked for");
    assert_eq!(packs(&world), [(PackStanding::Active, "Gói của xã (1): đang dùng".to_owned())]);
    assert_eq!(world.app.syncing().state().unwrap().notices, []);

    let session = world.app.forms().start("gieng".into(), Some(format!("household:{household}"))).unwrap();
    session.answer("/data/note".into(), text("Nước trong quanh năm")).unwrap();
    finish(&session);
    let found = |app: &app::App| app.households().list("quanh nam".into(), 0, 5).unwrap().total;
    assert_eq!(found(&world.app), 1);
    let app = world.phone.app();
    app.access().unlock(PIN.into()).unwrap();
    assert_eq!(found(&app), 1, "also after a start without a network");
    synchronise(&app);
    assert!(world.office.received().contains(&"well".to_owned()));
}

#[test]
fn a_draft_finishes_under_the_rules_that_it_began_under_and_says_so() {
    let world = World::new();
    let begun = world.app.forms().start("vang_gia".into(), None).unwrap();
    let other = world.app.forms().start("vang_gia".into(), None).unwrap().draft_id();
    publish(&world.office, |_| {});
    synchronise(&world.app);
    let after = world.app.forms().start("vang_gia".into(), None).unwrap();
    let app = world.phone.app();
    fill(&begun, &Answers::first_visit());
    finish(&begun);
    fill(&after, &Answers::first_visit());
    finish(&after);
    drop((begun, after, world.app));
    app.access().unlock(PIN.into()).unwrap();
    let resumed = app.forms().resume(other).unwrap();
    fill(&resumed, &Answers::first_visit());
    finish(&resumed);
    synchronise(&app);
    let state = world.office.office.state();
    let received = state.books.received.values().flatten();
    let changes = received.flat_map(|received| received.batch.changes().flatten().collect::<Vec<_>>());
    let mut under: Vec<String> = changes
        .filter(|change| change.head.record.kind == kind::SUBMISSION)
        .map(|change| change.value("pack").unwrap().read().unwrap().as_str().unwrap().to_owned())
        .collect();
    let built_in = rulebook::Rulebook::built_in().unwrap();
    under
        .iter_mut()
        .filter(|version| *version == built_in.version())
        .for_each(|version| "own".clone_into(version));
    assert_eq!(under.iter().filter(|version| *version == "own").count(), 2);
    assert_eq!(under.len(), 3);
}

#[test]
fn what_stays_aside_is_told_in_plain_words() {
    let world = World::new();
    publish(&world.office, |_| {});
    publish(&world.office, |manifest| manifest.needs = vec!["time-travel".into()]);
    publish(&world.office, |manifest| manifest.from = "2126-01-01".parse().unwrap());
    assert_eq!(synchronise(&world.app).code, "ok");
    let told = "Gói của xã (2): cần cập nhật ứng dụng mới dùng được. Vẫn dùng bộ quy định đang có.";
    assert_eq!(
        packs(&world),
        [
            (PackStanding::Active, "Gói của xã (1): đang dùng".to_owned()),
            (PackStanding::Aside, told.to_owned()),
            (PackStanding::Coming, "Gói của xã (3): dùng từ ngày 01/01/2126".to_owned()),
        ]
    );
    let notices = world.app.today().view().unwrap().sync.notices;
    assert_eq!(notices.iter().map(|notice| notice.code.as_str()).collect::<Vec<_>>(), ["pack.needs"]);
    world.app.set_language(Language::English);
    assert_eq!(packs(&world)[0].1, "The commune's pack (1): in use");
}

/// Twenty forms with the same list fetch it once.
#[test]
fn a_file_that_many_forms_name_is_fetched_once() {
    let office = Office::publishing(Vec::new());
    let list: String = (0..2_000).map(|n| format!("{n},Thôn {n}\n")).collect();
    let list = format!("name,label\n{list}");
    let (_, files) = well();
    for n in 0..20 {
        let xml =
            String::from_utf8(files["form.xml"].clone()).unwrap().replace("gieng", &format!("gieng_{n}"));
        let records = "record,kind,parent,path,id_from,when,field,from,type,clears_with\n\
            form,household,,,,,,,,\nh,household,,/data,/data/household_id,,,,,\nh,,,,,,village,/data/note,text,\n\
            h,,,,,,commune,/data/commune,text,\n";
        let files = [
            ("form.xml", xml.as_bytes()),
            ("records.csv", records.as_bytes()),
            ("thon.csv", list.as_bytes()),
        ];
        office.office.publish(form(&format!("gieng_{n}"), "1", "Giếng", &files));
    }
    let world = World::with(office, 20);
    // The list of forms, then of the first all three files, of the others what is their own.
    assert_eq!(world.office.asked_for_forms(), 1 + 3 + 19);
    assert_eq!(titles(&world).len(), 20);
}

#[test]
fn records_of_a_kind_to_come_are_kept_until_it_is_known() {
    let world = World::new();
    let mut colleague = world.office.colleague();
    let home = testkit::records::household(crate::office::COMMUNE).set("name", "Mã Thị Giếng");
    let well = RecordEdit::new(RecordRef::new("well", Uuid::now_v7()))
        .under(home.record.clone())
        .set("note", "cạn vào mùa khô");
    colleague.write(vec![home, well]);
    synchronise(&world.app);
    let found = || world.app.households().list("mua kho".into(), 0, 5).unwrap().total;
    assert_eq!(found(), 0);
    publish(&world.office, |_| {});
    synchronise(&world.app);
    assert_eq!(found(), 1);
}

#[test]
fn a_flipped_byte_is_told_and_the_next_run_mends_it() {
    let world = World::new();
    publish(&world.office, |_| {});
    synchronise(&world.app);
    let newer = publish(&world.office, |manifest| {
        manifest.files[1].sha256 = wire::packs::hash(KINDS.replace("Giếng", "Nguồn").as_bytes());
    });
    let wanted = newer.files[1].sha256;
    let spoilt = KINDS.replace("Giếng", "Nguòn").into_bytes();
    world.office.office.state().contents.insert(wanted, spoilt);
    assert_eq!(synchronise(&world.app).code, "ok", "the run goes on");
    let standing = packs(&world);
    assert_eq!((standing[0].0, standing[1].0), (PackStanding::Active, PackStanding::Aside));
    assert_eq!(world.app.syncing().state().unwrap().packs[1].code, "sync.damaged-file");
    let whole = KINDS.replace("Giếng", "Nguồn").into_bytes();
    world.office.office.state().contents.insert(wanted, whole);
    synchronise(&world.app);
    assert_eq!(packs(&world), [(PackStanding::Active, "Gói của xã (2): đang dùng".to_owned())]);
}

/// As the office lists them; a list that doesn't come holds up nothing.
#[test]
fn without_the_list_the_rest_of_the_run_goes_on() {
    let world = World::new();
    publish(&world.office, |_| {});
    world.office.office.publish(well());
    world.office.office.state().script.fail = Some(("/v1/packs", 404));
    let summary = synchronise(&world.app);
    assert_eq!((summary.code.as_str(), summary.forms_received), ("sync.hub-problem", 0));
    assert_eq!(packs(&world), []);
    world.office.office.state().script.fail = None;
    assert_eq!(synchronise(&world.app).forms_received, 1);
}

/// The national pack with none of its tables as the program has them, and all of its forms.
#[test]
fn a_first_download_takes_at_most_400_kb() {
    let forms = sheets::all().into_iter().map(|id| published(&id, &id, &sheets::publish(&id))).collect();
    let office = Office::publishing(forms);
    let listed: Vec<_> = office.office.state().forms.iter().map(|(entry, _)| entry.clone()).collect();
    let count = listed.len() as u64;
    let own = rulebook::Pack::built_in();
    let changed: Vec<(&str, Vec<u8>)> = own
        .files()
        .map(|(path, bytes)| {
            let text = String::from_utf8(bytes.to_vec()).unwrap().replace("quoc_gia,3,", "quoc_gia,4,");
            (path, format!("{}\n\n", text.trim_end()).into_bytes())
        })
        .collect();
    let files: Vec<(&str, &[u8])> = changed.iter().map(|(path, bytes)| (*path, bytes.as_slice())).collect();
    office.office.publish_pack("quoc_gia", &files, |manifest| {
        (manifest.base, manifest.version) = (None, "4".into());
        manifest.forms = listed;
    });
    let world = World::with(office, count);
    let state = world.office.office.state();
    let (packs, forms) = (state.sent["packs"], state.sent["forms"]);
    drop(state);
    assert_eq!(world.app.syncing().state().unwrap().packs[0].standing, PackStanding::Active);
    assert!(packs + forms <= 400_000, "{packs} bytes of packs, {forms} of forms");
}
