//! A child moves to another commune in the middle: the case is handed over, never closed, and its deadlines run on.

use app::{
    FormSession,
    view::{AnswerValue, CaseView},
};
use journeys::{
    console::Console,
    headless::Headless,
    phone::Phone,
    synthetic::{self, COMMUNES, PROVINCE},
    visit::{self, choice, text},
    world::{self, World},
};
use model::RecordEdit;
use std::sync::Arc;
use sync::Retry;
use testkit::filled;

const FORMS: [&str; 4] = ["vang_gia", "tiep_nhan_tre_em", "ban_giao", "buoc_bao_ve"];
const EMERGENCY: &str = "Can thiệp khẩn cấp";

fn fill(form: &Arc<FormSession>, said: &[(&str, AnswerValue)]) {
    let mut answers =
        |name: &str, _: usize| said.iter().find(|(of, _)| *of == name).map(|(_, answer)| answer.clone());
    visit::fill(form, &mut answers, &|_| 0, &mut Vec::new()).unwrap();
    let advice = visit::finish(form).unwrap().advice;
    assert!(advice.iter().all(|advice| advice.code != "step-no-effect"), "{advice:?}");
}

fn step(phone: &Phone, case: &str, action: &str, said: &[(&str, AnswerValue)]) {
    let form = phone.app.forms().start_step(format!("case:{case}"), action.into(), String::new()).unwrap();
    fill(&form, said);
    phone.sync().unwrap();
}

/// Fills in a page's form as a browser does; the answer's status.
fn send(console: &mut Console, path: &str, typed: &[(&str, &str)]) -> u16 {
    let pairs = filled(&console.page(path).unwrap(), typed);
    let pairs: Vec<(&str, &str)> =
        pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    console.post(path, &pairs).unwrap().status
}

/// Whom a page lets one choose by this name.
fn user(page: &str, name: &str) -> String {
    let (before, _) = page.split_once(&format!("{name}</option>")).expect("they can't be chosen");
    before.rsplit_once("value=\"").unwrap().1.split('"').next().unwrap().to_owned()
}

fn due(case: &CaseView) -> Option<&str> {
    case.tasks.iter().find(|task| task.title.contains(EMERGENCY)).map(|task| task.due.as_str())
}

fn timeline(case: &CaseView) -> Vec<(String, String)> {
    case.timeline.iter().map(|row| (row.at.clone(), row.text.clone())).collect()
}

