//! The entities sheet, and `save_to`.

use crate::{Problem, element::Element, fields::Fields, problem::Report, survey::types::Container};

/// What the form makes or changes besides its submission.
#[derive(Debug, Default)]
pub(crate) struct Entities {}

impl Entities {
    /// Whether an entity list of this name is declared.
    pub fn has(&self, _list: &str) -> bool {
        false
    }

    /// A row with a name, in the groups of `path`.
    pub fn named(&mut self, _path: &[(&str, Container)], _name: &str, _row: usize) {}

    /// An end row: nothing can be saved from it.
    pub fn end_row(&mut self, _fields: &Fields, _row: usize) -> Result<(), Problem> {
        Ok(())
    }

    /// Puts the declarations into the tree.
    pub fn apply(&self, _root: &mut Element, _report: &mut Report) {}

    /// The version of the specification that the form needs; `None`: it has no entities.
    pub fn version(&self) -> Option<&'static str> {
        None
    }
}
