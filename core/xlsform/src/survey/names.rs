//! Names beside each other must differ.

use crate::{Problem, problem::Report};
use std::collections::HashMap;

#[derive(Default)]
pub(super) struct Siblings {
    /// Name in lower case, and the names of that spelling with their rows.
    seen: HashMap<String, Vec<(String, usize)>>,
}

impl Siblings {
    pub fn add(&mut self, name: &str, row: usize, report: &mut Report) -> Result<(), Problem> {
        if name == "meta" {
            return Err(Problem::error("xlsform.reserved-name", "`meta` is the name of the form's own data"));
        }
        let same = self.seen.entry(name.to_lowercase()).or_default();
        if let Some((_, first)) = same.iter().find(|(known, _)| known == name) {
            let message = format!("`{name}` is the name of row {first} already, in the same group");
            return Err(Problem::error("xlsform.name-twice", message).hint("give one of them another name"));
        }
        if let Some((other, first)) = same.first() {
            let message = format!("`{name}` differs from `{other}` in row {first} by capital letters only");
            report.push(
                Problem::warning("xlsform.name-differs-in-case", message)
                    .sheet("survey")
                    .row(row)
                    .column("name")
                    .hint("many tools take them for one name"),
            );
        }
        same.push((name.to_owned(), row));
        Ok(())
    }
}
