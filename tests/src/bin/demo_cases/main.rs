//! Cases told on phones, a hub and its console: `cargo xtask demo cases --once`. Months go by in seconds: all of them go by
//! the story's clock. Ends with an error if anything promised did not happen.

#![allow(clippy::print_stdout)] // it speaks to a terminal

mod answers;
mod filling;
mod office;
mod stories;

use answers::{Said, approval, assessment, low_report, plan, police, report, separation, shelter, specific};
use anyhow::{Context, Result, ensure};
use app::view::CaseView;
use journeys::{phone::Phone, visit};
use model::{RecordEdit, RecordRef};
use office::Office;
use std::time::Instant;

/// Scripts of tests/stories/cases.
const STORIES: [(&str, &str); 8] = [
    ("general_case", "B · Cụ ông sống một mình / an old man alone"),
    ("a_disability_certificate", "B · Giấy xác nhận khuyết tật / the disability certificate"),
    ("home_from_a_facility", "B · Về nhà từ cơ sở / home from a facility"),
    ("no_contact", "B · Không liên hệ được / no contact"),
    ("reported_on_a_friday", "Báo tin ngày thứ Sáu / reported on a Friday"),
    ("beaten_by_the_head_of_household", "Bị chồng là chủ hộ đánh / beaten by the head of the household"),
    ("a_trafficked_adult", "Bị mua bán trở về / a trafficked adult"),
    ("an_old_man_without_a_home", "Cụ ông không nơi ở / an old man without a home"),
];

fn main() -> Result<()> {
    let once = std::env::args().skip(1).all(|arg| arg == "--once");
    ensure!(once, "demo cases [--once]");
    let folder = tempfile::tempdir()?;
    let started = Instant::now();
    let office = Office::open(folder.path(), "28/11/2026 20:00")?;
    println!("Văn phòng, điện thoại / office, phones  {:.1} s", started.elapsed().as_secs_f64());
    let abused = abuse_by_a_stepfather(&office)?;
    let doubtful = doubtful_on_a_monday(&office)?;
    office.turn_to("11/12/2026 07:00")?;
    let case = seen(&office.chairman, &abused)?;
    due(&case, "Hết 15 ngày tạm thời cách ly", "14/12/2026 23:59")?;
    let task = case.tasks.iter().find(|task| task.due.starts_with("14/12/2026")).context("no task")?;
    ensure!(!task.note.is_empty(), "nobody is reminded on 11/12: {task:?}");
    told(&office, "A · Bạo hành do cha dượng / beaten by the stepfather", &abused)?;
    told(&office, "A2 · Chưa rõ, rồi thấp / doubtful, then low", &doubtful)?;
    office.close()?;
    for (story, title) in STORIES {
        stories::told(story, title)?;
    }
    println!("\n{:.1} s\nXong / done", started.elapsed().as_secs_f64());
    Ok(())
}

/// A: the report comes on a Saturday at 22:40; twelve hours run through the night.
fn abuse_by_a_stepfather(office: &Office) -> Result<String> {
    const EMERGENCY: &str = "Can thiệp khẩn cấp";
    let Office { officer, chairman, .. } = office;
    office.turn_to("28/11/2026 22:50")?;
    let id = opened(officer, report("28/11/2026 22:40")?)?;
    due(&seen(officer, &id)?, EMERGENCY, "29/11/2026 10:40")?;
    office.turn_to("28/11/2026 23:10")?;
    step(officer, &id, "protect", "", police("28/11/2026 23:05")?)?;
    due(&seen(officer, &id)?, EMERGENCY, "29/11/2026 10:40").context("the police were told")?;

    office.turn_to("29/11/2026 06:00")?;
    let received = "2026-11-29T05:50:00+07:00";
    office.manager_says(RecordEdit::new(record("case", &id)?).set("received_at", received))?;
    for phone in [officer, chairman] {
        due(&seen(phone, &id)?, EMERGENCY, "29/11/2026 10:40").context("another phone said 05:50")?;
    }

    office.turn_to("29/11/2026 08:20")?;
    step(officer, &id, "protect", "", shelter("29/11/2026 08:15")?)?;
    let case = seen(officer, &id)?;
    ensure!(!case.tasks.iter().any(|task| task.title.contains(EMERGENCY)), "it runs on in a safe place");
    says(&case, "29/11/2026 08:15", EMERGENCY, "hạn 29/11/2026 10:40")?;

    office.turn_to("29/11/2026 09:35")?;
    seen(chairman, &id)?;
    step(chairman, &id, "separate", "", separation("29/11/2026", "29/11/2026 09:30", "14/12/2026")?)?;
    let case = seen(chairman, &id)?;
    says(&case, "29/11/2026 09:30", "Quyết định tạm thời cách ly", "hạn 29/11/2026 10:40")?;
    says(&case, "14/12/2026 23:59", "Hết 15 ngày tạm thời cách ly", "mốc bắt đầu chưa xác nhận")?;
    ensure!(!case.timeline.iter().any(|row| row.text.contains("Mẫu số 04")), "there is a plan's deadline");
    Ok(id)
}

