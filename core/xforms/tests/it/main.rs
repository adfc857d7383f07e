//! The engine through its public face, one subject a file.

// Helpers of tests are tests too: a failed step should panic where it stands.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod actions;
mod changes;
mod common;
mod controls;
mod dates;
mod drafts;
mod editing;
mod entities;
mod errors;
mod expressions;
mod filters;
mod languages;
mod limits;
mod lists;
mod pages;
mod recalculation;
mod recheck;
mod repeats;
mod rich_text;
mod selects;
mod starting;
mod submission;
mod types;
mod xpath;
mod xpath_properties;
