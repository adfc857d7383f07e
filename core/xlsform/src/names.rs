//! Names as XML takes them.

pub fn is_name_start(c: char) -> bool {
    matches!(c, 'A'..='Z' | '_' | 'a'..='z' | '\u{c0}'..='\u{d6}' | '\u{d8}'..='\u{f6}' | '\u{f8}'..='\u{2ff}'
        | '\u{370}'..='\u{37d}' | '\u{37f}'..='\u{1fff}' | '\u{200c}'..='\u{200d}' | '\u{2070}'..='\u{218f}'
        | '\u{2c00}'..='\u{2fef}' | '\u{3001}'..='\u{d7ff}' | '\u{f900}'..='\u{fdcf}' | '\u{fdf0}'..='\u{fffd}'
        | '\u{10000}'..='\u{effff}')
}

pub fn is_name_char(c: char) -> bool {
    is_name_start(c)
        || matches!(c, '-' | '.' | '0'..='9' | '\u{b7}' | '\u{300}'..='\u{36f}' | '\u{203f}'..='\u{2040}')
}

/// Bytes of the NCName that `text` begins with; 0: none.
pub fn name_length(text: &str) -> usize {
    match text.chars().next() {
        Some(c) if is_name_start(c) => text.find(|c| !is_name_char(c)).unwrap_or(text.len()),
        _ => 0,
    }
}

/// Bytes of the name that `text` begins with, a prefix (`orx:`) included; 0: none.
pub fn qualified_length(text: &str) -> usize {
    let local = name_length(text);
    match text[local..].strip_prefix(':').map(name_length) {
        Some(after) if local > 0 && after > 0 => local + 1 + after,
        _ => local,
    }
}

/// Whether `text` may name an element, a prefix allowed.
pub fn is_tag(text: &str) -> bool {
    !text.is_empty() && qualified_length(text) == text.len()
}

/// Candidates that are looked at, and letters of each: a hint must not take long.
const MAX_CANDIDATES: usize = 3000;
const MAX_LETTERS: usize = 32;

/// The candidate nearest to `word`, if it is near enough to be what was meant.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word: Vec<char> = word.to_lowercase().chars().take(MAX_LETTERS).collect();
    let most = match word.len() {
        0..=2 => return None,
        3..=4 => 1,
        5..=8 => 2,
        _ => 3,
    };
    let distances =
        candidates.into_iter().take(MAX_CANDIDATES).map(|candidate| (distance(&word, candidate), candidate));
    distances.filter(|(distance, _)| *distance <= most).min_by_key(|(distance, _)| *distance).map(|(_, c)| c)
}

/// Levenshtein's distance.
pub fn distance(a: &[char], b: &str) -> usize {
    let b: Vec<char> = b.to_lowercase().chars().take(MAX_LETTERS).collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, to) in b.iter().enumerate() {
            let substituted = diagonal + usize::from(from != to);
            diagonal = row[j + 1];
            row[j + 1] = substituted.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_xml() {
        for good in ["a", "_1", "tuổi", "orx:id", "a.b-c"] {
            assert!(is_tag(good), "{good}");
        }
        for bad in ["", "1a", "a b", "a:b:c", ":a", "a:", "-a", "a$"] {
            assert!(!is_tag(bad), "{bad}");
        }
    }

    #[test]
    fn the_nearest_word_is_near() {
        assert_eq!(nearest("intger", ["integer", "text", "date"]), Some("integer"));
        assert_eq!(nearest("banana", ["integer", "text", "date"]), None);
    }
}
