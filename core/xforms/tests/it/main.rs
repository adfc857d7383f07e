//! The engine through its public face, one subject a file.

mod common;
mod dates;
mod drafts;
mod errors;
mod expressions;
mod languages;
mod limits;
mod pages;
mod recalculation;
mod recheck;
mod repeats;
mod selects;
mod submission;
mod types;
