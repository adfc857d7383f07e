//! What tables a pack has, and what may stand in their columns: each declared once.

mod files;
mod holds;
mod over;

pub(crate) use files::*;
pub use holds::typed_cell;
pub(crate) use holds::{Holds, read};
pub(crate) use over::{How, Over, Past, Weaker};

use crate::{
    Events, FieldType, ListRole, Privacy, Scope, Shown,
    actions::{Decision, Test},
    calendar::DayKind,
    clocks::{Escalation, Late, Reminders, Unit, When},
    kinds::MadeBy,
    permissions,
    prints::PrintedOf,
    roles,
};
use holds::reads;
use model::MergePolicy;
use serde::Deserialize;

pub(crate) struct Table {
    pub file: &'static str,
    /// What a row is called, in Vietnamese and in English.
    pub row: (&'static str, &'static str),
    pub columns: &'static [Column],
    /// What no two rows may share; where rows are dated, no two rows for the same day.
    pub key: &'static [&'static str],
    /// Its rows are for some days: columns `from`, `to`, and `in_force` where it has one.
    pub dated: bool,
    /// What a pack may do to it that lies over others.
    pub over: Over,
    /// What of a row must last from one version of a pack to the next; `None`: rows may go.
    pub past: Option<&'static [Past]>,
}

pub(crate) struct Column {
    pub name: &'static str,
    pub holds: Holds,
    pub filled: bool,
    /// What a program must be able to do for a row that fills it. Today's program does none of these.
    pub feature: Option<&'static str>,
}

use Holds::{Article, Code, Date, Digits, Label, Number, Own, Row, Rows, Text, Vnd, Word, YesNo};

const fn need(name: &'static str, holds: Holds) -> Column {
    Column { name, holds, filled: true, feature: None }
}

const fn may(name: &'static str, holds: Holds) -> Column {
    Column { name, holds, filled: false, feature: None }
}

/// What a row that fills it needs is named by the pack, so that an older program asks to be updated.
const fn feature(name: &'static str, holds: Holds, feature: &'static str) -> Column {
    Column { name, holds, filled: false, feature: Some(feature) }
}

const CERTAINTY: Column = need("certainty", Holds::Certainty);
const FROM: Column = may("from", Date);
const TO: Column = may("to", Date);
const IN_FORCE: Column = may("in_force", Date);
const LABEL_VI: Column = need("label_vi", Label);
const LABEL_EN: Column = need("label_en", Label);

/// How widely a pack holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
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

