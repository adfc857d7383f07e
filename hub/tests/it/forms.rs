//! Publishing: good forms go out to phones, bad ones are told all that is wrong with them.

use crate::world::{Office, catalogue};
use casework::FormRules;
use hub::{
    HubError, db,
    forms::{self, FormError, FormProblem, FormSource},
    office::forms::{self as office_forms, Published, publish as keep, withdraw},
};
use std::{fs, path::Path};
use tempfile::TempDir;
use wire::{forms::FormList, paths};

const SETTINGS: &str = "form_title,form_id,version\nThử,thu,1\n";
const RECORDS: &str = "record,kind,parent,path,id_from,when,field,from,type,clears_with\n\
                       form,household,,,,,,,,\n\
                       household,household,,/data,/data/household_id,,,,,\n\
                       household,,,,,,commune,/data/commune,text,\n";

/// A form `thu` of version 1 with these rows.
pub fn folder(survey: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    write("survey.csv", &format!("type,name,label,relevant,calculation\nhidden,household_id,,,\n{survey}"));
    write("settings.csv", SETTINGS);
    write("records.csv", RECORDS);
    folder
}

fn problems(folder: &Path) -> Vec<FormProblem> {
    match forms::check(&rulebook::Rulebook::built_in().unwrap(), &FormSource::open(folder).unwrap()) {
        Err(FormError::Problems(problems)) => problems,
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("the form passed"),
    }
}

#[test]
fn phones_get_each_file_as_its_hash_says() {
    let office = Office::open();
    for form in ["vang_gia", "tiep_nhan_tre_em"] {
        office.publish(&catalogue(form));
    }
    let phone = office.phone("hoa", "all");
    let list: FormList = phone.get(paths::FORMS).json();
    let ids: Vec<_> = list.forms.iter().map(|form| (form.id.as_str(), form.newest)).collect();
    assert_eq!(ids, [("tiep_nhan_tre_em", true), ("vang_gia", true)]);
    for form in &list.forms {
        let names: Vec<_> = form.files.iter().map(|file| file.name.as_str()).collect();
        let more: &[&str] = if form.id == "vang_gia" { &["working_age.csv"] } else { &[] };
        assert_eq!(names, [&["communes.csv", "form.xml", "records.csv"], more].concat());
        for file in &form.files {
            let body = phone.get(&format!("{}/{}/{}/{}", paths::FORMS, form.id, form.version, file.name));
            let body = body.bytes();
            assert_eq!(hub::secret::hex(&hub::secret::sha256(&body)), file.sha256);
            assert_eq!(body.len() as u64, file.size);
        }
    }
    assert_eq!(phone.get(&format!("{}/vang_gia/1/form.xml", paths::FORMS)).status, 404);
}

#[test]
fn a_version_is_published_once() {
    let office = Office::open();
    let folder = folder("text,commune,Xã,,\n");
    office.publish(folder.path());
    office.publish(folder.path());
    let survey = fs::read_to_string(folder.path().join("survey.csv")).unwrap();
    fs::write(folder.path().join("survey.csv"), survey.replace("Xã", "Phường")).unwrap();
    let publish = || {
        let form =
            forms::check(&rulebook::Rulebook::built_in().unwrap(), &FormSource::open(folder.path()).unwrap())
                .unwrap();
        office.hub.write_now(move |hub, tx| keep(hub, tx, &form, None))
    };
    assert_eq!(publish().unwrap_err().code(), "form.version-taken");
    fs::write(folder.path().join("settings.csv"), SETTINGS.replace(",1\n", ",2\n")).unwrap();
    publish().unwrap();
    let rows = office.hub.read_now(|_, read| Ok(db::forms::versions(read)?)).unwrap();
    let rows: Vec<_> = rows.iter().map(|row| (row.version.as_str(), row.newest)).collect();
    assert_eq!(rows, [("2", true), ("1", false)]);
}

