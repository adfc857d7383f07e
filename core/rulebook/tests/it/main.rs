//! Through the public face: the built-in tables, and small ones that say something else.

mod listing;
mod placement;
mod tables;
mod titles;
mod units;
