//! The entities sheet: lists whose members a form creates or updates, and where in the form each is declared.
//!
//! A declaration stands in the `meta` of a container (the survey, a group or a repeat), one in each. Which one follows
//! from where its properties (`save_to`) and the questions that its label and conditions refer to are.

use crate::{
    Problem,
    element::{Action, Element, Event, Kind},
    fields::Fields,
    names,
    problem::Report,
    references,
    survey::types,
    table::{Record, Table},
};
use std::collections::{HashMap, HashSet};

/// ODK Entities 2024.1.0: one declaration, at the root.
const AT_ROOT: &str = "2024.1.0";
/// 2025.1.0: several, and in groups and repeats.
const ANYWHERE: &str = "2025.1.0";
/// The attribute of a bind, and the column that it comes from.
const SAVE_TO: &str = "entities:saveto";
const SAVE_TO_COLUMN: &str = "save_to";

/// A section around a question. The survey itself is an empty [`Path`].
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Container {
    pub name: String,
    pub kind: types::Container,
}

impl Container {
    fn is_repeat(&self) -> bool {
        self.kind == types::Container::Repeat
    }
}

/// From the survey down.
pub(crate) type Path = Vec<Container>;

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

/// A question that says something about an entity.
#[derive(Debug)]
struct Reference {
    path: Path,
    row: usize,
    subject: Subject,
}

#[derive(Debug)]
enum Subject {
    /// The property that its answer is saved to.
    Property(String),
    /// The question's name, which the declaration refers to.
    Question(String),
}

#[derive(Debug)]
struct Declaration {
    list: String,
    row: usize,
    element: Element,
    /// Names of the questions that its expressions refer to.
    variables: HashSet<String>,
    references: Vec<Reference>,
    /// Counts the declarations in the order in which the survey comes to them.
    met: Option<usize>,
}

/// Where a declaration may go: as deep as `wanted`, not above `scope`.
struct Request {
    declaration: usize,
    wanted: Path,
    scope: Path,
    /// Paths of its properties.
    properties: Vec<Path>,
}

#[derive(Debug, Default)]
pub(crate) struct Entities {
    declarations: Vec<Declaration>,
    met: usize,
}

impl Entities {
    pub fn read(table: &Table, report: &mut Report) -> Self {
        let mut entities = Self::default();
        for record in &table.records {
            let Some(declaration) = declaration(record, table, report) else { continue };
            if let Some(first) = entities.declarations.iter().find(|first| first.list == declaration.list) {
                let message = format!("the list `{}` is declared already, in row {}", first.list, first.row);
                report.push(
                    problem("xlsform.entity-twice", record.row, message).column(table.header("dataset")),
                );
                continue;
            }
            entities.declarations.push(declaration);
        }
        entities
    }

    fn is_empty(&self) -> bool {
        self.declarations.is_empty()
    }

    /// Whether an entity list of this name is declared.
    pub fn has(&self, list: &str) -> bool {
        self.declarations.iter().any(|declaration| declaration.list == list)
    }

    /// Takes note of a row of the survey. A list before the property (`list#property`) is taken off its bind.
    pub fn meet(
        &mut self,
        container: &[Container],
        row: usize,
        name: Option<&str>,
        is_section: bool,
        fields: &mut Fields,
        report: &mut Report,
    ) {
        let saved = fields.group("bind").and_then(|bind| bind.text(SAVE_TO)).map(str::to_owned);
        if let Some(saved) = saved {
            match self.property(&saved, is_section) {
                Ok((index, property)) => {
                    fields.group_mut("bind").set(SAVE_TO, property.as_str());
                    self.add(index, container, row, Subject::Property(property));
                }
                Err(problem) => report.push(problem.sheet("survey").row(row).column(SAVE_TO_COLUMN)),
            }
        }
        let Some(name) = name else { return };
        for index in 0..self.declarations.len() {
            if self.declarations[index].variables.contains(name) {
                self.add(index, container, row, Subject::Question(name.to_owned()));
            }
        }
    }

    fn add(&mut self, index: usize, container: &[Container], row: usize, subject: Subject) {
        let declaration = &mut self.declarations[index];
        if declaration.met.is_none() {
            declaration.met = Some(self.met);
            self.met += 1;
        }
        declaration.references.push(Reference { path: container.to_vec(), row, subject });
    }

