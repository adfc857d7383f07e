//! Packs: proposed, agreed to by another, told to phones, and worked by from their first day on.

use crate::world::{COMMUNE, Office};
use hub::{
    HubError, db,
    office::packs::{self, InForce},
};
use model::{RecordEdit, Role, UserId, encoding::to_text, kind};
use rulebook::{Lang, Pack};
use testkit::{
    Client,
    records::{household, new_ref, under},
};
use wire::{
    forms::FormList,
    packs::{Manifest, PackList, hash, standing},
    paths,
    push::Outcome,
};

const PACK: &str = "id,version,level,base,needs,from,title_vi,title_en,note\n";
const KINDS: &str = "kind,parents,scope,label_vi,label_en,plural_vi,plural_en,title,unnamed_vi,unnamed_en,workflow,\
                     listed,made_by,immutable,order\n";
const FIELDS: &str =
    "kind,field,type,list,label_vi,label_en,group,merge,privacy,search,shown,lists,from,to,article\n";

/// An office's overlay with a kind `well` below households, one `bridge` below a commune, and a form.
pub fn overlay(version: u32, from: &str) -> Pack {
    let mut pack = Pack::default();
    let mut add = |path: &str, text: String| pack.add(path, text.into_bytes());
    add("pack.csv", format!("{PACK}vi_du,{version},province,quoc_gia,,{from},Gói thử,A trial,\n"));
    add(
        "kinds.csv",
        format!(
            "{KINDS}well,household,inherit,Giếng nước,Water well,Giếng nước,Water wells,${{depth}},Giếng nước,\
             Water well,,,,,20\nbridge,,commune,Cầu,Bridge,Cầu,Bridges,${{name}},Cầu,Bridge,,yes,,,21\n"
        ),
    );
    add(
        "fields.csv",
        format!(
            "{FIELDS}well,depth,decimal,,Độ sâu,Depth,,value,personal,,head,,,,\n\
             bridge,name,text,,Tên cầu,Name,,value,open,1,head,,,,\n\
             bridge,commune,code,commune,Xã,Commune,,value,open,,head,place,,,\n"
        ),
    );
    let form = |file: &str| Pack::form_path("gieng", file);
    add(
        &form("survey.csv"),
        format!(
            "type,name,label\nhidden,household_id,\ntext,commune,Xã\ntext,of_{version},Câu của phiên bản\n\
             begin group,well,Giếng\ndecimal,depth,Độ sâu\nend group,,\n"
        ),
    );
    add(&form("settings.csv"), format!("form_title,form_id,version\nGiếng,gieng,{version}\n"));
    add(
        &form("records.csv"),
        "record,kind,parent,path,id_from,when,field,from,type,clears_with\nform,household,,,,,,,,\n\
         household,household,,/data,/data/household_id,,,,,\nhousehold,,,,,,commune,/data/commune,\
         text,\nwell,well,household,/data/well,,,,,,\n\
         well,,,,,,depth,/data/well/depth,decimal,\n"
            .into(),
    );
    pack
}

/// An overlay of nothing but these rows of kinds and fields.
pub fn with_rows(kinds: &str, fields: &str) -> Pack {
    let mut pack = Pack::default();
    let mut add = |path: &str, text: String| pack.add(path, text.into_bytes());
    add("pack.csv", format!("{PACK}vi_du,1,province,quoc_gia,,2026-11-01,Gói thử,A trial,\n"));
    add("kinds.csv", format!("{KINDS}{kinds}"));
    add("fields.csv", format!("{FIELDS}{fields}"));
    pack
}

pub fn administrator(office: &Office, login: &str) -> UserId {
    office.user_with(login, Role::new("administrator"), "all", "-").id
}

/// Proposed by the operator, agreed to by an administrator.
pub fn publish(office: &Office, pack: Pack, by: UserId) -> u64 {
    let number = propose(office, pack).unwrap();
    packs::approve(&office.hub, number, Some(by), None).unwrap()
}

fn propose(office: &Office, pack: Pack) -> Result<u64, HubError> {
    packs::propose(&office.hub, pack, None, None).map(|(number, _)| number)
}

fn list(phone: &Client) -> Vec<Manifest> {
    let list: PackList = phone.get(paths::PACKS).json();
    list.packs.iter().map(|signed| signed.verify(&phone.enrolled.office_key).unwrap()).collect()
}