/// As ODK and KoboToolbox export them.
#[test]
fn a_form_without_a_version_is_numbered_by_the_office() {
    let office = Office::open();
    let folder = folder("text,commune,Xã,,\n");
    let publish = |settings: &str, label: &str| {
        fs::write(folder.path().join("settings.csv"), settings).unwrap();
        let survey = fs::read_to_string(folder.path().join("survey.csv")).unwrap();
        let survey = survey.replace("Xã", label);
        let mut source = FormSource::files(
            "thu",
            [("settings.csv", settings), ("survey.csv", survey.as_str()), ("records.csv", RECORDS)]
                .map(|(name, text)| (name, text.as_bytes()))
                .into_iter(),
        )
        .unwrap();
        let form = office.hub.read_now(|hub, read| office_forms::check(hub, read, &mut source)).unwrap();
        let version = form.version.clone();
        let is_told = form.warnings.iter().any(|warning| warning.code == "form.numbered");
        (version, is_told, office.hub.write_now(move |hub, tx| keep(hub, tx, &form, None)).unwrap())
    };
    let day = office.hub.today().format("%Y%m%d").to_string();
    let (first, second) = (format!("{day}01"), format!("{day}02"));
    assert_eq!(publish("form_title,form_id\nThử,thu\n", "Xã"), (first.clone(), true, Published::New));
    assert_eq!(publish("form_title,form_id\nThử,thu\n", "Xã"), (first.clone(), false, Published::Known));
    let kobo = "form_title,form_id,version\nThử,thu,1 (2021-05-03 10:00:00)\n";
    assert_eq!(publish(kobo, "Phường"), (second.clone(), true, Published::New));
    office.clock.advance_s(24 * 60 * 60);
    let (third, ..) = publish(kobo, "Đặc khu");
    assert!(third > second, "{third}");
    let phone = office.phone("hoa", "all");
    let list: FormList = phone.get(paths::FORMS).json();
    let newest: Vec<_> = list.forms.iter().filter(|form| form.newest).map(|form| &form.version).collect();
    assert_eq!(newest, [&third]);
}

/// Names such as KoboToolbox gives have no order.
#[test]
fn of_versions_that_are_no_numbers_the_last_published_is_filled() {
    let office = Office::open();
    let folder = folder("text,commune,Xã,,\n");
    for version in ["vZq", "vAb"] {
        fs::write(folder.path().join("settings.csv"), SETTINGS.replace(",1\n", &format!(",{version}\n")))
            .unwrap();
        office.publish(folder.path());
        office.clock.advance_s(1);
    }
    let rows = office.hub.read_now(|_, read| Ok(db::forms::versions(read)?)).unwrap();
    let rows: Vec<_> = rows.iter().map(|row| (row.version.as_str(), row.newest)).collect();
    assert_eq!(rows, [("vAb", true), ("vZq", false)]);
}

#[test]
fn what_no_phone_could_take_is_refused_by_its_name() {
    let folder = folder("text,commune,Xã,,\n");
    let long = format!("{}.csv", "a".repeat(61));
    let bad = ["xã.csv", ".an.csv", "a b.csv", &long];
    for name in bad.into_iter().chain(["ok-1.csv"]) {
        fs::write(folder.path().join(name), "name,label\n1,Một\n").unwrap();
    }
    fs::write(folder.path().join("settings.csv"), SETTINGS.replace(",thu,1", ",.thu,1 a")).unwrap();
    let problems = problems(folder.path());
    for name in bad.into_iter().chain([".thu", "1 a"]) {
        let about = |problem: &&FormProblem| problem.message.contains(&format!("`{name}`"));
        let problem = problems.iter().find(about).unwrap_or_else(|| panic!("{name}: {problems:#?}"));
        assert_eq!(problem.code, "form.bad-name");
        assert!(problem.hint.as_ref().unwrap().starts_with("rename it"));
    }
    assert_eq!(problems.len(), 6);
}

#[test]
fn a_withdrawn_form_comes_back_with_a_new_version() {
    let office = Office::open();
    let folder = folder("text,commune,Xã,,\n");
    office.publish(folder.path());
    let phone = office.phone("hoa", "all");
    let listed = || -> Vec<(String, bool)> {
        let list: FormList = phone.get(paths::FORMS).json();
        list.forms.into_iter().map(|form| (form.version, form.newest)).collect()
    };
    let standing = || phone.pull_page(1).forms;
    let before = standing();
    let withdrawn = || office.hub.write_now(|_, tx| withdraw(tx, "thu"));
    withdrawn().unwrap();
    // Phones hear of it by a pull, and what was begun can be sent.
    assert_ne!(standing(), before);
    assert_eq!(listed(), [("1".into(), false)]);
    assert_eq!(phone.get(&format!("{}/thu/1/form.xml", paths::FORMS)).status, 200);
    assert_eq!(withdrawn().unwrap_err().code(), "form.not-published");
    let publish = || {
        let form =
            forms::check(&rulebook::Rulebook::built_in().unwrap(), &FormSource::open(folder.path()).unwrap())
                .unwrap();
        office.hub.write_now(move |hub, tx| keep(hub, tx, &form, None))
    };
    assert_eq!(publish().unwrap_err().code(), "form.withdrawn");
    fs::write(folder.path().join("settings.csv"), SETTINGS.replace(",1\n", ",2\n")).unwrap();
    publish().unwrap();
    assert_eq!(listed(), [("2".into(), true), ("1".into(), false)]);
}

