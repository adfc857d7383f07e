//! `GET` and `POST /packs/{number}/forms/{form}`: a proposed form, played.

use super::{
    browser::{Browser, for_roles_only, form},
    exchange::Exchange,
};
use crate::{
    publishing::overlay,
    world::{Office, catalogue},
};
use hub::office::packs;
use testkit::{Request, filled_at};

const PATH: &str = "/packs/1/forms/gieng";

fn proposed(office: &Office) {
    packs::propose(&office.hub, overlay(1, "2026-12-15"), None, None).unwrap();
}

/// Fills in the page's form and presses a button.
fn press(browser: &Browser, page: &Exchange, typed: &[(&str, &str)], button: &str) -> Exchange {
    let page = String::from_utf8(page.answer.bytes()).unwrap();
    let mut pairs = filled_at(&page, PATH, typed);
    pairs.push((button.to_owned(), "1".to_owned()));
    let pairs: Vec<(&str, &str)> =
        pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    browser.post(PATH, &pairs)
}

fn text(page: &Exchange) -> String {
    String::from_utf8(page.answer.bytes()).unwrap()
}

#[test]
fn a_form_is_played_to_what_it_would_write_and_nothing_is_kept() {
    let office = Office::open();
    proposed(&office);
    let before = office.stats();
    let browser = Browser::of(&office, "quantri", "administrator");
    let first = browser.get(PATH);
    first.snapshot("pack.form");
    let second = press(&browser, &first, &[("a./data/commune", "00070")], "next");
    let third = press(&browser, &second, &[("a./data/of_1", "Câu trả lời <thử> & \"nháy\"")], "next");
    // No number: the page stays, with what was typed.
    let wrong = press(&browser, &third, &[("a./data/well/depth", "sâu lắm")], "next");
    assert!(text(&wrong).contains("Không đúng kiểu") && text(&wrong).contains("sâu lắm"));
    let back = press(&browser, &third, &[], "back");
    assert!(text(&back).contains("&lt;thử&gt; &amp; &quot;nháy&quot;"), "{}", text(&back));
    let end = press(&browser, &wrong, &[("a./data/well/depth", "12,5")], "next");
    end.snapshot("pack.form.end");
    let browser = browser.in_english();
    press(&browser, &wrong, &[("a./data/well/depth", "12.5")], "next").snapshot("pack.form.end.en");
    assert_eq!(office.stats(), before);
}

/// The first pages of each form that the country works by, with whatever they ask.
#[test]
fn each_national_form_can_be_played() {
    let office = Office::open();
    let folder = catalogue("").parent().unwrap().to_owned();
    let mut pack = hub::packs::read(&folder).unwrap();
    let about = pack.about().unwrap();
    let text_of = String::from_utf8(pack.file("pack.csv").unwrap().to_vec()).unwrap();
    let next = text_of.replace(&format!("{},{},", about.id, about.version), &format!("{},1000,", about.id));
    pack.add("pack.csv", next.into_bytes());
    let (_, checked) = packs::propose(&office.hub, pack, None, None).unwrap();
    let browser = Browser::of(&office, "quantri", "administrator");
    for form in &checked.forms {
        let path = format!("/packs/1/forms/{}", form.id);
        let mut page = browser.get(&path);
        for _ in 0..3 {
            assert_eq!(page.answer.status, 200, "{path}");
            let mut pairs = filled_at(&text(&page), &path, &[]);
            pairs.push(("next".into(), "1".into()));
            let pairs: Vec<(&str, &str)> =
                pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            page = browser.post(&path, &pairs);
        }
        assert_eq!(page.answer.status, 200, "{path}");
        assert!(text(&page).contains("name=\"instance\""), "{path}");
    }
}

#[test]
fn what_is_no_page_of_it_is_refused() {
    let office = Office::open();
    proposed(&office);
    let browser = Browser::of(&office, "quantri", "administrator");
    assert_eq!(browser.get("/packs/1/forms/khong_co").answer.status, 404);
    assert_eq!(browser.get("/packs/2/forms/gieng").answer.status, 404);
    for instance in ["", "<data", "<khac/>", "{}"] {
        let answer = browser.post(PATH, &[("instance", instance), ("page", "0")]).answer;
        assert_eq!(answer.status, 400, "{instance}");
    }
    let large = "x".repeat(2 * 1024 * 1024);
    assert_eq!(browser.post(PATH, &[("instance", &large)]).answer.status, 413);
}

#[test]
fn whom_it_is_for() {
    let office = Office::open();
    proposed(&office);
    for_roles_only(&office, &Request::new("GET", PATH), &["administrator"]);
    let office = Office::open();
    proposed(&office);
    for_roles_only(&office, &form(PATH, &[("instance", ""), ("page", "")]), &["administrator"]);
}