fn serials(phone: &Client) -> Vec<u64> {
    list(phone).iter().map(|pack| pack.serial).collect()
}

#[track_caller]
fn refused<T>(result: Result<T, HubError>, code: &str) {
    assert_eq!(result.err().map(|error| error.code()), Some(code));
}

#[test]
fn another_person_agrees_and_phones_hear_of_it() {
    let office = Office::open();
    let (first, second) = (administrator(&office, "mot"), administrator(&office, "hai"));
    let phone = office.phone("hoa", "all");
    assert_eq!((phone.pull_page(1).packs, list(&phone)), (None, Vec::new()));
    let (number, _) = packs::propose(&office.hub, overlay(1, "2026-11-01"), Some(first), None).unwrap();
    refused(packs::approve(&office.hub, number, Some(first), None), "pack.same-person");
    assert_eq!(list(&phone), Vec::new());
    assert_eq!(packs::approve(&office.hub, number, Some(second), None).unwrap(), 1);
    refused(packs::approve(&office.hub, number, Some(second), None), "pack.not-proposed");

    let told = list(&phone);
    let [pack] = told.as_slice() else { panic!("{told:?}") };
    assert_eq!((pack.by.as_str(), pack.approved_by.as_str()), (&*first.to_string(), &*second.to_string()));
    // What is past begins with the day on which it was agreed to.
    assert_eq!((pack.serial, pack.from), (1, office.hub.today()));
    assert_eq!(phone.pull_page(1).packs, Some(standing(&told)));
    let paths: Vec<_> = pack.files.iter().map(|file| file.path.as_str()).collect();
    assert_eq!(paths, ["fields.csv", "kinds.csv", "pack.csv"], "forms travel as forms do");
    for file in &pack.files {
        let body = phone.get(&format!("{}/files/{}", paths::PACKS, to_text(&file.sha256.0))).bytes();
        assert_eq!((hash(&body), body.len() as u64), (file.sha256, file.size));
    }
    let forms: Vec<_> = pack.forms.iter().map(|form| (form.id.as_str(), form.newest)).collect();
    assert_eq!(forms, [("gieng", true)]);
    let done = office.hub.read_now(|_, read| {
        let of = |user| Ok::<_, HubError>(db::users::by_id(read, user)?.unwrap().login);
        Ok((of(first)?, of(second)?))
    });
    assert_eq!(done.unwrap(), ("mot".into(), "hai".into()));
}

#[test]
fn the_operator_is_one_of_the_two() {
    let office = Office::open();
    let user = administrator(&office, "mot");
    let number = propose(&office, overlay(1, "2026-11-01")).unwrap();
    refused(packs::approve(&office.hub, number, None, None), "pack.same-person");
    packs::approve(&office.hub, number, Some(user), None).unwrap();
    let (number, _) = packs::propose(&office.hub, overlay(2, "2026-11-01"), Some(user), None).unwrap();
    packs::approve(&office.hub, number, None, None).unwrap();
}

/// An administrator can't make a second one for themselves, nor agree for who is none any more.
#[test]
fn whom_the_proposer_added_is_no_second() {
    let office = Office::open();
    let user = administrator(&office, "mot");
    let new = db::users::NewUser {
        login: "ban_sao".into(),
        name: "Bản sao".into(),
        role: Role::new("administrator"),
        places: Vec::new(),
        on_duty: false,
    };
    let copy =
        office.hub.write_now(move |hub, tx| hub::office::users::add(hub, tx, new, "-", Some(user))).unwrap();
    let (number, _) = packs::propose(&office.hub, overlay(1, "2026-11-01"), Some(user), None).unwrap();
    refused(packs::approve(&office.hub, number, Some(copy), None), "pack.same-person");
    let other = administrator(&office, "hai");
    office.hub.write_now(move |hub, tx| hub::office::users::disable(hub, tx, user)).unwrap();
    refused(packs::approve(&office.hub, number, Some(other), None), "pack.same-person");
}