pub(crate) const TABLES: [Table; 24] = [
    Table {
        file: PACK,
        row: ("Gói", "Pack"),
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
        over: Over::Itself,
        past: None,
    },
    Table {
        file: KINDS,
        row: ("Loại bản ghi", "Kind of record"),
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
        over: Over::Adds,
        past: Some(over::OF_KINDS),
    },
    Table {
        file: FIELDS,
        row: ("Trường", "Field"),
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
        over: Over::Tightens(over::FIELDS),
        past: Some(over::OF_FIELDS),
    },
    Table {
        file: "codes.csv",
        row: ("Mã", "Code"),
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
        over: Over::Adds,
        past: Some(&[]),
    },
    Table {
        file: "permissions.csv",
        row: ("Quyền", "Right"),
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
        over: Over::Rights,
        past: None,
    },
    Table {
        file: "roles.csv",
        row: ("Vai trò", "Role"),
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
        over: Over::Closed,
        past: Some(&[]),
    },
    Table {
        file: "ethnic_groups.csv",
        row: ("Dân tộc", "Ethnic group"),
        columns: &[need("code", Digits), LABEL_VI, LABEL_EN, may("article", Article), CERTAINTY],
        key: &["code"],
        dated: false,
        over: Over::Closed,
        past: Some(&[]),
    },
    Table {
        file: "relations.csv",
        row: ("Quan hệ", "Relation"),
        columns: &[need("code", Code), LABEL_VI, LABEL_EN],
        key: &["code"],
        dated: false,
        over: Over::Adds,
        past: Some(&[]),
    },
    Table {
        file: "needs_groups.csv",
        row: ("Nhóm nhu cầu", "Group of needs"),
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
        over: Over::Closed,
        past: Some(&[]),
    },
    Table {
        file: "deprivation_indicators.csv",
        row: ("Chỉ số thiếu hụt", "Deprivation indicator"),
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
        over: Over::Closed,
        past: Some(&[]),
    },
    Table {
        file: UNITS,
        row: ("Đơn vị hành chính", "Administrative unit"),
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
        over: Over::Closed,
        past: Some(&[]),
    },
    Table {
        file: "case_states.csv",
        row: ("Bước", "Step"),
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
        over: Over::AddsToItsOwn("workflow"),
        past: Some(&[]),
    },
    Table {
        file: ACTIONS,
        row: ("Việc", "Action"),
        columns: &[
            need("workflow", Row("case_states.csv", "workflow")),
            need("action", Code),
            need("from_states", Own),
            may("to_state", Own),
            need("roles", Rows("roles.csv", "code")),
            may("form", Own),
            may("guard", Rows(CONDITIONS, "id")),
            may("approves", Row(KINDS, "kind")),
            may("decision", Word(reads::<Decision>)),
            may("asks_reason", YesNo),
            may("settles", YesNo),
            need("order", Number),
            LABEL_VI,
            LABEL_EN,
            need("article", Article),
            CERTAINTY,
            FROM,
            TO,
            IN_FORCE,
        ],
        key: &["workflow", "action"],
        dated: true,
        over: Over::AddsToItsOwn("workflow"),
        past: Some(&[]),
    },
    Table {
        file: CONDITIONS,
        row: ("Điều kiện", "Condition"),
        columns: &[
            need("id", Code),
            need("test", Word(reads::<Test>)),
            need("refuse_vi", Label),
            need("refuse_en", Label),
            need("article", Article),
            CERTAINTY,
        ],
        key: &["id"],
        dated: false,
        over: Over::Adds,
        past: Some(&[]),
    },
    Table {
        file: AGES,
        row: ("Độ tuổi", "Age"),
        columns: &[
            need("workflow", Row("case_states.csv", "workflow")),
            need("under", Number),
            LABEL_VI,
            LABEL_EN,
            need("article", Article),
            CERTAINTY,
            FROM,
            TO,
            IN_FORCE,
        ],
        key: &["workflow"],
        dated: true,
        over: Over::Closed,
        past: Some(&[]),
    },
    Table {
        file: RESTRICTED,
        row: ("Điều chỉ trường hợp bảo mật được ghi", "What only a restricted case says"),
        columns: &[
            need("kind", Row(KINDS, "kind")),
            need("field", Own),
            Column { name: "word", holds: Own, filled: true, feature: Some("restricted.word") },
            need("article", Article),
            CERTAINTY,
            FROM,
            TO,
            IN_FORCE,
        ],
        key: &["kind", "field", "word"],
        dated: true,
        over: Over::Adds,
        past: Some(&[]),
    },
    Table {
        file: CLOCKS,
        row: ("Hạn", "Deadline"),
        columns: &[
            need("id", Code),
            need("workflow", Row("case_states.csv", "workflow")),
            need("starts", Word(reads::<Events>)),
            may("stops", Word(reads::<Events>)),
            feature("voids", Word(reads::<Events>), "clocks.voids"),
            need("amount", Number),
            need("unit", Word(reads::<Unit>)),
            feature("repeat", YesNo, "clocks.repeat"),
            need("at_once", YesNo),
            need("when", Word(reads::<When>)),
            feature("provisional", Word(reads::<Events>), "clocks.provisional"),
            may("rolls", YesNo),
            feature("who", Rows("roles.csv", "code"), "clocks.who"),
            feature("remind", Word(reads::<Reminders>), "clocks.remind"),
            feature("escalate", Word(reads::<Escalation>), "clocks.escalate"),
            feature("asks_reason", Word(reads::<Late>), "clocks.asks-reason"),
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
        over: Over::Tightens(over::CLOCKS),
        past: Some(&[]),
    },
    Table {
        file: "calendar.csv",
        row: ("Ngày", "Day"),
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
        over: Over::Closed,
        past: None,
    },
    Table {
        file: "calendar_years.csv",
        row: ("Lịch năm", "Calendar of the year"),
        columns: &[need("year", Number), need("official", YesNo), need("article", Article), CERTAINTY],
        key: &["year"],
        dated: false,
        over: Over::Closed,
        past: None,
    },
    Table {
        file: "hotlines.csv",
        row: ("Đường dây nóng", "Hotline"),
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
        over: Over::Adds,
        past: None,
    },
    Table {
        file: "poverty_norms.csv",
        row: ("Chuẩn nghèo", "Poverty norm"),
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
        over: Over::Tightens(over::NORMS),
        past: Some(&[]),
    },
    Table {
        file: "rates.csv",
        row: ("Mức", "Amount"),
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
        over: Over::Tightens(over::RATES),
        past: Some(&[]),
    },
    Table {
        file: PRINTS,
        row: ("Bản in", "Print"),
        columns: &[
            need("id", Code),
            need("kind", Word(reads::<PrintedOf>)),
            LABEL_VI,
            LABEL_EN,
            may("article", Article),
            CERTAINTY,
            FROM,
            TO,
        ],
        key: &["id"],
        dated: true,
        over: Over::Adds,
        past: Some(&[]),
    },
    Table {
        file: ARTICLES,
        row: ("Điều khoản", "Article"),
        columns: &[
            need("document", Text),
            may("article", Text),
            need("title_vi", Label),
            need("title_en", Label),
            may("text_vi", Text),
            may("text_en", Text),
            FROM,
            TO,
            IN_FORCE,
            CERTAINTY,
        ],
        key: &["document", "article"],
        dated: true,
        over: Over::Adds,
        past: None,
    },
];

impl Table {
    /// The columns by which a row of an upper pack stands for those below; `None`: it stands beside them.
    pub fn stands_for(&self) -> Option<&'static [&'static str]> {
        match self.over {
            Over::Tightens(_) if !self.dated => Some(self.key),
            Over::Rights => Some(&["kind", "field", "action"]),
            _ => None,
        }
    }

    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }
}
