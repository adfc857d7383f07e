//! Which keys and signatures count: the cases of Wycheproof and ed25519-speccheck with the outcome that our rule states.

use super::*;
use serde::Deserialize;

#[derive(Deserialize)]
struct Case {
    source: String,
    note: String,
    key: String,
    message: String,
    signature: String,
    outcome: Option<String>,
}

#[derive(Deserialize)]
struct Cases {
    cases: Vec<Case>,
}

fn bytes(hex: &str) -> Vec<u8> {
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
}

fn outcome(case: &Case) -> Result<(), BatchError> {
    let key = VerifyingKey::new(Bytes(bytes(&case.key).try_into().unwrap()))?;
    // The format has no room for a signature of another length.
    let signature = bytes(&case.signature).try_into().map_err(|_| BatchError::WrongSignature)?;
    match key.accepts(b"", &bytes(&case.message), &Bytes(signature)) {
        true => Ok(()),
        false => Err(BatchError::WrongSignature),
    }
}

#[test]
fn the_published_cases_end_as_our_rule_states() {
    let text = include_str!("../../../../../tests/vectors/ed25519.json");
    let Cases { cases } = serde_json::from_str(text).unwrap();
    let of = |source: &str| cases.iter().filter(|case| case.source.starts_with(source)).count();
    assert_eq!((of("wycheproof"), of("ed25519-speccheck"), of("keys")), (151, 12, 14));
    for case in &cases {
        let found = outcome(case).err().map(BatchError::code);
        assert_eq!(found, case.outcome.as_deref(), "{}: {}", case.source, case.note);
    }
}
