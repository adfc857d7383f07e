//! What a worker should know after finishing a form: deadlines, suggestions, whom to call, each with its ground.

use crate::{Outcome, clocks};
use chrono::{DateTime, FixedOffset, NaiveDate};
use model::{RecordEdit, kind};
use rulebook::{Hotline, Lang, Rulebook};
use serde_json::Value;

/// One thing to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Advice {
    /// What it is about: `report-at-once`, a deadline's code, `hotline.` with its number, `poverty`, `consent-refused`,
    /// `consent-withdrawn`. Stable.
    pub code: String,
    /// A finished sentence; what is no duty but a hint is marked «Gợi ý».
    pub text: String,
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
            kind::VISIT => advice.extend(poverty(rulebook, edit, lang).map(about("poverty"))),
            kind::CONSENT => advice.extend(refusal(edit, lang).map(about("consent-refused"))),
            other => advice.extend(of_clocks(rulebook, other, edit, now, lang)),
        }
    }
    let withdrawn =
        |edit: &RecordEdit| edit.record.kind == kind::CONSENT && says(edit, "answer", "withdrawn");
    if outcome.edits.iter().any(withdrawn) {
        advice.push(about("consent-withdrawn")(withdrawal(lang).to_owned()));
    }
    advice
}

fn about(code: &'static str) -> impl FnOnce(String) -> Advice {
    move |text| Advice { code: code.to_owned(), text }
}

/// The clocks of what this form opened or changed; in an emergency first whom to tell.
fn of_clocks(
    rulebook: &Rulebook,
    kind: &str,
    record: &RecordEdit,
    now: DateTime<FixedOffset>,
    lang: Lang,
) -> Vec<Advice> {
    let heads = |field: &str| record.fields.get(field).filter(|value| !value.is_null()).into_iter().collect();
    let sentence = |deadline: clocks::Deadline<'_>| {
        let (title, due) = (deadline.title.get(lang), deadline.due_text(lang));
        let (who, ground) = (deadline.responsible.get(lang), cited(&deadline.ground_text(lang), lang));
        let text = match lang {
            Lang::Vi if deadline.at_once => format!("Làm {due}: {title}. {who}. {ground}"),
            Lang::Vi => format!("Hạn {due}: {title}. {who}. {ground}"),
            Lang::En if deadline.at_once => format!("Do it {due}: {title}. {who}. {ground}"),
            Lang::En => format!("By {due}: {title}. {who}. {ground}"),
        };
        Advice { code: deadline.code.to_owned(), text }
    };
    let deadlines = clocks::deadlines_of(rulebook, kind, &heads, now);
    if deadlines.is_empty() {
        return Vec::new();
    }
    let mut advice = Vec::new();
    let may_be_urgent = deadlines.iter().any(|deadline| deadline.is_for_emergency);
    if may_be_urgent {
        advice.push(Advice { code: "report-at-once".to_owned(), text: at_once(lang).to_owned() });
    }
    let lines = rulebook.hotlines(now.date_naive()).filter(|_| rulebook.says_urgency(kind));
    // Police and ambulance stand in no article.
    let lines = lines.filter(|line| may_be_urgent || !line.article.is_empty());
    advice.extend(lines.map(|line| hotline(line, lang)));
    advice.extend(deadlines.into_iter().map(sentence));
    advice
}

/// The duty to separate a child is the chairman's (Decree 56/2017 art. 26.3), not of who heard of it.
fn at_once(lang: Lang) -> &'static str {
    lang.pick(
        "Báo ngay Chủ tịch Ủy ban nhân dân cấp xã; không tự cách ly trẻ. Có dấu hiệu tội phạm: báo công an. \
         Căn cứ: Nghị định 56/2017/NĐ-CP Điều 25, Điều 26, Điều 31.",
        "Tell the chairman of the commune at once; do not take the child away yourself. Where there are signs of a \
         crime: tell the police. Ground: Decree 56/2017/NĐ-CP, articles 25, 26, 31.",
    )
}

