//! What an expression yields, and XPath's conversions (§3.2–3.5) with ODK's dates.

use crate::{
    date::days_of_text,
    definition::{InstanceIx, Row},
    state::At,
    text::{Text, number_text, parse_number},
};
use chrono::FixedOffset;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Item {
    /// Above the root element of the primary instance.
    Document,
    Node(At),
    /// The text inside an element.
    Text(At),
    /// An element or attribute of a list, or its document.
    Row(InstanceIx, Row),
    RowText(InstanceIx, Row),
}

#[derive(Clone, Debug)]
pub(crate) enum Value {
    Bool(bool),
    Number(f64),
    Text(Text),
    Nodes(Vec<Item>),
}

/// Dates and times become days since the epoch (spec, `number`).
pub(crate) fn number_of(text: &str, offset: FixedOffset) -> f64 {
    parse_number(text).or_else(|| days_of_text(text.trim(), offset)).unwrap_or(f64::NAN)
}

pub(crate) fn number_to_text(number: f64) -> Text {
    number_text(number).into()
}

pub(crate) fn bool_to_text(value: bool) -> Text {
    if value { "true" } else { "false" }.into()
}

pub(crate) fn number_to_bool(number: f64) -> bool {
    number != 0.0 && !number.is_nan()
}

/// Halves go up, also below zero (XPath 1.0 §4.4).
pub(crate) fn round_half_up(number: f64) -> f64 {
    (number + 0.5).floor()
}
