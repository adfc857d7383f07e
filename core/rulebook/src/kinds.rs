//! What kinds of records there are and what fields they have (`kinds.csv`, `fields.csv`): each declared once.

use crate::{
    Phrase, Rulebook,
    check::EVERY,
    schema::{FIELDS, KINDS},
    table::Tables,
    title::Template,
};
use model::{BatchError, MergePlan, MergePolicy, RecordState, batch::Shown as ShownChange};
use serde::Deserialize;
use serde_json::Value;
use std::collections::HashMap;

/// A kind of record.
#[derive(Debug)]
pub struct Kind {
    pub name: String,
    /// The kinds that it may lie under.
    pub parents: Vec<String>,
    /// It may lie under whatever there is.
    pub is_anywhere: bool,
    /// It may stand at the top.
    pub is_root: bool,
    pub scope: Scope,
    pub label: Phrase,
    pub plural: Phrase,
    pub(crate) title: Template,
    /// What a record is called that says no title.
    pub(crate) unnamed: Phrase,
    /// The workflow of a record that names none; `None` for a kind that moves by none.
    pub workflow: Option<String>,
    /// Lists show it, and search finds it.
    pub listed: bool,
    /// Only the program makes it; no form may.
    pub by_program: bool,
    /// Only a form makes it: what it says was answered, somewhere.
    pub by_form: bool,
    pub immutable: bool,
    /// Among the sections of a page.
    pub order: u32,
    /// In the order of a page, with those that every kind has at the end.
    pub fields: Vec<Field>,
}

/// Whose feed a record is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scope {
    /// That of what it lies under.
    Inherit,
    /// At the top: of the commune that it names.
    Commune,
    /// At the top: of the commune that it names; restricted, a feed of its own.
    Own,
    /// Only ever inside of a restricted case.
    Case,
    /// At the top: of the whole office.
    Office,
    /// At the top: of the facility, or the desk, that it names.
    Facility,
    Desk,
    /// At the top: it stays on the phone that made it.
    OwnDevice,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    pub name: String,
    pub kind: FieldType,
    /// The list that names its codes; `None` where only the forms' choices do.
    pub list: Option<String>,
    pub label: Phrase,
    /// Fields of a group only make sense together: a change that touches one carries all of them.
    pub group: Option<String>,
    pub merge: MergePolicy,
    pub privacy: Privacy,
    /// What is searched by it: 1 comes first. `None`: nothing.
    pub search: Option<u8>,
    pub shown: Shown,
    pub lists: Option<ListRole>,
    pub article: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FieldType {
    Text,
    Narrative,
    Int,
    Decimal,
    Money,
    Date,
    DateTime,
    Bool,
    Code,
    Codes,
    Point,
    /// A [`model::PhotoFile`].
    Photo,
    /// Another record.
    Ref,
    /// A user of the office, who may read the restricted case that the record lies in.
    User,
    PersonName,
    Phone,
    IdNumber,
}

impl FieldType {
    const ALL: [(&str, Self); 17] = [
        ("text", Self::Text),
        ("narrative", Self::Narrative),
        ("int", Self::Int),
        ("decimal", Self::Decimal),
        ("money", Self::Money),
        ("date", Self::Date),
        ("datetime", Self::DateTime),
        ("bool", Self::Bool),
        ("code", Self::Code),
        ("codes", Self::Codes),
        ("point", Self::Point),
        ("photo", Self::Photo),
        ("ref", Self::Ref),
        ("user", Self::User),
        ("person-name", Self::PersonName),
        ("phone", Self::Phone),
        ("id-number", Self::IdNumber),
    ];

    pub fn as_str(&self) -> &'static str {
        Self::ALL.iter().find(|(_, known)| known == self).map_or("", |(name, _)| name)
    }

    pub(crate) fn of(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(known, _)| *known == name).map(|(_, kind)| kind.clone())
    }

    /// The type that a form's table of records gives such an answer.
    pub fn in_forms(&self) -> &'static str {
        match self {
            Self::Int | Self::Money => "int",
            Self::Decimal => "decimal",
            Self::Date => "date",
            Self::DateTime => "datetime",
            Self::Bool => "bool",
            Self::Codes => "list",
            Self::Point => "point",
            Self::Photo => "photo",
            _ => "text",
        }
    }
}