    /// The declaration and the property that a `save_to` cell means.
    fn property(&self, saved: &str, is_section: bool) -> Result<(usize, String), Problem> {
        if self.is_empty() {
            return Err(Problem::error(
                "xlsform.save-to",
                "an answer is saved to an entity, but there is none",
            )
            .hint("declare it on a sheet named `entities`, or empty the cell"));
        }
        let index = |list: &str| self.declarations.iter().position(|declaration| declaration.list == list);
        let (index, property) = match (saved.split_once('#'), self.declarations.as_slice()) {
            (Some((_, rest)), _) if rest.contains('#') => {
                return Err(Problem::error("xlsform.save-to", format!("`{saved}` has more than one `#`"))
                    .hint("write `list#property`"));
            }
            (Some((list, property)), _) => {
                let index = index(list).ok_or_else(|| self.unknown_list(list))?;
                (index, property)
            }
            (None, [_]) => (0, saved),
            (None, _) => {
                return Err(Problem::error(
                    "xlsform.save-to",
                    format!("of several lists, which has `{saved}`?"),
                )
                .hint(format!("write the list before it: `{}#{saved}`", self.declarations[0].list)));
            }
        };
        if is_section {
            return Err(Problem::error("xlsform.save-to", "groups and repeats have no answer to save")
                .hint("move the property to a question"));
        }
        check_property(property)?;
        let twice = self.declarations[index]
            .references
            .iter()
            .find(|reference| matches!(&reference.subject, Subject::Property(other) if other == property));
        if let Some(first) = twice {
            let message = format!("`{property}` is saved already, from row {}", first.row);
            return Err(Problem::error("xlsform.save-to", message));
        }
        Ok((index, property.to_owned()))
    }

