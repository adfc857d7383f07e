//! What the `type` column says.

/// `begin` and `end` rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Container {
    Group,
    Repeat,
    Loop,
}

impl Container {
    pub fn name(self) -> &'static str {
        match self {
            Self::Group => "group",
            Self::Repeat => "repeat",
            Self::Loop => "loop",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SelectKind {
    One,
    Multiple,
    Rank,
    /// `select_one_external`: chosen from the sheet `external_choices`.
    External,
}

impl SelectKind {
    /// The question type that it is.
    pub fn type_name(self) -> &'static str {
        match self {
            Self::One => "select one",
            Self::Multiple => "select all that apply",
            Self::Rank => "rank",
            Self::External => "select one external",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RowType<'a> {
    Begin {
        container: Container,
        list: Option<&'a str>,
    },
    End(Container),
    Select {
        kind: SelectKind,
        from_file: bool,
        command: &'a str,
        list: &'a str,
        or_other: bool,
    },
    /// With a list of tags.
    Osm(&'a str),
    Question(&'a str),
}

const CONTAINERS: [(&str, Container); 5] = [
    ("group", Container::Group),
    ("lgroup", Container::Repeat),
    ("repeat", Container::Repeat),
    ("loop", Container::Loop),
    ("looped group", Container::Repeat),
];

const SELECTS: [(&str, SelectKind); 15] = [
    ("add select one prompt using", SelectKind::One),
    ("add select multiple prompt using", SelectKind::Multiple),
    ("select all that apply from", SelectKind::Multiple),
    ("select one from", SelectKind::One),
    ("select1", SelectKind::One),
    ("select_one", SelectKind::One),
    ("select one", SelectKind::One),
    ("select_multiple", SelectKind::Multiple),
    ("select all that apply", SelectKind::Multiple),
    ("select_one_external", SelectKind::External),
    ("select_one_from_file", SelectKind::One),
    ("select_multiple_from_file", SelectKind::Multiple),
    ("select one from file", SelectKind::One),
    ("select multiple from file", SelectKind::Multiple),
    ("rank", SelectKind::Rank),
];

pub(crate) fn parse(text: &str) -> RowType<'_> {
    begin(text)
        .or_else(|| end(text))
        .or_else(|| select(text))
        .or_else(|| osm(text))
        .unwrap_or(RowType::Question(text))
}

/// What follows `begin` or `end` and one space or `_`.
fn after<'a>(text: &'a str, word: &str) -> Option<&'a str> {
    text.strip_prefix(word)?.strip_prefix(|c: char| c.is_whitespace() || c == '_')
}

fn begin(text: &str) -> Option<RowType<'_>> {
    let rest = after(text, "begin")?;
    CONTAINERS.iter().find_map(|(name, container)| {
        let tail = rest.strip_prefix(name)?;
        let container = *container;
        if tail.is_empty() {
            return Some(RowType::Begin { container, list: None });
        }
        let list = tail.strip_prefix(' ')?;
        let list = list.strip_prefix("over ").unwrap_or(list);
        is_word(list).then_some(RowType::Begin { container, list: Some(list) })
    })
}

fn end(text: &str) -> Option<RowType<'_>> {
    let rest = after(text, "end")?;
    CONTAINERS.iter().find(|(name, _)| *name == rest).map(|(_, container)| RowType::End(*container))
}

fn select(text: &str) -> Option<RowType<'_>> {
    SELECTS.iter().find_map(|(command, kind)| {
        let rest = text.strip_prefix(command)?.strip_prefix(' ')?;
        let length = rest.find(char::is_whitespace).unwrap_or(rest.len());
        let (list, tail) = rest.split_at(length);
        let or_other = match tail {
            "" => false,
            " or specify other" | " or_other" | " or other" => true,
            _ => return None,
        };
        let from_file = command.contains("from_file") || command.contains("from file");
        (!list.is_empty()).then_some(RowType::Select { kind: *kind, from_file, command, list, or_other })
    })
}

fn osm(text: &str) -> Option<RowType<'_>> {
    let (_, rest) = text.split_once("osm ")?;
    let list = rest.split_whitespace().next().filter(|_| !rest.starts_with(char::is_whitespace))?;
    Some(RowType::Osm(list))
}

fn is_word(text: &str) -> bool {
    !text.is_empty() && !text.contains(char::is_whitespace)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_told_apart() {
        assert_eq!(parse("begin_group"), RowType::Begin { container: Container::Group, list: None });
        assert_eq!(
            parse("begin loop over villages"),
            RowType::Begin { container: Container::Loop, list: Some("villages") }
        );
        assert_eq!(parse("begin looped group"), RowType::Begin { container: Container::Repeat, list: None });
        assert_eq!(parse("end repeat"), RowType::End(Container::Repeat));
        assert!(matches!(
            parse("select_one yes_no or_other"),
            RowType::Select { kind: SelectKind::One, list: "yes_no", or_other: true, .. }
        ));
        assert!(matches!(
            parse("select one from file a.csv"),
            RowType::Select { from_file: true, list: "a.csv", .. }
        ));
        assert_eq!(parse("select_one"), RowType::Question("select_one"));
        assert_eq!(parse("osm buildings"), RowType::Osm("buildings"));
        assert_eq!(parse("text"), RowType::Question("text"));
    }
}
