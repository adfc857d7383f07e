//! Steps on a phone, by a clock that a test moves: the national pack's child protection, with its own forms.

use crate::{
    Cases, FormSession, Forms, Records, Today,
    form::{Catalogue, OpenForms, labels_of},
    mutex::locked,
    shared::Shared,
    tests::{Moved, unlocked_as},
    view::*,
};
use chrono::DateTime;
use model::{RecordEdit, RecordRef, kind};
use ring::digest::{SHA256, digest};
use rulebook::Rulebook;
use std::sync::Arc;
use tempfile::TempDir;
use uuid::Uuid;
use wire::forms::{FormEntry, FormFile};
use workflow::{TRANSITION, field};

#[path = "../../tests/it/sheets.rs"]
#[allow(dead_code)]
mod sheets;

const OFFICER: &str = "child_protection_officer";

struct Phone {
    clock: Arc<Moved>,
    shared: Arc<Shared>,
    catalogue: Arc<Catalogue>,
    forms: Forms,
    _folder: TempDir,
}

impl Phone {
    fn of(role: &str, now: &str) -> Self {
        Self::by(Rulebook::built_in().unwrap(), role, now)
    }

    /// Of somebody who may take the chairman's steps too: they go all the way alone.
    fn of_all(now: &str) -> Self {
        let pack = rulebook::Pack::built_in();
        let actions = String::from_utf8(pack.file("actions.csv").unwrap().to_vec()).unwrap();
        let all = format!("commune_chairman|commune_deputy|{OFFICER},");
        let row = |row: &str| match row.contains(OFFICER) {
            true => format!("{row}\n"),
            false => format!("{}\n", row.replacen("commune_chairman|commune_deputy,", &all, 1)),
        };
        let actions: String = actions.lines().map(row).collect();
        Self::by(Rulebook::with(&[("actions.csv", &actions)]).unwrap(), OFFICER, now)
    }

    fn by(rulebook: Arc<Rulebook>, role: &str, now: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (clock, shared) = unlocked_as(folder.path(), role, now, rulebook);
        let catalogue = Arc::new(Catalogue::default());
        let forms = Forms::new(&shared, &catalogue, Arc::new(OpenForms::default()));
        Self { clock, shared, catalogue, forms, _folder: folder }
    }

    /// With a form of the catalogue as an office publishes it.
    fn with(self, id: &str) -> Self {
        let files = sheets::publish(id);
        let listed = |(name, bytes): &(String, Vec<u8>)| FormFile {
            name: name.clone(),
            sha256: digest(&SHA256, bytes).as_ref().iter().map(|b| format!("{b:02x}")).collect(),
            size: bytes.len() as u64,
        };
        let xml = String::from_utf8_lossy(&files[0].1).into_owned();
        let version = xml.split_once("<data ").unwrap().1.split_once("version=\"").unwrap().1;
        let entry = FormEntry {
            id: id.into(),
            version: version.split('"').next().unwrap().into(),
            title: id.into(),
            files: files.iter().map(listed).collect(),
            newest: true,
        };
        let desk = self.shared.desk().unwrap();
        let labels = labels_of(&desk.rulebook, &files.iter().cloned().collect()).unwrap();
        desk.store.put_form(&entry, &files, Some(&labels)).unwrap();
        self
    }

    fn move_to(&self, now: &str) {
        *locked(&self.clock.0) = DateTime::parse_from_rfc3339(now).unwrap();
    }

    fn keep(&self, edits: Vec<RecordEdit>) {
        self.shared.desk().unwrap().store.commit(edits).unwrap();
    }

    /// A child's case that was just reported.
    fn child(&self, received: &str) -> RecordRef {
        self.restricted("child-protection", received)
    }

    fn restricted(&self, workflow: &str, received: &str) -> RecordRef {
        let case = RecordRef::new(kind::CASE, Uuid::now_v7());
        let edit = RecordEdit::new(case.clone())
            .set("workflow", workflow)
            .set("state", "intake")
            .set("received_at", received)
            .set("commune", "06040")
            .set("restricted", true);
        self.keep(vec![edit]);
        case
    }

