//! Where in the form each entity is declared.
//!
//! A declaration stands in the `meta` of a container, one in each: as deep as what refers to it, and what it refers to,
//! allow.

use super::{Container, Entities, Path, Reference, SAVE_TO_COLUMN, Subject, problem};
use crate::{
    Problem,
    element::{Action, Element, Event, Kind},
    problem::Report,
    survey::types,
};
use std::collections::HashMap;

/// ODK Entities 2024.1.0: one declaration, at the root.
const AT_ROOT: &str = "2024.1.0";
/// 2025.1.0: several, and in groups and repeats.
const ANYWHERE: &str = "2025.1.0";
/// The part of the path down to its innermost repeat: within that, each entity is one for each instance.
fn scope(path: &[Container]) -> &[Container] {
    let repeats = path.iter().rposition(|container| container.is_repeat()).map_or(0, |last| last + 1);
    &path[..repeats]
}

/// How many repeats are around, and how many groups within the innermost.
fn depth(path: &[Container]) -> (usize, usize) {
    let repeats = path.iter().filter(|container| container.is_repeat()).count();
    (repeats, path.len() - scope(path).len())
}

fn shown(path: &[Container]) -> String {
    let names = path.iter().map(|container| container.name.as_str());
    std::iter::once("survey").chain(names).collect::<Vec<_>>().join("/")
}

/// Where a declaration may go: as deep as `wanted`, not above `scope`.
struct Request {
    declaration: usize,
    wanted: Path,
    scope: Path,
    /// Paths of its properties.
    properties: Vec<Path>,
}

impl Entities {
    /// Puts each declaration into the `meta` of its container under `root`; returns the version of ODK Entities that
    /// this takes, `None` without entities.
    pub fn place(mut self, root: &mut Element, report: &mut Report) -> Option<&'static str> {
        if self.is_empty() {
            return None;
        }
        let several = self.declarations.len() > 1;
        let places = self.places(report);
        let repeated = places.keys().any(|path| depth(path).0 > 0);
        let declared = self.declarations.drain(..).map(|declaration| (declaration.row, declaration.element));
        let mut elements: HashMap<usize, (usize, Element)> = declared.enumerate().collect();
        for (path, declaration) in places {
            let Some((row, mut entity)) = elements.remove(&declaration) else { continue };
            let Some(container) = find(root, &path) else {
                let message = format!("{} can't hold an entity", shown(&path));
                report.push(problem("xlsform.entity-place", row, message).hint("is it a loop? use a repeat"));
                continue;
            };
            if depth(&path).0 > 0 {
                made_for_each(&mut entity);
            }
            container.children.push(Element::meta(vec![entity]));
        }
        Some(if several || repeated { ANYWHERE } else { AT_ROOT })
    }

    fn places(&self, report: &mut Report) -> HashMap<Path, usize> {
        let mut scopes: Vec<(Path, Vec<Request>)> = Vec::new();
        let mut order: Vec<usize> = (0..self.declarations.len()).collect();
        order.sort_by_key(|index| self.declarations[*index].met.unwrap_or(usize::MAX));
        for index in order {
            let Some(request) = self.request(index, report) else { continue };
            match scopes.iter_mut().find(|(scope, _)| *scope == request.scope) {
                Some((_, requests)) => requests.push(request),
                None => scopes.push((request.scope.clone(), vec![request])),
            }
        }
        // A lone entity of the survey stays at the root, as all clients know it.
        if let [(scope, requests)] = scopes.as_slice()
            && let [request] = requests.as_slice()
            && scope.is_empty()
        {
            return HashMap::from([(Path::new(), request.declaration)]);
        }
        let mut taken: HashMap<Path, usize> = HashMap::new();
        let mut places = HashMap::new();
        for (scope, mut requests) in scopes {
            requests.sort_by_key(|request| self.declarations[request.declaration].row);
            for request in requests {
                match allocate(&request, &mut taken) {
                    Ok(path) => {
                        places.insert(path, request.declaration);
                    }
                    Err(other) => report.push(self.no_place(&request, other, &scope)),
                }
            }
        }
        places
    }

    /// Where a declaration wants to be, by what refers to it and what it refers to.
    fn request(&self, index: usize, report: &mut Report) -> Option<Request> {
        let declaration = &self.declarations[index];
        let references = &declaration.references;
        let survey = Path::new();
        // The first of the deepest ones.
        let deepest = references.iter().rev().max_by_key(|reference| depth(&reference.path).0);
        let scope_path = deepest.map_or(survey.as_slice(), |deepest| scope(&deepest.path));
        let is_property = |reference: &&Reference| matches!(reference.subject, Subject::Property(_));
        let mut properties: Vec<Path> = Vec::new();
        for reference in references.iter().filter(is_property) {
            if !properties.contains(&reference.path) {
                properties.push(reference.path.clone());
            }
        }
        let wanted: &[Container] = match properties.as_slice() {
            [] => {
                let in_scope = references.iter().filter(|reference| scope(&reference.path) == scope_path);
                let deepest = in_scope.rev().max_by_key(|reference| depth(&reference.path).1);
                deepest.map_or(scope_path, |reference| &reference.path)
            }
            [only] => only,
            [first, ..] => {
                let shared = shared_length(&properties);
                let deepest = properties.iter().rev().max_by_key(|path| depth(path).0).unwrap_or(first);
                let scope_of_properties = scope(deepest);
                let shared = &first[..shared];
                if depth(shared) > depth(scope_of_properties) { shared } else { scope_of_properties }
            }
        };
        let wanted = wanted.to_vec();
        let wanted_scope = scope(&wanted).to_vec();
        let scattered = properties.iter().any(|path| scope(path) != wanted_scope.as_slice());
        let mut fits = true;
        for reference in references {
            let own = scope(&reference.path);
            let outside = !scope_path.starts_with(own);
            let problem = match &reference.subject {
                Subject::Property(property) if outside || scattered => {
                    let others = if outside { scope_path } else { &wanted_scope };
                    let message = match own == others {
                        true => format!("`{property}` is saved in {}, others are not", shown(own)),
                        false => {
                            format!("`{property}` is saved in {}, others in {}", shown(own), shown(others))
                        }
                    };
                    Problem::error("xlsform.entity-scope", format!("`{}`: {message}", declaration.list))
                        .sheet("survey")
                        .row(reference.row)
                        .column(SAVE_TO_COLUMN)
                        .hint("copy the answer to the other place with a `calculate`, and save that")
                }
                Subject::Question(question) if outside => {
                    let message = format!(
                        "`{}` refers to `{question}` in {}, which is not one with {}",
                        declaration.list,
                        shown(own),
                        shown(scope_path)
                    );
                    problem("xlsform.entity-scope", declaration.row, message)
                        .hint("copy the answer to the other place with a `calculate`, and refer to that")
                }
                _ => continue,
            };
            report.push(problem);
            fits = false;
        }
        fits.then(|| Request { declaration: index, wanted, scope: scope_path.to_vec(), properties })
    }

    fn no_place(&self, request: &Request, other: usize, scope: &[Container]) -> Problem {
        let message = format!(
            "`{}` finds no place in {}: the entity of row {} has it, and each group, repeat and the survey hold one",
            self.declarations[request.declaration].list,
            shown(scope),
            self.declarations[other].row
        );
        problem("xlsform.entity-place", self.declarations[request.declaration].row, message)
            .hint("give each entity's questions a group of their own")
    }
}

