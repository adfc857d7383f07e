//! The rules that phone and hub must agree on, as a value: what kinds of records there are, what their fields are
//! called, where a record belongs, what makes it findable, which law holds on which day.
//!
//! Pure: tables come in as texts, records and days as parameters. A [`Rulebook`] is read once and handed to every
//! function; a row that can't be read is an error.

#![forbid(unsafe_code)]

mod calendar;
mod clocks;
mod codes;
mod error;
mod groups;
mod kinds;
mod lang;
mod list;
mod listing;
mod norms;
mod permissions;
mod placement;
mod print;
mod roles;
mod table;
mod title;
mod units;
mod urgency;
mod workflow;

pub use calendar::Calendar;
pub use clocks::{Clock, Unit as ClockUnit};
pub use error::{RulebookErrors, TableProblem};
pub use kinds::{Field, FieldType, Kind, ListRole, Privacy, Scope, Shown};
pub use lang::{Lang, Phrase, UnknownLang, clock_off, date, date_time, duration};
pub use list::List;
pub use listing::{Count, Listing, Query};
pub use norms::{Hotline, Norm};
pub use permissions::{Act, Action, Asking, Denied};
pub use placement::{Claim, MAX_DEPTH, Placement};
pub use units::{Unit, Units};
pub use urgency::Urgency;
pub use workflow::CaseState;

use codes::Codes;
use kinds::Kinds;
use roles::Roles;
use std::{collections::HashMap, sync::Arc};

/// The tables of `data/` that are built into the program.
const BUILT_IN: [(&str, &str); 16] = [
    ("kinds.csv", include_str!("../../../data/kinds.csv")),
    ("fields.csv", include_str!("../../../data/fields.csv")),
    ("codes.csv", include_str!("../../../data/codes.csv")),
    ("permissions.csv", include_str!("../../../data/permissions.csv")),
    ("roles.csv", include_str!("../../../data/roles.csv")),
    ("ethnic_groups.csv", include_str!("../../../data/ethnic_groups.csv")),
    ("relations.csv", include_str!("../../../data/relations.csv")),
    ("needs_groups.csv", include_str!("../../../data/needs_groups.csv")),
    ("deprivation_indicators.csv", include_str!("../../../data/deprivation_indicators.csv")),
    ("admin_units.csv", include_str!("../../../data/admin_units.csv")),
    ("case_states.csv", include_str!("../../../data/case_states.csv")),
    ("legal_clocks.csv", include_str!("../../../data/legal_clocks.csv")),
    ("calendar.csv", include_str!("../../../data/calendar.csv")),
    ("calendar_years.csv", include_str!("../../../data/calendar_years.csv")),
    ("hotlines.csv", include_str!("../../../data/hotlines.csv")),
    ("poverty_norms.csv", include_str!("../../../data/poverty_norms.csv")),
];

/// All tables, read and checked against each other.
#[derive(Debug)]
pub struct Rulebook {
    version: String,
    kinds: Kinds,
    codes: Codes,
    permissions: Vec<permissions::Permission>,
    roles: Roles,
    /// By workflow.
    states: HashMap<String, Vec<CaseState>>,
    clocks: Vec<Clock>,
    hotlines: Vec<Hotline>,
    norms: Vec<Norm>,
    pub units: Units,
    pub calendar: Calendar,
}

impl Rulebook {
    /// That of this program.
    ///
    /// # Errors
    /// Every row that can't be read; a test keeps this from happening to the tables of `data/`.
    pub fn built_in() -> Result<Arc<Self>, RulebookErrors> {
        Self::read(&BUILT_IN).map(Arc::new)
    }

    /// That of this program with other texts for some of its tables, by file name.
    ///
    /// # Errors
    /// Every row that can't be read or that another table contradicts.
    pub fn with(tables: &[(&str, &str)]) -> Result<Arc<Self>, RulebookErrors> {
        let other = |name: &str| tables.iter().find(|(known, _)| *known == name).map(|(_, text)| *text);
        let all: Vec<_> = BUILT_IN.iter().map(|(name, text)| (*name, other(name).unwrap_or(text))).collect();
        Self::read(&all).map(Arc::new)
    }

    /// From the texts of all tables, by file name.
    ///
    /// # Errors
    /// Every row that can't be read or that another table contradicts.
    pub fn read(tables: &[(&str, &str)]) -> Result<Self, RulebookErrors> {
        let mut reader = table::Reader::new(tables);
        let units = Units::read(&mut reader);
        let rulebook = Self {
            version: version(tables),
            kinds: Kinds::read(&mut reader),
            codes: Codes::read(&mut reader, &units),
            permissions: permissions::read(&mut reader),
            roles: Roles::read(&mut reader),
            states: workflow::states(&mut reader),
            clocks: reader.rows("legal_clocks.csv"),
            hotlines: reader.rows("hotlines.csv"),
            norms: reader.rows("poverty_norms.csv"),
            units,
            calendar: Calendar::read(&mut reader),
        };
        rulebook.check(&mut reader);
        reader.finish(rulebook)
    }

    /// Tells these tables from any others; what was made by them is made anew when it differs.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// What only several tables together show.
    fn check(&self, reader: &mut table::Reader<'_>) {
        self.kinds.check(&self.codes, reader);
        self.check_permissions(reader);
        for clock in self.clocks.iter().filter(|clock| !clock.met_at.is_empty()) {
            if self.state(&clock.workflow, &clock.met_at).is_none() {
                reader.problem("legal_clocks.csv", &clock.code, "met_at names no state of its workflow");
            }
        }
    }
}

fn version(tables: &[(&str, &str)]) -> String {
    // Lengths keep two tables from being read as one.
    let text = |(name, text): &(&str, &str)| format!("{name} {}\n{text}", text.len());
    model::key::fingerprint(tables.iter().map(text).collect::<String>().as_bytes())
}
