//! Text as a person types it into a search box: no tone marks, no case, đ as d.

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// `Nguyễn Thị Hoà` and `NGUYEN THI HÒA` both become `nguyen thi hoa`; white space is folded to single blanks.
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !folded.is_empty() {
            folded.push(' ');
        }
        for letter in word.nfd().filter(|c| !is_combining_mark(*c)) {
            match letter {
                'đ' | 'Đ' => folded.push('d'),
                other => folded.extend(other.to_lowercase()),
            }
        }
    }
    folded
}

#[cfg(test)]
mod tests {
    use super::fold;

    #[test]
    fn folds_what_vietnamese_keyboards_make() {
        assert_eq!(fold("  Nguyễn  Thị Hoà "), "nguyen thi hoa");
        assert_eq!(fold("NGUYỄN THỊ HÒA"), "nguyen thi hoa");
        assert_eq!(fold("Đỗ Đình Ướt"), "do dinh uot");
        assert_eq!(fold("Hoa\u{0300}"), "hoa");
    }
}
