//! What a person looks at before the form is finished: answers by page, what is missing, what will be written.

use super::{live::Live, pages};
use crate::{
    desk::Desk,
    error::Fault,
    form::view::{ReviewRow, ReviewSection, ReviewView},
    texts::{joined, review},
};
use casework::Outcome;
use xforms::{Answer, PageKind, QuestionKind};

impl Live {
    /// The person stays where they are.
    pub fn review(&mut self, desk: &Desk) -> Result<ReviewView, Fault> {
        let (changes, problems) = match self.outcome(desk)? {
            Some(outcome) => (self.changes(desk, &outcome)?, Vec::new()),
            None => (Vec::new(), self.all_problems(desk.lang)),
        };
        Ok(ReviewView { problems, changes, sections: self.answered(desk) })
    }

    /// A page without an answer is no section.
    fn answered(&mut self, desk: &Desk) -> Vec<ReviewSection> {
        let here = self.filling.session.page_index().clone();
        let outline = self.filling.session.outline();
        let mut sections = Vec::new();
        for entry in outline.into_iter().filter(|entry| entry.kind != PageKind::End) {
            if self.filling.session.go_to(&entry.index).is_err() {
                continue;
            }
            let page = self.filling.session.page();
            let answered = page.questions.iter().filter(|question| question.value != Answer::Empty);
            let row = |question: &xforms::QuestionView| ReviewRow {
                path: question.path.clone(),
                label: question.label.to_string(),
                value: match question.kind {
                    QuestionKind::Secret => "•••".to_owned(),
                    _ => pages::question(question, desk.lang).shown,
                },
            };
            let rows: Vec<_> = answered.filter(|q| q.kind != QuestionKind::Note).map(row).collect();
            if !rows.is_empty() {
                let around = entry.breadcrumb.last().map_or("", String::as_str);
                let title = if page.kind == PageKind::Question { "" } else { entry.title.as_str() };
                let number = self.numbers.number(&entry.index);
                sections.push(ReviewSection { title: joined([around, title], " · "), page: number, rows });
            }
        }
        // A page that closed behind the person can't be gone back to: then the last one looked at stays.
        let _ = self.filling.session.go_to(&here);
        self.unseen = true;
        sections
    }

    /// New records by kind, then each that is changed with what is changed of it.
    fn changes(&self, desk: &Desk, outcome: &Outcome) -> Result<Vec<String>, Fault> {
        let rulebook = &self.filling.form.rulebook;
        let (mut made, mut changed): (Vec<(_, usize)>, Vec<String>) = (Vec::new(), Vec::new());
        for edit in &outcome.edits {
            let Some(kind) = rulebook.kind(edit.record.kind.as_str()).filter(|kind| !kind.by_program) else {
                continue;
            };
            if self.filling.known.contains_key(&edit.record) {
                let called = desk.title(&edit.record)?.unwrap_or_default();
                let field = |name: &String| Some(kind.field(name)?.label.get(desk.lang));
                let fields: Vec<_> = edit.fields.keys().filter_map(field).collect();
                changed.push(review::changed(desk.lang, kind.label.get(desk.lang), &called, &fields));
            } else if let Some((_, count)) = made.iter_mut().find(|(of, _)| *of == kind.label.get(desk.lang))
            {
                *count += 1;
            } else {
                made.push((kind.label.get(desk.lang), 1));
            }
        }
        let made = (!made.is_empty()).then(|| review::made(desk.lang, &made));
        Ok(made.into_iter().chain(changed).collect())
    }
}
