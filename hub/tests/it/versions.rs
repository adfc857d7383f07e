//! Which program and which messages each phone uses, so that the office can see whether an older one may go.

use crate::{routes::browser::Browser, world::Office};
use testkit::Request;
use wire::{AGENT, paths};

fn devices(browser: &Browser) -> String {
    String::from_utf8(browser.get("/devices").answer.body).unwrap()
}

#[test]
fn the_console_tells_what_each_phone_speaks() {
    let office = Office::open();
    let phone = office.phone("hoa", "all");
    office.phone("lan", "all");
    let browser = Browser::of(&office, "admin", "administrator");
    let question = serde_json::to_vec(&phone.pull_request(10)).unwrap();
    let pull = Request::new("POST", paths::PULL).with("user-agent", format!("{AGENT}1.7.0")).body(question);
    assert_eq!(phone.send(pull).status, 200);
    // What is noted after the answer stands in one row with this.
    office.hub.write_now(|_, _| Ok(())).unwrap();
    let page = devices(&browser);
    assert!(page.contains("1.7.0"), "as told when it pulled");
    assert!(page.contains("phiên bản 1 (2 máy). Máy chủ hiểu từ phiên bản 1 đến 1."));
    assert!(!page.contains("không còn hiểu"));

    // As if this program had dropped what one of them speaks.
    let database = rusqlite::Connection::open(office.folder.join("hub.db")).unwrap();
    let changed = database.execute("UPDATE devices SET speaks = 0 WHERE app_version = '1.7.0'", []).unwrap();
    assert_eq!(changed, 1);
    let page = devices(&browser);
    assert!(page.contains("phiên bản 0 (1 máy), phiên bản 1 (1 máy)"));
    assert_eq!(page.matches("Máy chủ không còn hiểu máy này").count(), 1);
}
