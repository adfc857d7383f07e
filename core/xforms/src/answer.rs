//! What a person answers, typed, and its stored text.

use crate::{
    date,
    definition::DataType,
    text::{number_text, parse_number},
};
use chrono::{DateTime, FixedOffset, NaiveDate, NaiveTime};
use std::fmt;

/// A position as WGS 84 degrees, with altitude and accuracy in metres (0 = unknown).
#[derive(Clone, Copy, PartialEq)]
pub struct GeoPoint {
    pub latitude: f64,
    pub longitude: f64,
    pub altitude: f64,
    pub accuracy: f64,
}

/// A typed answer. `Debug` shows the kind only: answers are personal data.
#[derive(Clone, PartialEq)]
pub enum Answer {
    /// Not answered, or the answer taken back.
    Empty,
    Text(String),
    Integer(i64),
    Decimal(f64),
    Boolean(bool),
    Date(NaiveDate),
    Time(NaiveTime),
    DateTime(DateTime<FixedOffset>),
    Point(GeoPoint),
    /// A trace or a shape.
    Points(Vec<GeoPoint>),
    /// Value of the chosen item.
    Choice(String),
    /// Values of the chosen items; of a rank, in their order.
    Choices(Vec<String>),
    /// Name of an attached file.
    File(String),
    /// The OK of a trigger.
    Acknowledged,
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self {
            Answer::Empty => "Empty",
            Answer::Text(_) => "Text",
            Answer::Integer(_) => "Integer",
            Answer::Decimal(_) => "Decimal",
            Answer::Boolean(_) => "Boolean",
            Answer::Date(_) => "Date",
            Answer::Time(_) => "Time",
            Answer::DateTime(_) => "DateTime",
            Answer::Point(_) => "Point",
            Answer::Points(_) => "Points",
            Answer::Choice(_) => "Choice",
            Answer::Choices(_) => "Choices",
            Answer::File(_) => "File",
            Answer::Acknowledged => "Acknowledged",
        };
        write!(f, "Answer::{kind}")
    }
}

impl fmt::Debug for GeoPoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "GeoPoint")
    }
}

impl GeoPoint {
    fn to_text(self) -> String {
        [self.latitude, self.longitude, self.altitude, self.accuracy].map(number_text).join(" ")
    }

    pub(crate) fn parse(text: &str) -> Option<GeoPoint> {
        let numbers: Vec<f64> = text.split_whitespace().map(parse_number).collect::<Option<_>>()?;
        let (latitude, longitude) = (*numbers.first()?, *numbers.get(1)?);
        let valid = numbers.len() <= 4 && latitude.abs() <= 90.0 && longitude.abs() <= 180.0;
        valid.then(|| GeoPoint {
            latitude,
            longitude,
            altitude: numbers.get(2).copied().unwrap_or(0.0),
            accuracy: numbers.get(3).copied().unwrap_or(0.0),
        })
    }
}

pub(crate) fn parse_points(text: &str) -> Option<Vec<GeoPoint>> {
    text.split(';').map(str::trim).filter(|p| !p.is_empty()).map(GeoPoint::parse).collect()
}

impl Answer {
    /// The text that the instance stores; `None` when empty.
    pub fn to_stored(&self) -> Option<String> {
        let text = match self {
            Answer::Empty => return None,
            Answer::Text(text) | Answer::Choice(text) | Answer::File(text) => text.clone(),
            Answer::Integer(number) => number.to_string(),
            Answer::Decimal(number) => number_text(*number),
            Answer::Boolean(value) => value.to_string(),
            Answer::Date(date) => date::format_date(*date),
            Answer::Time(time) => date::format_time(*time),
            Answer::DateTime(at) => date::format_date_time(at),
            Answer::Point(point) => point.to_text(),
            Answer::Points(points) => points.iter().map(|p| p.to_text()).collect::<Vec<_>>().join(";"),
            Answer::Choices(values) => values.join(" "),
            Answer::Acknowledged => "OK".to_owned(),
        };
        (!text.is_empty()).then_some(text)
    }