    /// A record right below another.
    fn below(&self, parent: &RecordRef, kind: &'static str, said: &[(&str, &str)]) -> RecordRef {
        let record = RecordRef::new(kind, Uuid::now_v7());
        let edit = RecordEdit::new(record.clone()).under(parent.clone());
        self.keep(vec![said.iter().fold(edit, |edit, (name, value)| edit.set(*name, *value))]);
        record
    }

    /// Steps without what is filled in for them, each after the one before; the last of them.
    fn go(&self, case: &RecordRef, actions: &[&str]) -> Uuid {
        let desk = self.shared.desk().unwrap();
        let mut last = Uuid::nil();
        for action in actions {
            let standing = desk.store.standing(case).unwrap().unwrap();
            last = self.step(case, action, standing.progress.unwrap().last);
        }
        last
    }

    /// A step as it may come from elsewhere.
    fn step(&self, case: &RecordRef, action: &str, after: Option<Uuid>) -> Uuid {
        let (id, desk) = (Uuid::now_v7(), self.shared.desk().unwrap());
        let (now, version) = (desk.now.to_rfc3339(), desk.rulebook.version().to_owned());
        let edit = workflow::edit(id, case, "child-protection", action, &version, &now);
        let after = after.map(|after| after.to_string());
        self.keep(vec![after.into_iter().fold(edit, |edit, after| edit.set(field::AFTER, after))]);
        id
    }

    fn cases(&self) -> Cases {
        Cases::new(&self.shared, &self.catalogue)
    }

    fn view(&self, case: &RecordRef) -> CaseView {
        self.cases().view(case.id.to_string()).unwrap()
    }

    fn page(&self, record: &RecordRef) -> RecordView {
        Records::new(&self.shared, &self.catalogue).view(record.to_string()).unwrap()
    }

    fn today(&self) -> TodayView {
        Today::new(&self.shared, &self.catalogue).view().unwrap()
    }

    fn act(
        &self,
        case: &RecordRef,
        action: &str,
        reason: &str,
        chosen: Option<&str>,
    ) -> Result<CaseView, String> {
        let chosen = chosen.map(str::to_owned);
        let done = self.cases().act(case.id.to_string(), action.into(), reason.into(), chosen);
        done.map_err(|error| error.to_string())
    }

    fn start(&self, case: &RecordRef, action: &str, reason: &str) -> Result<Arc<FormSession>, String> {
        let started = self.forms.start_step(case.to_string(), action.into(), reason.into());
        started.map_err(|error| error.code().to_owned())
    }

    /// What a field of the only record of a kind below says.
    fn said(&self, case: &RecordRef, kind: &'static str, field: &str) -> Option<String> {
        let found = self.shared.desk().unwrap().store.children(case, Some(kind)).unwrap();
        assert_eq!(found.len(), 1, "{kind}");
        found[0].state.text(field).map(str::to_owned)
    }
}

/// Answers by the end of a question's path; of what else is required the first thing that it takes.
fn fill(session: &FormSession, answers: &[(&str, AnswerValue)]) {
    for _ in 0..200 {
        let page = session.page().unwrap();
        let wanted = |question: &QuestionView| {
            let said = answers.iter().find(|(path, _)| question.path.ends_with(path));
            said.map(|(_, value)| value.clone()).filter(|value| *value != question.value)
        };
        let required = |q: &QuestionView| q.required && q.value == AnswerValue::Empty && !q.readonly;
        let first = |q: &QuestionView| match q.kind {
            QuestionKind::SelectOne => AnswerValue::Choice { value: q.choices[0].value.clone() },
            QuestionKind::Date => AnswerValue::Date { iso: "2026-11-20".into() },
            QuestionKind::DateTime => AnswerValue::DateTime { iso: "2026-11-20T08:00:00+07:00".into() },
            _ => AnswerValue::Text { text: "Thông tin thử".into() },
        };
        let open = page.questions.iter().find_map(|question| {
            let value = wanted(question).or_else(|| required(question).then(|| first(question)))?;
            Some((question.path.clone(), value))
        });
        match open {
            Some((path, value)) => drop(session.answer(path, value).unwrap()),
            None => match session.next().unwrap() {
                PageMove::Moved { .. } => {}
                PageMove::AtEnd => return,
                PageMove::Blocked { problems, .. } => panic!("{problems:?}"),
            },
        }
    }
    panic!("no end");
}

