//! Packs that lie over each other: what counts of them, and that none takes anything away.

use model::Role;
use rulebook::{Lang, Level, Pack, Privacy, Rulebook, check, check_over};
use std::fs;

const BASE: &str = "pack.csv";

fn pack(tables: &[(&str, &str)]) -> Pack {
    let mut pack = Pack::default();
    // What the rows of the base need that it says anew.
    let needs = Pack::built_in().about().unwrap().needs.join("|");
    let about = format!(
        "id,version,level,base,needs,from,title_vi,title_en,note\n\
         vung_cao,1,province,quoc_gia,{needs},2026-12-01,Vùng cao,Highlands,\n"
    );
    pack.add(BASE, about.into());
    for (name, rows) in tables {
        let path = format!("{}/../../packs/quoc_gia/{name}", env!("CARGO_MANIFEST_DIR"));
        let header = fs::read_to_string(path).unwrap().lines().next().unwrap().to_owned();
        pack.add(name, format!("{header}\n{rows}").into_bytes());
    }
    pack
}

fn over(tables: &[(&str, &str)]) -> Rulebook {
    Rulebook::layered(&[Pack::built_in(), pack(tables)]).unwrap()
}

fn day(text: &str) -> chrono::NaiveDate {
    text.parse().unwrap()
}

#[test]
fn what_it_adds_stands_beside_what_is_there() {
    let rulebook = over(&[
        ("kinds.csv", "well,household,inherit,Giếng,Well,Giếng,Wells,${type},,,,,,,20\n"),
        (
            "fields.csv",
            "well,type,code,well_type,Loại,Type,,value,personal,,head,,,,\n\
             household,gate,text,,Cổng,Gate,,value,personal,,fact,,,,\n",
        ),
        ("codes.csv", "well_type,dug,Giếng đào,Dug well,1,\n"),
    ]);
    assert_eq!(rulebook.kind("well").unwrap().label.en, "Well");
    assert_eq!(rulebook.code("well_type", "dug", Lang::Vi), Some("Giếng đào"));
    assert!(rulebook.field("household", "gate").is_some());
    assert!(rulebook.field("household", "village").is_some(), "the base goes on");
    assert_eq!(rulebook.kinds().last().unwrap().name, "well");
}

#[test]
fn a_province_pays_more_on_its_days_and_the_base_goes_on() {
    let rulebook = over(&[(
        "rates.csv",
        "social_base,700000,Mức của tỉnh,Of the province,2026-03-01,2026-12-31,,Nghị quyết mẫu,unconfirmed,province\n",
    )]);
    let held = |fact: &str| rulebook.rate("social_base", day(fact), day("2027-02-01")).row.unwrap().vnd;
    assert_eq!(held("2026-02-28"), 500_000);
    assert_eq!(held("2026-03-01"), 700_000);
    // The base's own row for July was in force later, and is lower.
    assert_eq!(held("2026-12-31"), 700_000);
    assert_eq!(held("2027-01-01"), 540_000);
    let held = rulebook.rate("social_base", day("2026-09-01"), day("2026-09-15"));
    assert_eq!((held.row.unwrap().vnd, held.later), (700_000, None), "the base's next row is none for it");
}

#[test]
fn a_shorter_deadline_stands_for_the_longer() {
    let base = fs::read_to_string(format!("{}/../../packs/quoc_gia/clocks.csv", env!("CARGO_MANIFEST_DIR")));
    let base = base.unwrap();
    let row =
        base.lines().find(|line| line.starts_with("cp_emergency,")).unwrap().replace(",12,hours", ",6,hours");
    let rulebook = over(&[("clocks.csv", &format!("{row}\n"))]);
    let clock = rulebook.clock("cp_emergency", day("2026-12-01"), day("2026-12-01")).row.unwrap();
    assert_eq!(clock.amount, 6);
}

