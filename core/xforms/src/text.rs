//! Strings that are shared, and names that are compared as numbers.

use std::{collections::HashMap, sync::Arc};

/// Immutable text that values, choices and views share.
pub(crate) type Text = Arc<str>;

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub(crate) struct NameId(pub u32);

#[derive(Clone, Default)]
pub(crate) struct Names {
    by_text: HashMap<Text, NameId>,
    texts: Vec<Text>,
}

impl Names {
    pub fn intern(&mut self, text: &str) -> NameId {
        if let Some(id) = self.by_text.get(text) {
            return *id;
        }
        let id = NameId(self.texts.len() as u32);
        let text: Text = text.into();
        self.texts.push(text.clone());
        self.by_text.insert(text, id);
        id
    }

    pub fn find(&self, text: &str) -> Option<NameId> {
        self.by_text.get(text).copied()
    }

    pub fn text(&self, id: NameId) -> &Text {
        &self.texts[id.0 as usize]
    }
}

/// The string form of a number (XPath 1.0 §4.2): no exponent, no trailing zeros.
pub(crate) fn number_text(number: f64) -> String {
    if number.is_nan() {
        return "NaN".to_owned();
    }
    if number.is_infinite() {
        return if number > 0.0 { "Infinity" } else { "-Infinity" }.to_owned();
    }
    if number == 0.0 {
        return "0".to_owned();
    }
    if number.fract() == 0.0 && number.abs() < 1e15 {
        return format!("{}", number as i64);
    }
    format!("{number}")
}

/// A decimal number as XPath writes it, with a tolerated exponent; `None` is NaN.
pub(crate) fn parse_number(text: &str) -> Option<f64> {
    let text = text.trim();
    let first = *text.as_bytes().first()?;
    if !(first.is_ascii_digit() || matches!(first, b'-' | b'+' | b'.')) {
        return None;
    }
    text.parse().ok()
}

/// The candidate that differs least from `wanted`, if it is near enough to be meant.
pub(crate) fn nearest<'a>(wanted: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let allowed = (wanted.chars().count() / 3).clamp(1, 3);
    let distance = |candidate: &str| strsim::osa_distance(wanted, candidate);
    candidates.map(|c| (distance(c), c)).filter(|(d, _)| *d <= allowed).min().map(|(_, c)| c)
}