#[test]
fn what_is_published_only_goes_forward() {
    let office = Office::open();
    let user = administrator(&office, "mot");
    publish(&office, overlay(5, "2026-11-01"), user);
    refused(propose(&office, overlay(5, "2026-11-01")), "pack.known");
    let mut other = overlay(5, "2026-11-01");
    other.add("fields.csv", [overlay(5, "").file("fields.csv").unwrap(), b"\n"].concat());
    refused(propose(&office, other), "pack.version-taken");
    refused(propose(&office, overlay(4, "2026-11-01")), "pack.older");
    let mut needs = overlay(6, "2026-11-01");
    needs
        .add("pack.csv", format!("{PACK}vi_du,6,province,quoc_gia,bay,2026-11-01,Thử,Trial,\n").into_bytes());
    refused(propose(&office, needs), "pack.needs");
    let mut base = overlay(6, "2026-11-01");
    base.add("pack.csv", format!("{PACK}vi_du,6,province,nuoc_la,,2026-11-01,Thử,Trial,\n").into_bytes());
    refused(propose(&office, base), "pack.other-base");
    let mut lacking = overlay(6, "2026-11-01");
    lacking.remove("kinds.csv");
    refused(propose(&office, lacking), "pack.problems");
    let yesterday = office.hub.today().pred_opt();
    refused(packs::propose(&office.hub, overlay(6, "2026-11-01"), None, yesterday), "pack.past-day");
    // A form that is published with this version and other questions: nothing of the pack is.
    let mut form = overlay(6, "2026-11-01");
    let settings = Pack::form_path("gieng", "settings.csv");
    form.add(&settings, b"form_title,form_id,version\nKh\xc3\xa1c,gieng,5\n".to_vec());
    refused(propose(&office, form), "pack.problems");
    assert_eq!(serials(&office.phone("hoa", "all")), [1]);
    let waits = office.hub.read_now(|_, read| Ok(db::packs::open(read)?.len())).unwrap();
    assert_eq!(waits, 0, "what was refused is not kept");
}

#[test]
fn proposals_that_overtake_each_other_are_checked_again() {
    let office = Office::open();
    let user = administrator(&office, "mot");
    let older = propose(&office, overlay(1, "2026-11-01")).unwrap();
    let newer = propose(&office, overlay(2, "2026-11-01")).unwrap();
    packs::approve(&office.hub, newer, Some(user), None).unwrap();
    refused(packs::approve(&office.hub, older, Some(user), None), "pack.older");
    office.hub.write_now(move |_, tx| packs::refuse(tx, older, Some(user))).unwrap();
    refused(packs::approve(&office.hub, older, Some(user), None), "pack.not-proposed");
    // Bodies that the other one names stay.
    let phone = office.phone("hoa", "all");
    for file in &list(&phone)[0].files {
        let answer = phone.get(&format!("{}/files/{}", paths::PACKS, to_text(&file.sha256.0)));
        assert_eq!(answer.status, 200, "{}", file.path);
    }
}

#[test]
fn a_damaged_file_is_not_published() {
    let office = Office::open();
    let user = administrator(&office, "mot");
    let number = propose(&office, overlay(1, "2026-11-01")).unwrap();
    let database = rusqlite::Connection::open(office.folder.join("hub.db")).unwrap();
    let removed =
        "DELETE FROM pack_bodies WHERE sha256 = (SELECT sha256 FROM pack_files WHERE path = 'kinds.csv')";
    assert_eq!(database.execute(removed, []).unwrap(), 1);
    refused(packs::approve(&office.hub, number, Some(user), None), "pack.incomplete");
    assert_eq!(list(&office.phone("hoa", "all")), Vec::new());
}

