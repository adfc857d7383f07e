use super::*;
use crate::{
    lines::{Bad, Packer},
    push::Outcome,
    signed::BadStatement,
};
use model::{Place, encoding::Bytes};
use serde_json::Value;

/// An answer of a newer hub, with something that this program does not know in every open place.
const NEWER: &str = include_str!("newer.jsonl");

fn newer() -> PullResponse {
    let (answer, whole) = PullResponse::read(false, NEWER.as_bytes()).unwrap().unwrap();
    assert!(whole);
    answer
}

#[test]
fn what_is_not_known_leaves_the_rest_readable() {
    let answer = newer();
    let kinds: Vec<&str> = answer.feeds[0]
        .entries
        .iter()
        .map(|entry| match &entry.entry {
            Entry::Put(_) => "put",
            Entry::Page { error, .. } => error.code(),
            Entry::Own(_) => "own",
            Entry::Leave(_) => "leave",
            Entry::Sealed(_) => "sealed",
            Entry::Unknown(raw) => raw.get(),
        })
        .collect();
    let merge = r#"{"merge": {"records": ["household:1", 7]}}"#;
    assert_eq!(kinds, ["batch.newer", merge, r#"{"own": "short"}"#, "leave"]);

    let known: Vec<bool> = answer.granted.iter().map(Feed::is_known).collect();
    assert_eq!(known, [true, false, false, false]);
    assert_eq!(answer.certificates[0].verify(&Bytes([7; 32])), Err(BadStatement::Unreadable));
    let own: Vec<&Outcome> = answer.own.iter().map(|result| &result.outcome).collect();
    let waiting = Outcome::Waiting { code: "admission.scope".into() };
    assert_eq!(own, [&Outcome::Admitted, &Outcome::Unknown, &waiting]);

    let worker = answer.worker;
    assert_eq!(worker.role.as_str(), "province_supervisor");
    let places = [Place::Commune("00070".into()), Place::Other("district:063".into()), Place::All];
    assert_eq!(worker.places, places);
    let names: Vec<&str> = worker.duty_managers.iter().map(|colleague| colleague.name.0.as_str()).collect();
    assert_eq!(names, ["Một", "Hai"]);
}

#[test]
fn what_is_not_known_is_written_as_it_came() {
    let value = |line: &str| serde_json::from_str(line).unwrap_or_else(|_| Value::from(line));
    let values = |text: &str| -> Vec<Value> { text.lines().map(value).collect() };
    let written = newer().write(Packer::new(false).unwrap()).unwrap();
    let (came, written) = (values(NEWER), values(std::str::from_utf8(&written).unwrap()));
    let feeds =
        |lines: &[Value]| lines.iter().skip_while(|line| line.get("feed").is_none()).cloned().collect();
    let (feeds_came, feeds_written): (Vec<_>, Vec<_>) = (feeds(&came), feeds(&written));
    assert!(feeds_came.len() > 5 && feeds_written == feeds_came, "{feeds_written:?}");
    let (came, written) = (&came[0], &written[0]);
    for part in ["v", "hub", "epoch", "more", "granted", "certificates", "forms", "server_time"] {
        assert_eq!(written[part], came[part], "{part}");
    }
    assert_eq!(written["worker"]["role"], came["worker"]["role"]);
    assert_eq!(written["worker"]["places"][1], came["worker"]["places"][1]);
}

/// Without a number nobody can tell what is missing.
#[test]
fn an_entry_without_its_position_is_no_answer() {
    let text = NEWER.replacen(r#""position": 2, "#, "", 1);
    assert_ne!(text, NEWER);
    assert_eq!(PullResponse::read(false, text.as_bytes()).err(), Some(Bad::Shape));
}

#[test]
fn a_request_names_what_it_skips_only_when_there_is_something() {
    let (cursors, skip) = (vec![], vec![]);
    let condition = Condition::default();
    let (max_entries, max_bytes) = (500, 32_768);
    let mut request = PullRequest {
        v: 1,
        hub: None,
        cursors,
        skip,
        max_entries,
        max_bytes,
        holds: None,
        statements_after: None,
        condition,
    };
    let text = serde_json::to_string(&request).unwrap();
    assert_eq!(text, r#"{"v":1,"hub":null,"cursors":[],"max_entries":500,"max_bytes":32768}"#);
    request.skip.push(Feed::Other("archive:15".into()));
    let text = serde_json::to_string(&request).unwrap();
    assert_eq!(
        text,
        r#"{"v":1,"hub":null,"cursors":[],"skip":["archive:15"],"max_entries":500,"max_bytes":32768}"#
    );
}