/// Who may come to know a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Privacy {
    Open,
    Personal,
    Sensitive,
    /// Lies in a restricted case only.
    Secret,
}

/// Where a page shows a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Shown {
    /// In the heading already.
    Head,
    Fact,
    /// Not for people.
    No,
}

/// What a field is in a row of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ListRole {
    Title,
    Place,
    /// The day on which something is to be done next.
    Due,
    /// The day on which something was done: a due day up to then is past.
    Done,
    State,
}

#[derive(Deserialize)]
struct KindRow {
    kind: String,
    /// `household|case`; an empty part says that it may stand at the top, `*` that it may lie under any kind.
    parents: String,
    scope: Scope,
    label_vi: String,
    label_en: String,
    plural_vi: String,
    plural_en: String,
    title: String,
    unnamed_vi: String,
    unnamed_en: String,
    workflow: Option<String>,
    #[serde(deserialize_with = "crate::table::yes")]
    listed: bool,
    made_by: MadeBy,
    #[serde(deserialize_with = "crate::table::yes")]
    immutable: bool,
    order: u32,
}

#[derive(Deserialize, PartialEq)]
pub(crate) enum MadeBy {
    #[serde(rename = "")]
    Anybody,
    #[serde(rename = "form")]
    Form,
    #[serde(rename = "program")]
    Program,
}

#[derive(Deserialize)]
struct FieldRow {
    kind: String,
    field: String,
    #[serde(rename = "type")]
    kind_of: FieldType,
    list: Option<String>,
    label_vi: String,
    label_en: String,
    group: Option<String>,
    merge: MergePolicy,
    privacy: Privacy,
    search: Option<u8>,
    shown: Shown,
    lists: Option<ListRole>,
    article: String,
}

#[derive(Debug)]
pub(crate) struct Kinds {
    all: Vec<Kind>,
    by_name: HashMap<String, usize>,
}

impl Kinds {
    pub fn read(tables: &mut Tables) -> Self {
        let mut fields: HashMap<String, Vec<Field>> = HashMap::new();
        for row in tables.rows::<FieldRow>(FIELDS) {
            fields.entry(row.kind.clone()).or_default().push(field(row));
        }
        let every = fields.remove(EVERY).unwrap_or_default();
        let mut all: Vec<Kind> = Vec::new();
        for row in tables.rows::<KindRow>(KINDS) {
            let mut own = fields.remove(&row.kind).unwrap_or_default();
            let missing: Vec<_> =
                every.iter().filter(|field| !own.iter().any(|o| o.name == field.name)).cloned().collect();
            own.extend(missing);
            all.push(kind(row, own));
        }
        let by_name = all.iter().enumerate().map(|(i, kind)| (kind.name.clone(), i)).collect();
        Self { all, by_name }
    }
}

fn field(row: FieldRow) -> Field {
    Field {
        name: row.field,
        kind: row.kind_of,
        list: row.list,
        label: Phrase::new(row.label_vi, row.label_en),
        group: row.group,
        merge: row.merge,
        privacy: row.privacy,
        search: row.search,
        shown: row.shown,
        lists: row.lists,
        article: row.article,
    }
}

fn kind(row: KindRow, fields: Vec<Field>) -> Kind {
    // What is wrong with it was told.
    let title = Template::parse(&row.title).unwrap_or_default();
    let named = |parent: &&str| !parent.is_empty() && *parent != EVERY;
    Kind {
        parents: row.parents.split('|').filter(named).map(str::to_owned).collect(),
        is_anywhere: row.parents.split('|').any(|parent| parent == EVERY),
        is_root: row.parents.split('|').any(str::is_empty),
        name: row.kind,
        scope: row.scope,
        unnamed: Phrase::new(or(row.unnamed_vi, &row.label_vi), or(row.unnamed_en, &row.label_en)),
        label: Phrase::new(row.label_vi, row.label_en),
        plural: Phrase::new(row.plural_vi, row.plural_en),
        title,
        workflow: row.workflow,
        listed: row.listed,
        by_program: row.made_by == MadeBy::Program,
        by_form: row.made_by == MadeBy::Form,
        immutable: row.immutable,
        order: row.order,
        fields,
    }
}

