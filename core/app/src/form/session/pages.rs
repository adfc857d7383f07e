//! The engine's pages as the shell's.

use super::{progress::Progress, values};
use crate::form::{
    styled::styled,
    view::{ChoiceView, PageView, ProblemView, QuestionKind, QuestionView, RepeatRow, RepeatView},
};
use rulebook::Lang;
use std::collections::{HashMap, HashSet};
use xforms::{Look, PageIndex, PageKind, ProblemKind, RichText};

/// Numbers for pages: one is given at first sight and stays with its page for the session.
#[derive(Default)]
pub struct PageNumbers {
    pages: Vec<PageIndex>,
    of: HashMap<PageIndex, u32>,
}

impl PageNumbers {
    pub fn number(&mut self, index: &PageIndex) -> u32 {
        if let Some(number) = self.of.get(index) {
            return *number;
        }
        let number = u32::try_from(self.pages.len()).unwrap_or(u32::MAX);
        self.pages.push(index.clone());
        self.of.insert(index.clone(), number);
        number
    }

    pub fn index(&self, number: u32) -> Option<&PageIndex> {
        self.pages.get(number as usize)
    }
}

/// A page with its number as the shell draws it, with those of its questions that are `wanted`.
fn page(
    page: &xforms::PageView,
    form_title: &str,
    numbers: &mut PageNumbers,
    progress: &mut Progress,
    lang: Lang,
    wanted: impl Fn(&str) -> bool,
) -> PageView {
    // The engine counts the page after the last, which no shell sees.
    let pages = page.count.saturating_sub(1).max(1);
    let questions = page.questions.iter().filter(|question| wanted(&question.path));
    let index = numbers.number(&page.index);
    PageView {
        index,
        form_title: form_title.to_owned(),
        title: title(page),
        breadcrumb: page.breadcrumb.clone(),
        questions: questions.map(|q| question(q, lang)).collect(),
        repeats: page.repeats.iter().map(|r| repeat(r, numbers)).collect(),
        is_first: page.is_first,
        is_last: page.kind == PageKind::End || page.number + 1 >= pages,
        progress: progress.at(index, page.number, pages),
    }
}

/// A page of one question has no title of its own: what it is in, or else the question.
fn title(page: &xforms::PageView) -> String {
    let question = || page.questions.first().map(|question| question.label.to_string());
    page.title.as_ref().or(page.breadcrumb.last()).cloned().or_else(question).unwrap_or_default()
}

fn repeat(repeat: &xforms::RepeatView, numbers: &mut PageNumbers) -> RepeatView {
    let rows = repeat.instances.iter().map(|instance| RepeatRow {
        // An instance without an open page is reached through the list itself.
        first_page: instance.first_page.as_ref().map_or(u32::MAX, |index| numbers.number(index)),
        title: if instance.title.is_empty() { instance.number.to_string() } else { instance.title.clone() },
        path: instance.path.clone(),
    });
    RepeatView {
        instances: rows.collect(),
        path: repeat.path.clone(),
        title: repeat.label.clone(),
        can_add: repeat.can_add,
        can_remove: repeat.can_remove,
    }
}

pub fn question(question: &xforms::QuestionView, lang: Lang) -> QuestionView {
    let (kind, unsupported) = kind(question);
    let choices = choices(question, lang);
    let appearance = match unsupported {
        Some(name) => format!("{name} {}", question.appearance).trim_end().to_owned(),
        None => question.appearance.to_string(),
    };
    let words = |text: &Option<RichText>| text.as_ref().map(ToString::to_string).unwrap_or_default();
    let styles = |text: &Option<RichText>| text.as_ref().map(styled).unwrap_or_default();
    QuestionView {
        path: question.path.clone(),
        label: question.label.to_string(),
        styled: styled(&question.label),
        groups: question.groups.clone(),
        hint: words(&question.hint),
        styled_hint: styles(&question.hint),
        guidance: words(&question.guidance),
        styled_guidance: styles(&question.guidance),
        image: question.media.image.as_ref().map(ToString::to_string),
        value: values::from_answer(&question.value, &question.kind),
        shown: values::shown(&question.value, &choices, lang),
        required: question.required,
        readonly: question.readonly || unsupported.is_some(),
        problem: question.problem.as_ref().map(|p| problem(p, lang)),
        kind,
        choices,
        appearance,
    }
}

