//! `POST /held/{device}/{first_seq}/agree`.

use super::browser::{Browser, READERS, for_roles_only, form};
use crate::world::{COMMUNE, NEIGHBOUR, Office};
use model::{RecordEdit, kind};
use testkit::records::new_ref;

#[test]
fn the_receiving_side_agrees_to_a_move() {
    let office = Office::open();
    let mut phone = office.phone("hoa", &format!("commune:{COMMUNE}"));
    let home = RecordEdit::new(new_ref(kind::HOUSEHOLD)).set("name", "Lò Thị Chuyển").set("commune", COMMUNE);
    let record = home.record.clone();
    phone.write(vec![home]);
    let moved = phone.batch(vec![RecordEdit::new(record).set("commune", NEIGHBOUR)]);
    phone.push(std::slice::from_ref(&moved));
    let path = format!("/held/{}/{}/agree", phone.device, moved.statement().first_seq);

    // Not who sends it there, nor a collaborator of the other side.
    let here = Browser::with_place(&office, "benday", "case_manager", &format!("commune:{COMMUNE}"));
    assert_eq!(here.post(&path, &[]).answer.status, 404);
    let helper = Browser::with_place(&office, "ct", "collaborator", &format!("commune:{NEIGHBOUR}"));
    assert_eq!(helper.post(&path, &[]).answer.status, 404);
    let there = Browser::with_place(&office, "benkia", "case_manager", &format!("commune:{NEIGHBOUR}"));
    there.post(&path, &[]).snapshot("held.agree");
    let households = there.get("/households").answer.body;
    assert!(String::from_utf8(households).unwrap().contains("Lò Thị Chuyển"));
    assert_eq!(there.post(&path, &[]).answer.status, 404, "once is enough");
    for_roles_only(&office, &form(&path, &[]), READERS);
}
