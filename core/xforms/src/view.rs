//! A page of a form as values: what a shell needs to draw it, and nothing to decide.

use crate::{
    answer::{Answer, QuestionKind},
    appearance::Appearance,
    error::NavigationError,
    parameters::Parameters,
    rich_text::RichText,
};
use std::{fmt, str::FromStr, sync::Arc};

/// Names a page in a given state of the form. Its text form is stable for one version of a form.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct PageIndex {
    /// Number of the body element; `END` for the page after the last.
    pub(crate) element: u32,
    /// Places (from 1) of the repeat instances around it, outermost first.
    pub(crate) instance: Vec<u32>,
}

impl PageIndex {
    pub(crate) const END: u32 = u32::MAX;

    pub(crate) fn end() -> PageIndex {
        PageIndex { element: PageIndex::END, instance: Vec::new() }
    }

    pub fn is_end(&self) -> bool {
        self.element == PageIndex::END
    }
}

impl fmt::Display for PageIndex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_end() {
            return f.write_str("end");
        }
        write!(f, "{}", self.element)?;
        self.instance.iter().try_for_each(|n| write!(f, ".{n}"))
    }
}

impl FromStr for PageIndex {
    type Err = NavigationError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "end" {
            return Ok(PageIndex::end());
        }
        let mut numbers = text.split('.').map(|n| n.parse::<u32>().map_err(|_| NavigationError::NoSuchPage));
        let element = numbers.next().ok_or(NavigationError::NoSuchPage)??;
        Ok(PageIndex { element, instance: numbers.collect::<Result<_, _>>()? })
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PageKind {
    /// One question.
    Question,
    /// All questions of a `field-list` group.
    FieldList,
    /// The boundary of a repeat: its instances, and "add another?".
    Repeat,
    /// After the last question: `finish()` is what remains.
    End,
}

#[derive(Clone, PartialEq)]
pub struct PageView {
    pub index: PageIndex,
    pub kind: PageKind,
    /// Label of the field-list group or of the repeat.
    pub title: Option<String>,
    /// Labels of the groups around it, outermost first; a repeat's with its number.
    pub breadcrumb: Vec<String>,
    /// Of the field list or the repeat; of one question, none.
    pub appearance: Appearance,
    /// The app that fills a field list's questions, as the form calls it.
    pub intent: Option<String>,
    pub questions: Vec<QuestionView>,
    /// The repeat whose boundary this is; of a field list, all repeats in it.
    pub repeats: Vec<RepeatView>,
    /// Nothing comes before it.
    pub is_first: bool,
    /// Place among the pages of now, from 0, and how many there are (the end counts).
    pub number: usize,
    pub count: usize,
}

#[derive(Clone, PartialEq)]
pub struct QuestionView {
    /// Path of the node instance, `/data/member[2]/name`; the key for `answer`.
    pub path: String,
    /// The node's name.
    pub name: String,
    pub kind: QuestionKind,
    pub label: RichText,
    pub media: Media,
    /// Labels of the groups and instances between a field list and its question, outermost first.
    pub groups: Vec<String>,
    pub hint: Option<RichText>,
    /// More than the hint: for who asks for it.
    pub guidance: Option<RichText>,
    pub value: Answer,
    /// The stored text of the value.
    pub stored: Option<String>,
    pub choices: Arc<[ChoiceView]>,
    pub required: bool,
    pub readonly: bool,
    pub appearance: Appearance,
    pub parameters: Arc<Parameters>,
    pub problem: Option<Problem>,
}

#[derive(Clone, PartialEq, Eq)]
pub struct ChoiceView {
    pub value: Arc<str>,
    pub label: RichText,
    pub media: Media,
}

/// File names that belong to a text, from `jr://images/` and the like.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Media {
    pub image: Option<Arc<str>>,
    /// The same picture for a look at its details.
    pub big_image: Option<Arc<str>>,
    pub audio: Option<Arc<str>>,
    pub video: Option<Arc<str>>,
}

#[derive(Clone, PartialEq)]
pub struct RepeatView {
    /// Path of the repeat, for `add_repeat`: `/data/member`.
    pub path: String,
    pub label: String,
    pub instances: Vec<InstanceView>,
    pub can_add: bool,
    pub can_remove: bool,
    pub appearance: Appearance,
}

#[derive(Clone, PartialEq)]
pub struct InstanceView {
    /// Path of the instance, for `remove_repeat`: `/data/member[2]`.
    pub path: String,
    /// Its place, from 1.
    pub number: u32,
    /// Label of the instance, or what was answered first in it.
    pub title: String,
    /// Its first page, if any of its questions is relevant.
    pub first_page: Option<PageIndex>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProblemKind {
    Required,
    Constraint,
}

impl ProblemKind {
    pub fn code(self) -> &'static str {
        match self {
            ProblemKind::Required => "xforms.required",
            ProblemKind::Constraint => "xforms.constraint",
        }
    }
}

/// An answer that the form does not accept as it stands.
#[derive(Clone, PartialEq, Eq)]
pub struct Problem {
    pub path: String,
    pub kind: ProblemKind,
    /// The form's own message in the session's language, if it has one.
    pub message: Option<String>,
}

