//! Each check of the batch format with the test that fails without it. Two patches are tried in every run, all with
//! `cargo test -p model --test broken -- --ignored`.

#![allow(clippy::unwrap_used)]

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

struct Patch {
    check: &'static str,
    /// In `src/batch`.
    file: &'static str,
    /// What stands there once, and what the patch puts in its place.
    from: &'static str,
    to: &'static str,
    /// Of `batch::tests`.
    test: &'static str,
}

const fn patch(
    check: &'static str,
    file: &'static str,
    from: &'static str,
    to: &'static str,
    test: &'static str,
) -> Patch {
    Patch { check, file, from, to, test }
}

const MADE: &str = "vectors::the_vectors_are_what_this_program_makes";
const PAGE: &str = "pages::a_page_that_is_not_written_exactly_so_is_refused";
const PACKING: &str = "pages::packing_is_one_whole_frame_and_bounded";
const BOUNDS: &str = "making::what_is_out_of_bounds_is_not_made";
const CHAIN: &str = "making::batches_are_chained_from_the_certificate_on";
const FEEDS: &str = "making::a_commit_makes_a_batch_for_each_feed_the_ordinary_first";
const KEYS: &str = "keys::the_published_cases_end_as_our_rule_states";
const ERASED: &str = "views::no_view_brings_an_erased_value_or_its_seeds_back";
const TAMPERED: &str = "properties::what_was_tampered_with_is_refused";

const OTHERS: &str = "properties::what_belongs_to_others_is_named_as_such";

const PATCHES: [Patch; 40] = [
    patch(
        "a seed beside a hidden change",
        "codec/decode.rs",
        "if self.seen()? != seen::WHOLE {",
        "if self.seen()? > 9 {",
        PAGE,
    ),
    patch(
        "the signature",
        "rebuild.rs",
        "if !signer.key.accepts(",
        "if false && !signer.key.accepts(",
        TAMPERED,
    ),
    patch("a tag", "hash.rs", "context.update(&[tag as u8]);", "", MADE),
    patch("a length prefix", "hash.rs", "self.0.update(&length.to_be_bytes());", "let _ = length;", MADE),
    patch("the statement's count", "statement.rs", "&self.count.to_be_bytes(),", "&[0; 4],", MADE),
    patch("the statement's office", "statement.rs", "self.office.0.as_bytes(),", "&[0; 16],", MADE),
    patch(
        "the statement's previous",
        "statement.rs",
        "&self.previous.0,\n            &self.root.0",
        "&[0; 32],\n            &self.root.0",
        TAMPERED,
    ),
    patch("the header's office", "hash.rs", "position.office.0.as_bytes(),", "&[],", MADE),
    patch(
        "the commitment's device",
        "hash.rs",
        "&[&salt.0, device.0.as_bytes(), &seq",
        "&[&salt.0, &[], &seq",
        MADE,
    ),
    patch("the office", "rebuild.rs", "if said.office != signer.office {", "if false {", OTHERS),
    patch("the device", "rebuild.rs", "if said.device != signer.device {", "if false {", OTHERS),
    patch("the author", "rebuild.rs", "if said.author != signer.author {", "if false {", OTHERS),
    patch("the next number", "statement.rs", "if self.first_seq != before.next_seq {", "if false {", CHAIN),
    patch("previous", "statement.rs", "if self.previous == before.previous {", "if true {", CHAIN),
    patch(
        "a fork",
        "statement.rs",
        "self.first_seq < other.next_seq() &&",
        "self.first_seq == other.first_seq &&",
        "making::two_statements_for_one_position_are_a_fork",
    ),
    patch("order of names, none twice", "change.rs", "this <= last ||", "", PAGE),
    patch("order of what is replaced", "change.rs", "|| !replaces.is_sorted_by(|a, b| a < b)", "", PAGE),
    patch("a name is there", "change.rs", "0 => Err(BatchError::NoName),", "0 => Ok(()),", BOUNDS),
    patch("a canonical key", "key.rs", "if y.iter().rev().ge(P.iter().rev()) {", "if false {", KEYS),
    patch("a key of small order", "key.rs", "if SMALL_ORDER.contains(&y) {", "if false {", KEYS),
    patch(
        "a seed beside a withheld field",
        "codec/decode.rs",
        "if self.state()? != state::VALUE {",
        "if self.state()? > 9 {",
        PAGE,
    ),
    patch(
        "a value stripped",
        "read.rs",
        "!shown.fields.iter().any(|field| matches!(field, ShownField::Withheld))",
        "true",
        "views::a_withheld_field_leaves_not_even_its_name",
    ),
    patch(
        "rebuilt to what was signed",
        "rebuild.rs",
        "if self.statement.hash() == *kept {",
        "if true {",
        "views::what_no_longer_rebuilds_to_what_was_signed_is_not_rewritten",
    ),
    patch("erased stays erased", "join.rs", "if let PartField::Withheld(_) = mine {", "if true {", ERASED),
    patch("no seed comes back", "join.rs", "&& self.erasures().next().is_none()", "", ERASED),
    patch(
        "the same batch",
        "join.rs",
        "if self.statement() != other.statement() {",
        "if false {",
        "views::a_second_view_adds_and_never_takes_away",
    ),
    patch(
        "the number of hidden hashes",
        "tree.rs",
        "if subtrees.len() != hidden.len() {",
        "if false {",
        TAMPERED,
    ),
    patch(
        "numbers begin at 1",
        "rebuild.rs",
        "self.first_seq == 0 ||",
        "",
        "making::numbers_that_cannot_be_are_refused",
    ),
    patch(
        "a key of an object twice",
        "json.rs",
        "if !keys.insert(key) {",
        "if !keys.insert(key) && false {",
        "views::json_that_readers_read_differently_is_none",
    ),
    patch("over-long integers", "codec/streams.rs", "|| (byte == 0 && shift > 0)", "", PAGE),
    patch(
        "trailing bytes",
        "codec/streams.rs",
        "if self.columns.iter().all(|column| column.is_empty()) {",
        "if true {",
        PAGE,
    ),
    patch("unused entries", "codec/decode.rs", "if self.used.contains(&false) {", "if false {", PAGE),
    patch("unknown flags", "codec/decode.rs", "flags & !(flag::SEED | flag::POSITION) != 0", "false", PAGE),
    patch("known suites", "codec/decode.rs", "!= SUITE {", "== 0 {", PAGE),
    patch(
        "a frame that ends the page",
        "codec/decode.rs",
        "&& !frame.finish().is_empty()",
        "&& false",
        PACKING,
    ),
    patch("the size unpacked", "codec/decode.rs", "if plain.len() > MAX_UNPACKED {", "if false {", PACKING),
    patch(
        "only what decodes to the same",
        "codec/encode.rs",
        "if again.iter().map(|read| &read.batch).eq(batches.iter().map(|batch| &batch.batch)) {",
        "if again.len() == batches.len() {",
        "pages::only_what_decodes_to_the_same_is_sent",
    ),
    patch(
        "a fresh seed",
        "make.rs",
        "random.fill(&mut seed).map_err(|_| BatchError::NoRandomness)?;",
        "let _ = (random, &mut seed);",
        "making::work_that_is_signed_anew_gets_other_ids",
    ),
    patch(
        "a claim without its order",
        "view.rs",
        "PartField::Erased(erased) if !is_ordered(id, erased) => Fate::Withhold,",
        "",
        "views::a_claim_that_no_order_bears_out_is_as_good_as_withheld",
    ),
    patch(
        "the ordinary never names the restricted",
        "make.rs",
        "return Err(BatchError::NamesRestricted);",
        "",
        FEEDS,
    ),
];

