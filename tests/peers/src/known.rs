//! Differences in which we are right, with the section of the specification that says so.

use crate::compare::Difference;
use anyhow::{Context, Result, bail};
use std::path::Path;

struct Entry {
    form: String,
    /// Instance path, or `*`.
    path: String,
    aspect: String,
    used: bool,
}

pub struct Known(Vec<Entry>);

impl Known {
    /// Tab-separated: form, path or `*`, aspect, section and reason; `#` begins a comment.
    pub fn read(file: &Path) -> Result<Known> {
        let text = std::fs::read_to_string(file).with_context(|| file.display().to_string())?;
        let lines = text.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#'));
        let entries = lines.map(|line| match line.split('\t').collect::<Vec<_>>().as_slice() {
            [form, path, aspect, reason] if !reason.trim().is_empty() => Ok(Entry {
                form: (*form).to_owned(),
                path: (*path).to_owned(),
                aspect: (*aspect).to_owned(),
                used: false,
            }),
            _ => bail!("a difference is four columns, the last one its reason: {line}"),
        });
        Ok(Known(entries.collect::<Result<_>>()?))
    }

    pub fn covers(&mut self, form: &str, difference: &Difference) -> bool {
        let entry = self.0.iter_mut().find(|entry| {
            entry.form == form
                && (entry.path == "*" || entry.path == difference.path)
                && entry.aspect == difference.aspect
        });
        match entry {
            Some(entry) => {
                entry.used = true;
                true
            }
            None => false,
        }
    }

    /// A difference that is gone must leave the list.
    pub fn unused(&self) -> Result<()> {
        let unused: Vec<_> =
            self.0.iter().filter(|entry| !entry.used).map(|entry| entry.form.as_str()).collect();
        if unused.is_empty() {
            Ok(())
        } else {
            bail!("listed differences that are none: {}", unused.join(", "))
        }
    }
}
