//! A kind of record reaches phones and console by a pack alone.

use journeys::hub::{checkout, program};
use std::{fs, path::Path, process::Command};

#[test]
fn the_demo_of_packs_keeps_what_it_promises() {
    let mut demo = Command::new(env!("CARGO_BIN_EXE_demo_packs"));
    let output = demo.arg("--once").env("VANGGIA_HUB", program().unwrap()).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}\n{}", String::from_utf8_lossy(&output.stderr));
    assert!(said.ends_with("Xong / done\n"), "{said}");
}

#[test]
fn no_program_knows_the_kind_of_the_demo() {
    fn knows(path: &Path) -> bool {
        if path.is_dir() {
            return fs::read_dir(path).unwrap().any(|entry| knows(&entry.unwrap().path()));
        }
        let source = ["rs", "kt", "swift", "csv"].map(Some);
        let extension = path.extension().and_then(|extension| extension.to_str());
        source.contains(&extension) && fs::read_to_string(path).unwrap().contains("school_place")
    }
    for folder in ["core", "hub", "bindings", "android", "ios", "packs"] {
        assert!(!knows(&checkout().join(folder)), "{folder}");
    }
    assert!(knows(&checkout().join("tests/src/bin/demo_packs")));
}
