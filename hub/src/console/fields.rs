//! A field as a form of the console has it: an input by its type, and what was typed as a value.

use chrono::{DateTime, NaiveDate, NaiveDateTime};
use maud::{Markup, html};
use model::{VIETNAM, clock::vietnam};
use rulebook::{FieldType, Lang, Units};
use serde_json::Value;

/// Characters of a narrative, and of any other text.
const MOST: (usize, usize) = (20_000, 1_000);
/// As browsers send a time of a day.
const MINUTES: &str = "%Y-%m-%dT%H:%M";

/// A field that is written in.
pub struct Input<'a> {
    pub kind: &'a FieldType,
    /// Codes with their labels.
    pub choices: &'a [(String, String)],
}

/// What was typed is no value of its field.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Mistake {
    Number,
    Day,
    Time,
    Choice,
    Length,
    /// What only makes sense with it was decided, and it was not.
    Together,
}

impl Mistake {
    pub fn text(self, lang: Lang) -> &'static str {
        let (vi, en) = match self {
            Self::Number => ("Hãy nhập một số, ví dụ 12 hoặc 62,5.", "Enter a number, such as 12 or 62.5."),
            Self::Day => (
                "Hãy nhập ngày theo dạng năm-tháng-ngày, ví dụ 2026-11-24.",
                "Enter a day as year-month-day, such as 2026-11-24.",
            ),
            Self::Time => (
                "Hãy nhập ngày và giờ, ví dụ 2026-11-24T08:30.",
                "Enter a day and time, such as 2026-11-24T08:30.",
            ),
            Self::Choice => ("Hãy chọn trong danh sách.", "Choose one of the list."),
            Self::Together => (
                "Mục này đi cùng mục vừa sửa. Hãy chọn giá trị đúng cho cả hai.",
                "This goes together with what you changed. Choose the right value of both.",
            ),
            Self::Length => ("Dài quá. Hãy viết ngắn lại.", "Too long. Make it shorter."),
        };
        lang.pick(vi, en)
    }
}

/// A value as its input shows it: empty for none.
pub fn text(kind: &FieldType, value: Option<&Value>, lang: Lang) -> String {
    match value {
        None | Some(Value::Null | Value::Object(_)) => String::new(),
        Some(Value::Bool(value)) => value.to_string(),
        Some(Value::Number(number)) => {
            let number = number.to_string();
            let number = number.strip_suffix(".0").unwrap_or(&number);
            lang.pick(number.replace('.', ","), number.to_owned())
        }
        Some(Value::Array(codes)) => codes.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" "),
        Some(Value::String(text)) if *kind == FieldType::DateTime => {
            let at = DateTime::parse_from_rfc3339(text);
            at.map_or_else(|_| text.clone(), |at| vietnam(&at).format(MINUTES).to_string())
        }
        Some(Value::String(text)) => text.clone(),
    }
}

/// `Null` where it was emptied.
pub fn read(input: &Input, typed: &str) -> Result<Value, Mistake> {
    let typed = typed.trim();
    if typed.is_empty() {
        return Ok(Value::Null);
    }
    let offers = |code: &str| input.choices.iter().any(|(known, _)| known == code);
    Ok(match input.kind {
        FieldType::Int | FieldType::Money => typed.parse::<i64>().map_err(|_| Mistake::Number)?.into(),
        FieldType::Decimal => {
            let number = typed.replace(',', ".").parse::<f64>().ok().filter(|number| number.is_finite());
            number.ok_or(Mistake::Number)?.into()
        }
        FieldType::Date => typed.parse::<NaiveDate>().map_err(|_| Mistake::Day)?.to_string().into(),
        FieldType::DateTime => {
            let at = NaiveDateTime::parse_from_str(typed, MINUTES).map_err(|_| Mistake::Time)?;
            at.and_local_timezone(VIETNAM).single().ok_or(Mistake::Time)?.to_rfc3339().into()
        }
        FieldType::Bool => typed.parse::<bool>().map_err(|_| Mistake::Choice)?.into(),
        FieldType::Code | FieldType::User if offers(typed) => typed.into(),
        FieldType::Codes if typed.split_whitespace().all(offers) => {
            typed.split_whitespace().collect::<Vec<_>>().into()
        }
        FieldType::Code | FieldType::User | FieldType::Codes => return Err(Mistake::Choice),
        FieldType::Narrative if typed.chars().count() > MOST.0 => return Err(Mistake::Length),
        FieldType::Narrative => typed.replace("\r\n", "\n").into(),
        _ if typed.chars().count() > MOST.1 => return Err(Mistake::Length),
        _ => typed.into(),
    })
}

/// The input, with what is in it; `hint`: the id of what is said about it.
pub fn input(input: &Input, name: &str, typed: &str, hint: Option<&str>, lang: Lang) -> Markup {
    let Input { kind, choices, .. } = input;
    let invalid = hint.map(|_| "true");
    let plain = |of: &str, mode: Option<&str>| {
        html! { input id=(name) name=(name) type=(of) inputmode=[mode] value=(typed) autocomplete="off" aria-describedby=[hint] aria-invalid=[invalid]; }
    };
    match kind {
        FieldType::Narrative => html! {
            textarea id=(name) name=(name) rows="5" aria-describedby=[hint] aria-invalid=[invalid] { (typed) }
        },
        FieldType::Int | FieldType::Money => plain("text", Some("numeric")),
        FieldType::Decimal => plain("text", Some("decimal")),
        FieldType::Date => plain("date", None),
        FieldType::DateTime => plain("datetime-local", None),
        FieldType::Phone => plain("tel", None),
        FieldType::Bool => {
            let choices = [("true", lang.pick("Có", "Yes")), ("false", lang.pick("Không", "No"))]
                .map(|(code, label)| (code.to_owned(), label.to_owned()));
            html! { select id=(name) name=(name) aria-describedby=[hint] aria-invalid=[invalid] { (options(&choices, typed)) } }
        }
        FieldType::Code | FieldType::User => html! {
            select id=(name) name=(name) aria-describedby=[hint] aria-invalid=[invalid] { (options(choices, typed)) }
        },
        FieldType::Codes => html! {
            // What the browser sends where nothing is ticked.
            input type="hidden" name=(name) value="";
            @for (code, label) in *choices {
                @let ticked = typed.split_whitespace().any(|chosen| chosen == code);
                label.check { input type="checkbox" name=(name) value=(code) checked[ticked]; (label) }
            }
        },
        _ => plain("text", None),
    }
}

fn options(choices: &[(String, String)], typed: &str) -> Markup {
    html! {
        option value="" { "—" }
        @for (code, label) in choices { option value=(code) selected[code == typed] { (label) } }
    }
}

/// Communes to choose from, told by their provinces, too, where there are several.
pub fn communes(units: &Units, offers: impl Fn(&str) -> bool) -> Vec<(String, String)> {
    let offered: Vec<_> =
        units.all().iter().filter(|unit| unit.parent.is_some() && offers(&unit.code)).collect();
    let several = offered.windows(2).any(|pair| pair[0].parent != pair[1].parent);
    let mut communes: Vec<_> = offered
        .into_iter()
        .map(|unit| {
            let province = unit.parent.as_deref().filter(|_| several).map(|code| units.name(code));
            let label = province.map_or(unit.name.clone(), |province| format!("{province} – {}", unit.name));
            (unit.code.clone(), label)
        })
        .collect();
    communes.sort_by(|a, b| a.1.cmp(&b.1));
    communes
}
