//! `GET` and `POST /records/{kind}/{id}/steps/{action}`: taking a step in the console.

use super::{
    browser::{Browser, READERS, for_roles_only, form},
    scene::Scene,
};
use crate::world::catalogue;
use testkit::Request;

fn text(browser: &Browser, path: &str) -> String {
    String::from_utf8(browser.get(path).answer.body).unwrap()
}

/// What the page keeps of the answers so far.
fn kept(body: &str, name: &str) -> String {
    let after = body.split(&format!("name=\"{name}\" value=\"")).nth(1).unwrap();
    let value = after.split('"').next().unwrap();
    value.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&")
}

#[test]
fn a_step_without_a_form_is_taken() {
    let scene = Scene::open();
    let path = format!("/records/case/{}/steps/acknowledge", scene.restricted.id);
    scene.reader().get(&path).snapshot("step");
    assert!(text(&scene.reader(), "/work").contains("<strong>CHƯA AI NHẬN: "));
    scene.reader().post(&path, &[]).snapshot("step.taken");
    assert!(!text(&scene.reader(), "/work").contains("<strong>CHƯA AI NHẬN: "), "somebody has taken it on");
    let page = text(&scene.reader(), &format!("/cases/{}", scene.restricted.id));
    assert!(page.contains("Tôi nhận xử lý"), "{page}");
}

#[test]
fn a_step_that_isnt_the_roles_or_not_from_here_is_refused() {
    let scene = Scene::open();
    for action in ["close", "approve_plan", "no_such_step"] {
        let path = format!("/records/case/{}/steps/{action}", scene.restricted.id);
        assert_eq!(scene.reader().post(&path, &[("reason", "x")]).answer.status, 409, "{action}");
    }
    let path = format!("/records/case/{}/steps/close", scene.restricted.id);
    scene.reader().get(&path).snapshot("step.not_now");
    // Of a case that is for others there is nothing at all.
    let head = Browser::of(&scene.office, "truong", "centre_head");
    assert_eq!(head.get(&path).answer.status, 404);
}

#[test]
fn the_form_of_a_step_is_filled_and_moves_the_case() {
    let scene = Scene::open();
    scene.office.publish(&catalogue("danh_gia_ban_dau"));
    let reader = scene.reader();
    let path = format!("/records/case/{}/steps/assess_initial", scene.restricted.id);
    let first = reader.get(&path);
    first.snapshot("step.form");
    let mut body = String::from_utf8(first.answer.body).unwrap();
    for _ in 0..20 {
        let instance = kept(&body, "instance");
        let page = kept(&body, "page");
        let mut fields: Vec<(String, String)> = vec![("instance".into(), instance), ("page".into(), page)];
        for name in body.split("name=\"a.").skip(1).map(|rest| rest.split('"').next().unwrap()) {
            let of = |end: &str| name.ends_with(end);
            let value = if of("directed_by") {
                "Chủ tịch Thử"
            } else if of("risk") || of("harm") || of("harm_continues") {
                "high"
            } else if of("done_at") {
                "2026-11-24T10:00"
            } else if of("conclusion") {
                "Cần bảo vệ ngay"
            } else if of("separation") || of("separate") {
                "no"
            } else if of("assessor") {
                "Người dùng hoa"
            } else {
                continue;
            };
            fields.push((format!("a.{name}"), value.to_owned()));
        }
        let ends = body.contains("name=\"finish\"");
        if ends {
            fields.push(("finish".into(), "1".into()));
        }
        let pairs: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        let answer = reader.send(&form(&path, &pairs)).answer;
        if answer.status == 303 {
            assert!(ends);
            let page = text(&reader, &format!("/cases/{}", scene.restricted.id));
            assert!(page.contains("Đánh giá nguy cơ ban đầu (Mẫu số 02)"), "{page}");
            assert!(
                page.contains("Thu thập thông tin, đánh giá nguy cơ cụ thể"),
                "the case moved on: {page}"
            );
            return;
        }
        assert_eq!(answer.status, 200);
        body = String::from_utf8(answer.body).unwrap();
    }
    panic!("the form never ends: {body}");
}

#[test]
fn the_form_of_a_step_is_filled_at_no_case_of_another_workflow() {
    let scene = Scene::open();
    scene.office.publish(&catalogue("danh_gia_ban_dau"));
    let path = format!("/records/case/{}/steps/assess_initial", scene.case.id);
    for answer in [scene.reader().get(&path).answer, scene.reader().post(&path, &[]).answer] {
        let body = String::from_utf8(answer.body).unwrap();
        assert!(!body.contains("name=\"instance\""), "its form is begun: {body}");
    }
    let page = text(&scene.reader(), &format!("/cases/{}", scene.case.id));
    assert!(!page.contains("Đánh giá nguy cơ ban đầu"), "{page}");
    let child =
        text(&scene.reader(), &path.replace(&scene.case.id.to_string(), &scene.restricted.id.to_string()));
    assert!(child.contains("name=\"instance\""), "{child}");
}

#[test]
fn whom_it_is_for() {
    let scene = Scene::open();
    let of = scene.restricted.id;
    let path = format!("/records/case/{}/steps/acknowledge", scene.restricted.id);
    for_roles_only(&scene.office, &Request::new("GET", &path), READERS);
    let scene = Scene::open();
    let path = path.replace(&of.to_string(), &scene.restricted.id.to_string());
    for_roles_only(&scene.office, &form(&path, &[]), READERS);
}