#[test]
fn all_wrong_expressions_are_told_with_node_and_place() {
    let folder = folder(
        "text,commune,Xã,,\n\
         text,one,Một,nofunction(1) = 2,\n\
         calculate,two,,,1 + * 2\n",
    );
    let problems = problems(folder.path());
    let of = |node: &str| problems.iter().find(|problem| problem.node.as_deref() == Some(node)).unwrap();
    let (one, two) = (of("/data/one"), of("/data/two"));
    assert_eq!((one.code.as_str(), one.row), ("xforms.unknown-function", Some(4)));
    assert_eq!(two.row, Some(5));
    assert!(two.expression.as_deref().unwrap().contains("1 + * 2"));
    assert!(two.position.is_some(), "{two}");
}

#[test]
fn unknown_types_are_told_all_at_once() {
    let problems = problems(folder("text,commune,Xã,,\nintegr,a,A,,\nfoto,b,B,,\n").path());
    let rows: Vec<_> = problems.iter().map(|problem| (problem.row, problem.column.as_deref())).collect();
    assert_eq!(rows, [(Some(4), Some("type")), (Some(5), Some("type"))]);
    assert!(problems[0].message.contains("integr"), "{}", problems[0]);
}

#[test]
fn a_cycle_is_told() {
    let problems =
        problems(folder("text,commune,Xã,,\ncalculate,a,,,${b} + 1\ncalculate,b,,,${a} + 1\n").path());
    assert!(problems.iter().any(|problem| problem.code.contains("cycle")), "{problems:?}");
}

#[test]
fn the_record_table_is_checked_against_the_form() {
    let folder = folder("text,xa,Xã,,\n");
    let problems = problems(folder.path());
    let at = |problem: &FormProblem| problem.sheet.as_deref() == Some("records") && problem.row == Some(4);
    assert!(problems.iter().any(at), "{problems:#?}");
}

const COLUMNS: &str = "record,kind,parent,path,id_from,when,field,from,type,clears_with\n";

/// A form `thu` of these sheets.
fn sheets(survey: &str, entities: Option<&str>, records: Option<&str>) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    write("survey.csv", &format!("type,name,label,calculation,save_to\n{survey}"));
    write("settings.csv", SETTINGS);
    if let Some(rows) = entities {
        write("entities.csv", &format!("list_name,entity_id,create_if,update_if,label\n{rows}"));
    }
    if let Some(rows) = records {
        write("records.csv", &format!("{COLUMNS}{rows}"));
    }
    folder
}

/// The table that the form is published with, and what is read of it.
fn published(folder: &TempDir) -> (String, FormRules) {
    let rulebook = rulebook::Rulebook::built_in().unwrap();
    let form = forms::check(&rulebook, &FormSource::open(folder.path()).unwrap()).unwrap();
    let table = String::from_utf8(form.files["records.csv"].clone()).unwrap();
    let rules = FormRules::parse(&rulebook, &table, &form.definition).unwrap();
    (table, rules)
}

/// ODK's `entities` update what a list knows, so the form names the lists.
const VISIT: &str = "csv-external,household,,,\ncsv-external,person,,,\nhidden,household_id,,,\ntext,xa,Xã,,household#commune\ntext,head,Chủ hộ,,\n\
    begin_repeat,member,Người,,\nhidden,member_id,,,\ntext,who,Tên,,\ninteger,born,Năm sinh,,person#birth_year\n\
    end_repeat,,,,\nbegin_group,aims,,,\ntext,aim,Mục tiêu,,\ntext,aim_who,Ai làm,,goal#who\nend_group,,,,\n";
const ENTITIES: &str = "household,${household_id},${household_id} = '',${household_id} != '',${head}\n\
    person,${member_id},${member_id} = '',${member_id} != '',${who}\ngoal,,${aim} != '',,${aim}\n";