fn crate_root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &to);
        } else {
            fs::copy(entry.path(), to).unwrap();
        }
    }
}

/// A workspace of this crate alone, to be patched.
fn workspace(name: &str) -> PathBuf {
    let checkout = crate_root().join("../..");
    let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    if root.exists() {
        fs::remove_dir_all(&root).unwrap();
    }
    copy(&crate_root().join("src"), &root.join("core/model/src"));
    copy(&checkout.join("tests/vectors"), &root.join("tests/vectors"));
    fs::copy(crate_root().join("Cargo.toml"), root.join("core/model/Cargo.toml")).unwrap();
    fs::copy(checkout.join("Cargo.lock"), root.join("Cargo.lock")).unwrap();
    let manifest = fs::read_to_string(checkout.join("Cargo.toml")).unwrap();
    let lines = manifest.lines().map(|line| match line.split_once(" = ") {
        Some(("members", _)) => "members = [\"core/model\"]",
        Some(("default-members" | "exclude", _)) => "",
        _ => line,
    });
    fs::write(root.join("Cargo.toml"), lines.collect::<Vec<_>>().join("\n")).unwrap();
    root
}

/// What the named test says in `workspace`: whether it passes. What does not compile shows nothing.
fn passes(workspace: &Path, test: &str) -> bool {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .current_dir(workspace)
        // The one of this run: what the crate depends on is compiled there.
        .env("CARGO_TARGET_DIR", Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name(""))
        .args([
            "test",
            "--offline",
            "-p",
            "model",
            "--lib",
            "--",
            "--exact",
            &format!("batch::tests::{test}"),
        ])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(said.contains("running 1 test"), "{test}: {}", String::from_utf8_lossy(&output.stderr));
    output.status.success()
}

fn try_all(name: &str, patches: &[Patch]) {
    let workspace = workspace(name);
    for Patch { test, .. } in patches {
        assert!(passes(&workspace, test), "{test} fails by itself");
    }
    let mut unmissed = Vec::new();
    for Patch { check, file, from, to, test } in patches {
        let file = workspace.join("core/model/src/batch").join(file);
        let text = fs::read_to_string(&file).unwrap();
        fs::write(&file, text.replace(from, to)).unwrap();
        if passes(&workspace, test) {
            unmissed.push(check);
        }
        fs::write(&file, text).unwrap();
    }
    assert!(unmissed.is_empty(), "no test misses these checks: {unmissed:?}");
}

#[test]
fn every_patch_fits() {
    for Patch { check, file, from, .. } in &PATCHES {
        let text = fs::read_to_string(crate_root().join("src/batch").join(file)).unwrap();
        assert_eq!(text.matches(from).count(), 1, "{check}");
    }
}

#[test]
fn two_checks_are_missed() {
    try_all("broken-two", &PATCHES[..2]);
}

#[test]
#[ignore = "compiles the crate for each check"]
fn every_check_is_missed() {
    try_all("broken-all", &PATCHES);
}
