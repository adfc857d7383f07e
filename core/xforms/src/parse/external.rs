//! Choices from files that no instance declares: `search('file', …)` in an appearance, and the `query` of
//! `select_one_external` over `itemsets.csv` (ODK documentation, Select from file).

use super::{
    Builder, MediaSource,
    xml::{attribute, child, is, text_of},
};
use crate::{
    appearance,
    definition::{ChoiceSource, Itemset, NodeId, SecondaryBuilder, SecondaryInstance},
    error::ParseProblem,
};
use roxmltree::Node;

/// All external choices of a form, told apart by their column `list_name`.
const ITEMSETS: &str = "itemsets.csv";

impl<'x> Builder<'x> {
    /// Makes the lists that controls name, before expressions are compiled against them.
    pub(super) fn external_lists(&mut self, body: Node<'x, 'x>, media: MediaSource<'_>) {
        for control in body.descendants().filter(Node::is_element) {
            if let Some(id) = attribute(control, "query").and_then(instance_id) {
                self.add_list(&id, |builder| builder.itemsets(&id, media));
            } else if let Some(call) = search_call(control)
                && let Some(file) = arguments(call).first().and_then(|a| literal(a))
            {
                let name = if file.ends_with(".csv") { file.to_owned() } else { format!("{file}.csv") };
                self.add_list(file, |b| b.external(file, &format!("jr://file-csv/{name}"), media));
            }
        }
    }

    fn add_list(
        &mut self,
        id: &str,
        read: impl FnOnce(&mut Self) -> Result<SecondaryInstance, (&'static str, String)>,
    ) {
        if self.secondary.iter().any(|s| &*s.id == id) {
            return;
        }
        let list = read(self).unwrap_or_else(|(code, message)| {
            self.problem(ParseProblem::new(code, message).attribute("src"));
            SecondaryBuilder::new(self.names.intern("")).finish(id.into())
        });
        self.secondary.push(list);
    }

    /// The rows of one list. Labels in several languages are those of the first one.
    fn itemsets(
        &mut self,
        id: &str,
        media: MediaSource<'_>,
    ) -> Result<SecondaryInstance, (&'static str, String)> {
        let missing = || ("xforms.missing-media", format!("the list {id} needs the file {ITEMSETS}"));
        let wrong =
            |detail: String| ("xforms.wrong-csv", format!("the file {ITEMSETS} is no list: {detail}"));
        let bytes = media(ITEMSETS).ok_or_else(missing)?;
        let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(bytes.as_slice());
        let headers = reader.headers().map_err(|e| wrong(e.to_string()))?.clone();
        let Some(list_name) = headers.iter().position(|h| h.trim() == "list_name") else {
            return Err(wrong("it has no column list_name".to_owned()));
        };
        let label = headers.iter().position(|h| h.trim() == "label");
        let label = label.or_else(|| headers.iter().position(|h| h.trim().starts_with("label:")));
        let columns: Vec<_> = (headers.iter().enumerate())
            .map(|(i, h)| self.names.intern(if Some(i) == label { "label" } else { h.trim() }))
            .collect();
        let mut list = SecondaryBuilder::new(self.names.intern(""));
        let root = list.push(SecondaryInstance::DOCUMENT, self.names.intern("root"), "");
        let item = self.names.intern("item");
        for record in reader.records() {
            let record = record.map_err(|e| wrong(e.to_string()))?;
            if record.get(list_name).map(str::trim) == Some(id) {
                let row = list.push(root, item, "");
                columns.iter().zip(&record).for_each(|(column, value)| {
                    list.push(row, *column, value.trim());
                });
            }
        }
        Ok(list.finish(id.into()))
    }

    pub(super) fn query_choices(&mut self, query: &str, node: NodeId) -> ChoiceSource {
        let nodeset = self.expr(query, node, "query");
        let value = self.item_expr("name", node, nodeset, "query");
        let label = Some(self.item_expr("label", node, nodeset, "query"));
        ChoiceSource::Itemset(Itemset { fixed: Vec::new(), nodeset, value, label, image: None })
    }

    /// `None` if the control searches no file.
    pub(super) fn search_choices(&mut self, control: Node<'x, 'x>, node: NodeId) -> Option<ChoiceSource> {
        let call = search_call(control)?;
        let nodeset = match nodeset(&arguments(call)) {
            Ok(nodeset) => nodeset,
            Err(message) => {
                let problem = ParseProblem::new("xforms.wrong-search", message);
                self.problem(problem.at_node(self.node(node).path.to_string()).attribute("appearance"));
                return None;
            }
        };
        let items = control.children().filter(|n| is(*n, "item"));
        // Choices with a number for a value are choices; another value is the name of a column.
        let is_fixed = |item: &Node| item_value(*item).parse::<i64>().is_ok();
        let (fixed, columns): (Vec<_>, Vec<_>) = items.partition(is_fixed);
        let [columns] = columns.as_slice() else {
            let message = "search() needs one choice that names the columns of value and label";
            let problem = ParseProblem::new("xforms.wrong-search", message);
            self.problem(problem.at_node(self.node(node).path.to_string()).attribute("appearance"));
            return None;
        };
        let nodeset = self.expr(&nodeset, node, "appearance");
        let value = self.item_expr(&item_value(*columns), node, nodeset, "value");
        let (label, image) = self.column_names(*columns);
        let names: Vec<&str> = label.split(',').map(str::trim).filter(|n| !n.is_empty()).collect();
        let label = match names.as_slice() {
            [] => None,
            [one] => Some((*one).to_owned()),
            several => Some(format!("concat({})", several.join(", ' ', "))),
        };
        let label = label.map(|label| self.item_expr(&label, node, nodeset, "label"));
        let image = image.map(|image| self.item_expr(&image, node, nodeset, "image"));
        let fixed = fixed.into_iter().map(|item| self.inline_choice(item, node)).collect();
        Some(ChoiceSource::Itemset(Itemset { fixed, nodeset, value, label, image }))
    }

    /// What a choice of `search` says in place of a label and of a picture: names of columns.
    fn column_names(&self, item: Node<'x, 'x>) -> (String, Option<String>) {
        let Some(label) = child(item, "label") else { return (String::new(), None) };
        let id = attribute(label, "ref").and_then(super::binds::itext_id);
        let Some(id) = id else { return (text_of(label).trim().to_owned(), None) };
        let texts = self.itext_xml.into_iter().flat_map(|itext| itext.descendants());
        let text = texts.filter(|n| is(*n, "text")).find(|n| attribute(*n, "id") == Some(&id));
        let form = |wanted: Option<&str>| {
            let mut values = text.into_iter().flat_map(|t| t.children()).filter(|n| is(*n, "value"));
            values.find(|v| attribute(*v, "form") == wanted).map(|v| text_of(v).trim().to_owned())
        };
        let image = form(Some("image")).map(|i| i.rsplit('/').next().unwrap_or_default().to_owned());
        (form(None).or_else(|| form(Some("long"))).unwrap_or_default(), image)
    }
}

fn item_value(item: Node) -> String {
    child(item, "value").map(text_of).unwrap_or_default().trim().to_owned()
}

/// The `id` in `instance('id')/…`.
fn instance_id(query: &str) -> Option<String> {
    let inner = query.trim().strip_prefix("instance(")?.split(')').next()?;
    literal(inner).map(str::to_owned)
}

/// `search(…)` among the words of a select's appearance.
fn search_call<'x>(control: Node<'x, 'x>) -> Option<&'x str> {
    let words = appearance::split(attribute(control, "appearance")?);
    words.into_iter().find(|word| word.starts_with("search(") && word.ends_with(')'))
}

/// The arguments of a call: what stands between the commas that are in no bracket and no string.
fn arguments(call: &str) -> Vec<&str> {
    let Some(inner) = call.find('(').and_then(|open| call.get(open + 1..call.len() - 1)) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    let (mut start, mut depth, mut quote) = (0, 0_usize, None);
    for (at, c) in inner.char_indices() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"') => quote = Some(c),
            (None, '(' | '[') => depth += 1,
            (None, ')' | ']') => depth = depth.saturating_sub(1),
            (None, ',') if depth == 0 => {
                found.push(inner[start..at].trim());
                start = at + 1;
            }
            _ => {}
        }
    }
    found.push(inner[start..].trim());
    found
}