#[test]
fn a_form_written_with_entities_is_the_one_written_with_a_table() {
    let table = "form,household,,,,,,,,\nhousehold,household,,/data,/data/household_id,,,,,\n\
        household,,,,,,name,/data/head,text,\nhousehold,,,,,,commune,/data/xa,text,\n\
        person,person,household,/data/member,/data/member/member_id,,,,,\n\
        person,,,,,,name,/data/member/who,text,\nperson,,,,,,birth_year,/data/member/born,int,\n\
        goal,goal,household,/data/aims,,/data/aims/aim,,,,\ngoal,,,,,,text,/data/aims/aim,text,\n\
        goal,,,,,,who,/data/aims/aim_who,text,\n";
    let only_entities = ["household#commune", "person#birth_year", "goal#who"];
    let plain = only_entities.iter().fold(VISIT.to_owned(), |survey, saved| survey.replace(saved, ""));
    let plain: String = plain.split_inclusive('\n').filter(|row| !row.starts_with("csv-external")).collect();
    let (_, by_table) = published(&sheets(&plain, None, Some(table)));
    let (_, by_entities) = published(&sheets(VISIT, Some(ENTITIES), None));
    assert_eq!(by_entities, by_table);
    // What entities can't say stands in a table beside them.
    let more =
        "goal,,,,,,state,'open',text,\nn,note,person,/data/member,,,,,,\nn,,,,,,text,/data/head,text,\n";
    let (_, by_table) = published(&sheets(&plain, None, Some(&format!("{table}{more}"))));
    let (_, by_both) = published(&sheets(VISIT, Some(ENTITIES), Some(more)));
    assert_eq!(by_both, by_table);
}

#[test]
fn what_entities_and_table_say_differently_is_told_where_it_stands() {
    let told =
        |survey: &str, entities: &str, records: Option<&str>| -> Vec<(String, Option<usize>, String)> {
            let found = problems(sheets(survey, Some(entities), records).path());
            assert!(found.iter().all(|problem| problem.vi.is_some()), "{found:?}");
            found.into_iter().map(|p| (p.sheet.unwrap_or_default(), p.row, p.code)).collect()
        };
    let one = |sheet: &str, row: usize, code: &str| vec![(sheet.to_owned(), Some(row), code.to_owned())];
    let twice = "goal,,,,,,who,'x',text,\n";
    assert_eq!(told(VISIT, ENTITIES, Some(twice)), one("records", 2, "mapping.twice"));
    let other = ENTITIES.replace("goal", "aim");
    assert_eq!(
        told(&VISIT.replace("goal#", "aim#"), &other, None),
        one("entities", 4, "mapping.unknown-kind")
    );
    let field = VISIT.replace("#who", "#whom");
    assert_eq!(told(&field, ENTITIES, None), one("survey", 14, "entity.unknown-field"));
    let condition = ENTITIES.replace("${aim} != ''", "${aim} = 'x'");
    assert_eq!(told(VISIT, &condition, None), one("entities", 4, "entity.condition"));
    let person = "text,who,Tên,,\ninteger,born,Năm sinh,,birth_year\n";
    assert_eq!(told(person, "person,,,,${who}\n", None), one("entities", 2, "entity.about"));
    let (_, rules) = published(&sheets(person, Some("person,,,,${who}\n"), Some("form,household,,,,,,,,\n")));
    assert_eq!((rules.about(), rules.stands_alone()), (Some("household"), false));
}

#[test]
fn a_form_of_another_project_is_kept_as_it_was_answered() {
    let survey = "text,place,Nơi,,\nbegin_repeat,seen,Đã thấy,,\nimage,picture,Ảnh,,\nend_repeat,,,,\n";
    let (table, rules) = published(&sheets(survey, None, None));
    assert_eq!((rules.about(), rules.stands_alone()), (Some("household"), false));
    let photo = "photo_1,photo,@about,/data/seen,,/data/seen/picture,,,,\nphoto_1,,,,,,file,/data/seen/picture,photo,\n";
    assert_eq!(table, format!("{COLUMNS}form,household,,,,,,,,\n{photo}"));
}

#[test]
fn what_is_no_form_says_so() {
    let empty = tempfile::tempdir().unwrap();
    let open = |path: &Path| FormSource::open(path).map(|_| ()).unwrap_err();
    assert_eq!(HubError::from(open(empty.path())).code(), "form.unreadable");
    let text = empty.path().join("form.xlsx");
    fs::write(&text, "not a workbook").unwrap();
    assert_eq!(HubError::from(open(&text)).code(), "form.unreadable");
}
