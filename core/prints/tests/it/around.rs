//! Which papers a record has, and what of its surroundings stands on them.

use crate::world::{Record, World, day, kept, record, text};
use serde_json::json;

fn papers(world: &World, of: &Record, above: &[Record]) -> Vec<String> {
    let fits = |print: &&rulebook::Print| print.fits(kept(of), above.iter().map(kept));
    world.rulebook.prints(day()).filter(fits).map(|print| print.id.clone()).collect()
}

#[test]
fn a_record_has_the_papers_that_fit_what_it_says() {
    let world = World::new();
    let child = record("case", 1, None, [("workflow", json!("child-protection"))]);
    let adult = record("case", 2, None, [("workflow", json!("adult"))]);
    assert_eq!(papers(&world, &child, &[]), ["tre_em_01"]);
    assert_eq!(papers(&world, &adult, &[]), ["doi_tuong_05"]);
    for (form, paper) in [("initial", "tre_em_02"), ("specific", "tre_em_03"), ("review", "tre_em_06")] {
        let assessment = record("assessment", 3, Some(&child.0), [("form", json!(form))]);
        assert_eq!(papers(&world, &assessment, std::slice::from_ref(&child)), [paper]);
    }
    let plan = record("plan", 4, Some(&child.0), []);
    assert_eq!(papers(&world, &plan, std::slice::from_ref(&child)), ["tre_em_04"]);
    assert_eq!(papers(&world, &plan, &[adult]), ["doi_tuong_04"]);
    let decision = record("decision", 5, Some(&child.0), [("form", json!("separation_prolonged"))]);
    assert_eq!(papers(&world, &decision, &[child]), Vec::<String>::new());
}

/// Two cases of one household: each paper names its own child.
#[test]
fn the_nearest_that_fits_stands_on_the_paper() {
    let world = World::new();
    let home = record("household", 1, None, [("name", json!("Chủ nhà"))]);
    let [one, other] =
        [2, 3].map(|id| record("case", id, Some(&home.0), [("workflow", json!("child-protection"))]));
    let child = |id, case: &Record, name| {
        record("person", id, Some(&case.0), [("role", json!("child")), ("name", json!(name))])
    };
    let (near, far) = (child(4, &one, "Bé Gần"), child(5, &other, "Bé Xa"));
    let meeting = record("meeting", 6, Some(&one.0), [("agreed", json!("Ở với bà ngoại"))]);
    let page = text(&world.filled("bien_ban_hop", &meeting, [&[home, one], &[], &[other, far, near]]));
    assert!(page.contains("Họ và tên người được trợ giúp: Bé Gần") && !page.contains("Bé Xa"), "{page}");
    assert!(page.contains("Ở với bà ngoại"), "{page}");
}
