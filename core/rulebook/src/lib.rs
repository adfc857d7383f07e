//! The rules that phone and hub must agree on, as a value: what kinds of records there are, what their fields are
//! called, where a record belongs, what makes it findable, which law holds on which day.
//!
//! Pure: tables come in as texts, records and days as parameters. A [`Rulebook`] is read once and handed to every
//! function; whatever is wrong with its tables is an error.

#![forbid(unsafe_code)]

mod actions;
mod ages;
mod articles;
mod calendar;
mod check;
mod clocks;
mod codes;
mod dated;
mod diff;
mod edit;
mod events;
mod groups;
mod kinds;
mod lang;
mod list;
mod listing;
mod norms;
mod pack;
mod permissions;
mod placement;
mod print;
mod prints;
mod problem;
mod rates;
mod restricted;
mod roles;
mod schema;
mod table;
mod title;
mod touched;
mod units;
mod urgency;
mod workflow;

pub use actions::{Clocks as OpenClocks, Condition, Decision, From as StepFrom, Step, Test};
pub use ages::Age;
pub use articles::{Article, untold};
pub use calendar::Calendar;
pub use check::compatible;
pub use clocks::{Clock, Span, Unit as ClockUnit, When as ClockWhen};
pub use dated::{Certainty, Days, Held};
pub use diff::{Difference, diff};
pub use edit::Changing;
pub use events::{Event, Events, Heads, Selector, Want};
pub use kinds::{Field, FieldType, Kind, ListRole, Privacy, Scope, Shown};
pub use lang::{Lang, Phrase, UnknownLang, clock_off, date, date_time, duration, vnd};
pub use list::List;
pub use listing::{Count, Due, Listing, MOST_DUE, Query};
pub use norms::{Hotline, Norm};
pub use pack::{About, MAX_DEPTH as MAX_FOLDERS, MAX_FILE, MAX_FILES, MAX_PACK, Pack};
pub use permissions::{Act, Action, Asking, Denied};
pub use placement::{Claim, MAX_DEPTH, Placement};
pub use prints::Print;
pub use problem::{Problem, RulebookErrors};
pub use rates::Rate;
pub use restricted::Restricted;
pub use roles::{Role, Sees};
pub use schema::{Level, typed_cell};
pub use touched::Touched;
pub use units::{Unit, Units};
pub use urgency::Urgency;
pub use workflow::CaseState;

use codes::Codes;
use kinds::Kinds;
use std::{collections::HashMap, sync::Arc};

/// All tables, read and checked against each other.
#[derive(Debug)]
pub struct Rulebook {
    version: String,
    kinds: Kinds,
    codes: Codes,
    permissions: Vec<permissions::Permission>,
    roles: Vec<Role>,
    /// By workflow.
    states: HashMap<String, Vec<CaseState>>,
    steps: Vec<Step>,
    conditions: Vec<Condition>,
    ages: Vec<Age>,
    restricted: Vec<Restricted>,
    clocks: Vec<Clock>,
    hotlines: Vec<Hotline>,
    norms: Vec<Norm>,
    rates: Vec<Rate>,
    prints: Vec<Print>,
    /// By the print's id.
    templates: HashMap<String, String>,
    articles: Vec<Article>,
    pub units: Units,
    pub calendar: Calendar,
}

/// What is wrong with a pack, and what can be read of it all the same.
pub struct Checked {
    pub problems: Vec<Problem>,
    /// Without the rows that can't be read: to check what rests on it, and nothing else.
    pub readable: Rulebook,
}

/// Those of these features that this program doesn't have.
pub fn lacking(needs: &[String]) -> Vec<String> {
    needs.iter().filter(|feature| check::files::lacks(feature)).cloned().collect()
}

/// All that is wrong with a pack but for how its forms are written.
pub fn check(pack: &Pack) -> Checked {
    check_over(std::slice::from_ref(pack))
}

/// All that is wrong with the last of these packs, which lies over those before it: they are taken to be without a fault.
pub fn check_over(packs: &[Pack]) -> Checked {
    let mut tables = table::Tables::read(packs);
    let readable = Rulebook::assemble(packs, &mut tables);
    Checked { problems: check::check(packs, &tables), readable }
}

