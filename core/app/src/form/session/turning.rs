//! From page to page, and the table of contents.

use super::{live::Live, pages};
use crate::{
    desk::Desk,
    error::Fault,
    form::view::{OutlineRow, PageMove, PageView, PlacedProblem},
    texts::joined,
};
use model::DraftId;
use rulebook::Lang;
use xforms::{AnswerError, Moved, PageIndex, PageKind, PageState, Session};

impl Live {
    /// Keeps that the person is on another page now, then shows it. If the store refuses, the person stays `here`.
    fn arrived(&mut self, desk: &Desk, draft: DraftId, here: &PageIndex) -> Result<PageView, Fault> {
        if let Err(fault) = self.keep(desk, draft) {
            // A page that is gone can't be gone back to: then the next call shows where the person is.
            let _ = self.filling.session.go_to(here);
            return Err(fault);
        }
        Ok(self.page(desk))
    }

    fn here(&self) -> PageIndex {
        self.filling.session.page_index().clone()
    }

    /// An instance that the store refused is there all the same, and kept with the next answer.
    pub fn add_repeat(&mut self, desk: &Desk, draft: DraftId, path: &str) -> Result<PageView, Fault> {
        self.reshape(desk, draft, |session| session.add_repeat(path).map(|_| ()))
    }

    pub fn remove_repeat(&mut self, desk: &Desk, draft: DraftId, path: &str) -> Result<PageView, Fault> {
        self.reshape(desk, draft, |session| session.remove_repeat(path).map(|_| ()))
    }

    fn reshape(
        &mut self,
        desk: &Desk,
        draft: DraftId,
        change: impl FnOnce(&mut Session) -> Result<(), AnswerError>,
    ) -> Result<PageView, Fault> {
        let here = self.here();
        if !self.reshaped {
            change(&mut self.filling.session)?;
            self.reshaped = true;
        }
        self.arrived(desk, draft, &here)
    }

    pub fn back(&mut self, desk: &Desk, draft: DraftId) -> Result<PageView, Fault> {
        let here = self.here();
        self.filling.session.back();
        self.arrived(desk, draft, &here)
    }

    pub fn next(&mut self, desk: &Desk, draft: DraftId) -> Result<PageMove, Fault> {
        let here = self.here();
        match self.filling.session.next() {
            Ok(Moved::ToPage) => Ok(PageMove::Moved { page: self.arrived(desk, draft, &here)? }),
            // The shell offers to finish beside the last page, so the person stays there.
            Ok(Moved::ToEnd | Moved::Stayed) => {
                self.filling.session.back();
                self.unseen = true;
                Ok(PageMove::AtEnd)
            }
            Err(_) => {
                let (problems, update) = (self.page_problems(desk.lang), self.whole(desk));
                Ok(PageMove::Blocked { update, problems })
            }
        }
    }

    pub fn go_to(&mut self, desk: &Desk, draft: DraftId, number: u32) -> Result<PageView, Fault> {
        let here = self.here();
        let index = self.numbers.index(number).ok_or(Fault::new("xforms.no-such-page"))?;
        self.filling.session.go_to(index)?;
        self.arrived(desk, draft, &here)
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
        let page = self.filling.session.page();
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
        self.unseen = true;
        problems
    }
}
