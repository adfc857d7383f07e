//! What happened in a record that moves by steps, and what is due in it: one line for each, by time.

use chrono::{DateTime, FixedOffset};
use model::{UserId, clock::moment};
use rulebook::{Lang, Rulebook};
use std::cmp::Reverse;
use workflow::{
    Refusal, Standing, Verdict,
    clocks::{self, Status},
};

/// A line.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// By Vietnam's time.
    pub at: DateTime<FixedOffset>,
    pub what: What,
    pub text: String,
    /// Whoever did it, as far as it is known.
    pub by: Option<UserId>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// A step that counts.
    Step,
    /// One that has no effect.
    NoEffect,
    /// A duty was met in its time, or late, or turned out not to be one.
    Met,
    Late,
    Void,
    /// What is still to be done by then; past its time.
    Due,
    Overdue,
}

/// What a step is called; its code where the rulebook doesn't know it.
pub fn called<'a>(rulebook: &'a Rulebook, workflow: &str, action: &'a str, lang: Lang) -> &'a str {
    let mut steps = rulebook.steps(workflow).into_iter();
    steps.find(|step| step.code == action).map_or(action, |step| step.label.get(lang))
}

/// Why a step has no effect; nothing for one that counts.
pub fn verdict(verdict: Verdict, lang: Lang) -> &'static str {
    match verdict {
        Verdict::Counts => "",
        Verdict::Undecided => lang.pick(
            "Chưa có hiệu lực: hai người chuyển bước khác nhau, cần chọn bước đúng",
            "No effect yet: two people took different steps, one must be chosen",
        ),
        Verdict::NotChosen => {
            lang.pick("Không có hiệu lực: đã chọn bước khác", "No effect: another step was chosen")
        }
        Verdict::Refused(Refusal::Unknown) => lang.pick(
            "Không có hiệu lực: quy trình không có việc này, hoặc ứng dụng cần cập nhật",
            "No effect: the workflow has no such step, or the app must be updated",
        ),
        Verdict::Refused(Refusal::NotFromHere) => lang.pick(
            "Không có hiệu lực: lúc đó hồ sơ không ở bước cho phép việc này",
            "No effect: the case was not at a step that allows it",
        ),
        Verdict::Refused(Refusal::Role) => lang.pick(
            "Không có hiệu lực: người làm không có thẩm quyền vào ngày đó",
            "No effect: whoever did it had no authority on that day",
        ),
        Verdict::Refused(Refusal::Interest) => lang.pick(
            "Không có hiệu lực: người làm đã khai có liên quan",
            "No effect: whoever did it had said that they are involved",
        ),
        Verdict::Refused(Refusal::Waits) => lang.pick(
            "Chưa có hiệu lực: việc trước đó chưa có ở đây",
            "No effect yet: what it follows is not here",
        ),
    }
}

/// All of it, the first first; what has the same time in the order in which it was made.
pub fn lines(
    rulebook: &Rulebook,
    workflow: &str,
    standing: &Standing,
    now: DateTime<FixedOffset>,
    lang: Lang,
) -> Vec<Line> {
    let mut lines = Vec::new();
    for step in &standing.steps {
        let Some(at) = moment(step.at) else { continue };
        let counted =
            standing.progress.as_ref().and_then(|progress| progress.verdicts.get(&step.id)).copied();
        let counted = counted.unwrap_or(Verdict::Counts);
        let mut text = called(rulebook, workflow, &step.action, lang).to_owned();
        for more in [step.reason.as_str(), verdict(counted, lang)].into_iter().filter(|more| !more.is_empty())
        {
            text.push_str(" – ");
            text.push_str(more);
        }
        let what = if counted == Verdict::Counts { What::Step } else { What::NoEffect };
        lines.push(Line { at, what, text, by: step.author });
    }
    for timed in &standing.clocks {
        let Some(deadline) = clocks::deadline(rulebook, timed, now) else { continue };
        let (what, at) = match timed.status {
            Status::Runs if deadline.overdue => (What::Overdue, timed.due),
            Status::Runs => (What::Due, timed.due),
            Status::Met(at) if deadline.overdue => (What::Late, at),
            Status::Met(at) => (What::Met, at),
            Status::Void(at) => (What::Void, at),
            Status::Over => continue,
        };
        let Some(at) = u64::try_from(at).ok().and_then(moment) else { continue };
        let due = lang.pick("hạn", "due");
        let mut text = format!("{} ({due} {}", deadline.title.get(lang), deadline.due_text(lang));
        let status = deadline.status_text(lang);
        if !status.is_empty() {
            text.push_str(&format!("; {status}"));
        }
        text.push_str(&format!("; {})", deadline.ground_text(lang)));
        lines.push(Line { at, what, text, by: None });
    }
    // A duty is told after what met it.
    lines.sort_by_key(|line| (line.at, Reverse(line.what == What::Step)));
    lines
}
