//! A workflow that no program knows comes as a pack: four states, taken in turns on a phone and in the console.

use app::view::{AnswerValue, RecordView};
use journeys::{
    console::Console,
    headless::copy,
    hub::checkout,
    synthetic::COMMUNES,
    visit::{self, choice, text},
    world::World,
};
use std::fs;
use testkit::filled;

/// The forms with which the story's pack is lived here: asking for it, and handing it over.
const FORMS: [(&str, &str); 7] = [
    (
        "muon_xe/settings",
        "form_title,form_id,version,default_language\nĐề nghị mượn xe lăn,muon_xe,2026110101,Tiếng Việt (vi)\n",
    ),
    (
        "muon_xe/survey",
        "type,name,label::Tiếng Việt (vi),label::English (en),required\ntext,item,Mượn gì?,What is lent?,yes\n",
    ),
    (
        "muon_xe/records",
        "record,kind,parent,path,id_from,when,field,from,type,clears_with\n\
         form,household,,,,,,,,\nloan,loan,@about,/data,,,,,,\nloan,,,,,,item,/data/item,text,\n",
    ),
    (
        "giao_xe/settings",
        "form_title,form_id,version,default_language\nBiên bản giao xe,giao_xe,2026110101,Tiếng Việt (vi)\n",
    ),
    (
        "giao_xe/survey",
        "type,name,label::Tiếng Việt (vi),label::English (en),required\n\
         date,at,Ngày kiểm tra,Checked on,yes\nselect_one yes_no,whole,Xe còn tốt?,Is it whole?,yes\n",
    ),
    (
        "giao_xe/choices",
        "list_name,name,label::Tiếng Việt (vi),label::English (en)\nyes_no,yes,Có,Yes\nyes_no,no,Không,No\n",
    ),
    (
        "giao_xe/records",
        "record,kind,parent,path,id_from,when,field,from,type,clears_with\n\
         form,loan,,,,,,,,\ncheck,loan_check,@about,/data,,,,,,\n\
         check,,,,,,at,/data/at,date,\ncheck,,,,,,whole,/data/whole,bool,\n",
    ),
];

/// Proposed at the command line, agreed to in the console.
fn publish(world: &mut World) {
    let pack = world.path("pack");
    copy(&checkout().join("tests/stories/cases/a_wheelchair_is_lent"), &pack).unwrap();
    let actions = fs::read_to_string(pack.join("actions.csv")).unwrap();
    let lend = "lending,lend,agreed,lent,case_manager|collaborator,";
    assert!(actions.contains(&format!("{lend},")));
    fs::write(pack.join("actions.csv"), actions.replace(lend, &format!("{lend}giao_xe"))).unwrap();
    for (path, csv) in FORMS {
        let path = pack.join(format!("forms/{path}.csv"));
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, csv).unwrap();
    }
    world.hub.command(&["pack", "publish", &pack.to_string_lossy()]).unwrap();
    world.user("quan", "Lộc Văn Quản", "administrator", COMMUNES[0].0, false).unwrap();
    let mut console = world.console("quan").unwrap();
    let page = console.page("/packs").unwrap();
    let proposal = page.split("href=\"/packs/").nth(1).unwrap().split('"').next().unwrap();
    let approve = format!("/packs/{proposal}/approve");
    assert_eq!(console.post(&approve, &[("first_day", "")]).unwrap().status, 303);
}

/// The console's page of it.
fn told(console: &mut Console, loan: &str) -> String {
    console.page(&format!("/records/{}", loan.replace(':', "/"))).unwrap()
}

fn offered(page: &RecordView) -> Vec<&str> {
    page.steps.iter().map(|step| step.action.as_str()).collect()
}