fn finish(session: &FormSession) -> FinishedView {
    match session.finish().unwrap() {
        FinishOutcome::Finished { visit } => visit,
        FinishOutcome::Incomplete { problems } => panic!("{problems:?}"),
    }
}

fn choice(value: &str) -> AnswerValue {
    AnswerValue::Choice { value: value.into() }
}

#[test]
fn an_emergency_comes_before_all_else_until_somebody_takes_it_on() {
    let phone = Phone::of(OFFICER, "2026-11-28T22:55:00+07:00").with("buoc_bao_ve");
    let case = phone.child("2026-11-28T22:40:00+07:00");
    let today = phone.today();
    let [alarm] = &today.alarms[..] else { panic!("{:?}", today.alarms) };
    assert_eq!(alarm.text, "CHƯA AI NHẬN – hãy gọi (đã 15 phút)");
    let numbers: Vec<_> = alarm.calls.iter().map(|call| call.number.as_str()).collect();
    assert_eq!(numbers, ["113", "115", "111", "0912345678"]);
    assert_eq!(alarm.calls[3].name, "Người trực: Vi Văn Trực");
    let step = alarm.step.as_ref().unwrap();
    assert_eq!((step.action.as_str(), step.label.as_str()), ("acknowledge", "Tôi nhận xử lý"));
    assert_eq!((alarm.reference.clone(), alarm.duty.as_str()), (case.to_string(), ""));
    assert_eq!(phone.view(&case).alarm.as_ref(), Some(alarm));
    assert_eq!(phone.page(&case).alarm.as_ref(), Some(alarm));
    // The alarm first, then by time; each with what meets it.
    let told: Vec<_> = today.tasks.iter().map(|task| task.id.split_once('/').unwrap().1).collect();
    assert_eq!(told, ["cp_acknowledge", "cp_assess_initial", "cp_emergency"]);
    let next: Vec<_> = today.tasks.iter().map(|task| task.next.as_ref().unwrap().action.as_str()).collect();
    assert_eq!(next, ["acknowledge", "assess_initial", "protect"]);
    let emergency = &today.tasks[2];
    assert_eq!((emergency.due.as_str(), emergency.left.as_str()), ("29/11/2026 10:40", "còn 12 giờ"));
    assert_eq!(emergency.note, "tạm thời, cho đến khi đánh giá xong");
    assert_eq!(today.tasks_total, 3);
    // A form that isn't here is told before anybody taps.
    assert!(today.tasks[2].next.as_ref().unwrap().unmet.is_empty());
    let unmet = &today.tasks[1].next.as_ref().unwrap().unmet;
    assert_eq!(unmet, &["Phiếu của việc này chưa có trên máy: hãy đồng bộ"]);

    let view = phone.act(&case, "acknowledge", "", None).unwrap();
    assert_eq!(view.alarm, None);
    let done = view.timeline.iter().find(|row| row.kind == TimelineKind::Step).unwrap();
    assert_eq!(
        (done.at.as_str(), done.text.as_str(), done.by.as_str()),
        ("28/11/2026 22:55", "Tôi nhận xử lý", "Bạn")
    );
    assert!(phone.today().alarms.is_empty());
    phone.move_to("2026-11-29T12:40:00+07:00");
    let late = &phone.today().tasks[0];
    assert_eq!((late.left.as_str(), late.overdue), ("trễ 2 giờ", true));
}

