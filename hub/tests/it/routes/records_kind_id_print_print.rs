//! `GET /records/{kind}/{id}/print/{print}`: a record on paper.

use super::{
    browser::{Browser, READERS, for_roles_only},
    scene::Scene,
};
use model::RecordEdit;
use testkit::Request;

#[test]
fn a_household_with_its_goals() {
    let mut scene = Scene::open();
    let path = format!("/records/household/{}/print/muc_tieu", scene.household.id);
    let page = scene.reader().get(&path);
    page.snapshot("print.household");
    let policy = page.answer.header("content-security-policy").unwrap();
    assert!(policy.contains("default-src 'none'") && !policy.contains("script-src"), "{policy}");
    scene.reader().in_english().get(&path).snapshot("print.household.en");
    // What somebody typed is text, whatever it looks like.
    let edit =
        RecordEdit::new(scene.household.clone()).set("village", "<script>alert(1)</script>{{ office }}");
    scene.author.write(vec![edit]);
    let body = String::from_utf8(scene.reader().get(&path).answer.body).unwrap();
    assert!(body.contains("&lt;script&gt;alert(1)&lt;&#x2f;script&gt;{{ office }}"), "{body}");
    // Only what it is printed of, and only for who may see it.
    for path in [
        format!("/records/person/{}/print/muc_tieu", scene.member.id),
        format!("/records/household/{}/print/nothing", scene.household.id),
        format!("/records/household/{}/print/muc_tieu", scene.member.id),
    ] {
        assert_eq!(scene.reader().get(&path).answer.status, 404, "{path}");
    }
    let elsewhere = Browser::with_place(&scene.office, "xa", "case_manager", "commune:00004");
    assert_eq!(elsewhere.get(&path).answer.status, 404);
}

#[test]
fn a_report_about_a_child_for_its_members_alone() {
    let scene = Scene::open();
    let path = format!("/records/case/{}/print/tre_em_01", scene.restricted.id);
    let page = scene.reader().get(&path);
    let body = String::from_utf8(page.answer.body).unwrap();
    // Who reported stands on it for who may see them.
    for said in ["Bé Thử", "Bà hàng xóm", "0912 000 333", "24/11/2026 09:00"] {
        assert!(body.contains(said), "{said}\n{body}");
    }
    // The page of the case offers the papers that fit it, and no other.
    let offered = scene.reader().get(&format!("/records/case/{}", scene.restricted.id));
    let offered = String::from_utf8(offered.answer.body).unwrap();
    assert!(offered.contains("/print/tre_em_01") && !offered.contains("/print/doi_tuong_05"), "{offered}");
    let other = format!("/records/case/{}/print/doi_tuong_05", scene.restricted.id);
    assert_eq!(scene.reader().get(&other).answer.status, 404);
    // Who isn't a member of the case learns nothing, also where they see its commune.
    let outsider = Browser::with_place(&scene.office, "ngoai", "child_protection_officer", "all");
    assert_eq!(outsider.get(&path).answer.status, 404);
}

#[test]
fn whom_it_is_for() {
    let scene = Scene::open();
    let path = format!("/records/household/{}/print/muc_tieu", scene.household.id);
    for_roles_only(&scene.office, &Request::new("GET", path), READERS);
}
