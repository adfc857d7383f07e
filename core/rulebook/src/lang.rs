//! Vietnamese first, English second: the language of texts, and dates as people here write them.

use chrono::{DateTime, Datelike, NaiveDate, TimeZone, Timelike};
use model::clock::vietnam;
use std::str::FromStr;

/// The language of texts that the program makes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Lang {
    #[default]
    Vi,
    En,
}

impl Lang {
    pub const ALL: [Lang; 2] = [Lang::Vi, Lang::En];

    /// `vi` or `en`; a form names its languages with this code in brackets.
    pub fn code(self) -> &'static str {
        match self {
            Lang::Vi => "vi",
            Lang::En => "en",
        }
    }

    /// The one of two texts that is in this language.
    pub fn pick<T>(self, vi: T, en: T) -> T {
        match self {
            Lang::Vi => vi,
            Lang::En => en,
        }
    }
}

/// The text is no code of a language.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("not a language of this program")]
pub struct UnknownLang;

impl FromStr for Lang {
    type Err = UnknownLang;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Lang::ALL.into_iter().find(|lang| lang.code() == text).ok_or(UnknownLang)
    }
}

/// A text in both languages.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Phrase {
    pub vi: String,
    pub en: String,
}

impl Phrase {
    pub fn new(vi: impl Into<String>, en: impl Into<String>) -> Self {
        Self { vi: vi.into(), en: en.into() }
    }

    pub fn get(&self, lang: Lang) -> &str {
        lang.pick(&self.vi, &self.en)
    }
}

/// dd/mm/yyyy.
pub fn date(date: NaiveDate) -> String {
    format!("{:02}/{:02}/{:04}", date.day(), date.month(), date.year())
}

/// Whole đồng as they are written here: `540.000 đ`.
pub fn vnd(amount: u64) -> String {
    let digits = amount.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push('.');
        }
        text.push(digit);
    }
    text + " đ"
}

/// dd/mm/yyyy HH:MM, by Vietnam's time.
pub fn date_time<Z: TimeZone>(at: &DateTime<Z>) -> String {
    let at = vietnam(at);
    format!("{} {:02}:{:02}", date(at.date_naive()), at.hour(), at.minute())
}

/// A length of time in the largest unit of which there are two, rounded up.
pub fn duration(lang: Lang, seconds: u64) -> String {
    const UNITS: [(u64, &str, &str); 4] =
        [(86_400, "ngày", "days"), (3_600, "giờ", "hours"), (60, "phút", "minutes"), (1, "giây", "seconds")];
    let unit = UNITS.iter().find(|(length, ..)| seconds >= 2 * length).unwrap_or(&UNITS[3]);
    format!("{} {}", seconds.div_ceil(unit.0), lang.pick(unit.1, unit.2))
}

/// How a phone's clock stands to the office's, as a sentence. `offset_ms`: the office's minus the phone's.
pub fn clock_off(lang: Lang, offset_ms: i64) -> String {
    let how_much = duration(lang, offset_ms.unsigned_abs() / 1_000);
    match (lang, offset_ms < 0) {
        (Lang::Vi, true) => format!("Đồng hồ của máy chạy nhanh khoảng {how_much} so với văn phòng."),
        (Lang::Vi, false) => format!("Đồng hồ của máy chạy chậm khoảng {how_much} so với văn phòng."),
        (Lang::En, true) => format!("The phone's clock is about {how_much} ahead of the office's."),
        (Lang::En, false) => format!("The phone's clock is about {how_much} behind the office's."),
    }
}