    /// The text that the instance stores on a device with this offset: a time of day carries it (spec, Data
    /// Types: `time`).
    pub(crate) fn to_stored_at(&self, offset: FixedOffset) -> Option<String> {
        match self {
            Answer::Time(time) => Some(format!("{}{offset}", date::format_time(*time))),
            _ => self.to_stored(),
        }
    }

    /// Reads an answer given as stored text; `None` when the kind can't hold it.
    pub(crate) fn parse(text: &str, kind: &QuestionKind, offset: FixedOffset) -> Option<Answer> {
        let text = match kind {
            QuestionKind::Text | QuestionKind::Secret | QuestionKind::Barcode => text,
            _ => text.trim(),
        };
        if text.is_empty() {
            return Some(Answer::Empty);
        }
        match kind {
            QuestionKind::Text | QuestionKind::Secret | QuestionKind::Barcode | QuestionKind::Note => {
                Some(Answer::Text(text.to_owned()))
            }
            QuestionKind::Integer | QuestionKind::Range { integer: true, .. } => {
                text.parse().ok().map(Answer::Integer)
            }
            QuestionKind::Boolean => match text {
                "true" | "1" => Some(Answer::Boolean(true)),
                "false" | "0" => Some(Answer::Boolean(false)),
                _ => None,
            },
            QuestionKind::Date => date::parse_date(text).map(Answer::Date),
            QuestionKind::Trigger => (text == "OK").then_some(Answer::Acknowledged),
            _ => match Answer::from_stored(text, kind, offset) {
                Answer::Text(_) => None,
                answer => Some(answer),
            },
        }
    }

    /// Reads stored text back as the kind that the question has; text that doesn't fit stays `Text`.
    pub(crate) fn from_stored(text: &str, kind: &QuestionKind, offset: FixedOffset) -> Answer {
        if text.is_empty() {
            return Answer::Empty;
        }
        let typed = match kind {
            QuestionKind::Integer => parse_number(text).map(|n| Answer::Integer(n as i64)),
            QuestionKind::Decimal => parse_number(text).map(Answer::Decimal),
            QuestionKind::Range { integer, .. } => parse_number(text)
                .map(|n| if *integer { Answer::Integer(n as i64) } else { Answer::Decimal(n) }),
            QuestionKind::Boolean => Some(Answer::Boolean(text == "true" || text == "1")),
            QuestionKind::Date => date::parse_date(text.get(..10).unwrap_or(text)).map(Answer::Date),
            QuestionKind::Time => date::parse_time(text).map(|(time, _)| Answer::Time(time)),
            QuestionKind::DateTime => date::parse_date_time(text, offset).map(Answer::DateTime),
            QuestionKind::Geopoint => GeoPoint::parse(text).map(Answer::Point),
            QuestionKind::Geotrace | QuestionKind::Geoshape => parse_points(text).map(Answer::Points),
            QuestionKind::SelectOne => Some(Answer::Choice(text.to_owned())),
            QuestionKind::SelectMultiple | QuestionKind::Rank => {
                Some(Answer::Choices(text.split_whitespace().map(str::to_owned).collect()))
            }
            QuestionKind::Image | QuestionKind::Audio | QuestionKind::Video | QuestionKind::File => {
                Some(Answer::File(text.to_owned()))
            }
            QuestionKind::Trigger => Some(Answer::Acknowledged),
            QuestionKind::Text | QuestionKind::Secret | QuestionKind::Barcode | QuestionKind::Note => None,
        };
        typed.unwrap_or_else(|| Answer::Text(text.to_owned()))
    }
}

/// What a shell draws for a question, from its control, its data type and its appearance.
#[derive(Debug, Clone, PartialEq)]
pub enum QuestionKind {
    Text,
    Integer,
    Decimal,
    Boolean,
    Date,
    Time,
    DateTime,
    Geopoint,
    Geotrace,
    Geoshape,
    Barcode,
    Secret,
    SelectOne,
    SelectMultiple,
    Rank,
    /// A number between two bounds, both included.
    Range {
        start: f64,
        end: f64,
        step: f64,
        integer: bool,
    },
    Image,
    Audio,
    Video,
    File,
    /// Something to acknowledge.
    Trigger,
    /// Text to read; takes no answer.
    Note,
}