#[test]
fn a_workflow_of_a_pack_runs_on_a_phone_and_in_the_console() {
    let commune = COMMUNES[0].0;
    let mut world = World::open_at("01/12/2026 08:00", &["vang_gia"]).unwrap();
    world.user("hoa", "Hoàng Thị Hoa", "collaborator", commune, false).unwrap();
    world.user("lan", "Lương Thị Lan", "centre_head", commune, false).unwrap();
    world.user("mai", "Lý Thị Mai", "case_manager", commune, false).unwrap();
    let phone = world.phone("hoa").unwrap();
    let (mut head, mut manager) = (world.console("lan").unwrap(), world.console("mai").unwrap());
    let new = manager.page("/records/household/new").unwrap();
    let home = filled(&new, &[("f.name", "Lò Văn Mượn"), ("f.commune", commune), ("f.village", "Nà Pò")]);
    let home: Vec<(&str, &str)> = home.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(manager.post("/records/household/new", &home).unwrap().status, 303);
    phone.sync().unwrap();
    let home = format!("household:{}", phone.find("Lò Văn Mượn").unwrap());
    assert!(phone.app.forms().about(home.clone()).unwrap().iter().all(|form| form.id != "muon_xe"));

    // The same phone and hub, after the pack.
    publish(&mut world);
    phone.sync().unwrap();
    let forms = |record: &str| -> Vec<String> {
        phone.app.forms().about(record.to_owned()).unwrap().into_iter().map(|form| form.id).collect()
    };
    assert!(forms(&home).contains(&"muon_xe".to_owned()), "{:?}", forms(&home));
    let form = phone.app.forms().start("muon_xe".into(), Some(home.clone())).unwrap();
    let mut item = |name: &str, _: usize| (name == "item").then(|| text("Xe lăn số 7"));
    visit::fill(&form, &mut item, &|_| 0, &mut Vec::new()).unwrap();
    visit::finish(&form).unwrap();
    let rows = phone.app.records().view(home).unwrap().sections.into_iter().flat_map(|section| section.rows);
    let loan = rows.map(|row| row.reference).find(|of| of.starts_with("loan:")).unwrap();
    let seen = || phone.app.records().view(loan.clone()).unwrap();
    let states = |page: &RecordView| -> Vec<String> {
        let told = page.facts.iter().map(|fact| fact.value.clone());
        told.chain(page.badges.iter().map(|badge| badge.text.clone())).collect()
    };
    assert!(states(&seen()).contains(&"Đã đề nghị".to_owned()), "{:?}", seen());
    // Agreeing is the head's: the phone offers nothing, and refuses.
    assert!(offered(&seen()).is_empty(), "{:?}", seen().steps);
    let lend = || phone.app.forms().start_step(loan.clone(), "lend".into(), String::new());
    assert!(lend().is_err(), "it was lent before anybody agreed");
    phone.sync().unwrap();

    assert!(told(&mut head, &loan).contains("Đã đề nghị"));
    let step = |action: &str| format!("/records/{}/steps/{action}", loan.replace(':', "/"));
    assert_eq!(manager.post(&step("agree"), &[]).unwrap().status, 409, "a case manager agreed");
    assert_eq!(head.post(&step("agree"), &[]).unwrap().status, 303);

    world.clock().unwrap().turn_to("02/12/2026 09:00").unwrap();
    phone.sync().unwrap();
    assert!(states(&seen()).contains(&"Đã đồng ý".to_owned()), "{:?}", seen());
    assert_eq!(offered(&seen()), ["lend"]);
    // Its form is the step's.
    assert!(!forms(&loan).contains(&"giao_xe".to_owned()) && seen().actions.is_empty());
    let form = lend().unwrap();
    let mut checked = |name: &str, _: usize| match name {
        "at" => Some(AnswerValue::Date { iso: "2026-12-02".into() }),
        "whole" => Some(choice("yes")),
        _ => None,
    };
    visit::fill(&form, &mut checked, &|_| 0, &mut Vec::new()).unwrap();
    let advice = visit::finish(&form).unwrap().advice;
    assert!(advice.iter().all(|advice| advice.code != "step-no-effect"), "{advice:?}");
    assert!(states(&seen()).contains(&"Đang cho mượn".to_owned()), "{:?}", seen());
    // 30 days after 2 December: the whole of 1 January.
    let due: Vec<_> = seen().clocks.iter().map(|task| task.due.clone()).collect();
    assert_eq!(due, ["01/01/2027 23:59"]);
    phone.sync().unwrap();

    world.clock().unwrap().turn_to("20/12/2026 09:00").unwrap();
    // Whoever logged in weeks ago is asked again.
    let mut manager = world.console("mai").unwrap();
    let page = told(&mut manager, &loan);
    assert!(page.contains("Đang cho mượn") && page.contains("01/01/2027"), "{page}");
    assert!(page.contains(&step("give_back")), "it was whole when it was last looked at");
    assert_eq!(manager.post(&step("give_back"), &[]).unwrap().status, 303);
    phone.sync().unwrap();
    let back = seen();
    assert!(states(&back).contains(&"Đã trả".to_owned()), "{back:?}");
    assert!(offered(&back).is_empty() && back.clocks.is_empty());
    let told: Vec<_> = back.timeline.iter().map(|row| (row.at.as_str(), row.text.as_str())).collect();
    let happened = ["Đồng ý cho mượn", "Giao xe", "Nhận lại xe"];
    let at = ["01/12/2026 08:00", "02/12/2026 09:00", "20/12/2026 09:00"];
    for (at, what) in at.into_iter().zip(happened) {
        assert!(told.iter().any(|row| row.0 == at && row.1.starts_with(what)), "{what}: {told:?}");
    }
}
