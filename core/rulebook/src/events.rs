//! What happens around a record, as cells say it: `field:case.received_at`, `action:submit_plan`,
//! `record:assessment.done_at[form=initial;risk=low|medium]`. Several stand with ` or ` between them.

use model::RecordState;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// What starts, stops or voids a clock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// `field:case.received_at`: the record says so.
    Field { kind: String, field: String },
    /// `state:plan`: it came to this step, or past it.
    State(String),
    /// `action:submit_plan`: somebody took this step, and it counted.
    Action(String),
    /// `record:…`: there is such a record below.
    Record(Selector),
}

/// One of them is enough.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Events(pub Vec<Event>);

/// Records of a kind that say all of this.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selector {
    pub kind: String,
    /// The field that says when; without one it is when the record was made.
    pub at: Option<String>,
    pub wants: Vec<Want>,
}

/// A field says one of these words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Want {
    pub field: String,
    pub words: Vec<String>,
}

/// Of values that stand beside each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heads {
    /// One that says so is enough.
    Any,
    /// All of them say so: nothing is taken as done while phones disagree.
    All,
}

/// `case.received_at`.
pub(crate) fn kind_and_field(text: &str) -> Option<(String, String)> {
    let (kind, field) = text.split_once('.')?;
    (is_name(kind) && is_name(field)).then(|| (kind.to_owned(), field.to_owned()))
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "_-".contains(c))
}

impl Event {
    pub(crate) fn read(text: &str) -> Option<Self> {
        let (what, of) = text.trim().split_once(':').filter(|(_, of)| !of.is_empty())?;
        match what {
            "field" => kind_and_field(of).map(|(kind, field)| Self::Field { kind, field }),
            "state" => is_name(of).then(|| Self::State(of.to_owned())),
            "action" => is_name(of).then(|| Self::Action(of.to_owned())),
            "record" => Selector::read(of).map(Self::Record),
            _ => None,
        }
    }
}

impl Events {
    pub(crate) fn read(text: &str) -> Option<Self> {
        text.split(" or ").map(Event::read).collect::<Option<_>>().map(Self)
    }

    pub fn iter(&self) -> impl Iterator<Item = &Event> {
        self.0.iter()
    }
}

impl Selector {
    /// `assessment.done_at[form=initial;risk=low|medium]`; `None`: it is not of this form.
    pub fn read(text: &str) -> Option<Self> {
        let (name, wants) = match text.split_once('[') {
            Some((name, rest)) => (name, rest.strip_suffix(']')?),
            None => (text, ""),
        };
        let (kind, at) = match name.split_once('.') {
            Some((kind, at)) => (kind, Some(is_name(at).then(|| at.to_owned())?)),
            None => (name, None),
        };
        if !is_name(kind) {
            return None;
        }
        let wants =
            wants.split(';').filter(|want| !want.is_empty()).map(Want::read).collect::<Option<_>>()?;
        Some(Self { kind: kind.to_owned(), at, wants })
    }

    /// Whether a record of the kind says all that is asked for. One that was taken out says nothing.
    pub fn fits(&self, state: &RecordState, heads: Heads) -> bool {
        !state.is_removed() && self.wants.iter().all(|want| want.fits(state, heads))
    }

    /// The fields that it reads.
    pub fn fields(&self) -> impl Iterator<Item = &str> {
        self.at.as_deref().into_iter().chain(self.wants.iter().map(|want| want.field.as_str()))
    }
}

impl Want {
    /// `risk=low|medium`.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let (field, words) = text.trim().split_once('=')?;
        let words: Vec<String> = words.split('|').map(str::to_owned).collect();
        (is_name(field) && words.iter().all(|word| !word.is_empty()))
            .then(|| Self { field: field.to_owned(), words })
    }

    pub fn fits(&self, state: &RecordState, heads: Heads) -> bool {
        let values = state.heads(&self.field);
        let says = |value: &&Value| self.words.iter().any(|word| says(value, word));
        match heads {
            Heads::Any => values.iter().any(says),
            Heads::All => !values.is_empty() && values.iter().all(says),
        }
    }
}

/// Whether a value is this word: a code, one of several codes, a number, `yes` or `no`.
fn says(value: &Value, word: &str) -> bool {
    match value {
        Value::Bool(yes) => word == if *yes { "yes" } else { "no" },
        Value::String(text) => text == word,
        Value::Number(number) => number.to_string() == word,
        Value::Array(all) => all.iter().any(|one| says(one, word)),
        Value::Null | Value::Object(_) => false,
    }
}

impl<'de> Deserialize<'de> for Events {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let wrong = "field:KIND.FIELD, state:STATE, action:ACTION or record:KIND.FIELD[FIELD=WORD|WORD;…], \
                     several with \" or \" between them";
        Self::read(&text).ok_or_else(|| serde::de::Error::custom(wrong))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_read_as_cells_say_them() {
        let text = "record:protection.at[type=shelter|medical;done=yes] or action:separate";
        let Some(Events(events)) = Events::read(text) else { panic!("it isn't read") };
        let wants = [("type", vec!["shelter", "medical"]), ("done", vec!["yes"])];
        let wants = wants.map(|(field, words)| Want {
            field: field.into(),
            words: words.into_iter().map(str::to_owned).collect(),
        });
        let selector = Selector { kind: "protection".into(), at: Some("at".into()), wants: wants.into() };
        assert_eq!(events, [Event::Record(selector), Event::Action("separate".into())]);
        for wrong in
            ["", "action:", "record:", "record:a[b]", "record:a[b=]", "record:a[b=c", "field:case", "at:a"]
        {
            assert_eq!(Events::read(wrong), None, "{wrong}");
        }
    }
}
