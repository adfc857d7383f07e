//! What may be done to a record that moves by a workflow (`actions.csv`), and what must hold before (`conditions.csv`).

use crate::{
    Certainty, Phrase, Rulebook, Selector,
    dated::{Days, Held, held},
    events::{Want, kind_and_field},
};
use chrono::NaiveDate;
use serde::{Deserialize, Deserializer};

/// A step that somebody takes.
#[derive(Debug, PartialEq, Eq, Deserialize)]
#[serde(from = "Row")]
pub struct Step {
    pub workflow: String,
    /// Stable, such as `submit_plan`.
    pub code: String,
    /// The states that it is taken in.
    pub from: From,
    /// The state that it leads to; `None`: it stays where it is.
    pub to: Option<String>,
    pub roles: Vec<String>,
    /// What is filled in for it; `None`: nothing.
    pub form: Option<String>,
    /// The conditions that must hold, by their ids.
    pub guard: Vec<String>,
    /// The kind of the record that it approves, as it is then.
    pub approves: Option<String>,
    pub decision: Decision,
    pub asks_why: bool,
    /// It ends a disagreement about the next step, and is no step of its own.
    pub settles: bool,
    /// Among the buttons of a page.
    pub order: u32,
    pub label: Phrase,
    pub article: String,
    pub certainty: Certainty,
    pub days: Days,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum From {
    /// Any state in which the record is worked on.
    Open,
    States(Vec<String>),
}

/// What weight a step has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Decision {
    #[serde(rename = "")]
    None,
    /// Of whoever answers for the work.
    Professional,
    /// A paper with a number, a date, a signer and a signed page.
    Legal,
}

#[derive(Deserialize)]
struct Row {
    workflow: String,
    action: String,
    from_states: From,
    to_state: Option<String>,
    roles: crate::clocks::Roles,
    form: Option<String>,
    guard: Option<crate::clocks::Roles>,
    approves: Option<String>,
    decision: Decision,
    #[serde(deserialize_with = "crate::table::yes")]
    asks_reason: bool,
    #[serde(deserialize_with = "crate::table::yes")]
    settles: bool,
    order: u32,
    label_vi: String,
    label_en: String,
    article: String,
    certainty: Certainty,
    from: Option<NaiveDate>,
    to: Option<NaiveDate>,
    in_force: Option<NaiveDate>,
}

impl std::convert::From<Row> for Step {
    fn from(row: Row) -> Self {
        Self {
            workflow: row.workflow,
            code: row.action,
            from: row.from_states,
            to: row.to_state,
            roles: row.roles.0,
            form: row.form,
            guard: row.guard.map(|guard| guard.0).unwrap_or_default(),
            approves: row.approves,
            decision: row.decision,
            asks_why: row.asks_reason,
            settles: row.settles,
            order: row.order,
            label: Phrase::new(row.label_vi, row.label_en),
            article: row.article,
            certainty: row.certainty,
            days: Days { from: row.from, to: row.to, in_force: row.in_force, layer: 0 },
        }
    }
}

impl<'de> Deserialize<'de> for From {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Ok(match text.as_str() {
            "*" => Self::Open,
            states => Self::States(states.split('|').map(str::to_owned).collect()),
        })
    }
}

/// Something that must hold before a step is taken.
#[derive(Debug, PartialEq, Eq, Deserialize)]
#[serde(from = "ConditionRow")]
pub struct Condition {
    pub id: String,
    pub test: Test,
    /// What is told where it doesn't hold.
    pub refusal: Phrase,
    pub article: String,
    pub certainty: Certainty,
}

#[derive(Deserialize)]
struct ConditionRow {
    id: String,
    test: Test,
    refuse_vi: String,
    refuse_en: String,
    article: String,
    certainty: Certainty,
}

