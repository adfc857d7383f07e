//! What lies around a record, looked for from the record outwards.

use crate::{Prints, Subject, said::Writer};
use casework::{acting, page::Kept};
use minijinja::Value;
use model::{RecordRef, RecordState};
use rulebook::{Heads, Rulebook, Selector};
use std::collections::BTreeMap;

#[derive(Default)]
pub struct Around {
    /// The nearest first; of those as near as each other as they were made.
    found: Vec<Found>,
    approved: Vec<Found>,
    /// One of each kind, to be filled by hand.
    blanks: BTreeMap<String, Value>,
    is_blank: bool,
    fields: BTreeMap<String, Vec<String>>,
}

struct Found {
    /// Steps up from the record until what both lie under.
    far: usize,
    kind: String,
    state: RecordState,
    value: Value,
}

impl Around {
    pub fn of(prints: &Prints<'_>, subject: Option<&Subject<'_>>, writer: &Writer<'_>) -> Self {
        let rulebook: &Rulebook = prints.rulebook;
        let blanks = rulebook.kinds().iter().map(|kind| (kind.name.clone(), writer.blank(&kind.name).into()));
        let names = |fields: &[rulebook::Field]| fields.iter().map(|field| field.name.clone()).collect();
        let fields = rulebook.kinds().iter().map(|kind| (kind.name.clone(), names(&kind.fields)));
        let mut around = Self {
            blanks: blanks.collect(),
            is_blank: subject.is_none(),
            fields: fields.collect(),
            ..Self::default()
        };
        let Some(subject) = subject else { return around };
        let found = |far: usize, (reference, state): Kept<'_>| Found {
            far,
            kind: reference.kind.as_str().to_owned(),
            state: state.clone(),
            value: writer.record((reference, state), &[]).into(),
        };
        let path: Vec<&RecordRef> = lineage(subject);
        let parents: BTreeMap<&RecordRef, Option<RecordRef>> =
            subject.all().map(|(reference, state)| (reference, state.parent())).collect();
        for kept in subject.all().filter(|(reference, _)| *reference != subject.record.0) {
            around.found.push(found(far(&path, &parents, kept.0), kept));
        }
        around.found.sort_by_key(|found| found.far);
        let approved = acting::approved_with(subject.record.0, subject.all());
        around.approved = approved.iter().map(|(record, state)| found(0, (record, state))).collect();
        around
    }

    /// All that fit, of those that are nearest; to be filled by hand, `rows` of them.
    pub fn all(&self, selector: &str, rows: usize) -> Result<Vec<Value>, String> {
        self.fitting(selector, &self.found, rows)
    }

    /// The last that fits, or one to be filled by hand.
    pub fn one(&self, selector: &str) -> Result<Value, String> {
        let of = self.selector(selector)?;
        let found = self.fitting(selector, &self.found, 1)?.pop();
        Ok(found.unwrap_or_else(|| self.blank(&of)))
    }

    /// What was approved; at least one, to be filled by hand.
    pub fn approved(&self, selector: &str, rows: usize) -> Result<Vec<Value>, String> {
        let of = self.selector(selector)?;
        let found = self.fitting(selector, &self.approved, rows)?;
        Ok(if found.is_empty() { vec![self.blank(&of)] } else { found })
    }

    pub fn is_blank(&self) -> bool {
        self.is_blank
    }

    fn blank(&self, of: &Selector) -> Value {
        self.blanks.get(&of.kind).cloned().unwrap_or_default()
    }

    fn fitting(&self, selector: &str, among: &[Found], rows: usize) -> Result<Vec<Value>, String> {
        let of = self.selector(selector)?;
        if self.is_blank {
            return Ok(vec![self.blank(&of); rows]);
        }
        let fits = |found: &&Found| found.kind == of.kind && of.fits(&found.state, Heads::Any);
        let mut fitting = among.iter().filter(fits).peekable();
        let nearest = fitting.peek().map(|found| found.far);
        Ok(fitting.take_while(|found| Some(found.far) == nearest).map(|found| found.value.clone()).collect())
    }

    /// Of kinds and fields that there are: a page's author is told of others.
    fn selector(&self, text: &str) -> Result<Selector, String> {
        let of = Selector::read(text).ok_or_else(|| format!("{text:?} is no KIND[FIELD=WORD]"))?;
        let fields = self.fields.get(&of.kind).ok_or_else(|| format!("there is no kind {}", of.kind))?;
        if let Some(field) = of.fields().find(|field| !fields.iter().any(|known| known == field)) {
            return Err(format!("there is no field {}.{field}", of.kind));
        }
        Ok(of)
    }
}

impl<'a> Subject<'a> {
    fn all(&self) -> impl Iterator<Item = Kept<'a>> + Clone + '_ {
        let own = std::iter::once(&self.record);
        own.chain(&self.above).chain(&self.below).chain(&self.beside).copied()
    }
}

/// The record, what it lies under, what that lies under, …
fn lineage<'a>(subject: &Subject<'a>) -> Vec<&'a RecordRef> {
    let above = subject.above.iter().rev().map(|(reference, _)| *reference);
    std::iter::once(subject.record.0).chain(above).collect()
}

fn far(path: &[&RecordRef], parents: &BTreeMap<&RecordRef, Option<RecordRef>>, record: &RecordRef) -> usize {
    let (mut at, mut steps) = (Some(record), 0);
    while let Some(here) = at.filter(|_| steps < rulebook::MAX_DEPTH) {
        if let Some(far) = path.iter().position(|above| *above == here) {
            return far;
        }
        (at, steps) = (parents.get(here).and_then(Option::as_ref), steps + 1);
    }
    path.len()
}
