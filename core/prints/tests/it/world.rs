//! Records as a phone or the hub keeps them, of invented people.

use casework::{Labels, page::Kept};
use chrono::NaiveDate;
use model::{RecordRef, RecordState};
use prints::{PrintError, Prints, Subject};
use rulebook::{FieldType, Lang, Print, Rulebook};
use serde_json::{Value, json};
use std::{collections::BTreeMap, sync::Arc};
use uuid::Uuid;
use workflow::of_fields;

pub type Record = (RecordRef, RecordState);

pub struct World {
    pub rulebook: Arc<Rulebook>,
    pub labels: Labels,
}

impl World {
    pub fn new() -> Self {
        let rulebook = Rulebook::built_in().unwrap();
        Self { labels: Labels::of(&rulebook, Vec::new()), rulebook }
    }

    pub fn print(&self, id: &str) -> &Print {
        self.rulebook.print(id, day()).unwrap()
    }

    pub fn prints(&self, lang: Lang) -> Prints<'_> {
        Prints { rulebook: &self.rulebook, labels: &self.labels, lang, office: "Xã Mẫu", day: day() }
    }

    pub fn blank(&self, id: &str) -> String {
        self.prints(Lang::Vi).blank(self.print(id)).unwrap()
    }

    /// `around`: the top first, then what lies below the record, then what lies beside it.
    pub fn filled(&self, id: &str, record: &Record, around: [&[Record]; 3]) -> String {
        self.drawn(self.print(id), Lang::Vi, record, around).unwrap()
    }

    pub fn drawn(
        &self,
        print: &Print,
        lang: Lang,
        record: &Record,
        around: [&[Record]; 3],
    ) -> Result<String, PrintError> {
        let [above, below, beside] = around.map(|records| records.iter().map(kept).collect());
        self.prints(lang).filled(print, &Subject { record: kept(record), above, below, beside })
    }

    /// A record that says something in each of its fields: `text` wherever people write.
    pub fn full(&self, kind: &str, id: u128, parent: Option<&RecordRef>, text: &str) -> Record {
        let mut fields = BTreeMap::new();
        for field in &self.rulebook.kind(kind).unwrap().fields {
            let choices = self.labels.choices(kind, &field.name, Lang::Vi);
            let first = choices.first().map(|(code, _)| code.clone());
            let value = match field.kind {
                FieldType::Text
                | FieldType::Narrative
                | FieldType::PersonName
                | FieldType::Phone
                | FieldType::IdNumber => text.into(),
                FieldType::Int | FieldType::Decimal | FieldType::Money => json!(7),
                FieldType::Date => "2026-11-24".into(),
                FieldType::DateTime => "2026-11-24T09:05:00+07:00".into(),
                FieldType::Bool => true.into(),
                FieldType::Code => first.unwrap_or_else(|| text.to_owned()).into(),
                FieldType::Codes => json!([first.unwrap_or_else(|| text.to_owned())]),
                FieldType::Point | FieldType::Photo | FieldType::Ref | FieldType::User => continue,
            };
            fields.insert(field.name.clone(), value);
        }
        if let Some(parent) = parent {
            fields.insert("parent".into(), parent.to_string().into());
        }
        (RecordRef::new(kind.to_owned(), Uuid::from_u128(id)), of_fields(&fields))
    }
}

pub fn day() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 12, 1).unwrap()
}

pub fn record<const N: usize>(
    kind: &str,
    id: u128,
    parent: Option<&RecordRef>,
    said: [(&str, Value); N],
) -> Record {
    let parent = parent.map(|parent| ("parent", parent.to_string().into()));
    let fields = said.into_iter().chain(parent).map(|(name, value)| (name.to_owned(), value)).collect();
    (RecordRef::new(kind.to_owned(), Uuid::from_u128(id)), of_fields(&fields))
}

pub fn kept(record: &Record) -> Kept<'_> {
    (&record.0, &record.1)
}

/// What a page says, without its markup, spaces put together.
pub fn text(page: &str) -> String {
    let body = page.split_once("<body>").unwrap().1;
    let (mut text, mut is_tag) = (String::new(), false);
    for letter in body.chars() {
        match letter {
            '<' => is_tag = true,
            '>' => {
                is_tag = false;
                text.push(' ');
            }
            letter if !is_tag => text.push(letter),
            _ => {}
        }
    }
    let text = text.replace("&nbsp;", " ").replace("&#x2f;", "/");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