#[test]
fn who_cannot_take_it_on_is_told_whom_to_tell() {
    let phone = Phone::of("collaborator", "2026-11-28T22:55:00+07:00").with("buoc_bao_ve");
    let case = phone.child("2026-11-28T22:40:00+07:00");
    let alarm = phone.today().alarms.remove(0);
    assert_eq!(alarm.step, None);
    assert_eq!(alarm.duty, "Báo ngay Chủ tịch UBND cấp xã, công an; không tự cách ly trẻ.");
    let actions: Vec<_> = phone.view(&case).steps.into_iter().map(|step| step.action).collect();
    assert_eq!(actions, ["protect", "care_visit"]);
    let refused = phone.act(&case, "acknowledge", "", None).unwrap_err();
    assert!(refused.ends_with("(step.not-allowed)"), "{refused}");
    assert_eq!(phone.start(&case, "assess_initial", "").err().as_deref(), Some("step.not-allowed"));
    assert!(phone.view(&case).alarm.is_some());
}

/// An emergency of an adult rings too, and says nothing of children.
#[test]
fn an_adult_in_danger_rings_until_somebody_takes_it_on() {
    let phone = Phone::of("collaborator", "2026-12-05T19:30:00+07:00").with("buoc_bao_ve");
    phone.restricted("emergency", "2026-12-05T19:20:00+07:00");
    let alarm = phone.today().alarms.remove(0);
    assert_eq!((alarm.text.as_str(), alarm.step), ("CHƯA AI NHẬN – hãy gọi (đã 10 phút)", None));
    assert_eq!(
        alarm.duty,
        "Báo ngay Chủ tịch UBND cấp xã, công an; không để người bị cho là gây tổn hại biết."
    );
    let numbers: Vec<_> = alarm.calls.into_iter().map(|call| call.number).collect();
    assert_eq!(numbers, ["113", "115", "111", "0912345678"]);

    let phone = Phone::of("commune_officer", "2026-12-05T19:30:00+07:00");
    let case = phone.restricted("emergency", "2026-12-05T19:20:00+07:00");
    assert_eq!(phone.today().alarms[0].step.as_ref().unwrap().action, "acknowledge");
    assert_eq!(phone.act(&case, "acknowledge", "", None).unwrap().alarm, None);
    assert!(phone.today().alarms.is_empty());
}

/// A form of a step is offered where that step is taken, and not beside the steps of another workflow.
#[test]
fn forms_of_other_workflows_are_not_offered() {
    let phone =
        Phone::of(OFFICER, "2026-12-05T19:30:00+07:00").with("buoc_bao_ve").with("buoc_bao_ve_nguoi_lon");
    for workflow in ["child-protection", "emergency"] {
        let case = phone.restricted(workflow, "2026-12-05T19:20:00+07:00");
        assert!(phone.forms.about(case.to_string()).unwrap().is_empty(), "{workflow}");
    }
}

#[test]
fn a_step_with_a_form_is_taken_when_that_is_finished() {
    let phone = Phone::of(OFFICER, "2026-11-30T11:00:00+07:00").with("danh_gia_ban_dau");
    let case = phone.child("2026-11-30T09:00:00+07:00");
    // A step of its own, not one more form of the record.
    assert!(phone.forms.about(case.to_string()).unwrap().is_empty() && phone.page(&case).actions.is_empty());
    let refused = phone.act(&case, "assess_initial", "", None).unwrap_err();
    assert!(refused.ends_with("(step.not-allowed)"), "{refused}");
    let draft = phone.start(&case, "assess_initial", "").unwrap().draft_id();
    // After a restart the draft still knows what it is for.
    let forms = Forms::new(&phone.shared, &phone.catalogue, Arc::new(OpenForms::default()));
    let session = forms.resume(draft).unwrap();
    let answers = [("harm", choice("low")), ("harm_continues", choice("low")), ("risk", choice("low"))];
    fill(&session, &answers);
    assert_eq!(phone.view(&case).state, "Đã tiếp nhận thông tin");
    let finished = finish(&session);
    assert!(finished.advice.iter().all(|advice| advice.code != "step-no-effect"));
    let view = phone.view(&case);
    assert_eq!(view.state, "Thu thập thông tin, đánh giá nguy cơ cụ thể");
    let about: RecordRef = phone.said(&case, TRANSITION, field::ABOUT).unwrap().parse().unwrap();
    assert_eq!(about.kind.as_str(), "assessment");
    assert!(view.tasks.iter().all(|task| !task.id.ends_with("/cp_emergency")), "{:?}", view.tasks);
    let plan = view.tasks.iter().find(|task| task.id.ends_with("/cp_plan")).unwrap();
    assert_eq!(plan.due, "07/12/2026 23:59");
    let void = view.timeline.iter().find(|row| row.kind == TimelineKind::Void).unwrap();
    assert!(void.text.contains("không áp dụng từ 30/11/2026 11:00"), "{}", void.text);
}