/// Of a kind that only the pack knows: what stands below a household was kept, what stands by itself waited.
#[test]
fn what_waited_for_a_kind_is_admitted_and_listed() {
    let office = Office::open();
    let user = administrator(&office, "mot");
    let mut phone = office.phone("hoa", &format!("commune:{COMMUNE}"));
    let home = household(COMMUNE);
    let well = under("well", &home.record).set("depth", 12.5);
    phone.write(vec![home, well]);
    let bridge = RecordEdit::new(new_ref("bridge")).set("name", "Cầu Treo").set("commune", COMMUNE);
    let record = bridge.record.clone();
    let batch = phone.batch(vec![bridge]);
    let code = "admission.parent-unknown".to_owned();
    assert_eq!(phone.outcomes(&[&batch]), [Outcome::Waiting { code }]);
    publish(&office, overlay(1, "2026-11-01"), user);
    // The next request works by it.
    let own = phone.pull_page(10).own;
    assert_eq!(own.iter().map(|result| &result.outcome).collect::<Vec<_>>(), [&Outcome::Admitted]);
    assert_eq!(office.stats().of("bridge"), 1);
    assert_eq!(office.hub.rulebook().kind("well").unwrap().label.get(Lang::Vi), "Giếng nước");
    let found = office.hub.read_now(|hub, read| {
        let page = db::listing::Page { number: 0, size: 10 };
        Ok(db::listing::find(
            read,
            &hub.lists,
            "bridge",
            |_| true,
            &rulebook::Query::parse("cau treo"),
            &page,
        )?
        .0)
    });
    assert_eq!(found.unwrap()[0].reference, record);
}

#[test]
fn a_pack_waits_for_its_first_day() {
    let office = Office::open();
    let user = administrator(&office, "mot");
    let phone = office.phone("hoa", "all");
    publish(&office, overlay(1, "2026-11-01"), user);
    let number = propose(&office, overlay(2, "2026-11-01")).unwrap();
    let tomorrow = office.hub.today().succ_opt();
    packs::approve(&office.hub, number, Some(user), tomorrow).unwrap();
    let in_force = || {
        phone.pull_page(1);
        office.hub.in_force().serials.clone()
    };
    let filled = || {
        let list: FormList = phone.get(paths::FORMS).json();
        list.forms.iter().map(|form| (form.version.clone(), form.newest)).collect::<Vec<_>>()
    };
    let versions = |newest: &str| ["2", "1"].map(|version| (version.to_owned(), version == newest));
    assert_eq!((in_force(), serials(&phone)), (vec![1], vec![1, 2]));
    let mut told = filled();
    told.sort_by(|a, b| b.cmp(a));
    assert_eq!(told, versions("1"), "its form is there, and not filled before its day");
    let before = phone.pull_page(1).packs;
    office.clock.advance_s(24 * 60 * 60);
    assert_eq!((in_force(), serials(&phone)), (vec![2], vec![1, 2]), "the one before stays told");
    assert_eq!(filled(), versions("2"));
    assert_eq!(phone.pull_page(1).packs, before);
    publish(&office, overlay(3, "2026-11-01"), user);
    assert_eq!((in_force(), serials(&phone)), (vec![3], vec![2, 3]));
}

#[test]
fn a_restart_keeps_all_of_it() {
    let office = Office::open();
    let user = administrator(&office, "mot");
    publish(&office, overlay(1, "2026-11-01"), user);
    let waits = propose(&office, overlay(2, "2026-11-01")).unwrap();
    packs::follow(&office.hub).unwrap();
    let version = office.hub.rulebook().version().to_owned();
    let (folder, temporary) = office.close();
    let office = Office::over(folder, temporary);
    assert_eq!((office.hub.rulebook().version(), &office.hub.in_force().serials), (&*version, &vec![1]));
    packs::approve(&office.hub, waits, Some(user), None).unwrap();
    assert_eq!(serials(&office.phone("hoa", "all")), [1, 2]);
}

/// Phones may have seen serials that a hub from a backup doesn't know.
#[test]
fn a_restored_hub_gives_no_serial_twice() {
    let office = Office::open();
    let user = administrator(&office, "mot");
    assert_eq!(publish(&office, overlay(1, "2026-11-01"), user), 1);
    let begun = office.hub.write_now(|_, tx| Ok(db::offices::begin_epoch(tx, "khac")?));
    begun.unwrap();
    let serial = publish(&office, overlay(2, "2026-11-01"), user);
    assert!(serial > 100, "{serial}");
    assert_eq!(publish(&office, overlay(3, "2026-11-01"), user), serial + 1);
}

