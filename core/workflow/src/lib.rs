//! How a record moves by its workflow: where it stands by the steps that were taken, which legal clocks run, what may be
//! done next and what keeps it from being done. The same on a phone and at the hub, whatever came in which order.
//!
//! Pure: the rulebook, the records and who was what come in as parameters; nothing reads a clock.
//!
//! - [`Taken`]: a step as its record says it. [`fold()`]: where all of them lead.
//! - [`clocks`]: what began when, what is due, what was met. [`guard`]: the conditions of a step.
//! - [`Standing`]: all of it for one record, as lists and pages read it.

#![forbid(unsafe_code)]

pub mod clocks;
mod events;
mod fold;
pub mod guard;
mod standing;
mod taken;

pub use fold::{Branch, Counted, Progress, Refusal, Verdict, fold, leads_from};
pub use standing::{INTEREST, Standing, of_fields, stand, version};
pub use taken::{Arrival, Taken, Witness, edit, field};

/// The kind of the records of steps that were taken.
pub const TRANSITION: &str = "transition";
