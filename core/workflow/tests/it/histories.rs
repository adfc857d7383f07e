//! Whatever comes in whichever order, all replicas stand in the same place.

use crate::common::{CHILD, Case, RULEBOOK, id, ms, person};
use model::{Role, UserId};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;
use workflow::{Progress, Taken, Verdict, fold};

const HISTORIES: u64 = 10_000;

/// Small and the same everywhere (xorshift).
struct Random(u64);

impl Random {
    fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 11).unwrap() % bound.max(1)
    }

    fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }

    fn of<'a, T>(&mut self, all: &'a [T]) -> Option<&'a T> {
        all.get(self.below(all.len()))
    }

    fn shuffle<T>(&mut self, all: &mut [T]) {
        for end in (1..all.len()).rev() {
            all.swap(end, self.below(end + 1));
        }
    }
}

type Partial = BTreeMap<UserId, u64>;

fn folded(began: &str, steps: &[Taken], partial: &Partial) -> Progress {
    fold(&RULEBOOK, CHILD, began, steps, partial)
}

/// Steps by people who know now all, now little of what the others did, most of them allowed, some forged.
fn history(random: &mut Random) -> (&'static str, Vec<Taken>, Partial) {
    let rows = RULEBOOK.steps(CHILD);
    let began = ["intake", "intake", "plan", "approval", "review"][random.below(5)];
    let roles: Vec<&str> = RULEBOOK.roles().iter().map(|role| role.code.as_str()).collect();
    let mut partial = Partial::new();
    if random.one_in(4) {
        let who = person(random.of(&roles).unwrap());
        partial.insert(UserId(who), ms("2026-12-01 09:00") + 60_000 * random.below(20) as u64);
    }
    let mut steps: Vec<Taken> = Vec::new();
    for n in 0..random.below(16) as u128 {
        let mut known = steps.clone();
        known.retain(|_| !random.one_in(3));
        let seen = folded(began, &known, &partial);
        let allowed: Vec<_> = rows
            .iter()
            .filter(|row| match &row.from {
                rulebook::StepFrom::Open => true,
                rulebook::StepFrom::States(from) => from.contains(&seen.state),
            })
            .filter(|row| row.settles != seen.branches.is_empty())
            .collect();
        let row = match random.of(&allowed) {
            Some(row) if !random.one_in(8) => row,
            _ => random.of(&rows).unwrap(),
        };
        let role = if random.one_in(8) {
            random.of(&roles).unwrap()
        } else {
            random.of(&row.roles).unwrap().as_str()
        };
        let branches: Vec<Uuid> = seen.branches.iter().flat_map(|branch| branch.steps.clone()).collect();
        let mut settles = branches.clone();
        settles.extend(known.iter().filter(|step| step.chosen.is_some()).map(|step| step.id));
        settles.retain(|_| !random.one_in(6));
        steps.push(Taken {
            id: id(n + 1),
            action: if random.one_in(40) { "a step of later".to_owned() } else { row.code.clone() },
            at: ms("2026-12-01 09:00") + 60_000 * random.below(20) as u64,
            author: Some(UserId(person(role))),
            role: (!random.one_in(20)).then(|| Role::new(role.to_owned())),
            // Now and then after any of them, its own included, or after one that nobody has.
            after: if random.one_in(12) { Some(id(random.below(18) as u128)) } else { seen.last },
            reason: String::new(),
            about: None,
            approved: None,
            version: None,
            chosen: row.settles.then(|| random.of(&branches).copied()).flatten(),
            settles: if row.settles { settles } else { Vec::new() },
        });
    }
    (began, steps, partial)
}

/// What holds of any progress.
fn is_whole(progress: &Progress, steps: &[Taken]) {
    let judged: BTreeSet<Uuid> = progress.verdicts.keys().copied().collect();
    assert_eq!(judged, steps.iter().map(|step| step.id).collect(), "none is lost");
    assert!(RULEBOOK.state(CHILD, &progress.state).is_some());
    let counted: BTreeSet<Uuid> = progress.taken.iter().map(|taken| taken.id).collect();
    let counts = progress.verdicts.iter().filter(|(_, verdict)| **verdict == Verdict::Counts);
    assert_eq!(counted, counts.map(|(id, _)| *id).collect());
    assert_eq!(counted.len(), progress.taken.len(), "none counts twice");
    assert!(progress.taken.is_sorted());
    assert_ne!(progress.branches.len(), 1);
    for step in progress.branches.iter().flat_map(|branch| &branch.steps) {
        assert_eq!(progress.verdicts[step], Verdict::Undecided);
    }
    let last = progress.last.map(|last| progress.verdicts[&last]);
    assert!(last.is_none_or(|verdict| verdict == Verdict::Counts));
}

#[test]
fn replicas_agree_whatever_came_in_which_order() {
    let (mut moved, mut stopped, mut settled) = (0, 0, 0);
    for seed in 0..HISTORIES {
        let random = &mut Random::new(seed + 1);
        let (began, steps, partial) = history(random);
        let whole = folded(began, &steps, &partial);
        is_whole(&whole, &steps);
        for replica in 0..4 {
            let mut came = steps.clone();
            random.shuffle(&mut came);
            for _ in 0..2 {
                let first = &came[..random.below(came.len() + 1)];
                is_whole(&folded(began, first, &partial), first);
            }
            assert_eq!(folded(began, &came, &partial), whole, "history {seed}, replica {replica}");
        }
        moved += u32::from(whole.state != began);
        stopped += u32::from(!whole.branches.is_empty());
        settled += u32::from(whole.verdicts.values().any(|verdict| *verdict == Verdict::NotChosen));
    }
    // They are worth telling apart.
    assert!(moved > 3_000 && stopped > 400 && settled > 200, "{moved}, {stopped}, {settled}");
}

/// The same for records as they lie in a store: steps, interests and what clocks read.
#[test]
fn records_say_the_same_in_any_order() {
    let mut case = Case::report("2026-11-30 09:00");
    case.assessed("2026-11-30 11:00", "low");
    let first = case.did("assess_initial", "child_protection_officer", "2026-11-30 11:00");
    case.step("assess_initial", "case_manager", "2026-11-30 11:10", None, &[]);
    case.step("close_death", "commune_chairman", "2026-11-30 12:00", Some(first), &[]);
    case.step("assess_specific", "case_manager", "2026-11-30 12:00", Some(first), &[]);
    case.is_partial("commune_deputy", "2026-11-30 12:30");
    case.step("separate", "commune_deputy", "2026-11-30 13:00", Some(first), &[]);
    let whole = case.standing("2026-12-01 09:00");
    assert_eq!(whole.progress.as_ref().unwrap().branches.len(), 2);
    let random = &mut Random::new(13);
    for _ in 0..200 {
        random.shuffle(&mut case.below);
        let mut found = case.standing("2026-12-01 09:00");
        found.steps.sort_by_key(|step| step.id);
        assert_eq!(found, whole);
    }
}