/// What stands behind it goes on, and it is told which was put aside and why.
#[test]
fn one_that_cant_be_read_stays_aside() {
    let office = Office::open();
    let user = administrator(&office, "mot");
    publish(&office, overlay(1, "2026-11-01"), user);
    let mut newer = overlay(2, "2026-11-01");
    let fields =
        [newer.file("fields.csv").unwrap(), b"well,age,decimal,,Tu\xe1\xbb\x95i,Age,,value,open,,fact,,,,\n"];
    newer.add("fields.csv", fields.concat());
    publish(&office, newer, user);
    packs::follow(&office.hub).unwrap();
    assert_eq!(office.hub.in_force().serials, [2]);
    let (folder, temporary) = office.close();
    let database = rusqlite::Connection::open(folder.join("hub.db")).unwrap();
    let damaged = "UPDATE pack_bodies SET body = x'7f' WHERE sha256 =
                   (SELECT sha256 FROM pack_files WHERE path = 'fields.csv' AND number = 2)";
    assert_eq!(database.execute(damaged, []).unwrap(), 1);
    drop(database);
    let office = Office::over(folder, temporary);
    let InForce { serials, aside, .. } = &*office.hub.in_force();
    let aside: Vec<_> = aside.iter().map(|aside| (aside.serial, aside.why.code())).collect();
    assert_eq!((serials.as_slice(), aside.as_slice()), ([1].as_slice(), [(2, "pack.incomplete")].as_slice()));
    assert!(office.hub.rulebook().kind("well").is_some());
}

/// It was begun by the form and the pack of before: it is checked by its own.
#[test]
fn a_submission_of_before_is_checked_by_its_own_form() {
    let office = Office::open();
    let user = administrator(&office, "mot");
    let mut phone = office.phone("hoa", &format!("commune:{COMMUNE}"));
    publish(&office, overlay(1, "2026-11-01"), user);
    phone.pull_page(1);
    let begun_by = office.hub.rulebook().version().to_owned();
    publish(&office, overlay(2, "2026-11-01"), user);
    phone.pull_page(1);
    assert_ne!(office.hub.rulebook().version(), begun_by);
    let home = household(COMMUNE);
    let xml = |question: &str| {
        format!(
            "<data id=\"gieng\" version=\"1\"><household_id>{}</household_id><commune>{COMMUNE}</commune>\
             <{question}>x</{question}><well><depth>12</depth></well></data>",
            home.record.id
        )
    };
    let submission = |xml: String| {
        under(kind::SUBMISSION, &home.record)
            .set("form", "gieng")
            .set("version", "1")
            .set("pack", begun_by.clone())
            .set("xml", xml)
            .set("started_at", "2026-11-24T08:00:00+07:00")
            .set("finished_at", "2026-11-24T08:40:00+07:00")
    };
    phone.write(vec![submission(xml("of_1")), home.clone()]);
    assert_eq!((office.stats().submissions, office.stats().flagged), (1, 0));
    phone.write(vec![submission(xml("of_2"))]);
    assert_eq!((office.stats().submissions, office.stats().flagged), (2, 1));
}

/// With its forms, its lists and its worked cases.
#[test]
fn the_national_pack_is_published_as_it_is_built_in() {
    let office = Office::open();
    let user = administrator(&office, "mot");
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join("packs/quoc_gia");
    let number = propose(&office, hub::packs::read(&folder).unwrap()).unwrap();
    packs::approve(&office.hub, number, Some(user), Some(office.hub.today())).unwrap();
    let phone = office.phone("hoa", "all");
    let forms: FormList = phone.get(paths::FORMS).json();
    let ids: Vec<_> = forms.forms.iter().filter(|form| form.newest).map(|form| form.id.as_str()).collect();
    let folders = std::fs::read_dir(folder.join("forms")).unwrap();
    let mut all: Vec<_> = folders.map(|form| form.unwrap().file_name().into_string().unwrap()).collect();
    all.sort();
    assert!(all.len() >= 3 && ids == all, "{ids:?}");
    let communes = forms.forms.iter().flat_map(|form| &form.files).filter(|file| file.name == "communes.csv");
    let hashes: std::collections::BTreeSet<_> = communes.map(|file| file.sha256.clone()).collect();
    assert_eq!(hashes.len(), 1, "one list, fetched once by its hash");
    let paths: Vec<_> = list(&phone).remove(0).files.into_iter().map(|file| file.path).collect();
    assert!(
        paths.iter().any(|path| path == "articles.csv")
            && paths.iter().any(|path| path == "prints/muc_tieu.html")
    );
    assert!(
        paths.iter().all(|path| !path.starts_with("golden/") && !path.starts_with("lists/")),
        "{paths:?}"
    );
}