impl std::convert::From<ConditionRow> for Condition {
    fn from(row: ConditionRow) -> Self {
        let ConditionRow { id, test, refuse_vi, refuse_en, article, certainty } = row;
        Self { id, test, refusal: Phrase::new(refuse_vi, refuse_en), article, certainty }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Test {
    /// `some:meeting[signed=yes]`, `some:3 attempt`: so many such records lie below.
    Some { least: u32, of: Selector },
    /// `none:protection[type=shelter;done=no]`.
    None(Selector),
    /// `latest:assessment.done_at[form=review] is risk=low;stable=yes`: of those the last says so.
    Latest { of: Selector, is: Vec<Want> },
    /// `field:case.no_contact=yes`: the record itself says so.
    Field { kind: String, is: Want },
    /// `no-clock:*`, `no-clock:cp_emergency|cp_removal_end`: none of these is open.
    NoClock(Clocks),
    /// `over:ad_no_contact`: this one runs, and its time is over.
    Over(String),
    /// `some:handover if latest:closing.at is reason=moved_away`: asked only where the second may hold.
    If { then: Box<Test>, when: Box<Test> },
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Clocks {
    All,
    These(Vec<String>),
}

impl Test {
    pub(crate) fn read(text: &str) -> Option<Self> {
        if let Some((then, when)) = text.split_once(" if ") {
            let when =
                Self::read(when).filter(|when| matches!(when, Self::Latest { .. } | Self::Field { .. }));
            return Some(Self::If { then: Self::read(then)?.into(), when: when?.into() });
        }
        let (what, of) = text.split_once(':')?;
        match what {
            "some" => {
                let (least, of) = match of.split_once(' ') {
                    Some((least, of)) => (least.parse().ok()?, of),
                    None => (1, of),
                };
                Some(Self::Some { least, of: Selector::read(of)? })
            }
            "none" => Selector::read(of).map(Self::None),
            "latest" => {
                let (of, is) = of.split_once(" is ")?;
                let is = is.split(';').map(Want::read).collect::<Option<_>>()?;
                Some(Self::Latest { of: Selector::read(of)?, is })
            }
            "field" => {
                let (kind, _) = kind_and_field(of.split_once('=')?.0)?;
                let is = Want::read(of.strip_prefix(&kind)?.strip_prefix('.')?)?;
                Some(Self::Field { kind, is })
            }
            "no-clock" if of == "*" => Some(Self::NoClock(Clocks::All)),
            "no-clock" => {
                let codes: Vec<String> = of.split('|').map(str::to_owned).collect();
                codes.iter().all(|code| !code.is_empty()).then_some(Self::NoClock(Clocks::These(codes)))
            }
            "over" => (!of.is_empty() && !of.contains('|')).then(|| Self::Over(of.to_owned())),
            _ => None,
        }
    }

    /// It waits for a deadline to be over, rather than met.
    pub fn waits_for_the_end(&self) -> bool {
        match self {
            Self::Over(_) => true,
            Self::If { then, .. } => then.waits_for_the_end(),
            _ => false,
        }
    }

    /// The records below that it reads.
    pub fn selectors(&self) -> Vec<&Selector> {
        match self {
            Self::Some { of, .. } | Self::None(of) | Self::Latest { of, .. } => vec![of],
            Self::Field { .. } | Self::NoClock(_) | Self::Over(_) => Vec::new(),
            Self::If { then, when } => [then.selectors(), when.selectors()].concat(),
        }
    }
}

impl<'de> Deserialize<'de> for Test {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let wrong = "some:KIND[…], none:KIND[…], latest:KIND.FIELD[…] is FIELD=WORD, field:KIND.FIELD=WORD, no-clock:* \
                     or over:CLOCK; of them one may stand after \" if \": latest:… or field:…";
        Self::read(&text).ok_or_else(|| serde::de::Error::custom(wrong))
    }
}

impl Rulebook {
    /// All steps of a workflow, of whatever day, in the order of their buttons.
    pub fn steps(&self, workflow: &str) -> Vec<&Step> {
        let mut steps: Vec<_> = self.steps.iter().filter(|step| step.workflow == workflow).collect();
        steps.sort_by_key(|step| step.order);
        steps
    }

    /// A step as it may be taken on a day.
    pub fn step(&self, workflow: &str, code: &str, day: NaiveDate) -> Held<'_, Step> {
        let rows = self.steps.iter().filter(|step| step.workflow == workflow && step.code == code);
        held(rows, |step| step.days, day, day)
    }

    /// Whether records move by steps that are taken; else their field says where they stand.
    pub fn moves_by_steps(&self, workflow: &str) -> bool {
        self.steps.iter().any(|step| step.workflow == workflow)
    }

    /// Whether a form is a step's, of whatever workflow: it is filled in for that alone.
    pub fn is_of_step(&self, form: &str) -> bool {
        self.steps.iter().any(|step| step.form.as_deref() == Some(form))
    }

    pub fn condition(&self, id: &str) -> Option<&Condition> {
        self.conditions.iter().find(|condition| condition.id == id)
    }

    /// The kinds of records below that the steps of a workflow and its clocks read.
    pub fn read_below(&self, workflow: &str) -> std::collections::BTreeSet<&str> {
        let guards = self.steps(workflow).into_iter().flat_map(|step| &step.guard);
        let tests = guards.filter_map(|id| self.condition(id));
        let read = tests.flat_map(|condition| condition.test.selectors()).map(|of| of.kind.as_str());
        let approved = self.steps(workflow).into_iter().filter_map(|step| step.approves.as_deref());
        let clocks = self.clocks().iter().filter(|clock| clock.workflow == workflow);
        read.chain(approved).chain(clocks.flat_map(crate::Clock::reads_below)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_are_read_as_cells_say_them() {
        let latest = "latest:assessment.done_at[form=review] is risk=low;stable=yes";
        let Some(Test::Latest { of, is }) = Test::read(latest) else { panic!("it isn't read") };
        assert_eq!(
            (of.kind.as_str(), of.at.as_deref(), of.wants.len(), is.len()),
            ("assessment", Some("done_at"), 1, 2)
        );
        let three = Test::read("some:3 attempt");
        assert!(matches!(three, Some(Test::Some { least: 3, of }) if of.kind == "attempt"));
        assert_eq!(Test::read("no-clock:*"), Some(Test::NoClock(Clocks::All)));
        let field = Test::read("field:case.no_contact=yes");
        assert!(
            matches!(field, Some(Test::Field { kind, is }) if kind == "case" && is.field == "no_contact")
        );
        for wrong in ["", "some:", "some:x attempt", "latest:assessment", "no-clock:", "field:case=yes"] {
            assert_eq!(Test::read(wrong), None, "{wrong}");
        }
        for wrong in ["over:", "over:a|b", "some:a if some:b", "some:a if ", "x if field:case.a=b"] {
            assert_eq!(Test::read(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_condition_may_be_asked_under_another() {
        let text = "over:ad_no_contact if latest:closing.at is reason=no_contact_1_month";
        let Some(test) = Test::read(text) else { panic!("it isn't read") };
        let Test::If { then, when } = &test else { panic!("{test:?}") };
        assert_eq!(**then, Test::Over("ad_no_contact".into()));
        assert!(matches!(&**when, Test::Latest { of, is } if of.kind == "closing" && is.len() == 1));
        assert_eq!(test.selectors().len(), 1);
    }
}
