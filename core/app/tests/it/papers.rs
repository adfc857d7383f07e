//! Records on paper: which fit, and the document that a phone prints.

use crate::{
    phone::code,
    world::{Answers, World, fill, finish},
};
use app::view::*;

fn ids(papers: &[PaperRow]) -> Vec<&str> {
    papers.iter().map(|paper| paper.id.as_str()).collect()
}

#[test]
fn a_household_is_printed_with_what_was_agreed() {
    let world = World::new();
    let session = world.app.forms().start("vang_gia".into(), None).unwrap();
    fill(&session, &Answers::first_visit());
    let household = format!("household:{}", finish(&session).household_id.unwrap());
    let records = world.app.records();
    let papers = records.papers(household.clone()).unwrap();
    assert_eq!(ids(&papers), ["muc_tieu"]);
    let paper = records.paper(household.clone(), "muc_tieu".into()).unwrap();
    assert_eq!(paper.title, papers[0].label);
    assert!(paper.html.contains("Hoàng Văn Sơn") && paper.html.contains(&household), "{}", paper.html);
    assert!(paper.html.contains("default-src 'none'") && !paper.html.contains("<script"), "{}", paper.html);
    // Its members have papers of their own or none.
    let member = records.view(household.clone()).unwrap().sections[0].rows[0].reference.clone();
    assert_eq!(ids(&records.papers(member.clone()).unwrap()), Vec::<&str>::new());
    assert_eq!(code(records.paper(member, "muc_tieu".into())), "print.no-page");
    assert_eq!(code(records.paper(household.clone(), "khac".into())), "print.no-page");
    assert_eq!(code(records.papers("household:x".into())), "app.bad-id");
    world.app.set_language(Language::English);
    assert_eq!(records.papers(household).unwrap()[0].label, "Goals agreed with the household");
}

#[test]
fn a_report_about_a_child_is_printed_as_the_law_has_it() {
    let world = World::new();
    let report = world.app.forms().list().unwrap().into_iter().find(|form| form.restricted).unwrap();
    let session = world.app.forms().start(report.id, None).unwrap();
    crate::cases::answer_required(&session);
    let case = format!("case:{}", finish(&session).case_id.unwrap());
    let records = world.app.records();
    assert_eq!(ids(&records.papers(case.clone()).unwrap()), ["tre_em_01"]);
    let paper = records.paper(case.clone(), "tre_em_01".into()).unwrap();
    assert_eq!(paper.title, "Báo cáo tiếp nhận thông tin trẻ em (Mẫu số 01)");
    // The heading, what was answered (a box for each source that the form offers), whose paper it is.
    for said in
        ["CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Thông qua: <span class=\"option\">", "Thông tin thử", &case]
    {
        assert!(paper.html.contains(said), "{said}\n{}", paper.html);
    }
    assert_eq!(paper.html.matches("☒&nbsp;Nam<").count() + paper.html.matches("☒&nbsp;Nữ<").count(), 1);
}
