//! What a record's field and its value are called, taken from the forms themselves.

use crate::{FormRules, Lang};
use serde_json::Value;
use std::sync::Arc;
use xforms::Definition;

/// Labels of all fields that some form fills.
#[derive(Clone, Debug, Default)]
pub struct Labels {}

impl Labels {
    /// Where two forms fill the same field, the first one names it.
    pub fn of<'a>(forms: impl IntoIterator<Item = (&'a Arc<Definition>, &'a FormRules)>) -> Labels {
        let _ = forms.into_iter().count();
        Labels {}
    }

    /// The question that asks for the field; `None` for a field that is not for people.
    pub fn field(&self, kind: &str, field: &str, lang: Lang) -> Option<String> {
        let _ = (kind, field, lang);
        None
    }

    /// The value as people read it: labels of codes, dd/mm/yyyy, yes and no. Empty for null.
    pub fn value(&self, kind: &str, field: &str, value: &Value, lang: Lang) -> String {
        let _ = (kind, field, value, lang);
        String::new()
    }

    /// Fields of a kind in the order of the form, for a page of facts.
    pub fn fields(&self, kind: &str) -> Vec<&str> {
        let _ = kind;
        Vec::new()
    }
}
