//! Arrows between crates point down only (docs/architecture.md): what a crate may depend on, and nothing else of ours.

use std::{collections::BTreeMap, path::PathBuf, process::Command};

/// Each crate of the workspace with what it may use.
const ALLOWED: [(&str, &[&str]); 18] = [
    ("model", &[]),
    ("wire", &["model"]),
    // Could be published alone.
    ("xforms", &[]),
    ("formplay", &["xforms"]),
    ("rulebook", &["model"]),
    ("casework", &["model", "rulebook", "xforms"]),
    ("store", &["model", "rulebook", "wire"]),
    ("photos", &["model", "wire"]),
    ("sync", &["model", "wire", "store"]),
    ("app", &["model", "rulebook", "wire", "xforms", "casework", "store", "photos", "sync"]),
    // For tests alone: nothing but a test may use it.
    ("testkit", &["model", "wire"]),
    ("bindings", &["app"]),
    ("bindgen", &[]),
    // Never `store` or `photos`: the hub has no phone's storage.
    ("hub", &["model", "rulebook", "wire", "xforms", "formplay", "casework", "xlsform"]),
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
