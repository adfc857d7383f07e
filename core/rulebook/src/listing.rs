//! What a list shows of a record and what finds it. One rule for phone and hub, and one way to search.

use crate::{Field, FieldType, Kind, Lang, ListRole, Rulebook, workflow::WORKFLOW};
use model::{RecordRef, RecordState, fold, record::field};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A row of a list.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Listing {
    pub title: String,
    /// Of the fields that a list shows, by name.
    pub place: BTreeMap<String, String>,
    /// `YYYY-MM-DD`: to be done, or missed.
    pub due: Option<String>,
    /// Of what lies below it and is not over, that which is to be done by a day, the earliest first, at most
    /// [`MOST_DUE`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub due_below: Vec<Due>,
    /// `YYYY-MM-DD`: when something was last done.
    pub done: Option<String>,
    /// The code of its state.
    pub state: Option<String>,
    /// What lies below it, by kind.
    pub below: BTreeMap<String, Count>,
    /// Folded words that find it, a blank before each; those of the title first.
    #[serde(skip)]
    pub words: String,
}

/// Something below a record that is to be done by a day.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Due {
    /// `YYYY-MM-DD`.
    pub day: String,
    pub record: RecordRef,
}

/// So much of what is due below one record is told in lists.
pub const MOST_DUE: usize = 16;

/// Names people.
impl std::fmt::Debug for Listing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Listing").field("below", &self.below).finish_non_exhaustive()
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Count {
    pub all: u32,
    /// Those still worked on.
    pub open: u32,
}

impl Listing {
    /// What to sort by.
    pub fn sort(&self) -> String {
        fold(&self.title)
    }

    /// The earliest day on which something is to be done, of itself or below.
    pub fn first_due(&self) -> Option<&str> {
        let below = self.due_below.first().map(|due| due.day.as_str());
        self.due.as_deref().into_iter().chain(below).min()
    }

    pub fn count(&self, kind: &str) -> Count {
        self.below.get(kind).copied().unwrap_or_default()
    }
}

impl Rulebook {
    /// The row of a record, with all that lies `below` it; `None` if its kind is not
    /// listed or it was taken out.
    pub fn listing(
        &self,
        record: &RecordRef,
        state: &RecordState,
        below: &[(RecordRef, RecordState)],
    ) -> Option<Listing> {
        let kind = self.kind(record.kind.as_str()).filter(|kind| kind.listed)?;
        if state.is_removed() {
            return None;
        }
        let shown = |(record, state): &&(RecordRef, RecordState)| {
            self.shows_in_list(record.kind.as_str()) && !state.is_removed()
        };
        let mut below: Vec<_> = below.iter().filter(shown).collect();
        // Ids sort by the time they were made, whatever the order of arrival.
        below.sort_by_key(|(record, _)| record.id);
        let title = self.title(record, state, below.iter().map(|(record, state)| (record, state)), Lang::Vi);
        let text = |role| kind.listed_as(role).and_then(|field| state.text(&field.name));
        let mut listing = Listing {
            words: self.words(&title, record, state, &below),
            title,
            state: text(ListRole::State).map(str::to_owned),
            ..Listing::default()
        };
        for field in kind.fields.iter().filter(|field| field.lists == Some(ListRole::Place)) {
            let said = state.text(&field.name).unwrap_or_default();
            listing.place.insert(field.name.clone(), said.to_owned());
        }
        for (record, state) in below {
            let count = listing.below.entry(record.kind.to_string()).or_default();
            let is_open = self.is_open(record.kind.as_str(), state);
            count.all += 1;
            count.open += u32::from(is_open);
            let kind = self.kind(record.kind.as_str());
            let day = |role| Some(state.text(&kind?.listed_as(role)?.name)?.to_owned());
            listing.done = listing.done.take().max(day(ListRole::Done));
            let due = day(ListRole::Due).filter(|day| is_open && !day.is_empty());
            listing.due_below.extend(due.map(|day| Due { day, record: record.clone() }));
        }
        listing.due_below.sort();
        listing.due_below.truncate(MOST_DUE);
        // What was done on that day or later is no longer due.
        let done = listing.done.as_deref();
        listing.due =
            text(ListRole::Due).filter(|due| done.is_none_or(|done| done < *due)).map(str::to_owned);
        Some(listing)
    }

