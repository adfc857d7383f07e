//! Social-work rules as dated data: what a finished submission changes, legal clocks, cases, suggestions.

#![forbid(unsafe_code)]
