//! A page of a form as a value: a shell draws it and sends answers.

pub use super::styled::{TextAlign, TextBlock, TextKind, TextScript, TextSpan};
use std::collections::HashMap;

/// One screen of a form.
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct PageView {
    /// Stable while the form's shape stays; for `go_to`.
    pub index: u32,
    pub form_title: String,
    /// Names of the groups and repeat instances that this page is in, outermost first.
    pub breadcrumb: Vec<String>,
    pub title: String,
    pub questions: Vec<QuestionView>,
    /// The repeat whose instances this page lists, asking for more; of a page of many questions, those in it.
    pub repeats: Vec<RepeatView>,
    pub is_first: bool,
    /// After this page the form can be finished.
    pub is_last: bool,
    /// 0 to 100, by pages; within a session never less than on a page before, and 100 on the last.
    pub progress: u8,
}

#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct QuestionView {
    /// Stable key, such as `/data/member[2]/name`.
    pub path: String,
    pub kind: QuestionKind,
    pub label: String,
    /// The label with its styles; empty where it has none.
    pub styled: Vec<TextBlock>,
    /// Names of the groups and instances that it stands under on this page, outermost first.
    pub groups: Vec<String>,
    pub hint: String,
    pub styled_hint: Vec<TextBlock>,
    /// More help, for who asks for it.
    pub guidance: String,
    pub styled_guidance: Vec<TextBlock>,
    /// A picture that belongs to the label, for `form_picture`.
    pub image: Option<String>,
    pub value: AnswerValue,
    /// The value as text for people: dates dd/mm/yyyy, labels of choices.
    pub shown: String,
    pub choices: Vec<ChoiceView>,
    pub required: bool,
    pub readonly: bool,
    /// Words of the form's author, such as `minimal` or `numbers`; a shell may ignore them.
    pub appearance: String,
    pub problem: Option<ProblemView>,
}

#[derive(Debug, Clone, PartialEq, uniffi::Enum)]
pub enum QuestionKind {
    /// Only a text to read.
    Note,
    Text,
    LongText,
    /// Text that nobody should read over a shoulder.
    Secret,
    Integer,
    Decimal,
    Date,
    Time,
    DateTime,
    SelectOne,
    SelectMultiple,
    /// Choices to put in order.
    Rank,
    /// A number between bounds.
    Range {
        from: f64,
        to: f64,
        step: f64,
    },
    Location,
    Photo,
    /// Drawn with a finger; the picture goes to `take_photo`.
    Drawing,
    /// Positions along a way, or around a piece of land.
    Trace {
        closed: bool,
    },
    Barcode,
    /// "I have read this": answered or not.
    Acknowledge,
    /// A kind that this version only shows; its name is in `appearance`.
    Unsupported,
}

#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct ChoiceView {
    pub value: String,
    pub label: String,
    pub styled: Vec<TextBlock>,
    /// For `form_picture`.
    pub image: Option<String>,
    pub chosen: bool,
}

/// Why a page can't be left or a form not finished; the answer itself is kept.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct ProblemView {
    pub code: String,
    pub text: String,
}

#[derive(Debug, Clone, PartialEq, uniffi::Enum)]
pub enum AnswerValue {
    Empty,
    Text {
        text: String,
    },
    Integer {
        number: i64,
    },
    Decimal {
        number: f64,
    },
    /// ISO 8601 `2026-11-24`.
    Date {
        iso: String,
    },
    /// `HH:MM`.
    Time {
        iso: String,
    },
    DateTime {
        iso: String,
    },
    Choice {
        value: String,
    },
    Choices {
        values: Vec<String>,
    },
    /// Degrees, metres.
    Location {
        latitude: f64,
        longitude: f64,
        altitude: f64,
        accuracy: f64,
    },
    /// A trace, or a shape without its last point, which is the first again.
    Points {
        points: Vec<GeoPosition>,
    },
    /// Set by `take_photo`, never by a shell: its name in the submission.
    Photo {
        name: String,
    },
    Acknowledged,
}

/// Degrees, metres; 0 where height or accuracy is not known.
#[derive(Debug, Clone, Copy, PartialEq, uniffi::Record)]
pub struct GeoPosition {
    pub latitude: f64,
    pub longitude: f64,
    pub altitude: f64,
    pub accuracy: f64,
}

#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct RepeatView {
    /// For `add_repeat`.
    pub path: String,
    pub title: String,
    pub instances: Vec<RepeatRow>,
    pub can_add: bool,
    pub can_remove: bool,
}

