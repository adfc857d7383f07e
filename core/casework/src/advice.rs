//! What a worker should know after finishing a form: deadlines, suggestions, whom to call, each with its ground.

use crate::Outcome;
use chrono::{DateTime, FixedOffset, NaiveDate};
use model::{RecordEdit, kind};
use rulebook::{Hotline, Lang, Rulebook};
use serde_json::Value;
use workflow::clocks::{self, Deadline};

/// One thing to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Advice {
    /// What it is about: `report-at-once`, a deadline's code, `hotline.` with its number, `poverty`, `consent-refused`,
    /// `consent-withdrawn`. Stable.
    pub code: String,
    /// A finished sentence; what is no duty but a hint is marked «Gợi ý».
    pub text: String,
    /// The articles that it comes from, with how sure that is; empty: none.
    pub ground: String,
}

pub fn after_finish(
    rulebook: &Rulebook,
    outcome: &Outcome,
    now: DateTime<FixedOffset>,
    lang: Lang,
) -> Vec<Advice> {
    let mut advice = Vec::new();
    for edit in &outcome.edits {
        match edit.record.kind.as_str() {
            kind::VISIT => advice.extend(poverty(rulebook, edit, lang)),
            kind::CONSENT => advice.extend(refusal(edit, lang)),
            other => advice.extend(of_clocks(rulebook, other, edit, now, lang)),
        }
    }
    let withdrawn =
        |edit: &RecordEdit| edit.record.kind == kind::CONSENT && says(edit, "answer", "withdrawn");
    if outcome.edits.iter().any(withdrawn) {
        advice.push(known("consent-withdrawn", withdrawal(lang), ON_CONSENT));
    }
    advice
}

/// What stands in no table.
fn known(code: &str, text: &str, ground: &str) -> Advice {
    Advice { code: code.to_owned(), text: text.to_owned(), ground: ground.to_owned() }
}

const ON_CONSENT: &str = "Luật 91/2025/QH15; Nghị định 356/2025/NĐ-CP Điều 5";
const ON_EMERGENCIES: &str = "Nghị định 56/2017/NĐ-CP Điều 25, Điều 26, Điều 31";

/// The clocks of what this form opened or changed; in an emergency first whom to tell.
fn of_clocks(
    rulebook: &Rulebook,
    kind: &str,
    record: &RecordEdit,
    now: DateTime<FixedOffset>,
    lang: Lang,
) -> Vec<Advice> {
    let sentence = |deadline: Deadline<'_>| {
        let (title, due) = (deadline.title.get(lang), deadline.due_text(lang));
        let who = deadline.responsible.get(lang);
        let text = match lang {
            Lang::Vi if deadline.at_once => format!("Làm {due}: {title}. {who}."),
            Lang::Vi => format!("Hạn {due}: {title}. {who}."),
            Lang::En if deadline.at_once => format!("Do it {due}: {title}. {who}."),
            Lang::En => format!("By {due}: {title}. {who}."),
        };
        Advice { code: deadline.code.to_owned(), text, ground: deadline.ground_text(lang) }
    };
    let deadlines = clocks::alone(rulebook, kind, &workflow::of_fields(&record.fields), now);
    if deadlines.is_empty() {
        return Vec::new();
    }
    let mut advice = Vec::new();
    let may_be_urgent = deadlines.iter().any(Deadline::is_alarm);
    if let Some(alarm) = deadlines.iter().find(|deadline| deadline.is_alarm()) {
        let (text, ground) = match Whom::of(rulebook, &alarm.clock.workflow, now) {
            Whom::Child => (at_once(lang), ON_EMERGENCIES.to_owned()),
            Whom::Adult => (at_once_of_adults(lang), alarm.ground_text(lang)),
        };
        advice.push(known("report-at-once", text, &ground));
    }
    let lines = rulebook.hotlines(now.date_naive()).filter(|_| rulebook.says_urgency(kind));
    // Police and ambulance stand in no article.
    let lines = lines.filter(|line| may_be_urgent || !line.article.is_empty());
    advice.extend(lines.map(|line| hotline(line, lang)));
    advice.extend(deadlines.into_iter().map(sentence));
    advice
}

/// Who is in danger, by the workflow.
enum Whom {
    Child,
    Adult,
}

impl Whom {
    fn of(rulebook: &Rulebook, workflow: &str, now: DateTime<FixedOffset>) -> Self {
        let ages = rulebook.ages(now.date_naive());
        if ages.iter().any(|age| age.workflow == workflow) { Self::Child } else { Self::Adult }
    }
}