fn or(text: String, other: &str) -> String {
    if text.is_empty() { other.to_owned() } else { text }
}

impl Kind {
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// The field that has this part in a row of a list; the first, where several do.
    pub fn listed_as(&self, role: ListRole) -> Option<&Field> {
        self.fields.iter().find(|field| field.lists == Some(role))
    }

    pub fn may_lie_under(&self, kind: &str) -> bool {
        self.is_anywhere || self.parents.iter().any(|parent| parent == kind)
    }

    /// The field of its own that is all of its title.
    pub fn titled_by(&self) -> Option<&str> {
        self.title.only_field()
    }

    /// The first field of a type.
    pub fn field_of(&self, kind: &FieldType) -> Option<&Field> {
        self.fields.iter().find(|field| field.kind == *kind)
    }
}

impl Rulebook {
    /// `None` for a kind that this rulebook doesn't know: it is kept and passed on.
    pub fn kind(&self, name: &str) -> Option<&Kind> {
        self.kinds.by_name.get(name).and_then(|i| self.kinds.all.get(*i))
    }

    /// In the order of the table.
    pub fn kinds(&self) -> &[Kind] {
        &self.kinds.all
    }

    pub fn field(&self, kind: &str, field: &str) -> Option<&Field> {
        self.kind(kind)?.field(field)
    }

    /// Whether a record of the one kind may lie below one of the other, at whatever depth.
    pub fn may_lie_below(&self, kind: &str, above: &str) -> bool {
        let (mut seen, mut waiting) = (Vec::new(), vec![kind]);
        while let Some(kind) = waiting.pop().and_then(|name| self.kind(name)) {
            if kind.may_lie_under(above) {
                return true;
            }
            if !seen.contains(&&kind.name) {
                seen.push(&kind.name);
                waiting.extend(kind.parents.iter().map(String::as_str));
            }
        }
        false
    }

    /// The kind of a record that names who may read the restricted case it lies in, and its field that does.
    pub fn membership(&self) -> Option<(&str, &str)> {
        let names_user =
            |kind: &'_ Kind| kind.scope == Scope::Case && kind.field_of(&FieldType::User).is_some();
        let kind = self.kinds().iter().find(|kind| names_user(kind))?;
        Some((&kind.name, &kind.field_of(&FieldType::User)?.name))
    }

    /// How the values of a field that stand beside each other become one. Of what isn't known: by the later one.
    pub fn merge(&self, kind: &str, field: &str) -> MergePolicy {
        self.field(kind, field).map_or(MergePolicy::Value, |field| field.merge)
    }

    /// What a change would do to a record of its kind: [`RecordState::plan`] by the table's policies.
    ///
    /// # Errors
    /// As there.
    pub fn plan(
        &self,
        state: &RecordState,
        change: &ShownChange<'_>,
        received: Option<u64>,
    ) -> Result<MergePlan, BatchError> {
        state.plan(change, received, |field| self.merge(change.head.record.kind.as_str(), field))
    }

    /// The value of a field that counts; `None` for an empty one.
    pub fn value<'s>(&self, kind: &str, state: &'s RecordState, field: &str) -> Option<&'s Value> {
        state.fields.get(field)?.settled(self.merge(kind, field))
    }

    /// Fields on which two devices disagree so that a person must decide.
    pub fn conflicts<'s>(&self, kind: &str, state: &'s RecordState) -> Vec<&'s str> {
        let open = |field: &&str| self.merge(kind, field) == MergePolicy::Value;
        state.conflicts().filter(open).collect()
    }
}
