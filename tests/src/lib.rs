//! Journeys across crates: real phones' cores, a real hub process, invented people.

pub mod picture;
pub mod synthetic;