/// A2: doubtful on a Monday at 09:00, low at 11:00, a plan, an approval that is late.
fn doubtful_on_a_monday(office: &Office) -> Result<String> {
    const EMERGENCY: &str = "Can thiệp khẩn cấp";
    const PLAN: &str = "Xây dựng kế hoạch";
    const APPROVAL: &str = "Phê duyệt kế hoạch";
    let Office { officer, chairman, .. } = office;
    office.turn_to("30/11/2026 09:05")?;
    let id = opened(officer, low_report("30/11/2026 09:00")?)?;
    due(&seen(officer, &id)?, EMERGENCY, "30/11/2026 21:00")?;
    office.turn_to("30/11/2026 11:00")?;
    step(officer, &id, "assess_initial", "", assessment("30/11/2026 11:00")?)?;
    let case = seen(officer, &id)?;
    says(&case, "30/11/2026 11:00", EMERGENCY, "không áp dụng từ 30/11/2026 11:00")?;
    due(&case, PLAN, "07/12/2026 23:59")?;
    office.turn_to("02/12/2026 15:00")?;
    step(officer, &id, "assess_specific", "", specific("02/12/2026 15:00")?)?;
    office.turn_to("03/12/2026 16:00")?;
    step(officer, &id, "submit_plan", "", plan("03/12/2026")?)?;
    let case = seen(officer, &id)?;
    says(&case, "03/12/2026 16:00", PLAN, "mốc bắt đầu chưa xác nhận")?;
    due(&case, APPROVAL, "07/12/2026 23:59")?;

    office.turn_to("08/12/2026 10:00")?;
    let case = seen(chairman, &id)?;
    let approve = case.steps.iter().find(|step| step.action == "approve_plan").context("no approval")?;
    ensure!(approve.late && approve.asks_why, "a late approval asks for no reason: {approve:?}");
    let approved = approval("08/12/2026", "08/12/2026 10:00")?;
    let without = step(chairman, &id, "approve_plan", "", approved.clone());
    ensure!(without.is_err(), "a late approval without a reason was taken");
    step(chairman, &id, "approve_plan", "Chủ tịch đi họp tỉnh ngày 07/12", approved)?;
    says(&seen(chairman, &id)?, "08/12/2026 10:00", APPROVAL, "trễ")?;

    office.turn_to("10/12/2026 09:00")?;
    let section = |case: &CaseView| {
        let rows = case.sections.iter().flat_map(|section| &section.rows);
        rows.map(|row| row.reference.clone()).find(|of| of.starts_with("plan:"))
    };
    let plan = section(&seen(chairman, &id)?).context("the plan isn't on the case's page")?;
    let revised = "Trẻ an toàn, đi học đều và được gặp bạn";
    office.manager_says(RecordEdit::new(plan.parse()?).set("goals", revised))?;
    seen(chairman, &id)?;
    let page = chairman.app.records().view(plan)?;
    let approved = page.approved.context("the plan's page doesn't say that it was approved")?;
    ensure!(!approved.revised.is_empty(), "a later edit passes for approved");
    let stood = approved.groups.iter().flat_map(|group| &group.answers);
    let stood: Vec<_> = stood.map(|answer| answer.value.as_str()).collect();
    ensure!(stood.contains(&"Trẻ an toàn và đi học đều"), "what was approved is gone: {stood:?}");
    ensure!(page.facts.iter().any(|fact| fact.value == revised), "the draft revision isn't shown");
    println!("{} · {}", approved.text, approved.revised);
    Ok(id)
}