    fn unknown_list(&self, list: &str) -> Problem {
        let problem = Problem::error("xlsform.save-to", format!("`{list}` is no list of the entities sheet"));
        let lists = self.declarations.iter().map(|declaration| declaration.list.as_str());
        match names::nearest(list, lists) {
            Some(near) => problem.hint(format!("did you mean `{near}`?")),
            None => problem,
        }
    }

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
        // Properties are saved outside of the repeat that the label or a condition asks about.
        let wanted_scope = scope(wanted);
        for reference in references {
            let own = scope(&reference.path);
            let outside = !scope_path.starts_with(own);
            match &reference.subject {
                Subject::Property(property) if outside || wanted_scope != own => {
                    let other = if outside { scope_path } else { wanted_scope };
                    let message = format!(
                        "`{property}` of `{}` is saved in {}, which is not one with {}",
                        declaration.list,
                        shown(own),
                        shown(other)
                    );
                    report.push(
                        Problem::error("xlsform.entity-scope", message)
                            .sheet("survey")
                            .row(reference.row)
                            .column(SAVE_TO_COLUMN)
                            .hint("copy the answer to the other place with a `calculate`, and save that"),
                    );
                    return None;
                }
                Subject::Question(question) if outside || !wanted_scope.starts_with(own) => {
                    let message = format!(
                        "`{}` refers to `{question}` in {}, which is not one with {}",
                        declaration.list,
                        shown(own),
                        shown(if outside { scope_path } else { wanted_scope })
                    );
                    report
                        .push(problem("xlsform.entity-scope", declaration.row, message).hint(
                            "copy the answer to the other place with a `calculate`, and refer to that",
                        ));
                    return None;
                }
                _ => {}
            }
        }
        Some(Request { declaration: index, wanted: wanted.to_vec(), scope: scope_path.to_vec(), properties })
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
    for length in (request.scope.len()..=request.wanted.len()).rev() {
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

fn problem(code: &'static str, row: usize, message: String) -> Problem {
    Problem::error(code, message).sheet("entities").row(row)
}

/// The element of a row, where the row is right.
fn declaration(record: &Record, table: &Table, report: &mut Report) -> Option<Declaration> {
    let row = record.row;
    let mut sound = true;
    let mut wrong = |problem: Problem| {
        report.push(problem);
        sound = false;
    };
    for (column, _) in record.fields.iter() {
        if !["dataset", "entity_id", "create_if", "update_if", "repeat", "label"].contains(&column) {
            let known = ["list_name", "entity_id", "create_if", "update_if", "label"];
            let problem =
                problem("xlsform.entity-column", 1, format!("`{column}` is no column of this sheet"));
            wrong(match names::nearest(column, known) {
                Some(near) => problem.column(column).hint(format!("did you mean `{near}`?")),
                None => problem.column(column).hint("remove the column"),
            });
        }
    }
    let list = record.fields.text("dataset").unwrap_or_default();
    if let Err(problem) = check_list(list) {
        wrong(problem.sheet("entities").row(row).column(table.header("dataset")));
    }
    let text = |column: &str| record.fields.text(column).filter(|text| !text.is_empty());
    let (id, create_if, update_if, label) =
        (text("entity_id"), text("create_if"), text("update_if"), text("label"));
    if id.is_none() && update_if.is_some() {
        let message = format!("`{list}` has `update_if`, but no `entity_id` to say which entity to update");
        wrong(problem("xlsform.entity-id", row, message).column("entity_id"));
    }
    if id.is_some() && create_if.is_some() && update_if.is_none() {
        let message = format!("`{list}` has `entity_id` and `create_if`, but no `update_if`");
        wrong(
            problem("xlsform.entity-update-if", row, message)
                .column("update_if")
                .hint("say when to update, or remove `entity_id` to only create"),
        );
    }
    if id.is_none() && label.is_none() {
        let message = format!("`{list}` has no label: an entity that is created needs one");
        wrong(problem("xlsform.entity-label", row, message).column("label"));
    }
    let mut variables = HashSet::new();
    for (column, text) in
        [("entity_id", id), ("create_if", create_if), ("update_if", update_if), ("label", label)]
    {
        match references::parse(text.unwrap_or_default()) {
            Ok(found) => variables.extend(found.into_iter().map(|reference| reference.name.to_owned())),
            Err(_) => wrong(references::malformed().sheet("entities").row(row).column(column)),
        }
    }
    let element = element(list, id, create_if, update_if, label);
    sound.then(|| Declaration {
        list: list.to_owned(),
        row,
        element,
        variables,
        references: Vec::new(),
        met: None,
    })
}

fn element(
    list: &str,
    id: Option<&str>,
    create_if: Option<&str>,
    update_if: Option<&str>,
    label: Option<&str>,
) -> Element {
    let mut entity = Element::new(Kind::Entity, "entity", 0);
    entity.children.push(attribute("dataset", list, None));
    if id.is_none() || create_if.is_some() {
        entity.children.push(attribute("create", "1", create_if));
    }
    if let Some(id) = id {
        entity.children.push(attribute("update", "1", update_if));
        let known = format!("instance('{list}')/root/item[name={id}]");
        for (name, column) in
            [("baseVersion", "__version"), ("trunkVersion", "__trunkVersion"), ("branchId", "__branchId")]
        {
            entity.children.push(attribute(name, "", Some(&format!("{known}/{column}"))));
        }
    }
    let mut own = Element::new(Kind::Attribute, "id", 0);
    own.bind = Some(computed(id));
    if id.is_none() {
        let mut action = Action::new("setvalue", Event::FirstLoad);
        action.value = Some("uuid()".to_owned());
        own.actions.push(action);
    }
    entity.children.push(own);
    if label.is_some() {
        let mut text = Element::new(Kind::EntityLabel, "label", 0);
        text.bind = Some(computed(label));
        entity.children.push(text);
    }
    entity
}

fn attribute(name: &str, value: &str, calculation: Option<&str>) -> Element {
    let mut attribute = Element::new(Kind::Attribute, name, 0);
    value.clone_into(&mut attribute.value);
    attribute.bind = calculation.map(|calculation| computed(Some(calculation)));
    attribute
}

fn computed(calculation: Option<&str>) -> Fields {
    let mut bind = Fields::default();
    if let Some(calculation) = calculation {
        bind.set("calculate", calculation);
    }
    bind.set("readonly", "true()");
    bind.set("type", "string");
    bind
}

fn check_list(list: &str) -> Result<(), Problem> {
    let wrong = |message: String| Err(Problem::error("xlsform.entity-list", message));
    match list {
        "" => wrong("the entity has no list".to_owned()),
        list if list.starts_with("__") => {
            wrong(format!("`{list}` begins with two underscores, which are reserved"))
        }
        list if list.contains('.') => {
            wrong(format!("`{list}` has a dot in it, which would be a file's ending"))
        }
        list if !names::is_tag(list) => wrong(format!("`{list}` can't name a list of entities")),
        _ => Ok(()),
    }
}

fn check_property(property: &str) -> Result<(), Problem> {
    let wrong = |message: String| Err(Problem::error("xlsform.save-to", message));
    if property.eq_ignore_ascii_case("name") || property.eq_ignore_ascii_case("label") {
        return wrong(format!("`{property}` is reserved: every entity has a name and a label of its own"));
    }
    if property.starts_with("__") {
        return wrong(format!("`{property}` begins with two underscores, which are reserved"));
    }
    if !names::is_tag(property) {
        return wrong(format!("`{property}` can't name a property"));
    }
    Ok(())
}
