//! Social-work rules as dated data: what a finished submission changes, legal clocks, cases, suggestions.
//!
//! No I/O: the tables of `data/` are part of the program; a form's `records.csv` comes in as text.
//!
//! - [`FormRules`]: how a form's answers become records ([`FormRules::apply`]) and back ([`FormRules::prefill`]).
//! - [`clocks`]: which legal deadlines run for a case. [`advice`]: what to tell a worker who finished a form.
//! - [`Labels`], [`reference`], [`units`]: what a field, a code or a commune is called in [`Lang`].

#![forbid(unsafe_code)]

pub mod advice;
pub mod cases;
pub mod clocks;
mod error;
mod labels;
mod lang;
mod outcome;
mod prefill;
pub mod reference;
mod rules;
mod table;
pub mod units;
mod value;

pub use error::{CaseworkError, MappingErrors, MappingProblem};
pub use labels::{Labels, household_name};
pub use lang::{Lang, Phrase, date, date_time};
pub use outcome::{FinishContext, Finished, Known, Outcome};
pub use rules::{FormRules, FormScope};
