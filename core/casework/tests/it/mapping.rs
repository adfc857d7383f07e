//! `records.csv` as it is checked when a form is published.

use crate::common::{REPORT, RULEBOOK, VISIT, records_csv};
use casework::{FormRules, MappingErrors};
use rulebook::Lang;

const HEADER: &str = "record,kind,parent,path,id_from,when,field,from,type,clears_with\n";
const START: &str = "form,household,,,,,,,,\nh,household,,/data,/data/household_id,,,,,\nh,,,,,,commune,/data/place/commune,text,\n";

fn problems(rows: &str) -> Vec<String> {
    let errors = FormRules::check(&RULEBOOK, &format!("{HEADER}{rows}"), &VISIT.definition).unwrap_err();
    errors.problems.iter().map(|p| format!("{} {} {}", p.row, p.column, p.code)).collect()
}

/// After the three sound rows of `START`: the first row given is row 5.
fn added(rows: &str) -> Vec<String> {
    problems(&format!("{START}{rows}"))
}

#[test]
fn a_sound_table_passes() {
    assert!(FormRules::parse(&RULEBOOK, &format!("{HEADER}{START}"), &VISIT.definition).is_ok());
    assert!(
        FormRules::parse(&RULEBOOK, &format!("\u{feff}{HEADER}{START}\n,,,,,,,,,\n"), &VISIT.definition)
            .is_ok()
    );
}

#[test]
fn all_problems_come_at_once_with_row_column_and_both_languages() {
    let rows = "m,person,h,/data/member,/data/member/member_id,,,,,
m,,,,,,name,/data/member/m_name,text,
m,,,,,,relation,/data/member/m_about/m_relation,word,
v,visits,h,/data,,,,,,
v,,,,,,who,/data/member/m_about/m_name,text,
x,need,gone,/data,,,,,,
n,need,,/data,,,,,,
m,,,,,,sex,/data/member/m_about/m_sex,text,/data/member/sex_known
";
    let errors =
        FormRules::parse(&RULEBOOK, &format!("{HEADER}{START}{rows}"), &VISIT.definition).unwrap_err();
    let text: Vec<_> =
        errors.problems.iter().flat_map(|p| [p.message(Lang::Vi), p.message(Lang::En)]).collect();
    insta::assert_snapshot!(text.join("\n"));
    assert_eq!(errors.code(), "casework.mapping");
    let _: &dyn std::error::Error = &errors as &MappingErrors;
}

#[test]
fn the_table_needs_a_scope_a_root_and_what_routes_it() {
    assert_eq!(problems(""), ["1 record mapping.no-form"]);
    assert_eq!(problems("form,,,,,,,,,\n"), ["2 kind mapping.no-record"]);
    assert_eq!(problems("form,village,,,,,,,,\n"), ["2 kind mapping.unknown-kind"]);
    assert_eq!(problems("form,submission,,,,,,,,\n"), ["2 kind mapping.reserved-kind"]);
    assert_eq!(problems("form,household,village,,,,,,,\n"), ["2 parent mapping.unknown-scope"]);
    assert_eq!(
        problems("form,household,,,,,,,,\nh,household,,/data,,,,,,\n"),
        ["3 field mapping.no-commune"]
    );
    assert_eq!(
        problems(
            "form,restricted-case,,,,,,,,\nh,household,,/data,,,,,,\nh,,,,,,commune,/data/place/commune,text,\n"
        ),
        ["3 kind mapping.wrong-root", "3 field mapping.no-workflow"]
    );
    assert_eq!(
        problems(
            "form,household,,,,,,,,\nh,household,,/data/member,,,,,,\nh,,,,,,commune,/data/place/commune,text,\n"
        ),
        ["3 path mapping.in-repeat"]
    );
    assert_eq!(problems("form,person,,,,,,,,\nm,person,,/data,,,,,,\n"), ["3 parent mapping.not-at-top"]);
    assert_eq!(
        problems("form,person,,,,,,,,\nh,household,,/data,,,,,,\nh,,,,,,commune,'06040',text,\n"),
        ["3 kind mapping.wrong-root"]
    );
}

#[test]
fn what_is_there_already_is_named_in_one_way() {
    let of = |about: &str, rows: &str| problems(&format!("form,{about},,,,,,,\n{rows}"));
    assert_eq!(added("g,goal,@about,/data/goal,,,,,,\n"), ["5 parent mapping.other-name"]);
    assert_eq!(added("g,goal,@household,/data/goal,,,,,,\n"), ["5 parent mapping.other-name"]);
    assert_eq!(of("case,", "n,note,@case,/data,,,,,,\n"), ["3 parent mapping.other-name"]);
    assert_eq!(of(",", "n,note,@about,/data,,,,,,\n"), ["3 parent mapping.about-nothing"]);
    assert_eq!(of("household,", "n,note,@case,/data,,,,,,\n"), ["3 parent mapping.not-above"]);
    assert_eq!(of("person,", "@about,household,,/data,,,,,,\n"), ["3 kind mapping.other-kind"]);
    assert_eq!(of("person,", "@about,person,,/data/member,,,,,,\n"), ["3 path mapping.in-repeat"]);
    assert_eq!(
        of("person,", "@about,person,@household,/data,,,,,,\n"),
        ["3 parent mapping.parent-of-standing"]
    );
}

