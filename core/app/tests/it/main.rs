//! The app as a shell sees it: real encrypted stores, the catalogue's forms, and an office that answers on loopback.

mod access;
mod cases;
mod drafts;
mod office;
mod phone;
mod sheets;
mod visit;
mod world;