fn hotline(line: &Hotline, lang: Lang) -> Advice {
    let (number, name) = (&line.number, line.name.get(lang));
    let call = lang.pick(format!("Gọi {number}: {name}."), format!("Call {number}: {name}."));
    let ground = (!line.article.is_empty()).then(|| cited(&line.certainty.beside(&line.article, lang), lang));
    let text = [Some(call), ground].into_iter().flatten().collect::<Vec<_>>().join(" ");
    Advice { code: format!("hotline.{number}"), text }
}

/// What the form makes of B1 and B2, where it can tell, by the norm of that day; the commune decides.
fn poverty(rulebook: &Rulebook, visit: &RecordEdit, lang: Lang) -> Option<String> {
    let text = |field: &str| visit.fields.get(field).and_then(Value::as_str);
    let number = |field: &str| visit.fields.get(field).and_then(Value::as_i64);
    let (b1, b2) = (number("b1_total")?, number("b2_total")?);
    let visited = text("date")?.parse::<NaiveDate>().ok()?;
    let norm = rulebook.norm(text("area")?, visited, visited).row?;
    let (b1_limit, b2_limit) = (norm.b1_poor_points?, norm.b2_poor_points?);
    let class = text("poverty_suggestion").filter(|class| *class != "unknown")?;
    let class = rulebook.code("poverty_suggestion", class, lang)?.to_lowercase();
    let ground = cited(&norm.certainty.beside(&norm.article, lang), lang);
    Some(match lang {
        Lang::Vi => format!(
            "Gợi ý: {class} (B1 {b1} điểm, mức {b1_limit}; B2 {b2} điểm, mức {b2_limit}). {ground} \
             Kết luận thuộc Ủy ban nhân dân cấp xã."
        ),
        Lang::En => format!(
            "Suggestion: {class} (B1 {b1} points, limit {b1_limit}; B2 {b2} points, limit {b2_limit}). {ground} \
             The commune decides."
        ),
    })
}

/// The household refused that its information is kept. What it gave before is not gone by that.
fn refusal(consent: &RecordEdit, lang: Lang) -> Option<String> {
    (says(consent, "purpose", "support") && says(consent, "answer", "refuse")).then(|| {
        lang.pick(
            "Hộ không đồng ý: chuyến thăm này chỉ để lại ngày và câu trả lời; quyền được trợ giúp không thay đổi. \
             Điều đã lưu từ trước vẫn còn: gia đình muốn rút lại thì báo người quản lý trường hợp, xử lý trong 15 ngày. \
             Căn cứ: Luật 91/2025/QH15; Nghị định 356/2025/NĐ-CP Điều 5.",
            "The household refused: this visit leaves its day and this answer only; the right to help stays. What was \
             kept before is still there: if the family wants it withdrawn, tell the case manager; it is dealt with \
             within 15 days. Ground: Law 91/2025/QH15; Decree 356/2025/NĐ-CP, article 5.",
        )
        .to_owned()
    })
}

fn withdrawal(lang: Lang) -> &'static str {
    lang.pick(
        "Gia đình rút lại đồng ý: báo ngay người quản lý trường hợp, xử lý trong 15 ngày. \
         Căn cứ: Luật 91/2025/QH15; Nghị định 356/2025/NĐ-CP Điều 5.",
        "The family withdrew consent: tell the case manager at once; it is dealt with within 15 days. \
         Ground: Law 91/2025/QH15; Decree 356/2025/NĐ-CP, article 5.",
    )
}

fn says(edit: &RecordEdit, field: &str, text: &str) -> bool {
    edit.fields.get(field).and_then(Value::as_str) == Some(text)
}

fn cited(ground: &str, lang: Lang) -> String {
    lang.pick(format!("Căn cứ: {ground}."), format!("Ground: {ground}."))
}
