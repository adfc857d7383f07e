//! References to paths: relative inside of a repeat, absolute elsewhere.

use crate::{
    Problem,
    element::Kind,
    form::{Form, Id},
    lexer::{instance_paths, reference_length},
    references,
    xml::escape,
};
use std::{collections::HashMap, ops::Range};

/// What one text may become.
const MAX_TEXT: usize = 16 * 1024 * 1024;

/// How a reference is written out.
#[derive(Clone, Copy, Default)]
pub(crate) struct Style {
    /// `current()/..`: the expression is a predicate, and a dot would be its item.
    pub current: bool,
    /// From the parent of the repeat that both are in: the reference is a list to choose from.
    pub from_parent: bool,
}

/// Replaces `${name}` in an expression. `context`: where the expression stands; `None`: paths are absolute.
pub(crate) fn expression(
    form: &Form,
    text: &str,
    context: Option<Id>,
    style: Style,
) -> Result<String, Problem> {
    if !text.contains("${") {
        return Ok(text.to_owned());
    }
    let surroundings = Surroundings::of(text);
    replace(text, |range, out| {
        out.push_str(&path(form, text, range, &surroundings, context, style)?);
        Ok(())
    })
}

/// A label: `${name}` and `instance(…)` paths become `<output/>`. Gives XML if there are any, else `None`.
pub(crate) fn label(form: &Form, text: &str, context: Option<Id>) -> Result<Option<String>, Problem> {
    if text == "-" || !(text.contains("${") || text.contains("instance(")) {
        return Ok(None);
    }
    let escaped = escape(text, false);
    let mut with_instances = String::with_capacity(escaped.len() * 2);
    let mut done = 0;
    for (start, end) in instance_paths(&escaped) {
        with_instances.push_str(&escaped[done..start]);
        let path = expression(form, &escaped[start..end], context, Style::default())?;
        with_instances.push_str("<output value=\"");
        // `<` is escaped already, a quotation mark is not. pyxform escapes both again: no client can read that.
        with_instances.push_str(&path.replace('"', "&quot;"));
        with_instances.push_str("\"/>");
        done = end;
    }
    with_instances.push_str(&escaped[done..]);
    let surroundings = Surroundings::of(&with_instances);
    let xml = replace(&with_instances, |range, out| {
        let path = path(form, &with_instances, range, &surroundings, context, Style::default())?;
        out.push_str("<output value=\"");
        out.push_str(&path);
        out.push_str("\"/>");
        Ok(())
    })?;
    Ok((xml != escaped).then(|| spaced(xml)))
}

/// Text beside outputs has a space at both ends, as other tools write it; clients show them as one label anyway.
fn spaced(xml: String) -> String {
    let mut rest = xml.as_str();
    // Outputs alone are left as they are.
    while let Some(after) = rest.strip_prefix("<output ").and_then(|rest| rest.split_once("/>")) {
        rest = after.1;
    }
    if rest.is_empty() {
        return xml;
    }
    let before = if xml.starts_with("<output ") { "" } else { " " };
    format!("{before}{xml} ")
}

/// Calls `write` for each well-formed reference, and copies what is between.
fn replace(
    text: &str,
    mut write: impl FnMut(Range<usize>, &mut String) -> Result<(), Problem>,
) -> Result<String, Problem> {
    let mut out = String::with_capacity(text.len() + 64);
    let mut done = 0;
    for (at, _) in text.match_indices("${") {
        let length = reference_length(&text[at..]);
        if length == 0 || at < done {
            continue;
        }
        out.push_str(&text[done..at]);
        write(at..at + length, &mut out)?;
        done = at + length;
        if out.len() > MAX_TEXT {
            return Err(Problem::error("xlsform.too-large", "a text refers to too many questions"));
        }
    }
    out.push_str(&text[done..]);
    Ok(out)
}

/// What a reference's path depends on besides its place: predicates of instances, calls of `indexed-repeat`.
struct Surroundings<'a> {
    /// In order, one after the other.
    predicates: Vec<Range<usize>>,
    /// `None`: the function is not in the text at all.
    indexed_repeats: Option<Vec<IndexedRepeat<'a>>>,
}

/// A call, and the last argument that each name stands in.
struct IndexedRepeat<'a> {
    range: Range<usize>,
    arguments: HashMap<&'a str, usize>,
}

impl<'a> IndexedRepeat<'a> {
    fn of(text: &'a str, range: Range<usize>) -> Self {
        let mut arguments = HashMap::new();
        let inner = text[range.clone()].split_once('(').map_or("", |(_, rest)| rest);
        for (place, argument) in inner.split(',').enumerate() {
            for (at, _) in argument.match_indices("${") {
                let length = reference_length(&argument[at..]);
                if length > 0 {
                    arguments.insert(&argument[at + 2..at + length - 1], place);
                }
            }
        }
        Self { range, arguments }
    }
}