#[test]
fn a_record_lies_where_its_kind_may() {
    let of = |about: &str, rows: &str| problems(&format!("form,{about},,,,,,,\n{rows}"));
    assert_eq!(of("person,", "g,goal,@about,/data/goal,,,,,,\n"), ["3 parent mapping.parent-kind"]);
    assert_eq!(added("v,visit,h,/data,,,,,,\ng,goal,v,/data/goal,,,,,,\n"), ["6 parent mapping.parent-kind"]);
    let secret = "n,informant,@about,/data,,,,,,\n";
    assert_eq!(of("case,", secret), ["3 kind mapping.case-only"]);
    let table = format!("{HEADER}form,case,restricted-case,,,,,,,\n{secret}");
    assert!(FormRules::check(&RULEBOOK, &table, &VISIT.definition).is_ok());
    let asked = "@about,case,,/data,,,,,,\n@about,,,,,,summary,/data/observation/obs_facts,text,\n";
    assert_eq!(of("case,", asked), ["4 field mapping.secret"]);
    // What was published is read all the same.
    let table = format!("{HEADER}form,case,,,,,,,,\n{asked}{secret}");
    assert!(FormRules::parse(&RULEBOOK, &table, &VISIT.definition).is_ok());
}

#[test]
fn a_form_that_opens_a_case_leaves_what_it_is_about_alone() {
    let opened = "form,person,restricted-case,,,,,,,\nc,case,,/data,,,,,,\nc,,,,,,commune,'06040',text,\n\
                  c,,,,,,workflow,'child-protection',text,\n";
    assert_eq!(problems(&format!("{opened}n,note,@about,/data,,,,,,\n")), ["6 parent mapping.outside-case"]);
    let below = "@household,household,,/data,,,,,,\nn,note,@household,/data,,,,,,\n";
    assert_eq!(problems(&format!("{opened}{below}")), ["7 parent mapping.outside-case"]);
    let table = format!("{HEADER}{opened}@about,person,,/data,/data/household_id,,,,,\n");
    assert!(FormRules::check(&RULEBOOK, &table, &VISIT.definition).is_ok());
}

#[test]
fn the_forms_of_the_catalogue_may_be_published() {
    for (name, form) in [("vang_gia", &VISIT), ("tiep_nhan_tre_em", &REPORT)] {
        let checked = FormRules::check(&RULEBOOK, &records_csv(name), &form.definition);
        assert_eq!(checked.as_ref(), Ok(&form.rules), "{name}");
    }
}

#[test]
fn an_unknown_workflow_has_no_first_state() {
    let table = records_csv("tiep_nhan_tre_em").replace("'child-protection'", "'unheard-of'");
    let errors = FormRules::parse(&RULEBOOK, &table, &REPORT.definition).unwrap_err();
    assert_eq!(errors.problems[0].code, "mapping.no-workflow");
}

#[test]
fn a_row_is_one_thing() {
    assert_eq!(added("m,person,h,/data/member,,,name,'x',text,\n"), ["5 field mapping.record-or-field"]);
    assert_eq!(added("m,person,h,/data/member,,,,'x',,\n"), ["5 from mapping.record-or-field"]);
    assert_eq!(added("h,,,/data,,,name,'x',text,\n"), ["5 path mapping.record-or-field"]);
    assert_eq!(added(",,,,,,name,'x',text,\n"), ["5 record mapping.no-record"]);
    assert_eq!(added("gone,,,,,,name,'x',text,\n"), ["5 record mapping.unknown-record"]);
    assert_eq!(added("h,household,,/data,,,,,,\n"), ["5 record mapping.twice"]);
    assert_eq!(added("h,,,,,,commune,'x',text,\n"), ["5 field mapping.twice"]);
    assert_eq!(added("form,household,,,,,,,,\n"), ["5 record mapping.twice"]);
}

#[test]
fn some_kinds_and_fields_are_the_programs_own() {
    assert_eq!(added("s,submission,h,/data,,,,,,\n"), ["5 kind mapping.reserved-kind"]);
    assert_eq!(added("s,case_member,h,/data,,,,,,\n"), ["5 kind mapping.reserved-kind"]);
    assert_eq!(added("h,,,,,,restricted,'true',bool,\n"), ["5 field mapping.reserved-field"]);
    assert_eq!(added("h,,,,,,parent,'x',text,\n"), ["5 field mapping.reserved-field"]);
}

#[test]
fn a_record_reads_its_own_repeat_and_what_is_around_it_only() {
    let member = "m,person,h,/data/member,,,,,,\n";
    assert_eq!(added(&format!("{member}p,photo,m,/data/photo,,,,,,\n")), ["6 parent mapping.outside-repeat"]);
    assert_eq!(
        added("m,person,h,/data/member,/data/household_id,,,,,\n"),
        ["5 id_from mapping.outside-repeat"]
    );
    assert_eq!(
        added("v,visit,h,/data,,/data/member/m_about/m_name,,,,\n"),
        ["5 when mapping.outside-repeat"]
    );
    assert_eq!(
        added(&format!("{member}m,,,,,,x,/data/photo/p_about/photo_caption,text,\n")),
        ["6 from mapping.outside-repeat"]
    );
    let outer = format!("{HEADER}{START}{member}m,,,,,,village,/data/place/village,text,\n");
    assert!(FormRules::parse(&RULEBOOK, &outer, &VISIT.definition).is_ok());
}

