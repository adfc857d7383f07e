//! Arrows between crates point down only (docs/architecture.md): what a crate may depend on, and nothing else of ours.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    process::Command,
};

/// Each crate of the workspace with what it may use.
const ALLOWED: [(&str, &[&str]); 22] = [
    ("model", &[]),
    ("wire", &["model"]),
    // Could be published alone.
    ("xforms", &[]),
    ("formplay", &["xforms"]),
    ("rulebook", &["model"]),
    ("workflow", &["model", "rulebook"]),
    ("casework", &["model", "rulebook", "workflow", "xforms"]),
    ("caseplay", &["model", "wire", "rulebook", "workflow", "casework", "xforms"]),
    ("prints", &["model", "rulebook", "casework"]),
    // Knows nothing of what it packs.
    ("packing", &[]),
    ("store", &["model", "packing", "rulebook", "workflow", "wire"]),
    ("photos", &["model", "wire"]),
    ("sync", &["model", "wire", "store"]),
    (
        "app",
        &["model", "rulebook", "workflow", "wire", "xforms", "casework", "prints", "store", "photos", "sync"],
    ),
    // For tests alone: nothing but a test may use it.
    ("testkit", &["model", "wire"]),
    ("bindings", &["app"]),
    ("bindgen", &[]),
    // Never `store` or `photos`: the hub has no phone's storage.
    (
        "hub",
        &[
            "model", "packing", "rulebook", "workflow", "wire", "xforms", "formplay", "caseplay", "casework",
            "prints", "xlsform",
        ],
    ),
    ("journeys", &["model", "rulebook", "wire", "xforms", "casework", "store", "photos", "sync", "app"]),
    ("peers", &["xforms", "formplay"]),
    ("xtask", &["journeys"]),
    ("xlsform", &[]),
];

/// Each crate with the crates of the workspace that it uses, tests apart.
fn edges() -> BTreeMap<String, Vec<String>> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .current_dir(journeys::hub::checkout())
        .args(["metadata", "--no-deps", "--offline", "--format-version", "1"])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    let ours: Vec<&str> = packages.iter().map(|package| package["name"].as_str().unwrap()).collect();
    let used = |package: &serde_json::Value| {
        let dependencies = package["dependencies"].as_array().unwrap().iter();
        let mut names: Vec<String> = dependencies
            .filter(|dependency| dependency["kind"] != "dev")
            // A path tells ours from one of the same name in the registry.
            .filter(|dependency| dependency["path"].is_string())
            .map(|dependency| dependency["name"].as_str().unwrap().to_owned())
            .filter(|name| ours.contains(&name.as_str()))
            .collect();
        names.sort();
        names
    };
    packages.iter().map(|package| (package["name"].as_str().unwrap().to_owned(), used(package))).collect()
}

/// Arrows that are not allowed, and crates that nothing is said about.
fn violations(edges: &BTreeMap<String, Vec<String>>) -> Vec<String> {
    let allowed = BTreeMap::from(ALLOWED);
    let mut found = Vec::new();
    for (from, used) in edges {
        match allowed.get(from.as_str()) {
            None => found.push(format!("{from} has no place in the architecture")),
            Some(may) => {
                let wrong = used.iter().filter(|to| !may.contains(&to.as_str()));
                found.extend(wrong.map(|to| format!("{from} → {to}")));
            }
        }
    }
    found
}

#[test]
fn arrows_between_crates_point_down_only() {
    let edges = edges();
    assert!(edges["app"].contains(&"sync".to_owned()), "the edges were not read: {edges:?}");
    assert_eq!(violations(&edges), Vec::<String>::new());
}

#[test]
fn an_upward_arrow_and_an_unknown_crate_are_found() {
    let mut edges = edges();
    edges.get_mut("model").unwrap().push("store".into());
    edges.get_mut("hub").unwrap().push("photos".into());
    edges.insert("helpers".into(), vec![]);
    let found = violations(&edges);
    assert_eq!(found, ["helpers has no place in the architecture", "hub → photos", "model → store"]);
}

#[test]
fn the_allowed_arrows_have_no_circle() {
    // Each crate stands after those that it may use, so that no path leads back.
    let mut below: Vec<&str> = Vec::new();
    let mut waiting: Vec<_> = ALLOWED.to_vec();
    while !waiting.is_empty() {
        let before = waiting.len();
        waiting.retain(|(name, uses)| {
            let ready = uses.iter().all(|used| below.contains(used));
            if ready {
                below.push(name);
            }
            !ready
        });
        assert!(waiting.len() < before, "a circle among {waiting:?}");
    }
}