fn literal(argument: &str) -> Option<&str> {
    let quoted = |q: char| argument.trim().strip_prefix(q)?.strip_suffix(q).filter(|text| !text.contains(q));
    quoted('\'').or_else(|| quoted('"'))
}

/// The items that a search finds, as a path.
fn nodeset(arguments: &[&str]) -> Result<String, &'static str> {
    let file = arguments.first().and_then(|a| literal(a)).ok_or("search() needs the name of a file")?;
    let items = format!("instance('{file}')/root/item");
    match arguments {
        [_] => Ok(items),
        [_, kind, columns, text] => Ok(format!("{items}[{}]", condition(kind, columns, text)?)),
        [_, kind, columns, text, column, value] => {
            let searched = condition(kind, columns, text)?;
            Ok(format!("{items}[{searched}][{}]", condition("'matches'", column, value)?))
        }
        _ => Err("search() takes one argument, four or six"),
    }
}

fn condition(kind: &str, columns: &str, text: &str) -> Result<String, &'static str> {
    let named = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.');
    let columns: Vec<&str> = literal(columns)
        .map(|list| list.split(',').map(str::trim).collect::<Vec<_>>())
        .filter(|names| names.iter().all(|n| !n.is_empty() && n.chars().all(named)))
        .ok_or("search() needs names of columns")?;
    // Inside a predicate `.` would be the item.
    let text = if text.starts_with('.') { format!("current()/{text}") } else { text.to_owned() };
    let one = |column: &&str| match literal(kind) {
        Some("matches") => Ok(format!("{column} = {text}")),
        Some("contains") => Ok(format!("contains({column}, {text})")),
        Some("startswith") => Ok(format!("starts-with({column}, {text})")),
        Some("endswith") => Ok(format!("ends-with({column}, {text})")),
        _ => Err("search() knows 'matches', 'contains', 'startswith' and 'endswith'"),
    };
    Ok(columns.iter().map(one).collect::<Result<Vec<_>, _>>()?.join(" or "))
}
