//! Stored answers to record values and back.

use chrono::{DateTime, NaiveDate};
use model::clock::vietnam;
use serde_json::{Value, json};

/// The type of a field, as `records.csv` names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ValueKind {
    Text,
    Int,
    Decimal,
    /// With the codes that the form has for yes and no.
    Bool {
        yes: String,
        no: String,
    },
    Date,
    DateTime,
    List,
    Point,
    Photo,
}

/// What counts as yes and no, the first pair also where a form says nothing else.
pub(crate) const YES_NO: [(&str, &str); 3] = [("true", "false"), ("yes", "no"), ("1", "0")];

impl ValueKind {
    pub const NAMES: [&str; 9] =
        ["text", "int", "decimal", "bool", "date", "datetime", "list", "point", "photo"];

    /// A stored answer as a field's value; `None` where it is not of this type. A photo is not made of text.
    pub fn read(&self, stored: &str) -> Option<Value> {
        Some(match self {
            Self::Text => stored.into(),
            Self::Int => {
                let number = whole(stored)?;
                number.into()
            }
            Self::Decimal => json!(stored.parse::<f64>().ok().filter(|n| n.is_finite())?),
            Self::Bool { .. } if YES_NO.iter().any(|(yes, _)| *yes == stored) => true.into(),
            Self::Bool { .. } if YES_NO.iter().any(|(_, no)| *no == stored) => false.into(),
            Self::Bool { .. } | Self::Photo => return None,
            Self::Date => {
                let day = stored.get(..10).unwrap_or(stored).parse::<NaiveDate>().ok()?;
                day.to_string().into()
            }
            Self::DateTime => vietnam(&DateTime::parse_from_rfc3339(stored).ok()?).to_rfc3339().into(),
            Self::List => stored.split_whitespace().collect::<Vec<_>>().into(),
            Self::Point => point(stored)?,
        })
    }

    /// A field's value as a form stores it.
    pub fn write(&self, value: &Value) -> Option<String> {
        Some(match (self, value) {
            (Self::Bool { yes, no }, Value::Bool(value)) => if *value { yes } else { no }.clone(),
            (Self::List, Value::Array(values)) => {
                values.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" ")
            }
            (Self::Point, value) => {
                let part = |name: &str| value[name].as_f64();
                let (latitude, longitude) = (part("latitude")?, part("longitude")?);
                let [altitude, accuracy] = ["altitude", "accuracy"].map(|name| part(name).unwrap_or(0.0));
                format!("{latitude} {longitude} {altitude} {accuracy}")
            }
            (Self::Int | Self::Decimal, Value::Number(number)) => match number.as_f64() {
                // Forms write 48, not 48.0.
                Some(whole) if whole.fract() == 0.0 && whole.abs() < 1e15 => format!("{}", whole as i64),
                _ => number.to_string(),
            },
            (Self::Photo, _) => return None,
            (_, Value::String(text)) => text.clone(),
            _ => return None,
        })
    }
}

/// `7` and `7.0`: a calculation may write either.
fn whole(stored: &str) -> Option<i64> {
    stored.parse().ok().or_else(|| {
        let number: f64 = stored.parse().ok()?;
        (number.fract() == 0.0 && number.abs() < 1e15).then_some(number as i64)
    })
}

/// `latitude longitude altitude accuracy`, the last two optional.
fn point(stored: &str) -> Option<Value> {
    let mut numbers = stored.split_whitespace().map(|n| n.parse::<f64>().ok().filter(|n| n.is_finite()));
    let (latitude, longitude) = (numbers.next()??, numbers.next()??);
    let mut rest = || numbers.next().flatten().unwrap_or(0.0);
    let (altitude, accuracy) = (rest(), rest());
    Some(json!({ "latitude": latitude, "longitude": longitude, "altitude": altitude, "accuracy": accuracy }))
}