/// Files and folders that docs/architecture.md names in the last column of its invariants; a bare file name stands
/// beside the one before it.
fn keepers(text: &str) -> Vec<PathBuf> {
    let section = text.split("\n## ").find(|section| section.starts_with("Invariants")).unwrap();
    let cells = section.lines().filter_map(|line| line.strip_suffix(" |")?.rsplit_once(" | "));
    let mut found = Vec::new();
    for (_, cell) in cells {
        let mut folder = PathBuf::new();
        for name in cell.split('`').skip(1).step_by(2).filter(|name| !name.contains("::")) {
            let path = if name.contains('/') { PathBuf::from(name) } else { folder.join(name) };
            folder = path.parent().unwrap().to_owned();
            found.push(path);
        }
    }
    found
}

#[test]
fn what_keeps_an_invariant_is_there() {
    let checkout = journeys::hub::checkout();
    let paths = keepers(&std::fs::read_to_string(checkout.join("docs/architecture.md")).unwrap());
    assert!(paths.len() > 40, "{paths:?}");
    let gone: Vec<_> = paths.iter().filter(|path| !checkout.join(path).exists()).collect();
    assert!(gone.is_empty(), "{gone:?}");
}

/// Sources that speak of a single kind of record, each with its reason. All else is told by `packs/quoc_gia/kinds.csv`.
const SPEAKS_OF_KINDS: [(&str, &str); 14] = [
    ("core/model/src/record.rs", "names the kinds that the program itself speaks of"),
    ("core/workflow/src", "names the kinds of steps and of declared interests"),
    ("core/model/src/batch/tests", "invented records to sign"),
    ("core/app/src/cases", "a case's page with its people and members"),
    ("core/app/src/households", "a household's page with its family"),
    ("core/casework/src/advice.rs", "what a worker is told goes by what a form made"),
    ("hub/src/packs/golden/forms.rs", "a column that is called like one"),
    ("core/rulebook/src/lang.rs", "a unit of time that is called like one"),
    ("core/rulebook/src/schema.rs", "a column that is called like one"),
    ("core/rulebook/src/diff/words.rs", "columns and words that are called like one"),
    ("hub/src/console/pages/cases.rs", "a case's page"),
    ("hub/src/db/records.rs", "the newest cases: an index has only them"),
    ("hub/src/console/pages/household.rs", "a household's page and the list of them"),
    ("core/app/src/form/env.rs", "a form begins with what was finished last with it"),
];

/// Whether a line names one kind, as a constant, a typed id's kind or a text.
fn speaks_of_a_kind(line: &str, kinds: &[String]) -> bool {
    let constant = |kind: &String| line.contains(&format!("kind::{}", kind.to_uppercase()));
    let text = |kind: &String| ['"', '\''].iter().any(|q| line.contains(&format!("{q}{kind}{q}")));
    // The engine's and the editor's own words: a type of field, a key of a form.
    let other = [
        "ValueKind::",
        "FieldType::",
        "Self::Photo",
        ".close(",
        "open(\"",
        "debug_struct",
        "NAMES",
        "\"photo\"]",
        "audit::",
        "Some((\"case\"",
    ];
    let speaks = kinds.iter().any(|kind| constant(kind) || text(kind)) || line.contains("Id::KIND");
    speaks && !line.trim_start().starts_with("//") && !other.iter().any(|word| line.contains(word))
}

#[test]
fn single_kinds_are_spoken_of_in_few_places() {
    let root = journeys::hub::checkout();
    let table = std::fs::read_to_string(root.join("packs/quoc_gia/kinds.csv")).unwrap();
    let kinds: Vec<String> =
        table.lines().skip(1).filter_map(|line| line.split(',').next()).map(str::to_owned).collect();
    assert!(kinds.contains(&"household".to_owned()));
    let mut found = BTreeSet::new();
    for folder in ["model", "wire", "rulebook", "workflow", "casework", "store", "photos", "sync", "app"] {
        sources(&root.join("core").join(folder).join("src"), &mut found, &kinds, &root);
    }
    sources(&root.join("hub/src"), &mut found, &kinds, &root);
    let reason = |file: &str| SPEAKS_OF_KINDS.iter().find(|(place, _)| file.starts_with(place));
    let without: Vec<_> = found.iter().filter(|file| reason(file).is_none()).collect();
    assert!(without.is_empty(), "these speak of single kinds without a reason: {without:?}");
    let unused: Vec<_> = SPEAKS_OF_KINDS
        .iter()
        .filter(|(place, _)| !found.iter().any(|file| file.starts_with(place)))
        .collect();
    assert!(unused.is_empty(), "these no longer do: {unused:?}");
}

/// Files below a folder, tests apart, that speak of a kind.
fn sources(folder: &Path, found: &mut BTreeSet<String>, kinds: &[String], root: &Path) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.strip_prefix(root).unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            sources(&path, found, kinds, root);
        } else if name.ends_with(".rs") && !name.ends_with("tests.rs") {
            let text = std::fs::read_to_string(&path).unwrap();
            let code = text.split("#[cfg(test)]").next().unwrap_or_default();
            if code.lines().any(|line| speaks_of_a_kind(line, kinds)) {
                found.insert(name);
            }
        }
    }
}