/// Why `next()` or `finish()` went no further.
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
#[error("{} answer(s) are missing or not accepted", problems.len())]
pub struct Problems {
    pub problems: Vec<Problem>,
    /// The page of the first one.
    pub page: PageIndex,
}

impl Problems {
    pub fn code(&self) -> &'static str {
        "xforms.problems"
    }
}

/// Where `next()` and `back()` led.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moved {
    ToPage,
    /// To the page after the last question.
    ToEnd,
    /// There is nothing further that way.
    Stayed,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PageState {
    Untouched,
    /// At least one question has an answer.
    Answered,
    /// A constraint fails, or a required answer is missing after an attempt to go on.
    Invalid,
}

#[derive(Clone, PartialEq)]
pub struct OutlineEntry {
    pub index: PageIndex,
    pub kind: PageKind,
    pub title: String,
    pub breadcrumb: Vec<String>,
    pub state: PageState,
    pub is_current: bool,
}

/// What one answer changed on the page that is shown; `PageView::apply` takes them in order.
#[derive(Clone, PartialEq)]
pub enum PageChange {
    /// Another page is the current one, or more changed than can be told: draw `page()`.
    Turned,
    Disappeared {
        path: String,
    },
    /// Anything of it is new: value, problem, label …
    Updated(QuestionView),
    /// Only its choices are new.
    Choices {
        path: String,
        choices: Arc<[ChoiceView]>,
    },
    /// It became relevant; `at` is its place among the page's questions now.
    Appeared {
        at: usize,
        question: QuestionView,
    },
    Heading {
        title: Option<String>,
        breadcrumb: Vec<String>,
    },
    Repeats(Vec<RepeatView>),
    /// Pages came or went.
    Place {
        is_first: bool,
        number: usize,
        count: usize,
    },
}

#[derive(Clone, PartialEq, Default)]
pub struct Changes {
    /// Empty before `page()` was first called: nothing is shown that could be brought up to date.
    pub page: Vec<PageChange>,
    /// Every stored value that is new, by instance path, in the order of the form: what to persist.
    pub saved: Vec<(String, Option<String>)>,
    /// Repeat instances came or went, so that paths moved: persist `saved()` as a whole.
    pub restructured: bool,
}

macro_rules! redacted {
    ($($name:ident: $($field:ident),*;)*) => {$(
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($name))$(.field(stringify!($field), &self.$field))*.finish_non_exhaustive()
            }
        }
    )*};
}

// Labels can quote answers (`<output>`), so only structure is shown.
redacted! {
    PageView: index, kind, questions, repeats;
    QuestionView: path, kind, required, readonly, problem;
    ChoiceView: value;
    RepeatView: path, can_add, can_remove;
    InstanceView: path, number;
    Problem: path, kind;
    Problems: problems, page;
    OutlineEntry: index, kind, state;
}

impl fmt::Debug for PageChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PageChange::Turned => write!(f, "Turned"),
            PageChange::Disappeared { path } => write!(f, "Disappeared({path})"),
            PageChange::Updated(question) => write!(f, "Updated({})", question.path),
            PageChange::Choices { path, choices } => write!(f, "Choices({path}, {})", choices.len()),
            PageChange::Appeared { at, question } => write!(f, "Appeared({}, {at})", question.path),
            PageChange::Heading { .. } => write!(f, "Heading"),
            PageChange::Repeats(repeats) => write!(f, "Repeats({})", repeats.len()),
            PageChange::Place { number, count, .. } => write!(f, "Place({number}, {count})"),
        }
    }
}

impl fmt::Debug for Changes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let paths: Vec<_> = self.saved.iter().map(|(path, _)| path).collect();
        f.debug_struct("Changes")
            .field("page", &self.page)
            .field("saved", &paths)
            .field("restructured", &self.restructured)
            .finish()
    }
}

impl PageView {
    /// The question with this instance path.
    pub fn question(&self, path: &str) -> Option<&QuestionView> {
        self.questions.iter().find(|q| q.path == path)
    }

    /// Brings a page up to date; it is then what `page()` gives. False if it has to be drawn anew.
    pub fn apply(&mut self, changes: &[PageChange]) -> bool {
        for change in changes {
            match change {
                PageChange::Turned => return false,
                PageChange::Disappeared { path } => self.questions.retain(|q| q.path != *path),
                PageChange::Updated(question) => {
                    if let Some(known) = self.questions.iter_mut().find(|q| q.path == question.path) {
                        known.clone_from(question);
                    }
                }
                PageChange::Choices { path, choices } => {
                    if let Some(known) = self.questions.iter_mut().find(|q| q.path == *path) {
                        known.choices.clone_from(choices);
                    }
                }
                PageChange::Appeared { at, question } => {
                    self.questions.insert((*at).min(self.questions.len()), question.clone());
                }
                PageChange::Heading { title, breadcrumb } => {
                    self.title.clone_from(title);
                    self.breadcrumb.clone_from(breadcrumb);
                }
                PageChange::Repeats(repeats) => self.repeats.clone_from(repeats),
                PageChange::Place { is_first, number, count } => {
                    (self.is_first, self.number, self.count) = (*is_first, *number, *count);
                }
            }
        }
        true
    }
}
