//! `range` questions.

use super::parameters::{Parameters, accept, get};
use crate::{Problem, choices::Choices, element::Element};

const KNOWN: [&str; 6] = ["end", "placeholder", "start", "step", "tick_interval", "tick_labelset"];
const LABELLED: [&str; 3] = ["tick_interval", "placeholder", "tick_labelset"];

/// Ticks with a label.
const MAX_LABELS: usize = 1000;

/// Checks the parameters and makes attributes of them.
pub(crate) fn apply(
    element: &mut Element,
    parameters: &Parameters,
    choices: &Choices,
) -> Result<(), Problem> {
    accept(parameters, &KNOWN)?;
    let appearance = element.appearance().unwrap_or_default().to_owned();
    let ticked = appearance.is_empty() || appearance.contains("vertical") || appearance.contains("no-ticks");
    if !ticked && LABELLED.iter().any(|name| get(parameters, name).is_some()) {
        return Err(bad("ticks, placeholder and labels need the appearance `vertical`, `no-ticks`, or none"));
    }
    let text = |name: &str, default: &'static str| get(parameters, name).unwrap_or(default).to_owned();
    let (start, end, step) = (text("start", "1"), text("end", "10"), text("step", "1"));
    let range =
        Range { start: number("start", &start)?, end: number("end", &end)?, step: number("step", &step)? };
    range.check_step("step", range.step)?;
    let interval = get(parameters, "tick_interval").map(|text| number("tick_interval", text)).transpose()?;
    let placeholder = get(parameters, "placeholder").map(|text| number("placeholder", text)).transpose()?;
    if let Some(interval) = interval {
        range.check_step("tick_interval", interval)?;
        if interval.0 % range.step.0 != 0 {
            return Err(bad("`tick_interval` is no multiple of `step`"));
        }
    }
    if let Some(placeholder) = placeholder {
        if !range.is_step(placeholder, range.step) {
            return Err(bad("`placeholder` is no step of the range"));
        }
        if !range.holds(placeholder) {
            return Err(bad("`placeholder` lies outside of the range"));
        }
    }
    if let Some(list) = get(parameters, "tick_labelset") {
        check_labels(&range, interval, list, &appearance, choices)?;
        element.itemset = Some(list.to_owned());
    }
    let all = [Some(range.start), Some(range.end), Some(range.step), interval, placeholder];
    if all.iter().flatten().any(|number| number.0 % Decimal::ONE != 0) {
        element.bind_mut().set("type", "decimal");
    }
    let control = &mut element.control;
    control.set("start", start);
    control.set("end", end);
    control.set("step", step);
    if let Some(text) = get(parameters, "tick_interval") {
        control.set("odk:tick-interval", text);
    }
    if let Some(text) = get(parameters, "placeholder") {
        control.set("odk:placeholder", text);
    }
    Ok(())
}

fn check_labels(
    range: &Range,
    interval: Option<Decimal>,
    list: &str,
    appearance: &str,
    choices: &Choices,
) -> Result<(), Problem> {
    let Some(labels) = choices.get(list) else {
        return Err(bad(format!("`tick_labelset` names no list of the choices sheet: `{list}`")));
    };
    if labels.choices.len() > MAX_LABELS {
        return Err(bad(format!("the list `{list}` has more choices than a range can show")));
    }
    let mut values = Vec::new();
    for choice in &labels.choices {
        let Some(value) = Decimal::parse(&choice.name) else {
            return Err(bad(format!("the list `{list}` labels ticks, but `{}` is no number", choice.name)));
        };
        if !range.holds(value) {
            return Err(bad(format!(
                "the list `{list}` labels `{}`, which lies outside of the range",
                choice.name
            )));
        }
        if !range.is_step(value, interval.unwrap_or(range.step)) {
            return Err(bad(format!("the list `{list}` labels `{}`, where there is no tick", choice.name)));
        }
        values.push(value.0);
    }
    if appearance.contains("no-ticks") {
        values.sort_unstable();
        values.dedup();
        let mut ends = vec![range.start.0, range.end.0];
        ends.sort_unstable();
        ends.dedup();
        if values != ends {
            return Err(bad(format!(
                "without ticks, only the ends of the range can have labels, not all of `{list}`"
            )));
        }
    }
    Ok(())
}

struct Range {
    start: Decimal,
    end: Decimal,
    step: Decimal,
}

impl Range {
    fn check_step(&self, name: &str, step: Decimal) -> Result<(), Problem> {
        if step.0 == 0 {
            return Err(bad(format!("`{name}` is 0")));
        }
        if step.0 > (self.end.0 - self.start.0).abs() {
            return Err(bad(format!("`{name}` is larger than the range from `start` to `end`")));
        }
        Ok(())
    }

    fn holds(&self, value: Decimal) -> bool {
        (self.start.0.min(self.end.0)..=self.start.0.max(self.end.0)).contains(&value.0)
    }

    fn is_step(&self, value: Decimal, step: Decimal) -> bool {
        (value.0 - self.start.0) % step.0 == 0
    }
}

fn number(name: &str, text: &str) -> Result<Decimal, Problem> {
    Decimal::parse(text).ok_or_else(|| bad(format!("`{name}` is no number that a range can have: `{text}`")))
}

fn bad(message: impl Into<String>) -> Problem {
    Problem::error("xlsform.bad-range", message)
}

/// A decimal number, exact: 0.1 is a tenth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Decimal(i128);

impl Decimal {
    const PLACES: i32 = 15;
    const ONE: i128 = 10_i128.pow(15);

    /// `None`: no number, or one with too many digits.
    fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let (mantissa, exponent) = match text.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
            None => (text, 0),
        };
        let (negative, digits) = match mantissa.strip_prefix('-') {
            Some(digits) => (true, digits),
            None => (false, mantissa.strip_prefix('+').unwrap_or(mantissa)),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let all = format!("{whole}{fraction}");
        if all.is_empty() || all.len() > 30 || !all.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        let places = Self::PLACES + exponent - i32::try_from(fraction.len()).ok()?;
        let value: i128 = all.parse().ok()?;
        let value = if value == 0 {
            0
        } else {
            value.checked_mul(10_i128.checked_pow(u32::try_from(places).ok()?)?)?
        };
        // Twice the largest still fits: differences are taken.
        (value < i128::MAX / 4).then_some(Self(if negative { -value } else { value }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_exact() {
        assert_eq!(Decimal::parse("0.1").unwrap().0 * 3, Decimal::parse("0.3").unwrap().0);
        assert_eq!(Decimal::parse("1e2"), Decimal::parse("100"));
        assert_eq!(Decimal::parse("-.5").unwrap().0, -Decimal::ONE / 2);
        for bad in ["", "a", "1.2.3", "inf", "nan", "."] {
            assert_eq!(Decimal::parse(bad), None, "{bad}");
        }
    }
}
