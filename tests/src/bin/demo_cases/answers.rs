//! What is answered in each form, by the names of the questions.

use anyhow::Result;
use app::view::AnswerValue;
use chrono::NaiveDate;
use journeys::{
    story_clock::time,
    synthetic::{COMMUNES, PROVINCE},
    visit::{choice, text},
};

pub type Said = Vec<(&'static str, AnswerValue)>;

fn several(value: &str) -> AnswerValue {
    AnswerValue::Choices { values: vec![value.to_owned()] }
}

fn at(when: &str) -> Result<AnswerValue> {
    Ok(AnswerValue::DateTime { iso: time(when)?.to_rfc3339() })
}

fn on(day: &str) -> Result<AnswerValue> {
    Ok(AnswerValue::Date { iso: NaiveDate::parse_from_str(day, "%d/%m/%Y")?.to_string() })
}

fn reported(received: &str, harmer: &str, access: &str, threatened: &str, severity: &str) -> Result<Said> {
    Ok(vec![
        ("received_at", at(received)?),
        ("source", choice("phone")),
        ("province", choice(PROVINCE)),
        ("commune", choice(COMMUNES[0].0)),
        ("place_detail", text("Tại nhà")),
        ("abuse_types", several("physical")),
        ("summary", text("Hàng xóm nghe tiếng trẻ khóc nhiều đêm.")),
        ("harmers", several(harmer)),
        ("harmer_access", choice(access)),
        ("child_state", text("Có vết bầm ở tay.")),
        ("threatened", choice(threatened)),
        ("severity", choice(severity)),
        ("child_name", text("Giàng Thị Dung")),
        ("child_birth_known", choice("age")),
        ("child_age", AnswerValue::Integer { number: 9 }),
        ("child_sex", choice("female")),
        ("child_home", choice("same")),
        ("siblings_at_risk", choice("unknown")),
        ("actions_done", several("commune")),
        ("receiver_name", text("Lò Thị Thu")),
    ])
}

/// Mẫu 01: beaten by the stepfather.
pub fn report(received: &str) -> Result<Said> {
    reported(received, "step_parent", "yes", "yes", "high")
}

/// Mẫu 01: by somebody who can't get near any more.
pub fn low_report(received: &str) -> Result<Said> {
    reported(received, "acquaintance", "no", "no", "low")
}

pub fn police(when: &str) -> Result<Said> {
    Ok(vec![
        ("type", choice("police")),
        ("at", at(when)?),
        ("done", choice("yes")),
        ("harm_stopped", choice("no")),
    ])
}

pub fn shelter(when: &str) -> Result<Said> {
    Ok(vec![
        ("type", choice("shelter")),
        ("at", at(when)?),
        ("done", choice("yes")),
        ("receiver_checked", choice("yes")),
        ("agreed_by", choice("mother")),
        ("harm_stopped", choice("no")),
    ])
}

/// Mẫu 07.
pub fn separation(day: &str, from: &str, until: &str) -> Result<Said> {
    Ok(vec![
        ("reason", text("Người chăm sóc gây tổn hại")),
        ("number", text("12/QĐ-UBND")),
        ("date", on(day)?),
        ("signer", text("Sùng A Páo")),
        ("signer_post", text("Chủ tịch Ủy ban nhân dân cấp xã")),
        ("effective_at", at(from)?),
        ("until", on(until)?),
        ("carer", text("Bà ngoại")),
    ])
}

/// Mẫu 02, low.
pub fn assessment(when: &str) -> Result<Said> {
    let mut said = vec![("done_at", at(when)?), ("assessor", text("Lò Thị Thu"))];
    said.extend(
        ["harm", "harm_continues", "protects_itself", "accepts_help", "risk"].map(|of| (of, choice("low"))),
    );
    said.push(("separation", choice("no")));
    Ok(said)
}

/// Mẫu 03, low.
pub fn specific(when: &str) -> Result<Said> {
    let mut said = vec![("done_at", at(when)?), ("assessor", text("Lò Thị Thu"))];
    let items = ["harm", "access", "development", "care_obstacle", "no_protector", "risk"];
    said.extend(items.map(|of| (of, choice("low"))));
    said.extend([("separation", choice("no")), ("child_wishes", text("Con muốn ở với mẹ"))]);
    Ok(said)
}

/// Mẫu 04.
pub fn plan(day: &str) -> Result<Said> {
    Ok(vec![
        ("date", on(day)?),
        ("author", text("Lò Thị Thu")),
        ("goals", text("Trẻ an toàn và đi học đều")),
        ("starts_on", on("07/12/2026")?),
        ("ends_on", on("31/05/2027")?),
        ("text", text("Thăm nhà mỗi tuần")),
        ("lead", text("Lò Thị Thu")),
        ("due", on("31/12/2026")?),
        ("budget", choice("no")),
    ])
}

/// Mẫu 05.
pub fn approval(day: &str, when: &str) -> Result<Said> {
    Ok(vec![
        ("approved", choice("yes")),
        ("number", text("15/QĐ-UBND")),
        ("date", on(day)?),
        ("signer", text("Sùng A Páo")),
        ("signer_post", text("Chủ tịch Ủy ban nhân dân cấp xã")),
        ("effective_at", at(when)?),
    ])
}
