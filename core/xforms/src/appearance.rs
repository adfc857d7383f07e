//! How a form wants a question to look: the words of its `appearance`, and what the common ones mean
//! (XLSForm, Appearance).

use crate::text::Text;
use std::{fmt, sync::Arc};

/// The words as written, and those of them that have a meaning here. `Display` gives the words.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Appearance {
    words: Text,
    looks: Arc<[Look]>,
}

/// What one word asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// Choices in a list that opens.
    Minimal,
    /// Choices that are found by typing.
    Autocomplete,
    /// Goes on to the next page when the answer is given.
    Quick,
    Likert,
    /// Choices side by side: so many, or as many as fit.
    Columns(Option<u8>),
    /// … each as wide as it needs to be.
    ColumnsPack,
    /// Choices without buttons, by their labels or pictures alone.
    NoButtons,
    /// The head of a table: labels of the choices only.
    Label,
    /// A row of a table: choices without labels.
    ListNoLabel,
    TableList,
    FieldList,
    /// Choices in the regions of a picture.
    ImageMap,
    /// Choices, or a position, on a map.
    Map,
    /// A position that is put on a map by hand.
    PlacementMap,
    Multiline,
    /// A keyboard for digits, the text stays text.
    Numbers,
    ThousandsSeparator,
    Counter,
    Url,
    /// The answer isn't shown after it was given.
    Hidden,
    /// Typed as a password is.
    Masked,
    Calendar(Calendar),
    MonthYear,
    Year,
    NoCalendar,
    Bearing,
    Signature,
    Draw,
    Annotate,
    /// A new picture, none from the gallery; `front` of the person who holds the phone.
    New {
        front: bool,
    },
    Front,
    Vertical,
    NoTicks,
    Picker,
    Rating,
    Printer,
    /// Another app gives the answer.
    ExternalApp,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Calendar {
    BikramSambat,
    Buddhist,
    Coptic,
    Ethiopian,
    Islamic,
    Myanmar,
    Persian,
}

impl Appearance {
    pub(crate) fn parse(words: &str) -> Appearance {
        let looks: Vec<Look> = split(words).into_iter().filter_map(look).collect();
        Appearance { words: words.into(), looks: looks.into() }
    }

    /// As the form writes it.
    pub fn as_str(&self) -> &str {
        &self.words
    }

    pub fn looks(&self) -> &[Look] {
        &self.looks
    }

    pub fn has(&self, look: Look) -> bool {
        self.looks.contains(&look)
    }

    /// The first number or `None` that `Columns` carries.
    pub fn columns(&self) -> Option<Option<u8>> {
        self.looks.iter().find_map(|l| if let Look::Columns(n) = l { Some(*n) } else { None })
    }

    pub fn calendar(&self) -> Option<Calendar> {
        self.looks.iter().find_map(|l| if let Look::Calendar(c) = l { Some(*c) } else { None })
    }
}

/// Words stand between spaces; a call such as `search('a', 'b')` is one word.
pub(crate) fn split(words: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let (mut start, mut depth, mut quote) = (0, 0_usize, None);
    for (at, c) in words.char_indices() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"') if depth > 0 => quote = Some(c),
            (None, '(') => depth += 1,
            (None, ')') => depth = depth.saturating_sub(1),
            (None, c) if c.is_whitespace() && depth == 0 => {
                found.push(&words[start..at]);
                start = at + c.len_utf8();
            }
            _ => {}
        }
    }
    found.push(&words[start..]);
    found.retain(|word| !word.is_empty());
    found
}

fn look(word: &str) -> Option<Look> {
    let lower = word.to_ascii_lowercase();
    let number = |prefix: &str| lower.strip_prefix(prefix)?.parse::<u8>().ok().filter(|n| *n > 0);
    let calendar = |calendar| Some(Look::Calendar(calendar));
    Some(match lower.as_str() {
        "minimal" => Look::Minimal,
        "autocomplete" | "search" => Look::Autocomplete,
        "quick" | "quickcompact" => Look::Quick,
        "likert" => Look::Likert,
        "columns" | "horizontal" => Look::Columns(None),
        "columns-pack" | "columns-flex" => Look::ColumnsPack,
        "no-buttons" | "compact" => Look::NoButtons,
        "label" => Look::Label,
        "list-nolabel" => Look::ListNoLabel,
        "table-list" => Look::TableList,
        "field-list" => Look::FieldList,
        "image-map" => Look::ImageMap,
        "map" | "maps" => Look::Map,
        "placement-map" => Look::PlacementMap,
        "multiline" | "textarea" => Look::Multiline,
        "numbers" => Look::Numbers,
        "thousands-sep" => Look::ThousandsSeparator,
        "counter" => Look::Counter,
        "url" => Look::Url,
        "hidden-answer" => Look::Hidden,
        "masked" => Look::Masked,
        "bikram-sambat" => return calendar(Calendar::BikramSambat),
        "buddhist" => return calendar(Calendar::Buddhist),
        "coptic" => return calendar(Calendar::Coptic),
        "ethiopian" => return calendar(Calendar::Ethiopian),
        "islamic" => return calendar(Calendar::Islamic),
        "myanmar" => return calendar(Calendar::Myanmar),
        "persian" => return calendar(Calendar::Persian),
        "month-year" => Look::MonthYear,
        "year" => Look::Year,
        "no-calendar" => Look::NoCalendar,
        "bearing" => Look::Bearing,
        "signature" => Look::Signature,
        "draw" => Look::Draw,
        "annotate" => Look::Annotate,
        "new" => Look::New { front: false },
        "new-front" | "selfie" => Look::New { front: true },
        "front" => Look::Front,
        "vertical" => Look::Vertical,
        "no-ticks" => Look::NoTicks,
        "picker" | "spinner" => Look::Picker,
        "rating" => Look::Rating,
        _ if lower.starts_with("printer") => Look::Printer,
        _ if lower.starts_with("ex:") => Look::ExternalApp,
        _ => Look::Columns(Some(number("columns-").or_else(|| number("compact-"))?)),
    })
}

impl fmt::Display for Appearance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.words)
    }
}

impl fmt::Debug for Appearance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Appearance").field(&self.looks).finish()
    }
}
