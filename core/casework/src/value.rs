//! Stored answers to record values and back.
