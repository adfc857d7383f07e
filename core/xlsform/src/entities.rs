//! The entities sheet: lists whose members a form creates or updates, by the questions that have something to say.

mod declaration;
mod places;

use crate::{Problem, element::Element, fields::Fields, names, problem::Report, survey::types, table::Table};
use std::collections::HashSet;

/// The attribute of a bind, and the column that it comes from.
const SAVE_TO: &str = "entities:saveto";
const SAVE_TO_COLUMN: &str = "save_to";

/// A section around a question. The survey itself is an empty [`Path`].
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Container {
    pub name: String,
    pub kind: types::Container,
}

impl Container {
    fn is_repeat(&self) -> bool {
        self.kind == types::Container::Repeat
    }
}

/// From the survey down.
pub(crate) type Path = Vec<Container>;

/// A question that says something about an entity.
#[derive(Debug)]
struct Reference {
    path: Path,
    row: usize,
    subject: Subject,
}

#[derive(Debug)]
enum Subject {
    /// The property that its answer is saved to.
    Property(String),
    /// The question's name, which the declaration refers to.
    Question(String),
}

#[derive(Debug)]
struct Declaration {
    list: String,
    row: usize,
    element: Element,
    /// Names of the questions that its expressions refer to.
    variables: HashSet<String>,
    references: Vec<Reference>,
    /// Counts the declarations in the order in which the survey comes to them.
    met: Option<usize>,
}

#[derive(Debug, Default)]
pub(crate) struct Entities {
    declarations: Vec<Declaration>,
    met: usize,
    /// A row of the sheet is wrong: which lists there are is not known.
    faulty: bool,
}

impl Entities {
    pub fn read(table: &Table, report: &mut Report) -> Self {
        let mut entities = Self::default();
        for record in &table.records {
            let Some(declaration) = declaration::read(record, table, report) else {
                entities.faulty = true;
                continue;
            };
            if let Some(first) = entities.declarations.iter().find(|first| first.list == declaration.list) {
                let message = format!("the list `{}` is declared already, in row {}", first.list, first.row);
                report.push(
                    problem("xlsform.entity-twice", record.row, message).column(table.header("dataset")),
                );
                continue;
            }
            entities.declarations.push(declaration);
        }
        entities
    }

    fn is_empty(&self) -> bool {
        self.declarations.is_empty()
    }

    /// Whether an entity list of this name is declared.
    pub fn has(&self, list: &str) -> bool {
        self.declarations.iter().any(|declaration| declaration.list == list)
    }

    /// Takes note of a row of the survey. A list before the property (`list#property`) is taken off its bind.
    pub fn meet(
        &mut self,
        container: &[Container],
        row: usize,
        name: Option<&str>,
        is_section: bool,
        fields: &mut Fields,
        report: &mut Report,
    ) {
        let saved = fields.group("bind").and_then(|bind| bind.text(SAVE_TO)).map(str::to_owned);
        if let Some(saved) = saved {
            match self.property(&saved, is_section) {
                Ok((index, property)) => {
                    fields.group_mut("bind").set(SAVE_TO, property.as_str());
                    self.add(index, container, row, Subject::Property(property));
                }
                Err(_) if self.faulty => {}
                Err(problem) => report.push(problem.sheet("survey").row(row).column(SAVE_TO_COLUMN)),
            }
        }
        let Some(name) = name else { return };
        for index in 0..self.declarations.len() {
            if self.declarations[index].variables.contains(name) {
                self.add(index, container, row, Subject::Question(name.to_owned()));
            }
        }
    }

    fn add(&mut self, index: usize, container: &[Container], row: usize, subject: Subject) {
        let declaration = &mut self.declarations[index];
        if declaration.met.is_none() {
            declaration.met = Some(self.met);
            self.met += 1;
        }
        declaration.references.push(Reference { path: container.to_vec(), row, subject });
    }

    /// The declaration and the property that a `save_to` cell means.
    fn property(&self, saved: &str, is_section: bool) -> Result<(usize, String), Problem> {
        if self.is_empty() {
            return Err(Problem::error(
                "xlsform.save-to",
                "an answer is saved to an entity, but there is none",
            )
            .hint("declare it on a sheet named `entities`, or empty the cell"));
        }
        let index = |list: &str| self.declarations.iter().position(|declaration| declaration.list == list);
        let (index, property) = match (saved.split_once('#'), self.declarations.as_slice()) {
            (Some((_, rest)), _) if rest.contains('#') => {
                return Err(Problem::error("xlsform.save-to", format!("`{saved}` has more than one `#`"))
                    .hint("write `list#property`"));
            }
            (Some((list, property)), _) => {
                let index = index(list).ok_or_else(|| self.unknown_list(list))?;
                (index, property)
            }
            (None, [_]) => (0, saved),
            (None, _) => {
                return Err(Problem::error(
                    "xlsform.save-to",
                    format!("of several lists, which has `{saved}`?"),
                )
                .hint(format!("write the list before it: `{}#{saved}`", self.declarations[0].list)));
            }
        };
        if is_section {
            return Err(Problem::error("xlsform.save-to", "groups and repeats have no answer to save")
                .hint("move the property to a question"));
        }
        check_property(property)?;
        let twice = self.declarations[index]
            .references
            .iter()
            .find(|reference| matches!(&reference.subject, Subject::Property(other) if other == property));
        if let Some(first) = twice {
            let message = format!("`{property}` is saved already, from row {}", first.row);
            return Err(Problem::error("xlsform.save-to", message));
        }
        Ok((index, property.to_owned()))
    }

    fn unknown_list(&self, list: &str) -> Problem {
        let problem = Problem::error("xlsform.save-to", format!("`{list}` is no list of the entities sheet"));
        let lists = self.declarations.iter().map(|declaration| declaration.list.as_str());
        match names::nearest(list, lists) {
            Some(near) => problem.hint(format!("did you mean `{near}`?")),
            None => problem,
        }
    }
}

fn problem(code: &'static str, row: usize, message: String) -> Problem {
    Problem::error(code, message).sheet("entities").row(row)
}

fn check_property(property: &str) -> Result<(), Problem> {
    let wrong = |message: String| Err(Problem::error("xlsform.save-to", message));
    if property.eq_ignore_ascii_case("name") || property.eq_ignore_ascii_case("label") {
        return wrong(format!("`{property}` is reserved: every entity has a name and a label of its own"));
    }
    if property.starts_with("__") {
        return wrong(format!("`{property}` begins with two underscores, which are reserved"));
    }
    if !names::is_tag(property) {
        return wrong(format!("`{property}` can't name a property"));
    }
    Ok(())
}
