//! The answers of one home visit as data, `tests/stories/visit.csv`: the shells' tests read the same.
//!
//! A line is a question's path below `/data`, the kind of its answer, and the answer; `days` is a date so many days from
//! today, a `location` has degrees, degrees, metres, metres.

use anyhow::{Context, Result, bail};
use app::view::AnswerValue;
use model::Clock;
use std::collections::HashMap;

/// Answers by name and instance of the question, such as `m_name/2`.
pub struct Story(HashMap<String, AnswerValue>);

impl Story {
    /// # Errors
    /// With the line that is none.
    pub fn of_a_visit() -> Result<Self> {
        include_str!("../stories/visit.csv").lines().skip(1).map(read).collect::<Result<_>>().map(Self)
    }

    /// What is answered to a question; where the story tells of no such instance, as in the first.
    pub fn answer(&self, name: &str, instance: usize) -> Option<AnswerValue> {
        let said = |instance| self.0.get(&format!("{name}/{instance}")).cloned();
        said(instance).or_else(|| said(1))
    }
}

fn read(line: &str) -> Result<(String, AnswerValue)> {
    let mut cells = line.splitn(3, ',');
    let mut cell = || cells.next().with_context(|| line.to_owned());
    let (path, kind, value) = (cell()?, cell()?, cell()?.to_owned());
    let numbers = || value.split(' ').map(|part| Ok(part.parse()?)).collect::<Result<Vec<f64>>>();
    let answer = match kind {
        "text" => AnswerValue::Text { text: value },
        "choice" => AnswerValue::Choice { value },
        "choices" => AnswerValue::Choices { values: value.split(' ').map(str::to_owned).collect() },
        "integer" => AnswerValue::Integer { number: value.parse()? },
        "decimal" => AnswerValue::Decimal { number: value.parse()? },
        "date" => AnswerValue::Date { iso: value },
        "days" => AnswerValue::Date { iso: in_days(value.parse()?) },
        "location" => match numbers()?[..] {
            [latitude, longitude, altitude, accuracy] => {
                AnswerValue::Location { latitude, longitude, altitude, accuracy }
            }
            _ => bail!("not a location: {line}"),
        },
        _ => bail!("no such kind: {line}"),
    };
    Ok((key_of(path), answer))
}

fn in_days(days: u64) -> String {
    let day = model::SystemClock::default().now().date_naive() + chrono::Days::new(days);
    day.format("%Y-%m-%d").to_string()
}

/// `m_name` of `/data/member[2]/m_about/m_name`.
pub fn last_name(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.split('[').next().unwrap_or(name)
}

/// The innermost repeat instance, from 1; 0 outside of repeats.
pub fn instance(path: &str) -> usize {
    let inner = path.rsplit('[').next().filter(|_| path.contains('['));
    inner.and_then(|rest| rest.split(']').next()).and_then(|n| n.parse().ok()).unwrap_or(0)
}

/// Name and instance of a question, such as `m_name/2`.
pub fn key_of(path: &str) -> String {
    format!("{}/{}", last_name(path), instance(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_story_is_an_answer() {
        let story = Story::of_a_visit().unwrap();
        assert!(story.0.len() > 60, "{}", story.0.len());
        assert_eq!(story.answer("m_name", 2), Some(AnswerValue::Text { text: "Hoàng Thị Đào".into() }));
        assert_eq!(story.answer("photo_caption", 4), story.answer("photo_caption", 1));
        assert_eq!(story.answer("visit_date", 0), None);
    }
}
