//! Cases as anybody plays them: `case play` with the national pack, by scripts in `tests/stories/cases`. Beside each lies
//! what must come out, by the law and not by what came out once; and the office's own pack, if it has one.

use serde_json::Value;
use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

fn checkout() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn national() -> PathBuf {
    checkout().join("packs/quoc_gia")
}

/// The answers to a script.
fn played(script: &str) -> Vec<Value> {
    played_by(&[national()], script)
}

fn played_by(packs: &[PathBuf], script: &str) -> Vec<Value> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_vanggia-hub"));
    command.args(["case", "play"]).args(packs);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut player = command.spawn().unwrap();
    player.stdin.take().unwrap().write_all(script.as_bytes()).unwrap();
    let output = player.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// Whether an answer says all that is expected. Of a list it has what is expected in that order, and may have more;
/// `no X`: nothing in the list X is like that. A list of words is as it is.
fn says(answer: &Value, expected: &Value) -> bool {
    match (answer, expected) {
        (Value::Object(answer), Value::Object(expected)) => {
            expected.iter().all(|(name, value)| match name.strip_prefix("no ") {
                Some(list) => {
                    let (Some(Value::Array(all)), Value::Array(none)) = (answer.get(list), value) else {
                        return false;
                    };
                    !all.iter().any(|one| none.iter().any(|not| says(one, not)))
                }
                None => answer.get(name).is_some_and(|answer| says(answer, value)),
            })
        }
        (Value::Array(all), Value::Array(expected)) if expected.iter().any(Value::is_object) => {
            let mut all = all.iter();
            expected.iter().all(|wanted| all.any(|one| says(one, wanted)))
        }
        _ => answer == expected,
    }
}

/// Lines that are commands, or answers to them.
fn lines(text: &str) -> Vec<&str> {
    text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).collect()
}

#[test]
fn stories_come_out_as_the_law_says() {
    let folder = checkout().join("tests/stories/cases");
    let mut count = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let Some(story) = name.strip_suffix(".jsonl").filter(|name| !name.contains('.')) else { continue };
        let script = fs::read_to_string(&path).unwrap();
        let expected = fs::read_to_string(path.with_file_name(format!("{story}.expected.jsonl"))).unwrap();
        let own = path.with_extension("");
        let packs: Vec<PathBuf> = [national()].into_iter().chain(own.is_dir().then_some(own)).collect();
        let answers = played_by(&packs, &script);
        let (commands, expected) = (lines(&script), lines(&expected));
        assert_eq!((expected.len(), answers.len()), (commands.len(), commands.len()), "{story}");
        for ((command, expected), answer) in commands.iter().zip(expected).zip(&answers) {
            let wanted: Value = serde_json::from_str(expected).unwrap();
            assert!(answer.get("error").is_none(), "{story}: {command}\n{answer}");
            assert!(says(answer, &wanted), "{story}: {command}\nexpected {expected}\nfound    {answer}");
        }
        count += 1;
    }
    assert!(count >= 9, "{count}");
}

#[test]
fn what_cant_be_done_is_an_answer() {
    let table = [
        ("nonsense", "case.not-json"),
        (r#"{"sing": 1}"#, "case.unknown-command"),
        (r#"{"list": "weather"}"#, "case.usage"),
        (r#"{"now": "28/11/2026 22:40", "loud": true}"#, "case.usage"),
        (r#"{"as": {"role": "commune_officer", "name": "an"}}"#, "case.no-time"),
        (r#"{"now": "2026-11-28"}"#, "case.not-a-time"),
        (r#"{"now": "28/11/2026 22:40"}"#, ""),
        (r#"{"now": "28/11/2026 22:39"}"#, "case.past"),
        (r#"{"open": "case"}"#, "case.nobody"),
        (r#"{"as": {"role": "king", "name": "an"}}"#, "case.unknown-role"),
        (r#"{"as": {"role": "commune_officer", "name": "an"}}"#, ""),
        (r#"{"as": {"role": "commune_officer", "name": "binh", "device": "an"}}"#, "case.others-device"),
        (r#"{"list": "state"}"#, "case.nothing-open"),
        (r#"{"act": "acknowledge"}"#, "case.nothing-open"),
        (r#"{"open": "no_form"}"#, "case.unknown-form"),
        (r#"{"open": "tiep_nhan_tre_em", "answers": {"colour": "red"}}"#, "case.unknown-question"),
        (r#"{"open": "tiep_nhan_tre_em", "answers": {"source": "pigeon"}}"#, "xforms.not-a-choice"),
        (r#"{"open": "tiep_nhan_tre_em", "answers": {"child_age": 9}}"#, "case.not-asked"),
        (r#"{"open": "tiep_nhan_tre_em", "answers": {"source": "phone"}}"#, "case.unfinished"),
        (r#"{"open": "tiep_nhan_tre_em", "answers": {"received_at": "soon"}}"#, "case.wrong-value"),
        (r#"{"open": "case", "workflow": "adult", "fields": {"colour": "red"}}"#, "case.unknown-field"),
        (r#"{"open": "case", "workflow": "adult", "fields": {"opened_at": "soon"}}"#, "case.wrong-value"),
        (r#"{"open": "case", "workflow": "child-protection"}"#, ""),
        (r#"{"act": "acknowledge", "answers": {"source": "phone"}}"#, "case.unknown-question"),
        (r#"{"act": "acknowledge", "after": "s9"}"#, "case.unknown-step"),
        (r#"{"fact": {"plan.goals": "x"}}"#, "case.no-record"),
        (r#"{"act": "acknowledge"}"#, ""),
    ];
    let script: Vec<&str> = table.iter().map(|(line, _)| *line).collect();
    let answers = played(&script.join("\n"));
    assert_eq!(answers.len(), table.len());
    for ((line, code), answer) in table.iter().zip(&answers) {
        let found = answer.get("error").and_then(Value::as_str).unwrap_or_default();
        assert_eq!(found, *code, "{line}: {answer}");
        let is_told = |lang: &str| answer[lang].as_str().is_some_and(|text| !text.is_empty());
        assert!(code.is_empty() || (is_told("vi") && is_told("en")), "{answer}");
    }
}

#[test]
fn the_pack_of_a_story_has_no_fault() {
    let own = checkout().join("tests/stories/cases/a_wheelchair_is_lent");
    let mut command = Command::new(env!("CARGO_BIN_EXE_vanggia-hub"));
    command.args(["pack", "check"]).arg(own).arg("--over").arg(national());
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}

/// Ids and all else come out the same each time.
#[test]
fn a_script_is_played_the_same_each_time() {
    let story = checkout().join("tests/stories/cases/doubtful_on_a_monday.jsonl");
    let script = fs::read_to_string(story).unwrap();
    assert_eq!(played(&script), played(&script));
}