#[test]
fn what_is_over_is_said_by_codes_of_the_kinds_own_list() {
    let table = |id: &str, over: &str| {
        let header = HEADER.replace('\n', ",over\n");
        let goal = format!(
            "g,goal,h,/data/goal,{id},,,,,,{over}\ng,,,,,,text,/data/goal/g_about/goal_text,text,,\n"
        );
        FormRules::parse(&RULEBOOK, &format!("{header}{START}{goal}"), &VISIT.definition)
    };
    let id = "/data/goal/goal_id";
    assert!(table(id, "state=done|dropped").is_ok());
    let wrong =
        [(id, "state"), (id, "state=finished"), (id, "text=done"), (id, "colour=red"), ("", "state=done")];
    for (id, over) in wrong {
        let problems = table(id, over).unwrap_err().problems;
        let told: Vec<_> = problems.iter().map(|p| (p.row, p.column, p.code)).collect();
        assert_eq!(told, [(5, "over", "mapping.over")], "{over}");
    }
}

#[test]
fn what_is_known_goes_to_hidden_answers_beside_the_record() {
    let known = |rows: &str| {
        let table = format!("{}{START}{rows}", HEADER.replace('\n', ",over,known\n"));
        match FormRules::parse(&RULEBOOK, &table, &VISIT.definition) {
            Ok(_) => Vec::new(),
            Err(errors) => {
                errors.problems.iter().map(|p| format!("{} {} {}", p.row, p.column, p.code)).collect()
            }
        }
    };
    let village = |known: &str| format!("h,,,,,,village,/data/place/village,text,,,{known}\n");
    let consent =
        |id: &str, by: &str| format!("v,visit,h,/data,,,,,,,,\nc,consent,v,/data,{id},,,,,,,{by}\n");
    let answer = "c,,,,,,answer,/data/consent/consent_photo,text,,,/data/said_photo\n";
    assert_eq!(known(&village("/data/known_village")), [""; 0]);
    assert_eq!(known(&format!("{}{answer}", consent("", "date"))), [""; 0]);
    // Asked, or for each member apart.
    assert_eq!(known(&village("/data/place/village")), ["5 known mapping.known"]);
    assert_eq!(known(&village("/data/member/known_m_name")), ["5 known mapping.outside-repeat"]);
    // No such field, or a record that stays.
    assert_eq!(known(&consent("", "day")), ["6 known mapping.known"]);
    assert_eq!(known(&consent("/data/household_id", "date")), ["6 known mapping.known"]);
    // Nothing says which is the last.
    assert_eq!(known(&format!("{}{answer}", consent("", ""))), ["7 known mapping.known"]);
}

#[test]
fn an_answer_must_be_able_to_be_of_its_type() {
    let field = |from: &str, kind: &str| added(&format!("h,,,,,,x,{from},{kind},\n"));
    let wrong = ["5 type mapping.wrong-type"];
    assert_eq!(field("/data/household/phone", "int"), wrong);
    assert_eq!(field("/data/household/phone", "bool"), wrong);
    assert_eq!(field("/data/household/phone", "photo"), wrong);
    assert_eq!(field("/data/services/water", "bool"), wrong);
    assert_eq!(field("/data/location", "text"), wrong);
    assert_eq!(field("/data/visit/visit_purpose", "date"), wrong);
    assert_eq!(field("/data/housing", "text"), ["5 from mapping.not-a-question"]);
    assert_eq!(field("", "text"), ["5 from mapping.no-source"]);
    assert_eq!(field("'yes", "text"), ["5 from mapping.wrong-constant"]);
    assert_eq!(field("'seven'", "int"), ["5 from mapping.wrong-constant"]);
    assert_eq!(field("'x.jpg'", "photo"), ["5 from mapping.wrong-constant"]);
    assert_eq!(added("p,photo,h,/data/photo/p_about/photo_file,,,,,,\n"), ["5 path mapping.not-a-group"]);
}

#[test]
fn the_header_must_be_whole() {
    let errors =
        FormRules::parse(&RULEBOOK, "record,kind,parent,path\nform,household,,\n", &VISIT.definition)
            .unwrap_err();
    assert_eq!(errors.problems.iter().filter(|p| p.code == "mapping.missing-column").count(), 6);
    let errors = FormRules::parse(
        &RULEBOOK,
        &format!("{}{START}", HEADER.replace("when", "whenn")),
        &VISIT.definition,
    );
    let codes: Vec<_> = errors.unwrap_err().problems.iter().map(|p| p.code).collect();
    assert_eq!(codes, ["mapping.missing-column", "mapping.unknown-column"]);
}