/// How many containers all the paths begin with.
fn shared_length(paths: &[Path]) -> usize {
    let Some((first, others)) = paths.split_first() else { return 0 };
    let shared = |other: &Path| first.iter().zip(other).take_while(|(a, b)| a == b).count();
    others.iter().map(shared).min().unwrap_or(first.len())
}

/// The deepest free container, or whose it is. Containers between it and the properties are taken too: a property
/// belongs to the nearest entity above it.
fn allocate(request: &Request, taken: &mut HashMap<Path, usize>) -> Result<Path, usize> {
    let mut holder = None;
    // A label may sum up a repeat deeper than the properties.
    let highest = request.scope.len().min(request.wanted.len());
    for length in (highest..=request.wanted.len()).rev() {
        let path = &request.wanted[..length];
        let Some(other) = taken.get(path) else {
            for property in &request.properties {
                for end in length..=property.len() {
                    taken.insert(property[..end].to_vec(), request.declaration);
                }
            }
            taken.insert(path.to_vec(), request.declaration);
            return Ok(path.to_vec());
        };
        holder = Some(*other);
        let of_property = request.properties.first().and_then(|property| taken.get(property));
        if let Some(other) = of_property {
            return Err(*other);
        }
    }
    Err(holder.unwrap_or(request.declaration))
}

fn find<'a>(root: &'a mut Element, path: &[Container]) -> Option<&'a mut Element> {
    let Some((first, rest)) = path.split_first() else { return Some(root) };
    let kind = match first.kind {
        types::Container::Group => Kind::Group,
        types::Container::Repeat => Kind::Repeat,
        // Its questions are many: none is the one that an entity means.
        types::Container::Loop => return None,
    };
    let child = root.children.iter_mut().find(|child| child.kind == kind && child.name == first.name)?;
    find(child, rest)
}

/// In a repeat, each new instance gets an id of its own.
fn made_for_each(entity: &mut Element) {
    for attribute in entity.children.iter_mut().filter(|attribute| attribute.name == "id") {
        if let [made] = attribute.actions.as_slice() {
            let again = Action { event: Event::NewRepeat, ..made.clone() };
            attribute.actions.push(again);
        }
    }
}
