//! Kinds and fields of a newer version: kept, shown to nobody, passed on.

use crate::common::*;
use model::{RecordEdit, batch::Body};

#[test]
fn kinds_and_fields_that_the_phone_does_not_know_pass_untouched() {
    let mut phone = Phone::new();
    let mut other = phone.other();
    let home = household("Lò Văn An").set("flood_level", 3);
    let terms = serde_json::json!({"months": [1, 2]});
    let grant = RecordEdit::new(new_ref("sponsorship_of_2030"))
        .under(home.record.clone())
        .set("terms", terms.clone())
        .set("sum", 500_000);
    let (home_ref, grant_ref) = (home.record.clone(), grant.record.clone());
    let entries = [home, grant].map(|edit| put(other.change(edit)));
    let mut answer = phone.answer(&commune(), 1, entries.into());
    answer.certificates = vec![phone.office.certificate_of(&other)];
    phone.store.apply_pull(&answer).unwrap();
    phone.reopen();

    let record = |phone: &Phone| phone.store.record(&grant_ref).unwrap().unwrap();
    assert_eq!(record(&phone).root, Some(home_ref.clone()), "a household's, as all below it");
    assert_eq!(record(&phone).state.value("terms"), Some(&terms));
    let known = phone.store.record(&home_ref).unwrap().unwrap();
    assert_eq!(known.state.value("flood_level"), Some(&3.into()));

    // An edit of one field carries this one only: the others stay as their phone wrote them.
    phone.store.commit(vec![RecordEdit::new(grant_ref.clone()).set("sum", 600_000)]).unwrap();
    let own = phone.own_after(0);
    let Body::Whole { changes, .. } = &own[0].batch().body else { panic!("all of it is seen") };
    let fields: Vec<_> = changes[0].fields.iter().map(|field| field.name.to_string()).collect();
    assert_eq!(fields, ["sum"]);
    assert_eq!(record(&phone).state.value("terms"), Some(&terms));
    assert_eq!(record(&phone).state.value("sum"), Some(&600_000.into()));
}
