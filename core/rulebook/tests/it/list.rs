//! Lists in memory.

use model::fold;
use proptest::prelude::*;
use rulebook::{List, Query};
use uuid::Uuid;

fn found(query: &str, words: &[&str]) -> Vec<usize> {
    let mut list = List::default();
    for (n, words) in words.iter().enumerate() {
        list.put(Uuid::from_u128(n as u128), "", words, ());
    }
    let (found, total) = list.find(&Query::parse(query), |()| true, (0, usize::MAX));
    assert_eq!(total, found.len());
    found.into_iter().map(|id| id.as_u128() as usize).collect()
}

#[test]
fn words_are_found_from_their_beginning_and_those_at_the_start_come_first() {
    let rows = [" tran thi hoa", " hoa an thi", " nguyen thi hoai thu", " thi hoan"];
    assert_eq!(found("Thị HOÀ", &rows), [3, 0, 2, 1]);
    assert_eq!(found("nguyen hoa", &rows), [2]);
    assert_eq!(found("guyen", &rows), [0; 0]);
    assert_eq!(found("%", &rows), [0, 1, 2, 3], "nothing to search for finds all");
    assert_eq!(found("thi hoa thi hoa thi hoa thi hoa xa", &rows), [0, 1, 2, 3], "eight words say enough");
}

/// What a search finds of rows (sort, id, words, tag), all of them ranked and sorted: the rule in plain words.
fn plainly(query: &str, rows: &[(String, u128, String, bool)]) -> Vec<u128> {
    let typed: String = fold(query).split_whitespace().map(|word| format!(" {word}")).collect();
    let rank = |words: &str| match words.find(&typed) {
        Some(place) => Some(usize::from(place > 0)),
        None => typed.split(' ').skip(1).all(|word| words.contains(&format!(" {word}"))).then_some(2),
    };
    let open = rows.iter().filter(|(.., open)| *open);
    let mut found: Vec<_> = open.filter_map(|(sort, id, words, _)| Some((rank(words)?, sort, *id))).collect();
    found.sort();
    found.into_iter().map(|(.., id)| id).collect()
}

proptest! {
    #[test]
    fn a_page_is_that_of_all_rows_ranked_and_sorted(
        acts in prop::collection::vec(("[a-c]{0,2}", 0..12_u128, "( [ab]{1,3}){0,5}", prop::option::of(any::<bool>())), 0..40),
        query in "( ?[ab]{1,2}){0,4}",
        offset in 0..4_usize,
        limit in 0..6_usize,
    ) {
        let mut list = List::default();
        let mut rows: Vec<(String, u128, String, bool)> = Vec::new();
        for (sort, id, words, tag) in acts {
            rows.retain(|(_, known, ..)| *known != id);
            match tag {
                Some(open) => {
                    list.put(Uuid::from_u128(id), &sort, &words, open);
                    rows.push((sort, id, words, open));
                }
                None => list.remove(Uuid::from_u128(id)),
            }
        }
        let (page, total) = list.find(&Query::parse(&query), |open| *open, (offset, limit));
        let all = plainly(&query, &rows);
        prop_assert_eq!(total, all.len());
        let page: Vec<u128> = page.into_iter().map(|id| id.as_u128()).collect();
        prop_assert_eq!(page, all.into_iter().skip(offset).take(limit).collect::<Vec<_>>());
    }
}
