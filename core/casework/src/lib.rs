//! Social-work rules over the rulebook's data: what a finished submission changes, cases, suggestions.
//!
//! No I/O: the rulebook is handed in; a form's `records.csv` comes in as text.
//!
//! - [`FormRules`]: how a form's answers become records ([`FormRules::apply`]) and back ([`FormRules::prefill`]).
//! - [`advice`]: what to tell a worker who finished a form. [`timeline`]: what happened in a case, and what is due.
//! - [`Labels`]: what a record's fields and values are called on a page. [`Page`]: all that the page of any record
//!   shows. [`answers`]: a finished form as it was answered.

#![forbid(unsafe_code)]

pub mod acting;
pub mod advice;
mod answers;
pub mod cases;
pub mod dry_run;
mod error;
mod form_labels;
mod labels;
mod outcome;
pub mod page;
mod prefill;
mod rules;
mod settle;
pub mod timeline;
mod value;
mod ways;

pub use answers::{Answered, answers};
pub use error::{CaseworkError, MappingErrors, MappingProblem};
pub use form_labels::FormLabels;
pub use labels::{Conflict, Fact, Labels, Told};
pub use outcome::{FinishContext, Finished, Known, Outcome, lineage};
pub use page::Page;
pub use rules::{COLUMNS, FormRules, LATER, Start};
pub use settle::settle;
pub use ways::{Born, Way, way};
