use super::*;

/// String literals of the sources that look like codes, comments left out.
fn codes(source: &str) -> Vec<&str> {
    let lines = source.lines().filter(|line| !line.trim_start().starts_with("//"));
    let literals = lines.flat_map(|line| line.split('"').skip(1).step_by(2));
    literals
        .filter(|text| {
            text.split_once('.').is_some_and(|(area, name)| {
                let plain = |part: &str| {
                    !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b == b'-')
                };
                plain(area) && plain(name) && !["csv", "xml", "jpg"].contains(&name)
            })
        })
        .collect()
}

#[test]
fn every_code_that_can_reach_a_person_has_both_texts() {
    let sources = [
        include_str!("../../../../store/src/error.rs"),
        include_str!("../../../../photos/src/error.rs"),
        include_str!("../../../../sync/src/error.rs"),
        include_str!("../../../../xforms/src/error.rs"),
        include_str!("../../../../casework/src/error.rs"),
        include_str!("../../../../prints/src/lib.rs"),
        include_str!("../../records/papers.rs"),
        include_str!("../../../../rulebook/src/problem.rs"),
        include_str!("../../../../model/src/batch/error.rs"),
        include_str!("../../../../model/src/key.rs"),
        include_str!("../../access/enrolling.rs"),
        include_str!("../../access/locking.rs"),
        include_str!("../../access/recovering.rs"),
        include_str!("../../access/salvaging.rs"),
        include_str!("../../../../store/src/salvage.rs"),
        include_str!("../../access/workers.rs"),
        include_str!("../../cases.rs"),
        include_str!("../../desk.rs"),
        include_str!("../../form.rs"),
        include_str!("../../form/carrying.rs"),
        include_str!("../../form/catalogue.rs"),
        include_str!("../../form/starting.rs"),
        include_str!("../../form/session.rs"),
        include_str!("../../form/session/answering.rs"),
        include_str!("../../form/session/turning.rs"),
        include_str!("../../form/session/values.rs"),
        include_str!("../../photos.rs"),
        include_str!("../../shared.rs"),
        include_str!("../../syncing/running.rs"),
    ];
    for source in sources {
        for code in codes(source) {
            assert!(find(code).is_some(), "{code} has no text");
        }
    }
    let found: usize = sources.iter().map(|source| codes(source).len()).sum();
    assert!(found > 50, "only {found} codes were found in the sources");
}

#[test]
fn texts_are_sentences_and_each_code_stands_once() {
    for (place, (code, vietnamese, english)) in TEXTS.iter().enumerate() {
        assert!(vietnamese.ends_with('.') && english.ends_with('.'), "{code}");
        assert!(TEXTS[place + 1..].iter().all(|(other, _, _)| other != code), "{code} stands twice");
    }
}

#[test]
fn a_wrong_pin_says_how_long_to_wait() {
    assert_eq!(text(Lang::Vi, "store.wrong-pin", 30), "Mã PIN không đúng. Thử lại sau 30 giây.");
    assert_eq!(text(Lang::En, "store.must-wait", 300), "Too many wrong PINs. Try again in 5 minutes.");
    assert!(text(Lang::En, "nobody.knows", 0).contains("Try again"));
}
