//! The forms of the catalogue, filled through the engine, as records.

// Helpers of tests are tests too: a failed step should panic where it stands.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod adults;
mod common;
mod consent;
mod follow_up;
mod general;
mod labels;
mod mapping;
mod nested;
mod pages;
mod report;
mod revisit;
mod steps;
mod visit;
mod ways;