#[test]
fn a_field_may_become_more_private_and_keeps_its_place() {
    let rulebook = over(&[(
        "fields.csv",
        "household,phone,phone,,Số điện thoại liên hệ,Telephone number,,value,sensitive,3,fact,,,,\n",
    )]);
    let base = Rulebook::built_in().unwrap();
    let names = |rulebook: &Rulebook| {
        let fields = rulebook.kind("household").unwrap().fields.iter();
        fields.map(|field| field.name.clone()).collect::<Vec<_>>()
    };
    assert_eq!(rulebook.field("household", "phone").unwrap().privacy, Privacy::Sensitive);
    assert_eq!(names(&rulebook), names(&base));
}

#[test]
fn a_right_may_be_narrowed() {
    let rulebook = over(&[("permissions.csv", "case,*,restrict,centre_head,any,,,\n")]);
    let base = Rulebook::built_in().unwrap();
    let may = |rulebook: &Rulebook, role: &Role| rulebook.may_restrict(role, day("2026-12-01"), "case");
    assert!(may(&base, &Role::new("case_manager")) && may(&base, &Role::new("centre_head")));
    assert!(!may(&rulebook, &Role::new("case_manager")) && may(&rulebook, &Role::new("centre_head")));
}

/// What of the base becomes wrong by an overlay is told at the overlay.
#[test]
fn a_base_that_it_puts_in_the_wrong_is_told() {
    let narrow = pack(&[(
        "fields.csv",
        "case_member,name,person-name,,Họ và tên,Full name,,value,secret,,head,,,,\n",
    )]);
    let problems = check_over(&[Pack::built_in(), narrow]).problems;
    let codes: Vec<_> = problems.iter().map(|problem| problem.code.as_str()).collect();
    assert_eq!(codes, ["overlay.breaks"]);
    assert!(problems[0].en.contains("[title] title.secret"), "{}", problems[0].en);
}

#[test]
fn layers_have_a_version_of_their_own() {
    let base = Rulebook::built_in().unwrap();
    let alone = Rulebook::layered(&[Pack::built_in()]).unwrap();
    assert_eq!(alone.version(), base.version());
    assert_ne!(over(&[]).version(), base.version());
}

/// The first that has a fault is told, and an overlay alone is no pack to work by.
#[test]
fn a_faulty_base_is_told_before_what_lies_over_it() {
    let mut base = Pack::built_in();
    base.remove("rates.csv");
    let errors = Rulebook::layered(&[base, pack(&[])]).unwrap_err();
    assert_eq!(errors.problems.len(), 1);
    assert_eq!(errors.problems[0].code, "pack.missing-table");
    assert!(!check(&pack(&[])).problems.is_empty());
}

#[test]
fn a_pack_says_who_it_is() {
    let about = pack(&[]).about().unwrap();
    assert_eq!(
        (about.id.as_str(), about.version.as_str(), about.base.as_deref()),
        ("vung_cao", "1", Some("quoc_gia"))
    );
    assert_eq!(
        (about.level, about.from, about.title.en.as_str()),
        (Level::Province, Some(day("2026-12-01")), "Highlands")
    );
    assert_eq!(Pack::built_in().about().unwrap().base, None);
    assert_eq!(Pack::default().about(), None);

    let mut newer = Pack::default();
    let about = "id,version,level,base,needs,from,title_vi,title_en,note\n\
        mai_sau,2,national,,clocks.voids|maps.offline,2027-01-01,Mai sau,Later,\n";
    newer.add(BASE, about.into());
    assert_eq!(newer.lacks(), ["maps.offline"]);
    assert_eq!(Pack::built_in().lacks(), Vec::<String>::new());
}

#[test]
fn an_office_says_of_more_groups_that_their_cases_are_restricted() {
    let rulebook =
        over(&[("restricted.csv", "case,groups,disabled,Quy định của tỉnh,practice,2026-12-10,,\n")]);
    let said = serde_json::json!(["disabled"]);
    assert!(!rulebook.restricts("case", "groups", &said, day("2026-12-09")));
    assert!(rulebook.restricts("case", "groups", &said, day("2026-12-10")));
    assert!(rulebook.restricts("case", "groups", &serde_json::json!(["hiv"]), day("2026-12-10")));
}