fn record(kind: &'static str, id: &str) -> Result<RecordRef> {
    Ok(RecordRef::new(kind, id.parse()?))
}

/// The case that a report opened, at the hub too.
fn opened(phone: &Phone, said: Said) -> Result<String> {
    let form = phone.app.forms().start("tiep_nhan_tre_em".into(), None)?;
    fill(&form, said)?;
    let case = visit::finish(&form)?.case_id.context("the report opened no case")?;
    phone.sync()?;
    Ok(case)
}

/// Takes a step with its form, and tells the hub.
fn step(phone: &Phone, case: &str, action: &str, reason: &str, said: Said) -> Result<()> {
    phone.sync()?;
    let form = phone.app.forms().start_step(format!("case:{case}"), action.into(), reason.into())?;
    fill(&form, said)?;
    let advice = visit::finish(&form)?.advice;
    ensure!(!advice.iter().any(|advice| advice.code == "step-no-effect"), "{action}: {advice:?}");
    phone.sync()?;
    Ok(())
}

fn fill(form: &std::sync::Arc<app::FormSession>, said: Said) -> Result<()> {
    let mut answers =
        |name: &str, _: usize| said.iter().find(|(of, _)| *of == name).map(|(_, answer)| answer.clone());
    visit::fill(form, &mut answers, &|repeat| usize::from(repeat == "activity"), &mut Vec::new())?;
    Ok(())
}

/// The case on a phone that has just synchronised.
fn seen(phone: &Phone, case: &str) -> Result<CaseView> {
    phone.sync()?;
    Ok(phone.app.cases().view(case.to_owned())?)
}

/// A duty runs until then.
fn due(case: &CaseView, title: &str, at: &str) -> Result<()> {
    let found = case.tasks.iter().any(|task| task.title.contains(title) && task.due == at);
    ensure!(found, "{title} is not due {at}: {:?}", case.tasks);
    Ok(())
}

/// The timeline says so at that time.
fn says(case: &CaseView, at: &str, what: &str, more: &str) -> Result<()> {
    let mut rows = case.timeline.iter();
    let found = rows.any(|row| row.at == at && row.text.contains(what) && row.text.contains(more));
    ensure!(found, "{at} {what} … {more}: {:#?}", case.timeline);
    Ok(())
}

/// Prints a case's timeline: the same on both phones and in the console.
fn told(office: &Office, title: &str, id: &str) -> Result<()> {
    let (own, other, page) = (seen(&office.officer, id)?, seen(&office.chairman, id)?, office.page(id)?);
    println!("\n{title}\n{}", own.title);
    let lines = |case: &CaseView| -> Vec<(String, String)> {
        case.timeline.iter().map(|row| (row.at.clone(), row.text.clone())).collect()
    };
    ensure!(lines(&own) == lines(&other), "two phones tell it differently: {own:#?} {other:#?}");
    ensure!(own.state == other.state, "two phones stand elsewhere: {} {}", own.state, other.state);
    for row in &own.timeline {
        ensure!(page.contains(&row.at) && page.contains(&row.text), "the console doesn't tell it: {row:?}");
        let by = if row.by.is_empty() { String::new() } else { format!(" [{}]", row.by) };
        println!("{}  {}{by}", row.at, row.text);
    }
    println!("                  → {}", own.state);
    for task in &own.tasks {
        let note = if task.note.is_empty() { String::new() } else { format!("; {}", task.note) };
        println!("{:<16}  ⏰ {} ({}{note})", task.due, task.title, task.left);
    }
    Ok(())
}
