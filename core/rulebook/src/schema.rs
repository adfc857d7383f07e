//! What tables a pack has, and what may stand in their columns: each declared once.

use crate::{
    Certainty, ListRole, Privacy, Scope, Shown,
    calendar::DayKind,
    clocks::{Event, Unit, When},
    kinds::{FieldType, MadeBy},
    permissions, roles,
};
use chrono::NaiveDate;
use model::MergePolicy;
use serde::{
    Deserialize, Deserializer,
    de::{IntoDeserializer, value::Error as Wrong},
};

pub(crate) struct Table {
    pub file: &'static str,
    pub columns: &'static [Column],
    /// What no two rows may share; where rows are dated, no two rows for the same day.
    pub key: &'static [&'static str],
    /// Its rows are for some days: columns `from`, `to`, and `in_force` where it has one.
    pub dated: bool,
}

pub(crate) struct Column {
    pub name: &'static str,
    pub holds: Holds,
    pub filled: bool,
    /// What a program must be able to do for a row that fills it. Today's program does none of these.
    pub feature: Option<&'static str>,
}

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

use Holds::{Article, Code, Date, Digits, Label, Number, Own, Row, Rows, Text, Vnd, Word, YesNo};

const fn need(name: &'static str, holds: Holds) -> Column {
    Column { name, holds, filled: true, feature: None }
}

const fn may(name: &'static str, holds: Holds) -> Column {
    Column { name, holds, filled: false, feature: None }
}

/// Declared for good, and not run by this program yet.
const fn later(name: &'static str, feature: &'static str) -> Column {
    Column { name, holds: Own, filled: false, feature: Some(feature) }
}

const CERTAINTY: Column = need("certainty", Holds::Certainty);
const FROM: Column = may("from", Date);
const TO: Column = may("to", Date);
const IN_FORCE: Column = may("in_force", Date);
const LABEL_VI: Column = need("label_vi", Label);
const LABEL_EN: Column = need("label_en", Label);

/// What a type's reader makes of a word.
pub(crate) fn read<T: for<'de> Deserialize<'de>>(word: &str) -> Result<T, String> {
    T::deserialize(IntoDeserializer::<Wrong>::into_deserializer(word)).map_err(|wrong| wrong.to_string())
}

fn reads<T: for<'de> Deserialize<'de>>(word: &str) -> Result<(), String> {
    read::<T>(word).map(drop)
}

/// How widely a pack holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Level {
    National,
    Province,
    Commune,
}

/// Numbers for the whole country, or for one place.
#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Reach {
    National,
    Province,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum UnitLevel {
    Province,
    Commune,
}

