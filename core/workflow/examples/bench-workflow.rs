//! How long it takes to work out where a case of 200 steps stands, and which of its clocks run.

#![allow(clippy::unwrap_used, clippy::print_stdout)] // a measurement stops where it fails

use model::{DeviceId, FieldState, Head, RecordRef, RecordState, Role, Said, Stamp, UserId, kind};
use rulebook::Rulebook;
use std::{collections::BTreeMap, convert::Infallible, time::Instant};
use uuid::Uuid;
use workflow::{Arrival, Standing, TRANSITION, Witness, field};

const STEPS: usize = 200;
const RUNS: usize = 201;
/// 2026-11-24T09:00:00+07:00.
const BEGAN: u64 = 1_795_485_600_000;

/// All of it was done by an officer.
struct Officer;

impl Witness for Officer {
    type Error = Infallible;

    fn author(&self, _: DeviceId) -> Result<Option<UserId>, Infallible> {
        Ok(Some(UserId(Uuid::from_u128(9))))
    }

    fn role(&self, _: UserId, _: chrono::NaiveDate) -> Result<Option<Role>, Infallible> {
        Ok(Some(Role::new("child_protection_officer")))
    }

    fn arrival(&self, _: &RecordRef) -> Result<Option<Arrival>, Infallible> {
        Ok(None)
    }
}

fn said(fields: &[(&str, String)], at: u64) -> RecordState {
    let field = |(name, text): &(&str, String)| {
        let head = Head {
            change: model::ChangeId(Uuid::from_u128(u128::from(at))),
            at: Stamp(at, 0),
            device: DeviceId(Uuid::nil()),
            said: Said::Value(text.clone().into()),
        };
        ((*name).to_owned(), FieldState { heads: vec![head], ..FieldState::default() })
    };
    RecordState { fields: fields.iter().map(field).collect::<BTreeMap<_, _>>() }
}

fn main() {
    let rulebook = Rulebook::built_in().unwrap();
    let case = RecordRef::new(kind::CASE, Uuid::from_u128(1));
    let opened = [
        ("workflow", "child-protection".to_owned()),
        ("state", "intake".to_owned()),
        ("received_at", "2026-11-24T09:00:00+07:00".to_owned()),
    ];
    let state = said(&opened, BEGAN);
    // Rounds of review and another plan, with steps of protection between them.
    let round = ["submit_plan", "protect", "approve_plan", "protect", "review", "again"];
    let first = ["acknowledge", "assess_initial", "protect", "assess_specific"];
    let actions = first.iter().chain(round.iter().cycle()).take(STEPS);
    let (mut below, mut after) = (Vec::new(), String::new());
    for (n, action) in (100u128..).zip(actions) {
        let step = RecordRef::new(TRANSITION, Uuid::from_u128(n));
        let fields = [
            (field::WORKFLOW, "child-protection".to_owned()),
            (field::ACTION, (*action).to_owned()),
            (field::AFTER, after.clone()),
            ("parent", case.to_string()),
        ];
        below.push((step, said(&fields, BEGAN + u64::try_from(n).unwrap() * 60_000)));
        if !matches!(*action, "acknowledge" | "protect") {
            after = Uuid::from_u128(n).to_string();
        }
    }
    let today = "2026-12-01".parse().unwrap();
    let mut times: Vec<f64> = (0..RUNS)
        .map(|_| {
            let started = Instant::now();
            let found = Standing::of(&rulebook, (&case, &state), &below, &Officer, today).unwrap().unwrap();
            assert_eq!(found.steps.len(), STEPS);
            started.elapsed().as_secs_f64() * 1000.0
        })
        .collect();
    times.sort_by(f64::total_cmp);
    println!(r#"{{"name":"workflow.stand_200","median_ms":{:.4}}}"#, times[RUNS / 2]);
}
