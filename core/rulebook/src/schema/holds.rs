//! What a cell says, and whether one says it.

use crate::{Certainty, FieldType};
use chrono::NaiveDate;
use serde::{
    Deserialize, Deserializer,
    de::{IntoDeserializer, value::Error as Wrong},
};
use std::borrow::Cow;

/// What a cell says.
pub(crate) enum Holds {
    /// For people.
    Label,
    /// For people, in whichever language.
    Text,
    /// Letters a to z, digits, `_` and `-`.
    Code,
    /// A unit's: digits.
    Digits,
    Number,
    /// Whole đồng.
    Vnd,
    Date,
    YesNo,
    Article,
    Certainty,
    /// One of the words that the program's own type has.
    Word(fn(&str) -> Result<(), String>),
    /// What stands in this column of that table, or of several between bars.
    Row(&'static str, &'static str),
    Rows(&'static str, &'static str),
    /// Checked with its table.
    Own,
}

/// What a type's reader makes of a word.
pub(crate) fn read<T: for<'de> Deserialize<'de>>(word: &str) -> Result<T, String> {
    T::deserialize(IntoDeserializer::<Wrong>::into_deserializer(word)).map_err(|wrong| wrong.to_string())
}

pub(super) fn reads<T: for<'de> Deserialize<'de>>(word: &str) -> Result<(), String> {
    read::<T>(word).map(drop)
}

impl<'de> Deserialize<'de> for FieldType {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let word = String::deserialize(deserializer)?;
        let unknown = || serde::de::Error::custom(format!("there is no type {word:?}"));
        FieldType::of(&word).ok_or_else(unknown)
    }
}

use Holds::{Code, Date, Digits, Number, Vnd, Word, YesNo};

/// What a cell says that a spreadsheet gave a type or its own way of writing: `TRUE` is `yes`, a day is `yyyy-mm-dd`.
/// `path` is the table's, such as `rates.csv`.
pub fn typed_cell<'a>(path: &str, column: &str, cell: &'a str) -> Cow<'a, str> {
    let holds = super::table(path).and_then(|table| table.column(column)).map(|column| &column.holds);
    match holds {
        Some(Date) => {
            let day = cell.strip_suffix(" 00:00:00").unwrap_or(cell);
            match NaiveDate::parse_from_str(day, "%d/%m/%Y") {
                Ok(day) => day.to_string().into(),
                Err(_) => day.into(),
            }
        }
        Some(YesNo) if cell == "TRUE" => "yes".into(),
        Some(YesNo) if cell == "FALSE" => "no".into(),
        _ => cell.into(),
    }
}

impl Holds {
    /// Whether a cell says what it must; else why not: a code, and both languages.
    pub fn fits(&self, cell: &str) -> Result<(), (&'static str, String, String)> {
        let wrong =
            |code, vi: &str, en: &str| Err((code, format!("{cell:?} {vi}"), format!("{cell:?} {en}")));
        let is = |all: fn(char) -> bool| cell.chars().all(all);
        match self {
            Code if !is(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_' || c == '-') => wrong(
                "cell.code",
                "không phải là mã: chỉ a–z, 0–9, _ và -",
                "is no code: only a–z, 0–9, _ and -",
            ),
            Digits if !is(|c| c.is_ascii_digit()) => {
                wrong("cell.digits", "không chỉ gồm chữ số", "has more than digits")
            }
            Number if cell.parse::<u32>().is_err() => {
                wrong("cell.number", "không phải là số nguyên từ 0", "is no whole number from 0")
            }
            Vnd if !is(|c| c.is_ascii_digit()) || cell.parse::<u64>().is_err() => wrong(
                "cell.vnd",
                "không phải là số đồng tròn, viết liền không dấu chấm",
                "is no whole number of đồng, written without separators",
            ),
            Date if cell.len() != 10 || cell.parse::<NaiveDate>().is_err() => {
                wrong("cell.date", "không phải là ngày, viết yyyy-mm-dd", "is no day, written yyyy-mm-dd")
            }
            YesNo if !matches!(cell, "yes" | "no") => {
                wrong("cell.yes-no", "không phải yes hay no", "is neither yes nor no")
            }
            Self::Certainty => match reads::<Certainty>(cell) {
                Ok(()) => Ok(()),
                Err(_) => wrong(
                    "cell.certainty",
                    "không phải mức chắc chắn: confirmed, carried-over, practice, unconfirmed",
                    "is no certainty: confirmed, carried-over, practice, unconfirmed",
                ),
            },
            Word(reads) => reads(cell).map_err(|why| {
                (
                    "cell.word",
                    format!("cột này không nhận {cell:?}"),
                    format!("the column doesn't take {cell:?}: {why}"),
                )
            }),
            _ => Ok(()),
        }
    }
}
