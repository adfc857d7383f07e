//! A proposal before it is agreed to: what changes in words, its kinds and forms, or all that is wrong with it.

use super::People;
use crate::{
    Hub,
    console::{layout, visitor::Visitor},
    forms::CheckedForm,
    office::packs::{Checked, DryRun, Preview},
    packs::{PackError, workbook::sheet_of},
};
use maud::{Markup, html};
use rulebook::{Field, Kind, Lang, Problem, Rulebook, Shown, date};

/// Sentences that a page shows.
const MOST: usize = 2_000;

pub fn page(preview: &Preview, people: &People, hub: &Hub, visitor: &Visitor) -> Markup {
    let (lang, proposal) = (visitor.lang, &preview.proposal);
    html! {
        p.place {
            (proposal.id) " " (proposal.version) " · " (lang.pick("đề nghị bởi ", "proposed by "))
            (people.name(proposal.proposed_by, lang)) " · " (layout::time(Some(proposal.proposed_at)))
        }
        @match &preview.checked {
            Ok((checked, dry_run)) => {
                (touched(dry_run, lang))
                (doubts(&checked.warnings, lang))
                (changes(checked, lang))
                (kinds(&checked.rulebook, &hub.rulebook(), lang))
                (forms(proposal.number, &checked.forms, lang))
            }
            Err(error) => (refused(error, lang)),
        }
        (deciding(preview, visitor))
    }
}

/// Who proposed it may only take it back.
fn deciding(preview: &Preview, visitor: &Visitor) -> Markup {
    let (lang, number) = (visitor.lang, preview.proposal.number);
    let is_own = preview.proposal.proposed_by == Some(visitor.user.id);
    html! {
        @match &preview.checked {
            Ok((checked, _)) if !is_own => form.narrow method="post" action={ "/packs/" (number) "/approve" } {
                label for="first_day" { (lang.pick("Áp dụng từ ngày", "In force from")) }
                input #first_day type="date" name="first_day" value=(checked.first_day);
                button { (lang.pick("Đồng ý và công bố", "Agree and publish")) }
            },
            Ok((checked, _)) => p.notice { (match lang {
                Lang::Vi => format!(
                    "Áp dụng từ {}, khi một quản trị viên khác hoặc người vận hành máy chủ đồng ý.",
                    date(checked.first_day)
                ),
                Lang::En => format!(
                    "In force from {}, once another administrator or who runs the hub agrees.",
                    date(checked.first_day)
                ),
            }) },
            Err(_) => {},
        }
        form method="post" action={ "/packs/" (number) "/refuse" } {
            button.quiet { @if is_own { (lang.pick("Rút lại", "Take it back")) } @else { (lang.pick("Không đồng ý", "Refuse")) } }
        }
    }
}

/// Why nothing was kept or published: all of it at once.
pub fn refused(error: &PackError, lang: Lang) -> Markup {
    let (code, _, vi, en) = error.row();
    html! {
        div.notice.bad role="alert" {
            p { (lang.pick(vi, en)) " " small { (code) } }
            @if let PackError::Needs(needs) = error { p { (needs.join(", ")) } }
        }
        @if !error.problems().is_empty() { (problems(error.problems(), lang)) }
    }
}

/// Numbers of this office, before anybody agrees.
fn touched(dry_run: &DryRun, lang: Lang) -> Markup {
    let told = dry_run.told();
    let content = html! { ul { @for line in &told { li { (line.get(lang)) } } } };
    layout::section(
        lang.pick("Ảnh hưởng tại cơ quan này", "What it touches at this office"),
        told.len(),
        &content,
    )
}

fn doubts(warnings: &[Problem], lang: Lang) -> Markup {
    let title = lang.pick("Nên xem lại", "Worth a look");
    layout::section(title, warnings.len(), &problems(warnings, lang))
}

fn problems(problems: &[Problem], lang: Lang) -> Markup {
    html! { table {
        thead { tr {
            th scope="col" { (lang.pick("Trang", "Sheet")) }
            th scope="col" { (lang.pick("Dòng", "Row")) }
            th scope="col" { (lang.pick("Cột", "Column")) }
            th scope="col" { (lang.pick("Điều cần sửa", "What to mend")) }
        } }
        tbody { @for problem in problems { tr {
            td data-label=(lang.pick("Trang", "Sheet")) { (sheet_of(&problem.file)) }
            td data-label=(lang.pick("Dòng", "Row")) { @if let Some(row) = problem.row { (row) } }
            td data-label=(lang.pick("Cột", "Column")) { @if let Some(column) = &problem.column { (column) } }
            td { (lang.pick(&problem.vi, &problem.en)) " " small { (problem.code) } }
        } } }
    } }
}

fn changes(checked: &Checked, lang: Lang) -> Markup {
    let title = lang.pick("Thay đổi", "What changes");
    let count = checked.changes.len();
    let content = html! {
        ul { @for change in checked.changes.iter().take(MOST) { li { (change.text.get(lang)) } } }
        @if count > MOST { p.notice { (lang.pick("Còn nữa: ", "And more: ")) (count - MOST) ". " code { "vanggia-hub pack diff" } } }
    };
    layout::section(title, count, &content)
}

/// Kinds that are new, and fields that are.
fn kinds(new: &Rulebook, now: &Rulebook, lang: Lang) -> Markup {
    let is_new =
        |kind: &Kind, field: &Field| field.shown != Shown::No && now.field(&kind.name, &field.name).is_none();
    let fields = |kind: &'_ Kind| -> Vec<Field> {
        kind.fields.iter().filter(|field| is_new(kind, field)).cloned().collect()
    };
    let found: Vec<(&Kind, Vec<Field>)> = new
        .kinds()
        .iter()
        .map(|kind| (kind, fields(kind)))
        .filter(|(_, fields)| !fields.is_empty())
        .collect();
    let content = html! { @for (kind, fields) in &found { article {
        h3 {
            (kind.label.get(lang)) " " small { (kind.name) }
            @if now.kind(&kind.name).is_none() { " " span.mark { (lang.pick("mới", "new")) } }
        }
        ul { @for field in fields { li { (field.label.get(lang)) " " small { (field.name) " · " (field.kind.as_str()) } } } }
    } } };
    layout::section(lang.pick("Loại bản ghi và trường mới", "New kinds and fields"), found.len(), &content)
}

fn forms(number: u64, forms: &[CheckedForm], lang: Lang) -> Markup {
    let content = html! { ul { @for form in forms {
        @let questions = form.definition.nodes().filter(|node| node.is_question).count();
        li {
            (form.title) " " small { (form.id) " " (form.version) } " · "
            (questions) " " (lang.pick("câu hỏi", "questions")) " · "
            a href={ "/packs/" (number) "/forms/" (form.id) } { (lang.pick("Làm thử", "Try it")) }
        }
    } } };
    layout::section(lang.pick("Biểu mẫu", "Forms"), forms.len(), &content)
}
