//! What screens show: immutable records with finished, localised texts.

mod form;
mod household;
mod sync;
mod text;
mod today;

pub use form::*;
pub use household::*;
pub use sync::*;
pub use text::*;
pub use today::*;

/// The language of texts made by the core.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, uniffi::Enum)]
pub enum Language {
    #[default]
    Vietnamese,
    English,
}

/// Where the app stands; decides the first screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum AppStatus {
    /// No worker on this phone yet: show enrolment.
    NotEnrolled,
    /// Show the PIN.
    Locked,
    Unlocked,
    /// In the background with files closed; `resume` brings it back.
    Paused,
}

/// Whose phone this is.
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct WorkerView {
    pub name: String,
    pub role: String,
    /// Names of communes or provinces.
    pub places: Vec<String>,
}
