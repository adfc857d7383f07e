//! Where a case stands, as JSON.

use crate::{
    PlayError,
    command::Listed,
    world::{Who, World},
};
use casework::{
    acting::{self, Wish},
    timeline::{self, What},
};
use chrono::{DateTime, FixedOffset};
use model::{RecordRef, RecordState, Role, clock::moment};
use rulebook::{Lang, Rulebook, date_time};
use serde_json::{Value, json};
use std::convert::Infallible;
use uuid::Uuid;
use workflow::{
    Refusal, Standing, Taken, Verdict, Witness,
    clocks::{self, Deadline, Facts, Status, Timed},
    field,
    guard::{self, Choice},
    leads_from,
};

/// A case by what is known of it.
pub(crate) struct View<'w> {
    pub world: &'w World,
    pub at: RecordRef,
    pub state: RecordState,
    pub workflow: String,
    pub below: Vec<(RecordRef, RecordState)>,
    /// The case, and all below it.
    pub records: Vec<(RecordRef, RecordState)>,
    pub standing: Standing,
    pub now: DateTime<FixedOffset>,
    pub who: Option<Who>,
}

/// Each step by the name that its answer gave it.
type Names = [(String, Uuid)];

impl View<'_> {
    fn rulebook(&self) -> &Rulebook {
        &self.world.rulebook
    }

    fn facts(&self) -> Facts<'_> {
        Facts {
            rulebook: self.rulebook(),
            kind: self.at.kind.as_str(),
            state: &self.state,
            below: &self.below,
            progress: self.standing.progress.as_ref(),
        }
    }

    pub fn state_code(&self) -> String {
        self.facts().states().first().copied().unwrap_or_default().to_owned()
    }

    pub fn verdict(&self, step: Uuid) -> Verdict {
        let progress = self.standing.progress.as_ref();
        progress.and_then(|at| at.verdicts.get(&step)).copied().unwrap_or(Verdict::Refused(Refusal::Unknown))
    }

    fn role(&self, who: &Who) -> Option<Role> {
        let found: Result<_, Infallible> = self.world.role(who.user, self.now.date_naive());
        found.unwrap_or_else(|never| match never {})
    }

    fn running(&self) -> Vec<Deadline<'_>> {
        clocks::running(self.rulebook(), &self.standing.clocks, self.now)
    }

    fn choices<'v>(&'v self, who: &Who, running: &[Deadline<'v>]) -> Vec<Choice<'v>> {
        let (Some(role), Some(progress)) = (self.role(who), &self.standing.progress) else {
            return Vec::new();
        };
        let (day, partial) = (self.now.date_naive(), &self.standing.partial);
        let asking = guard::Asking { role: &role, user: who.user, day, partial };
        guard::choices(self.rulebook(), &self.workflow, &self.facts(), progress, running, &asking)
    }

    /// Each reason for which somebody may not do it now.
    pub fn refusals(&self, who: &Who, wish: &Wish<'_>) -> Vec<Value> {
        let running = self.running();
        let choices = self.choices(who, &running);
        let branches = self.standing.progress.as_ref().map_or(&[][..], |at| &at.branches);
        let Err(not_now) = acting::allowed(&choices, branches, wish, Lang::Vi) else { return Vec::new() };
        let refusal = |code: &str, vi: String, en: String| json!({ "code": code, "vi": vi, "en": en });
        let row = self.rulebook().step(&self.workflow, wish.action, self.now.date_naive()).row;
        let Some(row) = row else {
            let action = wish.action;
            let (vi, en) = (
                format!("Quy trình không có việc {action:?} vào ngày này"),
                format!("The workflow has no step {action:?} on this day"),
            );
            return vec![refusal(Refusal::Unknown.code(), vi, en)];
        };
        let mut refused = Vec::new();
        let role = self.role(who);
        if !role.as_ref().is_some_and(|role| row.roles.iter().any(|may| may == role.as_str())) {
            let code = role.as_ref().map_or("", Role::as_str);
            let named = |lang| self.rulebook().role(code, lang).to_owned();
            let vi = format!("Vai trò {:?} không được làm việc này", named(Lang::Vi));
            let en = format!("The role {:?} may not take this step", named(Lang::En));
            refused.push(refusal(Refusal::Role.code(), vi, en));
        }
        if self.standing.partial.contains_key(&who.user) {
            let (vi, en) = ("Người làm đã khai có liên quan", "Whoever does it said that they are involved");
            refused.push(refusal(Refusal::Interest.code(), vi.into(), en.into()));
        }
        let state = self.state_code();
        if !leads_from(self.rulebook(), row, &state) {
            let named = |lang| {
                let known = self.rulebook().state(&self.workflow, &state);
                known.map_or(state.as_str(), |state| state.label(lang)).to_owned()
            };
            let vi = format!("Hồ sơ đang ở bước {:?}, chưa làm được việc này", named(Lang::Vi));
            let en = format!("The case is at {:?}, where this step isn't taken", named(Lang::En));
            refused.push(refusal(Refusal::NotFromHere.code(), vi, en));
        }
        if row.to.is_some() && !branches.is_empty() {
            let (vi, en) = (
                "Hai người đã chuyển bước khác nhau: phải chọn bước đúng trước",
                "Two people took different steps: one must be chosen first",
            );
            refused.push(refusal("step.undecided", vi.into(), en.into()));
        }
        if row.settles && branches.is_empty() {
            let (vi, en) = ("Không có bước nào phải chọn", "There are no steps to choose from");
            refused.push(refusal("step.nothing-to-choose", vi.into(), en.into()));
        }
        for unmet in guard::unmet(self.rulebook(), row, &self.facts(), &running) {
            let mut told = refusal("step.unmet", unmet.text(Lang::Vi), unmet.text(Lang::En));
            told["condition"] = json!(unmet.condition.id);
            refused.push(told);
        }
        let asks_why =
            choices.iter().find(|choice| choice.step.code == row.code).map(|choice| choice.asks_why);
        if asks_why.unwrap_or(row.asks_why) && wish.reason.trim().is_empty() {
            let (vi, en) = ("Phải ghi lý do", "A reason must be given");
            refused.push(refusal("step.reason-needed", vi.into(), en.into()));
        }
        if refused.is_empty() {
            let (vi, en) = ("Phải chọn một trong các bước", "One of the steps must be chosen");
            refused.push(refusal(not_now.code(), vi.into(), en.into()));
        }
        refused
    }

    pub fn list(&self, what: Listed, names: &Names) -> Result<Value, PlayError> {
        let clocks = || self.standing.clocks.iter().filter_map(|timed| self.clock(timed)).collect::<Value>();
        let records = || self.records.iter().map(|(record, state)| self.record(record, state));
        Ok(match what {
            Listed::State => self.state(names),
            Listed::Clocks => json!({ "clocks": clocks() }),
            Listed::Actions => {
                json!({ "actions": self.actions(self.who.as_ref().ok_or(PlayError::Nobody)?) })
            }
            Listed::Refusals => json!({ "refusals": self.refused(names) }),
            Listed::Approvals => json!({ "approvals": self.approvals(names) }),
            Listed::Timeline => json!({ "timeline": self.timeline() }),
            Listed::Records => json!({ "records": records().collect::<Value>() }),
        })
    }

    fn state(&self, names: &Names) -> Value {
        let code = self.state_code();
        let known = self.rulebook().state(&self.workflow, &code);
        let label = |lang| known.map(|state| state.label(lang));
        let branches = self.standing.progress.iter().flat_map(|at| &at.branches);
        let branch = |branch: &workflow::Branch| {
            let steps: Vec<_> = branch.steps.iter().map(|step| named(names, *step)).collect();
            json!({ "action": branch.action, "to": branch.to, "steps": steps })
        };
        json!({
            "state": code,
            "vi": label(Lang::Vi),
            "en": label(Lang::En),
            "workflow": self.workflow,
            "open": self.facts().is_open(),
            "undecided": branches.map(branch).collect::<Value>(),
        })
    }

    fn clock(&self, timed: &Timed) -> Option<Value> {
        let deadline = clocks::deadline(self.rulebook(), timed, self.now)?;
        let runs = deadline.runs();
        let (status, at) = match deadline.status {
            Status::Runs => ("runs", None),
            Status::Met(at) => ("met", Some(at)),
            Status::Void(at) => ("void", Some(at)),
            Status::Over => ("over", None),
        };
        let at = at.and_then(|at| moment(u64::try_from(at).ok()?)).map(|at| date_time(&at));
        let marks = [
            ("overdue", runs && deadline.overdue),
            ("soon", deadline.soon),
            ("provisional", deadline.provisional),
            ("unsettled", deadline.unsettled),
            ("start-uncertain", !deadline.start_certain),
            ("at-once", deadline.at_once),
        ];
        let marks: Vec<_> = marks.into_iter().filter_map(|(mark, is)| is.then_some(mark)).collect();
        Some(json!({
            "clock": deadline.code,
            "began": date_time(&deadline.began),
            "due": date_time(&deadline.due),
            "status": status,
            "at": at,
            "late": !runs && deadline.overdue,
            "marks": marks,
            "reminders": deadline.reminders().map(|at| date_time(&at)).collect::<Value>(),
            "ground": deadline.ground_text(Lang::Vi),
            "vi": deadline.title.get(Lang::Vi),
            "en": deadline.title.get(Lang::En),
        }))
    }

    fn actions(&self, who: &Who) -> Value {
        let running = self.running();
        let choice = |choice: Choice<'_>| {
            let unmet = choice.unmet.iter().map(|unmet| {
                json!({ "condition": unmet.condition.id, "vi": unmet.text(Lang::Vi), "en": unmet.text(Lang::En) })
            });
            json!({
                "action": choice.step.code,
                "vi": choice.step.label.get(Lang::Vi),
                "en": choice.step.label.get(Lang::En),
                "form": choice.step.form,
                "unmet": unmet.collect::<Value>(),
                "asks_reason": choice.asks_why,
                "late": choice.late,
            })
        };
        self.choices(who, &running).into_iter().map(choice).collect()
    }

    /// The steps that have no effect, each with its reason.
    fn refused(&self, names: &Names) -> Value {
        let steps = self.standing.steps.iter().map(|step| (step, self.verdict(step.id)));
        let refused = steps.filter(|(_, verdict)| *verdict != Verdict::Counts).map(|(step, found)| {
            let mut told = json!({
                "step": named(names, step.id),
                "action": step.action,
                "at": moment(step.at).map(|at| date_time(&at)),
                "by": step.author.and_then(|author| self.world.name_of(author)),
                "role": step.role.as_ref().map(Role::as_str),
            });
            verdict(&mut told, found);
            told
        });
        refused.collect()
    }

    /// What was approved, and whether it says something else by now.
    fn approvals(&self, names: &Names) -> Value {
        let kept: Vec<_> = self.records.iter().map(|(record, state)| (record, state)).collect();
        let steps = self.standing.steps.iter().filter(|step| self.verdict(step.id) == Verdict::Counts);
        let approval = |step: &Taken| {
            let approved = step.approved.as_ref()?;
            let now = acting::bound(approved, &kept);
            Some(json!({
                "step": named(names, step.id),
                "at": moment(step.at).map(|at| date_time(&at)),
                "record": approved.to_string(),
                "revised": acting::is_revised(self.rulebook(), step, self.said(step.id), &now),
                "said": self.snapshot(step.id),
            }))
        };
        steps.filter_map(approval).collect()
    }

    /// What an approval bound: of each record what it said.
    fn snapshot(&self, step: Uuid) -> Value {
        let records = acting::approved(self.said(step)).into_iter();
        records.map(|(record, fields)| json!({ "record": record.to_string(), "fields": fields })).collect()
    }

    fn said(&self, step: Uuid) -> &str {
        let mut steps = self.records.iter().filter(|(record, _)| record.id == step);
        steps.next().and_then(|(_, state)| state.text(field::SNAPSHOT)).unwrap_or_default()
    }

    fn timeline(&self) -> Value {
        let lines = |lang| timeline::lines(self.rulebook(), &self.workflow, &self.standing, self.now, lang);
        let line = |(vi, en): (timeline::Line, timeline::Line)| {
            json!({
                "at": date_time(&vi.at),
                "what": what(vi.what),
                "vi": vi.text,
                "en": en.text,
                "by": vi.by.and_then(|by| self.world.name_of(by)),
            })
        };
        lines(Lang::Vi).into_iter().zip(lines(Lang::En)).map(line).collect()
    }

    fn record(&self, record: &RecordRef, state: &RecordState) -> Value {
        let kind = record.kind.as_str();
        json!({ "record": record.to_string(), "fields": state.shown(),
            "conflicts": self.rulebook().conflicts(kind, state) })
    }
}

fn named(names: &Names, step: Uuid) -> String {
    names.iter().find(|(_, id)| *id == step).map_or_else(|| step.to_string(), |(name, _)| name.clone())
}

fn what(what: What) -> &'static str {
    match what {
        What::Step => "step",
        What::NoEffect => "no-effect",
        What::Met => "met",
        What::Late => "late",
        What::Void => "void",
        What::Due => "due",
        What::Overdue => "overdue",
    }
}

/// What becomes of a step.
pub(crate) fn verdict(answer: &mut Value, verdict: Verdict) {
    answer["verdict"] = match verdict {
        Verdict::Counts => "counts",
        Verdict::Undecided => "undecided",
        Verdict::NotChosen => "not-chosen",
        Verdict::Refused(refusal) => refusal.code(),
    }
    .into();
    if verdict != Verdict::Counts {
        answer["vi"] = timeline::verdict(verdict, Lang::Vi).into();
        answer["en"] = timeline::verdict(verdict, Lang::En).into();
    }
}
