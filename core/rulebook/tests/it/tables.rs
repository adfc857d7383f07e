//! Reading the tables: all of them, and everything that is wrong with them.

use rulebook::{Rulebook, RulebookErrors};
use std::fs;

const NAMES: [&str; 15] = [
    "kinds.csv",
    "fields.csv",
    "codes.csv",
    "roles.csv",
    "ethnic_groups.csv",
    "relations.csv",
    "needs_groups.csv",
    "deprivation_indicators.csv",
    "admin_units.csv",
    "case_states.csv",
    "legal_clocks.csv",
    "calendar.csv",
    "calendar_years.csv",
    "hotlines.csv",
    "poverty_norms.csv",
];

fn data(name: &str) -> String {
    fs::read_to_string(format!("{}/../../data/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

fn errors(name: &str, text: &str) -> RulebookErrors {
    Rulebook::with(&[(name, text)]).unwrap_err()
}

/// Every row of every table is read: a row more that can't be is an error that says where it stands.
#[test]
fn every_row_is_read() {
    Rulebook::built_in().unwrap();
    for name in NAMES {
        let text = data(name);
        let broken = format!("{text}no row at all\n");
        let line = text.lines().count() + 1;
        let problems = errors(name, &broken).problems;
        assert!(
            problems.iter().any(|p| p.table == name && p.row == format!("line {line}")),
            "{name}: {problems:?}"
        );
    }
}

#[test]
fn a_table_that_is_not_there_is_an_error() {
    let tables: Vec<_> = NAMES.iter().map(|name| (*name, data(name))).collect();
    let without: Vec<_> =
        tables.iter().filter(|(name, _)| *name != "relations.csv").map(|(n, t)| (*n, t.as_str())).collect();
    let problems = Rulebook::read(&without).unwrap_err().problems;
    assert!(problems.iter().any(|p| p.table == "relations.csv"), "{problems:?}");
}

#[test]
fn what_one_table_says_another_may_not_contradict() {
    let kinds = data("kinds.csv");
    let found = |name: &str, text: &str, what: &str| {
        let problems = errors(name, text).problems;
        assert!(problems.iter().any(|p| p.what.contains(what)), "{what}: {problems:?}");
    };
    found("kinds.csv", &kinds.replace("household|case,inherit", "castle,inherit"), "castle");
    found("kinds.csv", &kinds.replace("${name|person.name}", "${nickname}"), "nickname");
    found("kinds.csv", &kinds.replace("${name|person.name}", "${name"), "has no }");
    found("kinds.csv", &format!("{kinds}{}", kinds.lines().nth(1).unwrap()), "twice");
    let fields = data("fields.csv");
    found("fields.csv", &fields.replace(",ethnic_group,", ",no_list,"), "no_list");
    found("fields.csv", &fields.replace("household,phone,phone,", "household,phone,telex,"), "telex");
    found("fields.csv", &format!("{fields}{}", fields.lines().nth(3).unwrap()), "twice");
    found(
        "fields.csv",
        &fields.replace("household,name,person-name", "house,name,person-name"),
        "no such kind",
    );
    let secret = fields.replace("Vietnamese", "").replacen("personal,1,head,title", "secret,1,head,title", 1);
    found("fields.csv", &secret, "searched");
    found("fields.csv", &secret, "title");
    let clocks = data("legal_clocks.csv").replace(",full_assessment,", ",no_state,");
    found("legal_clocks.csv", &clocks, "no state");
    let codes = data("codes.csv");
    found("codes.csv", &format!("{codes}{}", codes.lines().nth(1).unwrap()), "twice");
}

#[test]
fn other_tables_have_another_version() {
    let (one, again) = (Rulebook::built_in().unwrap(), Rulebook::built_in().unwrap());
    assert_eq!(one.version(), again.version());
    let relations = data("relations.csv").replace("Chủ hộ", "Chủ nhà");
    assert_ne!(Rulebook::with(&[("relations.csv", &relations)]).unwrap().version(), one.version());
}

/// `docs/records.md` is what the tables say: `cargo xtask records` prints it anew.
#[test]
fn the_printed_page_of_records_is_up_to_date() {
    let page = fs::read_to_string(format!("{}/../../docs/records.md", env!("CARGO_MANIFEST_DIR"))).unwrap();
    assert!(
        page == Rulebook::built_in().unwrap().printed(),
        "cargo xtask records prints docs/records.md anew"
    );
}
