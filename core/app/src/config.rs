//! Where this installation keeps its files, and how it speaks.

use rulebook::Lang;

#[derive(Debug, Clone, uniffi::Record)]
pub struct AppConfig {
    /// A private folder of the app, excluded from cloud backup.
    pub folder: String,
    pub language: Language,
    /// Such as `Samsung Galaxy A05`; shown in the office's list of devices.
    pub device_name: String,
    pub app_version: String,
}

/// The language of texts made by the core.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, uniffi::Enum)]
pub enum Language {
    #[default]
    Vietnamese,
    English,
}

impl Language {
    pub(crate) fn lang(self) -> Lang {
        match self {
            Self::Vietnamese => Lang::Vi,
            Self::English => Lang::En,
        }
    }
}