impl QuestionKind {
    pub(crate) fn of_input(data_type: DataType) -> QuestionKind {
        match data_type {
            DataType::String | DataType::Rank => QuestionKind::Text,
            DataType::Int => QuestionKind::Integer,
            DataType::Decimal => QuestionKind::Decimal,
            DataType::Boolean => QuestionKind::Boolean,
            DataType::Date => QuestionKind::Date,
            DataType::Time => QuestionKind::Time,
            DataType::DateTime => QuestionKind::DateTime,
            DataType::Geopoint => QuestionKind::Geopoint,
            DataType::Geotrace => QuestionKind::Geotrace,
            DataType::Geoshape => QuestionKind::Geoshape,
            DataType::Binary => QuestionKind::File,
            DataType::Barcode => QuestionKind::Barcode,
        }
    }

    pub(crate) fn has_choices(&self) -> bool {
        matches!(self, QuestionKind::SelectOne | QuestionKind::SelectMultiple | QuestionKind::Rank)
    }

    /// The values in a select's stored text.
    pub(crate) fn values_of<'a>(&self, stored: &'a str) -> Vec<&'a str> {
        match self {
            QuestionKind::SelectMultiple | QuestionKind::Rank => stored.split_whitespace().collect(),
            _ if stored.is_empty() => Vec::new(),
            _ => vec![stored],
        }
    }

    /// What the question takes, for an error message.
    pub(crate) fn expected(&self) -> &'static str {
        match self {
            QuestionKind::Text | QuestionKind::Secret | QuestionKind::Barcode => "text",
            QuestionKind::Integer => "a whole number",
            QuestionKind::Decimal | QuestionKind::Range { .. } => "a number",
            QuestionKind::Boolean => "true or false",
            QuestionKind::Date => "a date",
            QuestionKind::Time => "a time",
            QuestionKind::DateTime => "a date and time",
            QuestionKind::Geopoint => "a position",
            QuestionKind::Geotrace | QuestionKind::Geoshape => "positions",
            QuestionKind::SelectOne => "one choice",
            QuestionKind::SelectMultiple | QuestionKind::Rank => "choices",
            QuestionKind::Image | QuestionKind::Audio | QuestionKind::Video | QuestionKind::File => {
                "a file name"
            }
            QuestionKind::Trigger => "an acknowledgement",
            QuestionKind::Note => "no answer",
        }
    }

    /// Whether an answer is of this kind; the text to store is then `answer.to_stored()`.
    pub(crate) fn takes(&self, answer: &Answer) -> bool {
        let finite = |n: f64| n.is_finite();
        match (self, answer) {
            (QuestionKind::Note, _) => false,
            (_, Answer::Empty) => true,
            (QuestionKind::Text | QuestionKind::Secret | QuestionKind::Barcode, Answer::Text(_)) => true,
            (QuestionKind::Integer, Answer::Integer(_)) => true,
            (QuestionKind::Decimal, Answer::Decimal(n)) => finite(*n),
            (QuestionKind::Decimal, Answer::Integer(_)) => true,
            (QuestionKind::Boolean, Answer::Boolean(_)) => true,
            (QuestionKind::Range { start, end, integer, .. }, answer) => {
                let number = match answer {
                    Answer::Integer(n) => *n as f64,
                    Answer::Decimal(n) if !integer => *n,
                    _ => return false,
                };
                number.is_finite() && number >= start.min(*end) && number <= start.max(*end)
            }
            (QuestionKind::Date, Answer::Date(_)) => true,
            (QuestionKind::Time, Answer::Time(_)) => true,
            (QuestionKind::DateTime, Answer::DateTime(_)) => true,
            (QuestionKind::Geopoint, Answer::Point(_)) => true,
            (QuestionKind::Geotrace | QuestionKind::Geoshape, Answer::Points(_)) => true,
            (QuestionKind::SelectOne, Answer::Choice(_)) => true,
            (QuestionKind::SelectMultiple | QuestionKind::Rank, Answer::Choices(_)) => true,
            (
                QuestionKind::Image | QuestionKind::Audio | QuestionKind::Video | QuestionKind::File,
                Answer::File(_),
            ) => true,
            (QuestionKind::Trigger, Answer::Acknowledged) => true,
            _ => false,
        }
    }
}