#[test]
fn the_case_of_a_child_who_moves_is_handed_over_and_goes_on() {
    let (old, new) = (COMMUNES[0].0, COMMUNES[1].0);
    let mut world = World::open_at("28/11/2026 20:00", &FORMS).unwrap();
    world.user("thu", "Lò Thị Thu", "child_protection_officer", old, false).unwrap();
    world.user("hoa", "Hoàng Thị Hoa", "child_protection_officer", new, false).unwrap();
    let (thu, hoa) = (world.phone("thu").unwrap(), world.phone("hoa").unwrap());
    let family = synthetic::household(3, 0);
    assert_eq!(family.commune, old);
    let child = family.people.last().unwrap().name.clone();
    let home = world::visit(&thu, None, &family, vec![]).unwrap().household_id.unwrap();
    let clock = world.clock().unwrap();
    clock.turn_to("28/11/2026 22:40").unwrap();
    let case = world::report(&thu, old, &child).unwrap().case_id.unwrap();
    thu.sync().unwrap();
    clock.turn_to("28/11/2026 23:10").unwrap();
    let told = [
        ("type", choice("police")),
        ("at", AnswerValue::DateTime { iso: "2026-11-28T23:05:00+07:00".into() }),
        ("done", choice("yes")),
        ("harm_stopped", choice("no")),
    ];
    step(&thu, &case, "protect", &told);
    // NĐ 56/2017 Đ26 k3, Đ31 k2: twelve hours from the receipt, through the night.
    assert_eq!(due(&thu.app.cases().view(case.clone()).unwrap()), Some("29/11/2026 10:40"));
    hoa.sync().unwrap();
    assert!(hoa.app.cases().list().unwrap().is_empty() && hoa.find(&child).is_err());

    // Luật Trẻ em Đ52 k2: the plan is the duty of where the child lives.
    clock.turn_to("29/11/2026 07:30").unwrap();
    let over = [
        ("to_province", choice(PROVINCE)),
        ("to_commune", choice(new)),
        ("receiver", text("Hoàng Thị Hoa, người làm công tác bảo vệ trẻ em")),
        ("reason", text("Trẻ theo mẹ về ở với bà ngoại")),
        ("open_items", text("12 giờ can thiệp khẩn cấp, đến 10 giờ 40 ngày 29/11/2026")),
    ];
    step(&thu, &case, "hand_over", &over);
    let before = thu.app.cases().view(case.clone()).unwrap();
    assert_eq!(due(&before), Some("29/11/2026 10:40"), "handing over stops no deadline");
    assert!(before.timeline.iter().any(|row| row.at == "29/11/2026 07:30" && row.text.contains("Bàn giao")));

    // The old side lets the new one in; that puts the case where it belongs, and itself in charge.
    let mut here = world.console("thu").unwrap();
    let mut there = world.console("hoa").unwrap();
    let path = format!("/cases/{case}");
    assert_eq!(there.get(&path).unwrap().status, 404, "nobody let the new commune in yet");
    let seat = format!("/records/case_member/new?parent=case:{case}");
    let named = user(&here.page(&seat).unwrap(), "Hoàng Thị Hoa");
    assert_eq!(send(&mut here, &seat, &[("f.user", &named)]), 303);
    assert_eq!(send(&mut there, &format!("/records/case/{case}/edit"), &[("f.commune", new)]), 303);
    let named = user(&there.page(&path).unwrap(), "Hoàng Thị Hoa");
    let give = format!("/records/case/{case}/give");
    assert_eq!(there.post(&give, &[("to", &named)]).unwrap().status, 303);

    // The household goes along once the receiving side agrees.
    let invitation = world.hub.invite("thu", None).unwrap();
    let desk = Headless::enrol_by(clock.clone(), &invitation, &world.path("desk"), "Máy thứ hai").unwrap();
    let synchronise = || {
        let report = desk.sync(&mut desk.transport(None).unwrap(), Retry::default(), &mut |_| {});
        assert!(report.problem.is_none(), "{:?}", report.problem);
    };
    synchronise();
    let moved = RecordEdit::new(format!("household:{home}").parse().unwrap()).set("commune", new);
    desk.store.commit(vec![moved]).unwrap();
    synchronise();
    hoa.sync().unwrap();
    assert!(hoa.app.households().view(home.clone()).is_err(), "nobody there has agreed");
    let held = there.page("/held").unwrap();
    let agree = held.split("action=\"/held/").nth(1).unwrap().split('"').next().unwrap();
    assert_eq!(there.post(&format!("/held/{agree}"), &[]).unwrap().status, 303);
    for phone in [&hoa, &thu] {
        phone.sync().unwrap();
    }
    assert_eq!(hoa.app.households().view(home.clone()).unwrap().members.len(), family.people.len());
    assert!(thu.app.households().view(home).is_err(), "the old commune still has the household");

    // Both answer for the child until the new one lets the old one go.
    let came = hoa.app.cases().view(case.clone()).unwrap();
    assert_eq!(timeline(&came), timeline(&before), "nothing is lost on the way");
    let sections = |view: &CaseView| -> Vec<(String, u32)> {
        view.sections.iter().map(|section| (section.kind.clone(), section.total)).collect()
    };
    assert_eq!(sections(&came), sections(&before));
    assert_eq!((came.people.len(), due(&came)), (before.people.len(), Some("29/11/2026 10:40")));
    let seat = came.members.iter().find(|member| member.name == "Lò Thị Thu").unwrap();
    let out = format!("/records/case_member/{}/remove", seat.id);
    assert_eq!(there.post(&out, &[("why", "Đã bàn giao")]).unwrap().status, 303);
    thu.sync().unwrap();
    let left = thu.app.today().view().unwrap();
    assert!(thu.app.cases().list().unwrap().is_empty() && thu.app.cases().view(case.clone()).is_err());
    assert!(left.tasks.is_empty() && left.alarms.is_empty() && left.open_cases_total == 0);
    assert!(matches!(here.get(&path).unwrap().status, 403 | 404), "the old commune's console");

    // There it goes on: a safe place in time.
    clock.turn_to("29/11/2026 09:40").unwrap();
    hoa.sync().unwrap();
    let safe = [
        ("type", choice("shelter")),
        ("at", AnswerValue::DateTime { iso: "2026-11-29T09:30:00+07:00".into() }),
        ("done", choice("yes")),
        ("receiver_checked", choice("yes")),
        ("agreed_by", choice("mother")),
        ("harm_stopped", choice("no")),
    ];
    step(&hoa, &case, "protect", &safe);
    let after = hoa.app.cases().view(case).unwrap();
    assert_eq!(due(&after), None, "it runs on in a safe place");
    let met = |row: &app::view::TimelineRow| row.at == "29/11/2026 09:30" && row.text.contains(EMERGENCY);
    assert!(after.timeline.iter().any(met), "{:#?}", after.timeline);
    for (at, text) in timeline(&before).iter().filter(|(_, text)| !text.contains(EMERGENCY)) {
        assert!(timeline(&after).contains(&(at.clone(), text.clone())), "{at} {text}");
    }
}
