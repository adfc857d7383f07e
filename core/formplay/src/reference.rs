//! Paths as a person writes them: with or without positions, or only the end of one.

use crate::error::PlayError;
use xforms::{Definition, Session};

/// A step with its position, if one is written.
struct Step<'a> {
    name: &'a str,
    position: Option<usize>,
}

/// The path of the one node instance that `written` fits.
pub(crate) fn node(session: &Session, written: &str) -> Result<String, PlayError> {
    let (steps, whole) = steps(written).ok_or_else(|| PlayError::UnknownPath(written.to_owned()))?;
    let fitting = session.paths().into_iter().filter(|path| fits(path, &steps, whole));
    one(written, fitting.collect())
}

/// The path of the repeat that `written` names, its instances' position left out: `/data/house[2]/member`.
/// It need not have any instance.
pub(crate) fn repeat(session: &Session, written: &str) -> Result<String, PlayError> {
    let unknown = || PlayError::UnknownPath(written.to_owned());
    let (steps, whole) = steps(written).ok_or_else(unknown)?;
    let repeats = repeats(session.definition());
    let plain: Vec<Step> = steps.iter().map(|s| Step { name: s.name, position: None }).collect();
    let repeat = one(written, repeats.into_iter().filter(|path| fits(path, &plain, whole)).collect())?;
    let (outer, name) = repeat.rsplit_once('/').ok_or_else(unknown)?;
    let outer_names: Vec<Step> = outer.split('/').skip(1).map(|name| Step { name, position: None }).collect();
    let around = &steps[..steps.len() - 1];
    let parents = session
        .paths()
        .into_iter()
        .filter(|path| fits(path, &outer_names, true) && (around.is_empty() || fits(path, around, whole)));
    Ok(format!("{}/{name}", one(written, parents.collect())?))
}

fn repeats(definition: &Definition) -> Vec<String> {
    definition.nodes().filter(|node| node.is_repeat).map(|node| node.path).collect()
}

fn one(written: &str, mut found: Vec<String>) -> Result<String, PlayError> {
    match found.len() {
        0 => Err(PlayError::UnknownPath(written.to_owned())),
        1 => Ok(found.remove(0)),
        _ => {
            found.truncate(5);
            Err(PlayError::Ambiguous { path: written.to_owned(), candidates: found })
        }
    }
}

/// The steps, and whether they start at the root. `${name}` is `name`.
fn steps(written: &str) -> Option<(Vec<Step<'_>>, bool)> {
    let written = written.trim();
    let bare = written.strip_prefix("${").and_then(|w| w.strip_suffix('}')).unwrap_or(written);
    let whole = bare.starts_with('/');
    let steps = bare.trim_matches('/').split('/').map(|step| match step.split_once('[') {
        None => Some(Step { name: step, position: None }),
        Some((name, rest)) => {
            let position = rest.strip_suffix(']')?.trim().parse().ok()?;
            Some(Step { name, position: Some(position) })
        }
    });
    let steps: Vec<Step> = steps.collect::<Option<_>>()?;
    steps.iter().all(|s| !s.name.is_empty()).then_some((steps, whole))
}

/// Whether the end of an instance path (all of it if `whole`) is what the steps say.
fn fits(path: &str, steps: &[Step], whole: bool) -> bool {
    let mut parts = path.split('/').skip(1).collect::<Vec<_>>().into_iter().rev();
    for step in steps.iter().rev() {
        let Some(part) = parts.next() else { return false };
        let (name, position) = match part.split_once('[') {
            None => (part, 1),
            Some((name, rest)) => (name, rest.trim_end_matches(']').parse().unwrap_or(1)),
        };
        // `meta/instanceID` means `orx:meta/orx:instanceID` as well.
        let same = name == step.name || name.split_once(':').is_some_and(|(_, local)| local == step.name);
        if !same || step.position.is_some_and(|wanted| wanted != position) {
            return false;
        }
    }
    !whole || parts.next().is_none()
}