    /// Words of the title, then of the other fields that search looks at, the record's own before those below.
    fn words(
        &self,
        title: &str,
        record: &RecordRef,
        state: &RecordState,
        below: &[&(RecordRef, RecordState)],
    ) -> String {
        let mut texts: Vec<(u8, usize, &str)> = Vec::new();
        let own = std::iter::once((record, state)).chain(below.iter().map(|(record, state)| (record, state)));
        for (place, (record, state)) in own.enumerate() {
            let fields = self.kind(record.kind.as_str()).map_or(&[][..], |kind| &kind.fields);
            let is_title = |role| place == 0 && role == Some(ListRole::Title);
            for field in fields.iter().filter(|field| !is_title(field.lists)) {
                if let Some((rank, text)) = field.search.zip(state.text(&field.name)) {
                    texts.push((rank, place, text));
                }
            }
        }
        texts.sort_by_key(|(rank, place, _)| (*rank, *place));
        words_of(std::iter::once(title).chain(texts.into_iter().map(|(_, _, text)| text)))
    }

    /// Whether rows show anything of this kind, be it listed itself or below what is.
    pub fn shows_in_list(&self, kind: &str) -> bool {
        self.kind(kind).is_some_and(Kind::shows_in_list)
    }

    /// Whether [`Self::listing`] reads this field of a record below.
    pub fn list_reads(&self, kind: &str, field: &str) -> bool {
        let declared = |field: &Field| field.search.is_some() || field.lists.is_some();
        let titles = || self.kinds().iter().flat_map(|kind| kind.title.fields());
        [WORKFLOW, field::REMOVED].contains(&field)
            || self.field(kind, field).is_some_and(declared)
            || titles().any(|(of, name)| of == Some(kind) && name == field)
    }

    /// The kinds of which rows show anything.
    pub fn kinds_in_lists(&self) -> impl Iterator<Item = &str> {
        self.kinds().iter().filter(|kind| kind.shows_in_list()).map(|kind| kind.name.as_str())
    }

    /// The fields of a kind whose value is a photo's file.
    pub fn photo_fields(&self, kind: &str) -> impl Iterator<Item = &str> {
        let fields = self.kind(kind).map_or(&[][..], |kind| &kind.fields);
        fields.iter().filter(|field| field.kind == FieldType::Photo).map(|field| field.name.as_str())
    }
}

impl Kind {
    fn shows_in_list(&self) -> bool {
        self.listed || self.fields.iter().any(|field| field.search.is_some() || field.lists.is_some())
    }
}

/// Folded words, a blank before each.
fn words_of<'t>(texts: impl IntoIterator<Item = &'t str>) -> String {
    let mut words = String::new();
    for text in texts {
        for word in fold(text).split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
            words.push(' ');
            words.push_str(word);
        }
    }
    words
}

/// Words that a query may have; more say nothing more.
const MOST_WORDS: usize = 8;

/// What a person types into a search box: without tone marks, each word from its beginning (`ng thi hoa`).
#[derive(Clone, Debug)]
pub struct Query(Vec<String>);

impl Query {
    pub fn parse(text: &str) -> Self {
        Self(words_of([text]).split_whitespace().map(str::to_owned).collect())
    }

    /// All words, folded, in their order.
    pub(crate) fn typed(&self) -> &[String] {
        &self.0
    }

    /// Those that a row must hold to be found.
    pub(crate) fn words(&self) -> &[String] {
        &self.0[..self.0.len().min(MOST_WORDS)]
    }
}