/// The kind to draw and, for one that this version only shows, its name.
fn kind(question: &xforms::QuestionView) -> (QuestionKind, Option<&'static str>) {
    use xforms::QuestionKind as K;
    let looks = |looks: &[Look]| looks.iter().any(|look| question.appearance.has(*look));
    let drawn = match &question.kind {
        K::Note => QuestionKind::Note,
        K::Text if looks(&[Look::Masked]) => QuestionKind::Secret,
        K::Text if looks(&[Look::Multiline]) => QuestionKind::LongText,
        K::Text => QuestionKind::Text,
        K::Secret => QuestionKind::Secret,
        K::Integer => QuestionKind::Integer,
        K::Decimal => QuestionKind::Decimal,
        K::Date => QuestionKind::Date,
        K::Time => QuestionKind::Time,
        K::DateTime => QuestionKind::DateTime,
        K::SelectOne | K::Boolean => QuestionKind::SelectOne,
        K::SelectMultiple => QuestionKind::SelectMultiple,
        K::Rank => QuestionKind::Rank,
        K::Range { start, end, step, .. } => QuestionKind::Range { from: *start, to: *end, step: *step },
        K::Geopoint => QuestionKind::Location,
        K::Geotrace => QuestionKind::Trace { closed: false },
        K::Geoshape => QuestionKind::Trace { closed: true },
        K::Image if looks(&[Look::Signature, Look::Draw]) => QuestionKind::Drawing,
        K::Image => QuestionKind::Photo,
        K::Barcode => QuestionKind::Barcode,
        K::Trigger => QuestionKind::Acknowledge,
        K::Audio => return (QuestionKind::Unsupported, Some("audio")),
        K::Video => return (QuestionKind::Unsupported, Some("video")),
        K::File => return (QuestionKind::Unsupported, Some("file")),
    };
    (drawn, None)
}

fn choices(question: &xforms::QuestionView, lang: Lang) -> Vec<ChoiceView> {
    let chosen: Vec<&str> = match &question.value {
        xforms::Answer::Choice(value) => vec![value],
        xforms::Answer::Choices(values) => values.iter().map(String::as_str).collect(),
        xforms::Answer::Boolean(value) => vec![if *value { "true" } else { "false" }],
        _ => Vec::new(),
    };
    let choice = |value: &str, label: &str| ChoiceView {
        chosen: chosen.contains(&value),
        value: value.to_owned(),
        label: label.to_owned(),
        styled: Vec::new(),
        image: None,
    };
    if question.kind == xforms::QuestionKind::Boolean {
        return vec![choice("true", lang.pick("Có", "Yes")), choice("false", lang.pick("Không", "No"))];
    }
    let listed = question.choices.iter().map(|c| ChoiceView {
        styled: styled(&c.label),
        image: c.media.image.as_ref().map(ToString::to_string),
        ..choice(&c.value, &c.label)
    });
    listed.collect()
}

/// The form's own message, or ours.
pub fn problem(problem: &xforms::Problem, lang: Lang) -> ProblemView {
    let ours = match problem.kind {
        ProblemKind::Required => lang.pick("Cần trả lời câu này.", "This needs an answer."),
        ProblemKind::Constraint => lang.pick(
            "Câu trả lời này chưa hợp lệ, hãy xem lại.",
            "This answer is not accepted as it stands; look at it again.",
        ),
    };
    ProblemView {
        code: problem.kind.code().to_owned(),
        text: problem.message.clone().unwrap_or_else(|| ours.to_owned()),
    }
}

/// The page as the shell has it.
pub struct OnPage(pub xforms::PageView);

impl OnPage {
    pub fn kind(&self, path: &str) -> Option<&xforms::QuestionKind> {
        self.question(path).map(|question| &question.kind)
    }

    fn question(&self, path: &str) -> Option<&xforms::QuestionView> {
        self.0.question(path)
    }

    /// Takes up the engine's changes; gives the paths of the questions that are new or changed. `None` if the page has
    /// to be drawn anew.
    pub fn take_up(&mut self, changes: &[xforms::PageChange]) -> Option<HashSet<String>> {
        use xforms::PageChange as Change;
        if !self.0.apply(changes) {
            return None;
        }
        let changed = changes.iter().filter_map(|change| match change {
            Change::Updated(question) | Change::Appeared { question, .. } => Some(question.path.clone()),
            Change::Choices { path, .. } => Some(path.clone()),
            _ => None,
        });
        Some(changed.collect())
    }

    pub fn whole(
        &self,
        form_title: &str,
        numbers: &mut PageNumbers,
        progress: &mut Progress,
        lang: Lang,
    ) -> PageView {
        page(&self.0, form_title, numbers, progress, lang, |_| true)
    }

    /// The page with those questions only that are `changed`.
    pub fn part(
        &self,
        changed: &HashSet<String>,
        form_title: &str,
        numbers: &mut PageNumbers,
        progress: &mut Progress,
        lang: Lang,
    ) -> PageView {
        page(&self.0, form_title, numbers, progress, lang, |path| changed.contains(path))
    }

    pub fn order(&self) -> Vec<String> {
        self.0.questions.iter().map(|question| question.path.clone()).collect()
    }

    /// Whether the person expects the next page, now that the question has this answer.
    pub fn goes_on(&self, path: &str, answer: &xforms::Answer) -> bool {
        matches!(answer, xforms::Answer::Choice(_))
            && self.question(path).is_some_and(|question| {
                question.kind == xforms::QuestionKind::SelectOne
                    && question.appearance.has(Look::Quick)
                    && question.value == *answer
                    && question.problem.is_none()
            })
    }
}
