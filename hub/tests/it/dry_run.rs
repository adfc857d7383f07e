//! What a proposal would touch at this office, in numbers.

use crate::{
    publishing::{administrator, overlay},
    world::{COMMUNE, Office},
};
use hub::office::packs::{self, DryRun};
use model::{RecordEdit, RecordRef, Role, UserId, kind, record::field};
use rulebook::Pack;
use testkit::records::{household, new_ref, under};

/// The office's overlay, under which a plan is due two working days earlier.
fn tighter(from: &str) -> Pack {
    let mut pack = overlay(1, from);
    let national = Pack::built_in();
    let clocks = String::from_utf8(national.file("clocks.csv").unwrap().to_vec()).unwrap();
    let row = clocks.lines().find(|line| line.starts_with("cp_plan,")).unwrap();
    let tighter = row.replace(",5,working-days,", ",3,working-days,");
    assert_ne!(tighter, row);
    pack.add("clocks.csv", format!("{}\n{tighter}\n", clocks.lines().next().unwrap()).into_bytes());
    // Saturdays and Sundays, 24/11, and the days around 2/9 are off.
    let worked = [("25/11/2026", "30/11/2026"), ("20/11/2026", "26/11/2026"), ("27/08/2026", "04/09/2026")];
    let worked = worked.map(|(received, due)| {
        let low = format!("assessment.form=initial;assessment.risk=low;assessment.done_at={received} 09:00");
        let said = format!("case.received_at={received} 09:00;{low}");
        format!("cp_plan,{received},{said},{received} 10:00,{due} 23:59,start-uncertain\n")
    });
    let golden = format!("clock,name,fields,now,due,marks\n{}", worked.concat());
    pack.add("golden/clocks.csv", golden.into_bytes());
    pack
}

fn dry_run(office: &Office, number: u64) -> DryRun {
    let preview = office.hub.read_now(move |hub, read| packs::preview(hub, read, number)).unwrap();
    preview.checked.unwrap().1
}

#[test]
fn deadlines_and_records_that_a_pack_touches_are_counted() {
    let office = Office::open();
    let user = administrator(&office, "mot");
    let mut hoa = office.phone("hoa", "all");
    let home = household(COMMUNE);
    hoa.write(vec![home.clone()]);
    // A first assessment says that it is no emergency: so its plan is due.
    let case = |received_at: &str, user: UserId| {
        let case = new_ref(kind::CASE);
        let report = RecordEdit::new(case.clone())
            .set(field::RESTRICTED, true)
            .set(field::COMMUNE, COMMUNE)
            .set("workflow", "child-protection")
            .set("state", "intake")
            .set("received_at", received_at);
        let member = under(kind::CASE_MEMBER, &case).set(field::USER, user.to_string()).set("name", "hoa");
        let assessed =
            under("assessment", &case).set("form", "initial").set("risk", "low").set("done_at", received_at);
        (case, vec![report, member, assessed])
    };
    // Three that are worked on, of which one has its plan handed in; one that ended. The 24th is a day off.
    let steps: [(&str, &[&str]); 4] = [
        ("2026-11-24T08:00:00+07:00", &[]),
        ("2026-11-23T08:00:00+07:00", &["assess_initial"]),
        ("2026-11-20T08:00:00+07:00", &["assess_initial", "assess_specific", "submit_plan"]),
        ("2026-11-20T08:00:00+07:00", &["close_death"]),
    ];
    let mut officer = {
        office.user_with("can", Role::new("child_protection_officer"), "all", "");
        office.phone_of("can")
    };
    for (received_at, taken) in steps {
        let (case, edits) = case(received_at, officer.user);
        officer.write(edits);
        let mut after: Option<RecordRef> = None;
        for action in taken {
            let mut step =
                workflow::edit(uuid::Uuid::now_v7(), &case, "child-protection", action, "", received_at);
            if let Some(after) = &after {
                step = step.set(workflow::field::AFTER, after.id.to_string());
            }
            after = Some(step.record.clone());
            // The phone's clock is a year behind: its worker's rights go by when the hub last heard of it.
            office.clock.advance_s(1);
            officer.write(vec![step]);
        }
    }
    assert_eq!(office.stats().of("case"), 4);

    packs::propose(&office.hub, tighter("2026-11-24"), Some(user), None).unwrap();
    let told = dry_run(&office, 1);
    let cases = told.kinds.iter().find(|touched| touched.by.kind == "case").unwrap();
    assert_eq!((cases.records, cases.steps, cases.by.fields), (3, 0, 0));
    assert_eq!((told.deadlines.moved, told.deadlines.begun, told.deadlines.ended), (2, 0, 0));
    let earliest = told.deadlines.earliest.unwrap().to_rfc3339();
    assert_eq!(earliest, "2026-11-27T23:59:59+07:00");
    let well = told.kinds.iter().find(|touched| touched.by.kind == "well").unwrap();
    assert!(well.by.is_new);
    assert!(told.kinds.iter().all(|touched| touched.by.kind != "household"), "nothing changes for these");
    assert_eq!((told.phones, told.forms.len(), told.is_partial), (2, 0, false));

    // Published, the next version touches no deadline; what its form's version before was answered by is told.
    packs::approve(&office.hub, 1, None, None).unwrap();
    packs::follow(&office.hub).unwrap();
    let mut next = tighter("2026-11-24");
    overlay(2, "2026-11-24").files().for_each(|(path, body)| next.add(path, body.to_vec()));
    packs::propose(&office.hub, next, Some(user), None).unwrap();
    let told = dry_run(&office, 2);
    assert_eq!((told.deadlines.moved, told.kinds.len()), (0, 0));
    let form = &told.forms[0];
    assert_eq!((form.id.as_str(), form.version.as_str(), form.next.as_str()), ("gieng", "1", "2"));
    let text: String = told.told().into_iter().map(|line| line.vi + &line.en).collect();
    assert!(!text.contains("hoa") && !text.contains(&RecordRef::to_string(&home.record)), "{text}");
}
