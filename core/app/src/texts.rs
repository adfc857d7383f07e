//! Texts that depend on data, Vietnamese first: errors, dates, places, counts.

pub mod dates;
pub mod errors;
pub mod review;

use rulebook::Lang;

/// A number as people write it: decimal comma in Vietnamese.
pub fn number(lang: Lang, number: f64) -> String {
    let text = format!("{number}");
    match lang {
        Lang::Vi => text.replace('.', ","),
        Lang::En => text,
    }
}

/// What is not empty, with the dots between that lists here use.
pub fn joined<'a>(parts: impl IntoIterator<Item = &'a str>, between: &str) -> String {
    let mut text = String::new();
    for part in parts.into_iter().filter(|part| !part.is_empty()) {
        if !text.is_empty() {
            text.push_str(between);
        }
        text.push_str(part);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_follow_the_language_and_empty_parts_leave_no_dots() {
        assert_eq!(number(Lang::Vi, 32.5), "32,5");
        assert_eq!(number(Lang::En, 32.5), "32.5");
        assert_eq!(number(Lang::Vi, 4.0), "4");
        assert_eq!(joined(["con", "", "nữ"], " · "), "con · nữ");
    }
}