pub(crate) const TABLES: [Table; 18] = [
    Table {
        file: PACK,
        columns: &[
            need("id", Code),
            need("version", Number),
            need("level", Word(reads::<Level>)),
            may("base", Code),
            may("needs", Own),
            need("from", Date),
            need("title_vi", Label),
            need("title_en", Label),
            may("note", Text),
        ],
        key: &["id"],
        dated: false,
    },
    Table {
        file: KINDS,
        columns: &[
            need("kind", Code),
            may("parents", Own),
            need("scope", Word(reads::<Scope>)),
            LABEL_VI,
            LABEL_EN,
            need("plural_vi", Label),
            need("plural_en", Label),
            may("title", Own),
            may("unnamed_vi", Text),
            may("unnamed_en", Text),
            may("workflow", Row("case_states.csv", "workflow")),
            may("listed", YesNo),
            may("made_by", Word(reads::<MadeBy>)),
            may("immutable", YesNo),
            need("order", Number),
        ],
        key: &["kind"],
        dated: false,
    },
    Table {
        file: FIELDS,
        columns: &[
            need("kind", Own),
            need("field", Code),
            need("type", Word(reads::<FieldType>)),
            may("list", Own),
            LABEL_VI,
            LABEL_EN,
            may("group", Code),
            need("merge", Word(reads::<MergePolicy>)),
            need("privacy", Word(reads::<Privacy>)),
            may("search", Number),
            need("shown", Word(reads::<Shown>)),
            may("lists", Word(reads::<ListRole>)),
            FROM,
            TO,
            may("article", Article),
        ],
        key: &["kind", "field"],
        dated: false,
    },
    Table {
        file: "codes.csv",
        columns: &[
            need("list", Code),
            need("code", Code),
            LABEL_VI,
            LABEL_EN,
            need("order", Number),
            may("article", Article),
        ],
        key: &["list", "code"],
        dated: false,
    },
    Table {
        file: "permissions.csv",
        columns: &[
            need("kind", Own),
            need("field", Own),
            need("action", Word(reads::<permissions::Action>)),
            need("role", Rows("roles.csv", "code")),
            need("when", Word(reads::<permissions::When>)),
            FROM,
            TO,
            may("article", Article),
        ],
        key: &["kind", "field", "action", "role", "when", "from"],
        dated: false,
    },
    Table {
        file: "roles.csv",
        columns: &[
            need("code", Code),
            LABEL_VI,
            LABEL_EN,
            need("sees", Word(reads::<roles::Sees>)),
            may("runs_office", YesNo),
            may("sees_devices", YesNo),
            may("article", Article),
        ],
        key: &["code"],
        dated: false,
    },
    Table {
        file: "ethnic_groups.csv",
        columns: &[need("code", Digits), LABEL_VI, LABEL_EN, may("article", Article), CERTAINTY],
        key: &["code"],
        dated: false,
    },
    Table {
        file: "relations.csv",
        columns: &[need("code", Code), LABEL_VI, LABEL_EN],
        key: &["code"],
        dated: false,
    },
    Table {
        file: "needs_groups.csv",
        columns: &[
            need("code", Code),
            need("point", Text),
            LABEL_VI,
            LABEL_EN,
            FROM,
            TO,
            need("article", Article),
            CERTAINTY,
        ],
        key: &["code"],
        dated: true,
    },
    Table {
        file: "deprivation_indicators.csv",
        columns: &[
            need("number", Number),
            need("code", Code),
            need("service", Code),
            LABEL_VI,
            LABEL_EN,
            need("rule_vi", Label),
            need("rule_en", Label),
            need("points", Number),
            FROM,
            TO,
            need("article", Article),
            CERTAINTY,
        ],
        key: &["code"],
        dated: true,
    },
    Table {
        file: UNITS,
        columns: &[
            need("code", Digits),
            need("level", Word(reads::<UnitLevel>)),
            need("type", Text),
            need("name", Text),
            may("parent_code", Row(UNITS, "code")),
            FROM,
            TO,
            may("article", Article),
            may("certainty", Holds::Certainty),
        ],
        key: &["code"],
        dated: true,
    },
    Table {
        file: "case_states.csv",
        columns: &[
            need("code", Code),
            need("workflow", Own),
            need("order", Number),
            need("is_open", YesNo),
            LABEL_VI,
            LABEL_EN,
            need("article", Article),
        ],
        key: &["workflow", "code"],
        dated: false,
    },
    Table {
        file: CLOCKS,
        columns: &[
            need("id", Code),
            need("workflow", Row("case_states.csv", "workflow")),
            need("starts", Word(reads::<Event>)),
            may("stops", Word(reads::<Event>)),
            later("voids", "clocks.voids"),
            need("amount", Number),
            need("unit", Word(reads::<Unit>)),
            later("repeat", "clocks.repeat"),
            need("at_once", YesNo),
            need("when", Word(reads::<When>)),
            later("provisional", "clocks.provisional"),
            may("rolls", YesNo),
            later("who", "clocks.who"),
            later("remind", "clocks.remind"),
            later("escalate", "clocks.escalate"),
            later("asks_reason", "clocks.asks-reason"),
            need("start_certain", YesNo),
            LABEL_VI,
            LABEL_EN,
            need("responsible_vi", Label),
            need("responsible_en", Label),
            need("article", Article),
            CERTAINTY,
            FROM,
            TO,
            IN_FORCE,
        ],
        key: &["id"],
        dated: true,
    },
    Table {
        file: "calendar.csv",
        columns: &[
            need("date", Date),
            need("kind", Word(reads::<DayKind>)),
            LABEL_VI,
            LABEL_EN,
            may("article", Article),
            CERTAINTY,
        ],
        key: &["date"],
        dated: false,
    },
    Table {
        file: "calendar_years.csv",
        columns: &[need("year", Number), need("official", YesNo), need("article", Article), CERTAINTY],
        key: &["year"],
        dated: false,
    },
    Table {
        file: "hotlines.csv",
        columns: &[
            need("number", Digits),
            need("scope", Word(reads::<Reach>)),
            may("place", Row(UNITS, "code")),
            LABEL_VI,
            LABEL_EN,
            FROM,
            TO,
            may("article", Article),
            CERTAINTY,
        ],
        key: &["number"],
        dated: true,
    },
    Table {
        file: "poverty_norms.csv",
        columns: &[
            need("area", Own),
            FROM,
            TO,
            IN_FORCE,
            need("income_norm_vnd", Vnd),
            may("average_living_vnd", Vnd),
            may("b1_poor_points", Number),
            may("b2_poor_points", Number),
            need("article", Article),
            CERTAINTY,
        ],
        key: &["area"],
        dated: true,
    },
    Table {
        file: "rates.csv",
        columns: &[
            need("id", Code),
            need("vnd", Vnd),
            LABEL_VI,
            LABEL_EN,
            need("from", Date),
            TO,
            IN_FORCE,
            need("article", Article),
            CERTAINTY,
            may("min_of", Word(reads::<Level>)),
        ],
        key: &["id"],
        dated: true,
    },
];

pub(crate) const PACK: &str = "pack.csv";
pub(crate) const KINDS: &str = "kinds.csv";
pub(crate) const FIELDS: &str = "fields.csv";
pub(crate) const UNITS: &str = "admin_units.csv";
pub(crate) const CLOCKS: &str = "clocks.csv";

/// The folder of a form, one below it for each.
pub(crate) const FORMS: &str = "forms";

pub(crate) fn table(file: &str) -> Option<&'static Table> {
    TABLES.iter().find(|table| table.file == file)
}

/// The id of the form that a file is of, and the file's name in its folder.
pub(crate) fn form_of(path: &str) -> Option<(&str, &str)> {
    let (form, file) = path.strip_prefix(FORMS)?.strip_prefix('/')?.split_once('/')?;
    (!file.contains('/')).then_some((form, file))
}

/// Whether the table says what becomes of a form's answers.
pub(crate) fn is_records(path: &str) -> bool {
    form_of(path).is_some_and(|(_, file)| file == "records.csv")
}

impl Table {
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }
}

impl<'de> Deserialize<'de> for FieldType {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let word = String::deserialize(deserializer)?;
        let unknown = || serde::de::Error::custom(format!("there is no type {word:?}"));
        FieldType::of(&word).ok_or_else(unknown)
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
