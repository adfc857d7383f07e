//! `POST /forms/withdraw`.

use super::browser::{Browser, for_roles_only, form};
use crate::world::Office;
use wire::{forms::FormList, paths};

#[test]
fn a_form_is_withdrawn_by_an_administrator() {
    let office = Office::open();
    office.publish(crate::forms::folder("text,commune,Xã,,\n").path());
    let phone = office.phone("hoa", "all");
    let in_use = || {
        let list: FormList = phone.get(paths::FORMS).json();
        list.forms[0].newest
    };
    let administrator = Browser::of(&office, "quantri", "administrator");
    administrator.get("/forms").snapshot("forms.in_use");
    let head = Browser::of(&office, "truong", "centre_head").post("/forms/withdraw", &[("id", "thu")]).answer;
    assert!(head.status == 403 && in_use());
    administrator.post("/forms/withdraw", &[("id", "thu")]).snapshot("form.withdrawn");
    assert!(!in_use());
    administrator.get("/forms").snapshot("forms.withdrawn");
    assert_eq!(administrator.post("/forms/withdraw", &[("id", "khong_co")]).answer.status, 422);
    for_roles_only(&office, &form("/forms/withdraw", &[("id", "thu")]), &["administrator"]);
}
