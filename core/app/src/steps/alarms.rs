//! Emergencies that nobody has taken on yet.

use super::view::{AlarmView, CallRow, StepRow};
use crate::{desk::Desk, error::Fault, texts::dates};
use model::RecordRef;
use rulebook::{Event, Events, Hotline, Lang};
use wire::enrol::Colleague;
use workflow::{clocks::Deadline, guard::Choice};

/// The clock that goes up from person to person until somebody acts.
pub fn alarm<'c, 'r>(running: &'c [Deadline<'r>]) -> Option<&'c Deadline<'r>> {
    running.iter().find(|deadline| deadline.clock.is_alarm())
}

/// What takes it on, without anything to be filled in first.
pub fn takes_on<'c, 'r>(choices: &'c [Choice<'r>], alarm: &Deadline<'_>) -> Option<&'c Choice<'r>> {
    let mut events = alarm.clock.stops.iter().flat_map(Events::iter);
    let mut stops = |code: &str| events.any(|event| matches!(event, Event::Action(action) if action == code));
    choices.iter().find(|choice| choice.step.form.is_none() && stops(&choice.step.code))
}

/// `title`: what the record is called; `step`: what takes it on, if the worker may.
pub fn view(
    desk: &Desk,
    record: &RecordRef,
    alarm: &Deadline<'_>,
    title: &str,
    step: Option<StepRow>,
) -> Result<AlarmView, Fault> {
    let lang = desk.lang;
    let call = |line: &Hotline| CallRow { number: line.number.clone(), name: line.name.get(lang).to_owned() };
    let on_duty = |colleague: Colleague| {
        let name = format!("{}{}", lang.pick("Người trực: ", "On duty: "), colleague.name.0);
        Some(CallRow { number: colleague.phone?.0, name })
    };
    let colleagues = desk.store.identity()?.worker.duty_managers.into_iter().filter_map(on_duty);
    let waited = (desk.now - alarm.began).num_seconds().max(0).unsigned_abs();
    let waited = dates::span(lang, waited);
    Ok(AlarmView {
        reference: record.to_string(),
        title: title.to_owned(),
        text: match lang {
            Lang::Vi => format!("CHƯA AI NHẬN – hãy gọi (đã {waited})"),
            Lang::En => format!("NOBODY HAS TAKEN IT ON – call (for {waited})"),
        },
        duty: match step {
            Some(_) => String::new(),
            None => casework::advice::tell_at_once(&desk.rulebook, &alarm.clock.workflow, desk.now, lang)
                .to_owned(),
        },
        ground: alarm.ground_text(lang),
        calls: desk.rulebook.hotlines(desk.now.date_naive()).map(call).chain(colleagues).collect(),
        step,
    })
}