impl<'a> Surroundings<'a> {
    fn of(text: &'a str) -> Self {
        let predicates = if calls_instance(text) { brackets(text) } else { Vec::new() };
        let call = "indexed-repeat(";
        let indexed_repeats = text.contains(call).then(|| {
            let mut calls = Vec::new();
            let mut from = 0;
            while let Some(at) = text[from..].find(call).map(|at| from + at) {
                let arguments = at + call.len();
                let Some(close) = text[arguments..].find(')') else { break };
                from = arguments + if close == 0 { 0 } else { close + 1 };
                if close > 0 {
                    calls.push(IndexedRepeat::of(text, at..from));
                }
            }
            calls
        });
        Self { predicates, indexed_repeats }
    }

    fn in_predicate(&self, range: &Range<usize>) -> bool {
        let at = self.predicates.partition_point(|predicate| predicate.end < range.end);
        self.predicates.get(at).is_some_and(|predicate| predicate.start <= range.start)
    }

    /// Arguments of `indexed-repeat` that name a node or a repeat are absolute; indexes are not. Of several calls in
    /// a text, every second one is looked at, as other tools do: forms of the field depend on it.
    fn is_relative(&self, range: &Range<usize>, name: &str) -> bool {
        let Some(calls) = &self.indexed_repeats else { return true };
        let at = calls.partition_point(|call| call.range.end < range.end).next_multiple_of(2);
        let Some(call) = calls.get(at) else { return calls.len() % 2 == 1 };
        if range.end < call.range.start || range.start > call.range.end {
            return true;
        }
        call.arguments.get(name).is_some_and(|place| !matches!(place, 0 | 1 | 3 | 5))
    }
}

/// `instance(` with at least something in it.
fn calls_instance(text: &str) -> bool {
    text.match_indices("instance(").any(|(at, call)| {
        let mut rest = text[at + call.len()..].chars();
        rest.next().is_some_and(|c| c != ')') && rest.next().is_some()
    })
}

/// `[…]`, each to its first closing bracket.
fn brackets(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(open) = text[from..].find('[').map(|at| from + at) {
        let Some(close) = text[open + 1..].find(']') else { break };
        from = open + close + 2;
        if close > 0 {
            found.push(open..from);
        }
    }
    found
}

fn path(
    form: &Form,
    text: &str,
    range: Range<usize>,
    surroundings: &Surroundings,
    context: Option<Id>,
    style: Style,
) -> Result<String, Problem> {
    let inner = &text[range.start + 2..range.end - 1];
    let name = inner.strip_prefix("last-saved#");
    let last_saved = name.is_some();
    let name = name.unwrap_or(inner);
    let target = form.by_name(name).map_err(|several| {
        if several { references::ambiguous(name) } else { references::unknown(name, []) }
    })?;
    if let Some(context) = context
        && !last_saved
        && surroundings.is_relative(&range, name)
    {
        let current = style.current || surroundings.in_predicate(&range);
        if let Some((steps, below)) = relative(form, context, target, style.from_parent) {
            let current = if current { "current()/" } else { "" };
            return Ok(format!(" {current}{}{below} ", vec![".."; steps].join("/")));
        }
    }
    let instance = if last_saved { "instance('__last-saved')" } else { "" };
    Ok(format!(" {instance}{} ", form.nodes[target].path))
}

/// Steps up from `source`, and the path down to `target`, if both are in one repeat.
fn relative(form: &Form, source: Id, target: Id, from_parent: bool) -> Option<(usize, String)> {
    let repeat = common(form, source, target, |kind| kind == Kind::Repeat)?;
    if from_parent {
        let source_repeat = form.nodes[source].repeat;
        let target_repeat = form.nodes[target].repeat;
        let outermost = form.nodes[repeat].repeat.is_none();
        if target_repeat == Some(repeat) && (outermost || source_repeat != Some(repeat)) {
            let above = form.nodes[repeat].parent?;
            let steps = form.nodes[source].depth - form.nodes[above].depth;
            return Some((steps, below(form, target, above)));
        }
    }
    let nearest = common(form, source, target, |kind| matches!(kind, Kind::Repeat | Kind::Group))?;
    let steps = form.nodes[source].depth - form.nodes[nearest].depth;
    Some((steps, below(form, target, nearest)))
}

/// The nearest of the elements that both are in, of a kind.
fn common(form: &Form, a: Id, b: Id, wanted: impl Fn(Kind) -> bool) -> Option<Id> {
    let up = |id: Id| form.nodes[id].parent;
    let (mut a, mut b) = (up(a)?, up(b)?);
    while a != b {
        // Parents come before their children: the later one is not above the other.
        if a > b { a = up(a)? } else { b = up(b)? }
    }
    std::iter::once(a).chain(form.ancestors(a)).find(|id| wanted(form.element(*id).kind))
}

/// `/group/question`, from below `above`.
fn below(form: &Form, target: Id, above: Id) -> String {
    form.nodes[target].path.get(form.nodes[above].path.len()..).unwrap_or_default().to_owned()
}