#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct RepeatRow {
    /// For `remove_repeat`.
    pub path: String,
    /// The instance's first text answer, or its number.
    pub title: String,
    /// For `go_to`.
    pub first_page: u32,
}

/// What an answer changed on the page. Taken up in one way: [`PageView::apply`].
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct PageUpdate {
    /// The page as it is now; of its questions only those that are new or changed.
    pub page: PageView,
    /// The paths of all its questions, in their order. Those that are not in `page` stay as the shell has them.
    pub order: Vec<String>,
    /// The form's author wants the next page at once, and nothing keeps the person here: call `next`.
    pub goes_on: bool,
}

impl PageView {
    /// How a shell takes up an update: what it then has is what `page()` gives.
    pub fn apply(&mut self, update: PageUpdate) {
        let PageUpdate { page, order, .. } = update;
        let questions = self.questions.drain(..).chain(page.questions);
        let mut by_path: HashMap<_, _> = questions.map(|q| (q.path.clone(), q)).collect();
        let questions = order.iter().filter_map(|path| by_path.remove(path)).collect();
        *self = Self { questions, ..page };
    }
}

#[derive(Debug, Clone, PartialEq, uniffi::Enum)]
pub enum PageMove {
    Moved {
        page: PageView,
    },
    /// Problems on this page; `update` puts each on its question as well.
    Blocked {
        update: PageUpdate,
        problems: Vec<PlacedProblem>,
    },
    /// This was the last page: offer to finish.
    AtEnd,
}

#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct PlacedProblem {
    pub path: String,
    pub label: String,
    /// For `go_to`.
    pub page: u32,
    pub problem: ProblemView,
}

/// A line of the form's table of contents.
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct OutlineRow {
    pub index: u32,
    pub title: String,
    pub depth: u8,
    pub has_problem: bool,
    pub is_current: bool,
}

/// What to look at before a form is finished.
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct ReviewView {
    /// What is missing or not accepted: the form can't be finished.
    pub problems: Vec<PlacedProblem>,
    /// What finishing will write, a sentence each; empty while there are problems.
    pub changes: Vec<String>,
    /// What was answered, by page.
    pub sections: Vec<ReviewSection>,
}

#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct ReviewSection {
    pub title: String,
    /// For `go_to`.
    pub page: u32,
    pub rows: Vec<ReviewRow>,
}

#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct ReviewRow {
    /// Of the question.
    pub path: String,
    pub label: String,
    /// The answer as text for people.
    pub value: String,
}

/// What became of a form.
#[derive(Debug, Clone, PartialEq, uniffi::Enum)]
pub enum FinishOutcome {
    Finished {
        visit: FinishedView,
    },
    /// Something is missing or wrong; go to the first one.
    Incomplete {
        problems: Vec<PlacedProblem>,
    },
}

#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct FinishedView {
    pub submission_id: String,
    /// The household that the form is about, or that its record lies in.
    pub household_id: Option<String>,
    /// The case that the form opened, is about, or that its record lies in.
    pub case_id: Option<String>,
    pub title: String,
    /// What follows: deadlines with their legal ground, suggestions. Marked as suggestions.
    pub advice: Vec<AdviceRow>,
}

/// Something to know after a form was finished.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct AdviceRow {
    /// What it is about, such as `cp_emergency` or `poverty`; stable.
    pub code: String,
    /// Finished text.
    pub text: String,
    /// The articles that it comes from, for `Law::articles`; empty: none.
    pub ground: String,
}

/// A form that can be filled now.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct FormRow {
    pub id: String,
    pub version: String,
    pub title: String,
    /// The kind of record that it is about; `None`: nothing that is there (a report about a child).
    pub about: Option<String>,
    /// It may be started on its own, and makes a record that was not there.
    pub stands_alone: bool,
    /// All of it is for the members of a case only.
    pub restricted: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct DraftRow {
    pub draft_id: String,
    pub form_title: String,
    /// What the record is called that it is about, if it is about one.
    pub about: Option<String>,
    pub started: String,
    /// The form's newest version, if the draft is of an older one: `carry_over` brings it there.
    pub newer_version: Option<String>,
}

/// An answer that a newer version of the form has no place for. It is shown so that it can be put elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct SetAsideRow {
    /// Of the question in the older version.
    pub path: String,
    pub label: String,
    /// The answer as text for people.
    pub value: String,
    /// Why, such as `xforms.not-carried.node-gone`; stable.
    pub code: String,
    /// Why, as a finished text.
    pub text: String,
}