#[test]
fn the_form_of_a_step_is_offered_at_no_case_of_another_workflow() {
    let phone = Phone::of(OFFICER, "2026-11-30T11:00:00+07:00").with("danh_gia_ban_dau");
    let child = phone.child("2026-11-30T09:00:00+07:00");
    let other = RecordRef::new(kind::CASE, Uuid::now_v7());
    let opened = RecordEdit::new(other.clone()).set("workflow", "adult").set("state", "collect_assess");
    phone.keep(vec![opened.set("restricted", true)]);
    // The form is made for any case: by its own tables it could be started there.
    let startable = crate::form::startable(&phone.catalogue, &phone.shared.desk().unwrap(), &other).unwrap();
    assert_eq!(startable.iter().map(|form| form.id.as_str()).collect::<Vec<_>>(), ["danh_gia_ban_dau"]);
    assert!(phone.forms.about(other.to_string()).unwrap().is_empty());
    assert!(phone.page(&other).actions.is_empty());
    let takes = |case| phone.view(case).steps.into_iter().any(|step| step.action == "assess_initial");
    assert!(takes(&child) && !takes(&other));
    assert_eq!(phone.start(&other, "assess_initial", "").err().as_deref(), Some("step.not-allowed"));
    assert!(phone.start(&child, "assess_initial", "").is_ok());
}

#[test]
fn by_which_steps_a_case_moves_is_said_once() {
    let phone = Phone::of(OFFICER, "2026-11-30T11:00:00+07:00");
    let case = phone.child("2026-11-30T09:00:00+07:00");
    let says = |workflow: &str| {
        let edit = RecordEdit::new(case.clone()).set("workflow", workflow);
        phone.shared.desk().unwrap().store.commit(vec![edit])
    };
    let refused = says("adult").map(drop).unwrap_err();
    assert!(matches!(refused, store::StoreError::NotAllowed(rulebook::Action::Change)), "{refused:?}");
    assert!(says("child-protection").is_ok(), "nothing else is said");
    let case_now = phone.shared.desk().unwrap().record(case.clone()).unwrap();
    assert_eq!(case_now.state.text("workflow"), Some("child-protection"));
    assert!(phone.act(&case, "acknowledge", "", None).is_ok());
}

#[test]
fn a_step_that_came_too_late_is_kept_and_said_to_have_no_effect() {
    let phone = Phone::of(OFFICER, "2026-11-30T11:00:00+07:00").with("danh_gia_ban_dau");
    let case = phone.child("2026-11-30T09:00:00+07:00");
    let session = phone.start(&case, "assess_initial", "").unwrap();
    phone.go(&case, &["close_death"]);
    fill(&session, &[]);
    let advice = finish(&session).advice.remove(0);
    assert_eq!(advice.code, "step-no-effect");
    assert_eq!(advice.text, "Không có hiệu lực: lúc đó hồ sơ không ở bước cho phép việc này");
    assert!(phone.said(&case, "assessment", "risk").is_some(), "what was filled in is lost");
    let view = phone.view(&case);
    assert_eq!(view.state, "Kết thúc kế hoạch hỗ trợ, can thiệp");
    let told = view.timeline.iter().find(|row| row.kind == TimelineKind::NoEffect).unwrap();
    assert!(told.text.starts_with("Đánh giá nguy cơ ban đầu (Mẫu số 02)"), "{}", told.text);
}