impl Rulebook {
    /// That of this program. Its tables are checked by a test, not at each start of a phone.
    ///
    /// # Errors
    /// What can't be read of them.
    pub fn built_in() -> Result<Arc<Self>, RulebookErrors> {
        Self::checked_before(&[Pack::built_in()]).map(Arc::new)
    }

    /// As [`Rulebook::layered`] makes it, of packs that it took before.
    ///
    /// # Errors
    /// What can't be read of them.
    pub fn checked_before(packs: &[Pack]) -> Result<Self, RulebookErrors> {
        let mut tables = table::Tables::read(packs);
        let rulebook = Self::assemble(packs, &mut tables);
        rulebook.or([tables.broken, tables.unreadable].concat())
    }

    /// That of this program with other texts for some of its tables, by file name.
    ///
    /// # Errors
    /// As [`Rulebook::read`].
    pub fn with(tables: &[(&str, &str)]) -> Result<Arc<Self>, RulebookErrors> {
        let mut pack = Pack::built_in();
        for (name, text) in tables {
            pack.add(name, text.as_bytes().to_vec());
        }
        Self::read(&pack).map(Arc::new)
    }

    /// From the tables of a pack.
    ///
    /// # Errors
    /// All that is wrong with them.
    pub fn read(pack: &Pack) -> Result<Self, RulebookErrors> {
        Self::layered(std::slice::from_ref(pack))
    }

    /// From packs that lie over each other: the national one first, each on those before it, of which it only adds to and
    /// tightens.
    ///
    /// # Errors
    /// All that is wrong with the first of them that has a fault.
    pub fn layered(packs: &[Pack]) -> Result<Self, RulebookErrors> {
        // That of this program is checked by a test, not at each start of a phone.
        let known = usize::from(packs.first().is_some_and(Pack::is_built_in));
        for count in known + 1..packs.len() {
            let Checked { problems, readable } = check_over(&packs[..count]);
            readable.or(problems)?;
        }
        let Checked { problems, readable } = check_over(packs);
        readable.or(problems)
    }

    fn or(self, problems: Vec<Problem>) -> Result<Self, RulebookErrors> {
        if problems.is_empty() { Ok(self) } else { Err(RulebookErrors { problems }) }
    }

    fn assemble(packs: &[Pack], tables: &mut table::Tables) -> Self {
        let units = Units::read(tables);
        Self {
            version: version(packs),
            kinds: Kinds::read(tables),
            codes: Codes::read(tables, &units),
            permissions: permissions::read(tables),
            roles: roles::read(tables),
            states: workflow::states(tables),
            steps: tables.laid(schema::ACTIONS, |step: &mut Step, layer| step.days.layer = layer),
            conditions: tables.rows(schema::CONDITIONS),
            ages: tables.laid(schema::AGES, |age: &mut Age, layer| age.days.layer = layer),
            restricted: tables.laid(schema::RESTRICTED, |row: &mut Restricted, layer| row.days.layer = layer),
            clocks: tables.laid(schema::CLOCKS, |clock: &mut Clock, layer| clock.days.layer = layer),
            hotlines: tables.rows("hotlines.csv"),
            norms: tables.laid("poverty_norms.csv", Norm::lies),
            rates: tables.laid("rates.csv", |rate: &mut Rate, layer| rate.days.layer = layer),
            prints: tables.laid(schema::PRINTS, |print: &mut Print, layer| print.days.layer = layer),
            templates: prints::templates(packs),
            articles: tables
                .laid(schema::ARTICLES, |article: &mut Article, layer| article.days.layer = layer),
            units,
            calendar: Calendar::read(tables),
        }
    }

    /// Tells these tables from any others; what was made by them is made anew when it differs.
    pub fn version(&self) -> &str {
        &self.version
    }
}

fn version(packs: &[Pack]) -> String {
    let mut text = Vec::new();
    for (layer, pack) in packs.iter().enumerate() {
        if layer > 0 {
            text.extend(format!("layer {layer}\n").into_bytes());
        }
        for (name, bytes) in pack.files().filter(|(name, _)| schema::table(name).is_some()) {
            // Lengths keep two tables from being read as one.
            text.extend(format!("{name} {}\n", bytes.len()).into_bytes());
            text.extend(bytes);
        }
    }
    model::key::fingerprint(&text)
}
