//! From page to page, and the table of contents.

use super::{Live, pages};
use crate::{
    error::Fault,
    state::Desk,
    texts::joined,
    view::{OutlineRow, PageMove, PageView, PlacedProblem},
};
use model::DraftId;
use rulebook::Lang;
use xforms::{Moved, PageKind, PageState};

impl Live {
    /// Keeps where the person is, then shows it.
    pub fn turned(&mut self, desk: &Desk, draft: DraftId) -> Result<PageView, Fault> {
        // Shown first: if the disk is full, later changes still count against the right page.
        let page = self.page(desk);
        self.keep(desk, draft)?;
        Ok(page)
    }

    pub fn next(&mut self, desk: &Desk, draft: DraftId) -> Result<PageMove, Fault> {
        match self.filling.session.next() {
            Ok(Moved::ToPage) => Ok(PageMove::Moved { page: self.turned(desk, draft)? }),
            // The shell offers to finish beside the last page, so the person stays there.
            Ok(Moved::ToEnd | Moved::Stayed) => {
                self.filling.session.back();
                self.look();
                Ok(PageMove::AtEnd)
            }
            Err(_) => Ok(PageMove::Blocked { problems: self.page_problems(desk.lang) }),
        }
    }

    pub fn go_to(&mut self, desk: &Desk, draft: DraftId, number: u32) -> Result<PageView, Fault> {
        let index = self.numbers.index(number).ok_or(Fault::new("xforms.no-such-page"))?;
        self.filling.session.go_to(index)?;
        self.turned(desk, draft)
    }

    pub fn outline(&mut self) -> Vec<OutlineRow> {
        let entries = self.filling.session.outline().into_iter().filter(|e| e.kind != PageKind::End);
        let row = |entry: xforms::OutlineEntry| {
            // The same page of several instances is told apart by what it is in.
            let around = entry.breadcrumb.last().map_or("", String::as_str);
            OutlineRow {
                index: self.numbers.number(&entry.index),
                title: joined([around, &entry.title], " · "),
                depth: u8::try_from(entry.breadcrumb.len()).unwrap_or(u8::MAX),
                has_problem: entry.state == PageState::Invalid,
                is_current: entry.is_current,
            }
        };
        entries.map(row).collect()
    }

    /// The problems that the page shows now.
    fn page_problems(&mut self, lang: Lang) -> Vec<PlacedProblem> {
        let page = self.look();
        let number = self.numbers.number(&page.index);
        let placed = page.questions.into_iter().filter_map(|question| {
            Some(PlacedProblem {
                problem: pages::problem(question.problem.as_ref()?, lang),
                path: question.path,
                label: question.label.to_string(),
                page: number,
            })
        });
        placed.collect()
    }

    /// All problems of the form with their pages; the person stays where they are.
    pub fn all_problems(&mut self, lang: Lang) -> Vec<PlacedProblem> {
        let here = self.filling.session.page_index().clone();
        let outline = self.filling.session.outline();
        let mut problems = Vec::new();
        for entry in outline.into_iter().filter(|entry| entry.state == PageState::Invalid) {
            if self.filling.session.go_to(&entry.index).is_ok() {
                problems.extend(self.page_problems(lang));
            }
        }
        // A page that closed behind the person can't be gone back to: then the last one looked at stays.
        let _ = self.filling.session.go_to(&here);
        self.look();
        problems
    }
}