/// The duty to separate a child is the chairman's (Decree 56/2017 art. 26.3), not of who heard of it.
fn at_once(lang: Lang) -> &'static str {
    lang.pick(
        "Báo ngay Chủ tịch Ủy ban nhân dân cấp xã; không tự cách ly trẻ. Có dấu hiệu tội phạm: báo công an.",
        "Tell the chairman of the commune at once; do not take the child away yourself. Where there are signs of a \
         crime: tell the police.",
    )
}

/// An adult decides; whom they fear may stand near.
fn at_once_of_adults(lang: Lang) -> &'static str {
    lang.pick(
        "Báo ngay Chủ tịch Ủy ban nhân dân cấp xã, công an khi nguy hiểm tức thì; không để người bị cho là gây tổn hại \
         biết. Liên lạc theo giờ, số an toàn đã ghi.",
        "Tell the chairman of the commune at once, and the police where danger is immediate; whoever is said to do \
         harm must not learn of it. Call only at the safe time and number.",
    )
}

/// For who can't take an emergency on themselves.
pub fn tell_at_once(
    rulebook: &Rulebook,
    workflow: &str,
    now: DateTime<FixedOffset>,
    lang: Lang,
) -> &'static str {
    match Whom::of(rulebook, workflow, now) {
        Whom::Child => lang.pick(
            "Báo ngay Chủ tịch UBND cấp xã, công an; không tự cách ly trẻ.",
            "Tell the chairman of the commune and the police at once; do not take the child away yourself.",
        ),
        Whom::Adult => lang.pick(
            "Báo ngay Chủ tịch UBND cấp xã, công an; không để người bị cho là gây tổn hại biết.",
            "Tell the chairman of the commune and the police at once; whoever is said to do harm must not learn of it.",
        ),
    }
}

fn hotline(line: &Hotline, lang: Lang) -> Advice {
    let (number, name) = (&line.number, line.name.get(lang));
    let call = lang.pick(format!("Gọi {number}: {name}."), format!("Call {number}: {name}."));
    let sure = !line.article.is_empty();
    let ground = if sure { line.certainty.beside(&line.article, lang) } else { String::new() };
    Advice { code: format!("hotline.{number}"), text: call, ground }
}

/// What the form makes of B1 and B2, where it can tell, by the norm of that day; the commune decides.
fn poverty(rulebook: &Rulebook, visit: &RecordEdit, lang: Lang) -> Option<Advice> {
    let text = |field: &str| visit.fields.get(field).and_then(Value::as_str);
    let number = |field: &str| visit.fields.get(field).and_then(Value::as_i64);
    let (b1, b2) = (number("b1_total")?, number("b2_total")?);
    let visited = text("date")?.parse::<NaiveDate>().ok()?;
    let norm = rulebook.norm(text("area")?, visited, visited).row?;
    let (b1_limit, b2_limit) = (norm.b1_poor_points?, norm.b2_poor_points?);
    let class = text("poverty_suggestion").filter(|class| *class != "unknown")?;
    let class = rulebook.code("poverty_suggestion", class, lang)?.to_lowercase();
    let text = match lang {
        Lang::Vi => format!(
            "Gợi ý: {class} (B1 {b1} điểm, mức {b1_limit}; B2 {b2} điểm, mức {b2_limit}). \
             Kết luận thuộc Ủy ban nhân dân cấp xã."
        ),
        Lang::En => format!(
            "Suggestion: {class} (B1 {b1} points, limit {b1_limit}; B2 {b2} points, limit {b2_limit}). \
             The commune decides."
        ),
    };
    Some(Advice { code: "poverty".to_owned(), text, ground: norm.certainty.beside(&norm.article, lang) })
}

/// The household refused that its information is kept. What it gave before is not gone by that.
fn refusal(consent: &RecordEdit, lang: Lang) -> Option<Advice> {
    (says(consent, "purpose", "support") && says(consent, "answer", "refuse")).then(|| {
        let text = lang.pick(
            "Hộ không đồng ý: chuyến thăm này chỉ để lại ngày và câu trả lời; quyền được trợ giúp không thay đổi. \
             Điều đã lưu từ trước vẫn còn: gia đình muốn rút lại thì báo người quản lý trường hợp, xử lý trong 15 ngày.",
            "The household refused: this visit leaves its day and this answer only; the right to help stays. What was \
             kept before is still there: if the family wants it withdrawn, tell the case manager; it is dealt with \
             within 15 days.",
        );
        known("consent-refused", text, ON_CONSENT)
    })
}

fn withdrawal(lang: Lang) -> &'static str {
    lang.pick(
        "Gia đình rút lại đồng ý: báo ngay người quản lý trường hợp, xử lý trong 15 ngày.",
        "The family withdrew consent: tell the case manager at once; it is dealt with within 15 days.",
    )
}

fn says(edit: &RecordEdit, field: &str, text: &str) -> bool {
    edit.fields.get(field).and_then(Value::as_str) == Some(text)
}