#[test]
fn each_condition_that_fails_is_named() {
    let phone = Phone::of_all("2026-11-30T11:00:00+07:00");
    let case = phone.child("2026-06-01T09:00:00+07:00");
    phone.go(&case, &["assess_initial", "assess_specific", "submit_plan", "approve_plan", "review"]);
    let close = |view: &CaseView| view.steps.iter().find(|step| step.action == "close").unwrap().clone();
    let step = close(&phone.view(&case));
    assert!(step.asks_why && !step.late);
    let starts = |text: &str| step.unmet.iter().any(|unmet| unmet.starts_with(text));
    assert_eq!(step.unmet.len(), 3, "{:?}", step.unmet);
    assert!(starts("Lần rà soát gần nhất (Mẫu số 06) chưa kết luận hết nguy cơ"));
    assert!(starts("Còn hạn theo luật chưa làm xong"));
    let refused = phone.act(&case, "close", "Đã ổn định", None).unwrap_err();
    assert!(refused.ends_with("(step.unmet)") && refused.contains(&step.unmet[0]), "{refused}");
    // An end that asks for a reason and no condition.
    let refused = phone.act(&case, "close_death", " ", None).unwrap_err();
    assert!(refused.ends_with("(step.reason-needed)"), "{refused}");
    assert_eq!(phone.view(&case).state, "Rà soát, đánh giá");
    let view = phone.act(&case, "close_death", "Giấy báo tử", None).unwrap();
    assert_eq!((view.state.as_str(), view.tasks.len()), ("Kết thúc kế hoạch hỗ trợ, can thiệp", 0));
    assert!(view.timeline.iter().any(|row| row.text == "Kết thúc vì trẻ đã mất – Giấy báo tử"));
}

#[test]
fn what_meets_a_duty_late_asks_why() {
    let phone = Phone::of(OFFICER, "2026-11-30T11:00:00+07:00").with("ke_hoach");
    let case = phone.child("2026-11-20T09:00:00+07:00");
    phone.go(&case, &["assess_initial", "assess_specific"]);
    let low = [("form", "initial"), ("risk", "low"), ("done_at", "2026-11-20T15:00:00+07:00")];
    phone.below(&case, "assessment", &low);
    let submit = || phone.view(&case).steps.into_iter().find(|step| step.action == "submit_plan").unwrap();
    // 24/11 is off: until the end of 30/11.
    let step = submit();
    assert!(!step.late && !step.asks_why);
    phone.move_to("2026-12-01T00:10:00+07:00");
    let step = submit();
    assert!(step.late && step.asks_why);
    assert_eq!(phone.start(&case, "submit_plan", "").err().as_deref(), Some("step.reason-needed"));
    let session = phone.start(&case, "submit_plan", "Chờ kết luận y tế").unwrap();
    fill(&session, &[]);
    finish(&session);
    let view = phone.view(&case);
    let text = "Trình kế hoạch hỗ trợ, can thiệp (Mẫu số 04) – Chờ kết luận y tế";
    assert!(view.timeline.iter().any(|row| row.text == text), "{:?}", view.timeline);
    assert_eq!(view.state, "Chờ phê duyệt kế hoạch");
    let mut late = view.timeline.iter().filter(|row| row.kind == TimelineKind::Late);
    let late =
        late.find(|row| row.text.contains("hạn 30/11/2026 23:59; đã làm 01/12/2026 00:10, trễ")).unwrap();
    assert!(late.text.starts_with("Xây dựng kế hoạch hỗ trợ, can thiệp (Mẫu số 04)") && late.by.is_empty());
}

