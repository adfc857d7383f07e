//! Finding choices in a list that is too long to look through.

use model::fold;

/// Places (from 0) of the labels that hold what a person types, without tone marks: `ha giang` finds `Hà Giang`, `dak`
/// finds `Đắk`. All of them while nothing is typed.
#[uniffi::export]
pub fn find_labels(labels: Vec<String>, typed: String) -> Vec<u32> {
    let wanted = fold(&typed);
    let found = labels.iter().zip(0..).filter(|(label, _)| fold(label).contains(&wanted));
    found.map(|(_, place)| place).collect()
}

#[cfg(test)]
mod tests {
    use super::find_labels;

    #[test]
    fn choices_are_found_without_tone_marks() {
        let find = |typed: &str| {
            find_labels(
                ["Xã Hoà An", "Xã Đắk Pơ", "Phường Hạ Long"].map(str::to_owned).into(),
                typed.to_owned(),
            )
        };
        assert_eq!(find("hoa"), [0]);
        assert_eq!(find("DAK po"), [1]);
        assert_eq!(find("đắk"), [1]);
        assert_eq!(find(" "), [0, 1, 2]);
        assert!(find("không có").is_empty());
    }
}
