//! Reading the embedded tables of `data/`.