#[test]
fn steps_that_stand_beside_each_other_wait_for_one_to_be_chosen() {
    let phone = Phone::of(OFFICER, "2026-11-30T11:00:00+07:00");
    let case = phone.child("2026-11-20T09:00:00+07:00");
    let assessed = phone.step(&case, "assess_initial", None);
    phone.step(&case, "close_death", None);
    let view = phone.view(&case);
    assert_eq!(view.state, "Đã tiếp nhận thông tin · Hai người chuyển bước khác nhau");
    let mut labels: Vec<_> = view.undecided.iter().map(|branch| branch.label.as_str()).collect();
    labels.sort();
    assert_eq!(labels, ["Kết thúc vì trẻ đã mất", "Đánh giá nguy cơ ban đầu (Mẫu số 02)"]);
    // Nothing else leads on meanwhile, and what is due goes on.
    assert!(view.steps.iter().all(|step| step.action != "assess_initial" && step.action != "close_death"));
    let today = phone.today();
    assert_eq!(today.open_cases[0].state, view.state);
    assert!(today.tasks.iter().all(|task| task.next.as_ref().unwrap().action == "settle"));
    let why = "Hai người bấm cùng lúc";
    let refused = phone.act(&case, "settle", why, None).unwrap_err();
    assert!(refused.ends_with("(step.choose-one)"), "{refused}");
    let chosen = view.undecided.iter().find(|branch| branch.label.starts_with("Đánh giá")).unwrap();
    assert_eq!(chosen.step, assessed.to_string());
    let view = phone.act(&case, "settle", why, Some(&chosen.step)).unwrap();
    assert_eq!(view.state, "Thu thập thông tin, đánh giá nguy cơ cụ thể");
    assert!(view.undecided.is_empty());
    let no_effect: Vec<_> = view.timeline.iter().filter(|row| row.kind == TimelineKind::NoEffect).collect();
    assert_eq!(no_effect.len(), 1);
    assert_eq!(no_effect[0].text, "Kết thúc vì trẻ đã mất – Không có hiệu lực: đã chọn bước khác");
}

#[test]
fn an_approval_binds_what_was_approved() {
    let phone = Phone::of_all("2026-11-30T11:00:00+07:00").with("phe_duyet");
    let case = phone.child("2026-11-20T09:00:00+07:00");
    phone.go(&case, &["assess_initial", "assess_specific", "submit_plan"]);
    let plan = phone.below(&case, "plan", &[("name", "Kế hoạch 1"), ("goals", "Trẻ được an toàn")]);
    let activity = phone.below(&plan, "activity", &[("text", "Khám tại trạm y tế"), ("state", "open")]);
    assert_eq!(phone.page(&plan).approved, None);
    let session = phone.start(&case, "approve_plan", "").unwrap();
    fill(&session, &[("approved", choice("yes"))]);
    finish(&session);
    assert_eq!(phone.view(&case).state, "Thực hiện kế hoạch hỗ trợ, can thiệp");
    let approved = phone.page(&plan).approved.unwrap();
    assert_eq!((approved.text.as_str(), approved.revised.as_str()), ("Đã duyệt bản ngày 30/11/2026", ""));
    let said = |approved: &ApprovedView| -> Vec<(String, Vec<String>)> {
        let group = |group: &AnswerGroup| {
            let values = group.answers.iter().map(|fact| fact.value.clone());
            (group.title.clone(), values.collect())
        };
        approved.groups.iter().map(group).collect()
    };
    let before = said(&approved);
    assert_eq!(before[0], ("Kế hoạch 1".to_owned(), vec!["Trẻ được an toàn".to_owned()]));
    assert_eq!(before[1].0, "Khám tại trạm y tế");
    // Somebody changes what lies in it: what was approved stands.
    phone.move_to("2026-12-10T11:00:00+07:00");
    phone.keep(vec![RecordEdit::new(activity).set("text", "Khám tại bệnh viện")]);
    let after = phone.page(&plan).approved.unwrap();
    assert_eq!((after.text, after.revised.as_str()), (approved.text, "Bản sửa đổi chưa duyệt"));
    assert_eq!(said(&phone.page(&plan).approved.unwrap()), before);
}
