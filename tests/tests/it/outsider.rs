//! What somebody's phone shows who has nothing to do with a restricted case: the same as if there were none, to the byte.
//! Hub and phones are copied, so that both sides have the same ids, keys and clock, and nothing is left out of what is
//! compared.

use app::view::SyncSummary;
use journeys::{
    headless::copy,
    hub::HubProcess,
    phone::Phone,
    synthetic::{self, COMMUNES},
    world::{self, World},
};
use std::path::Path;

const PHONES: [&str; 3] = ["phone-tac", "phone-dung", "phone-khac"];

/// What happens beside the ordinary.
#[derive(Clone, Copy, PartialEq)]
enum Beside {
    Nothing,
    /// A report about a child of a household that all know.
    Restricted,
    /// A case of that household that is nobody's secret: what is compared does tell of cases.
    Ordinary,
}

/// All that a phone shows, and what it said of its synchronisation.
fn shown(phone: &Phone, summary: &SyncSummary, child: &str) -> String {
    let app = &phone.app;
    let mut all = vec![format!("{summary:#?}")];
    let list = app.households().list(String::new(), 0, 100).unwrap();
    for row in &list.rows {
        let home = format!("household:{}", row.id);
        let view = app.households().view(row.id.clone()).unwrap();
        for member in &view.members {
            all.push(format!("{:#?}", app.records().view(format!("person:{}", member.id)).unwrap()));
        }
        let records = app.records();
        for section in records.view(home.clone()).unwrap().sections {
            all.extend(
                section.rows.into_iter().map(|row| format!("{:#?}", records.view(row.reference).unwrap())),
            );
        }
        all.extend([
            format!("{view:#?}"),
            format!("{:#?}", records.view(home.clone()).unwrap()),
            format!("{:#?}", app.forms().about(home).unwrap()),
        ]);
    }
    all.extend([
        format!("{list:#?}"),
        format!("{:#?}", app.households().list(child.to_owned(), 0, 100).unwrap()),
        format!("{:#?}", app.today().view().unwrap()),
        format!("{:#?}", app.cases().list().unwrap()),
        format!("{:#?}", app.forms().list().unwrap()),
        format!("{:#?}", app.syncing().state().unwrap()),
    ]);
    all.join("\n")
}

fn start(world: &World, folder: &Path) -> Phone {
    let phone = Phone::start_by(world.clock().unwrap().clone(), folder).unwrap();
    phone.unlock().unwrap();
    phone
}

#[test]
fn an_outsiders_phone_is_the_same_with_and_without_a_restricted_case() {
    let commune = COMMUNES[0].0;
    let mut world = World::open_at("28/11/2026 20:00", &["vang_gia", "tiep_nhan_tre_em"]).unwrap();
    world.user("tac", "Bàn Thị Tác", "child_protection_officer", commune, false).unwrap();
    world.user("dung", "Chu Văn Dũng", "commune_officer", commune, false).unwrap();
    world.user("truc", "Chu Văn Trực", "case_manager", commune, true).unwrap();
    world.user("khac", "Lộc Thị Khác", "case_manager", commune, false).unwrap();
    let phones = ["tac", "dung", "khac"].map(|login| world.phone(login).unwrap());
    let (known, later) = (synthetic::household(3, 0), synthetic::household(6, 0));
    let child = known.people.last().unwrap().name.clone();
    let home = world::visit(&phones[1], None, &known, vec![]).unwrap().household_id.unwrap();
    for phone in [1, 0, 2] {
        phones[phone].sync().unwrap();
    }
    // It goes up after the report, if there is one, with ids that both sides share.
    world::visit(&phones[1], None, &later, vec![]).unwrap();
    for phone in phones {
        phone.app.access().lock();
    }
    let hub = world.hub.folder().to_owned();
    let listen = world.hub.url.trim_start_matches("http://").to_owned();
    world.hub.kill().unwrap();

    let side = |name: &str, beside: Beside| {
        let path = |of: &str| world.path(name).join(of);
        copy(&hub, &path("hub")).unwrap();
        for phone in PHONES {
            copy(&world.path(phone), &path(phone)).unwrap();
        }
        let clock = world.clock().unwrap();
        clock.turn_to("28/11/2026 22:40").unwrap();
        let options = ["--plain", "--listen", &listen];
        let hub = HubProcess::serve_by(Some(clock), &path("hub"), &options).unwrap();
        let [reports, visits, outsider] = PHONES.map(|phone| start(&world, &path(phone)));
        let case = match beside {
            Beside::Nothing => None,
            Beside::Restricted => {
                let case = world::report(&reports, commune, &child).unwrap().case_id.unwrap();
                reports.sync().unwrap();
                let page =
                    reports.app.cases().act(case.clone(), "acknowledge".into(), String::new(), None).unwrap();
                assert!(page.restricted && page.timeline.len() > 1);
                Some(case)
            }
            Beside::Ordinary => Some(visits.app.cases().open(home.clone(), "Sinh kế".into()).unwrap()),
        };
        reports.sync().unwrap();
        clock.turn_to("28/11/2026 23:00").unwrap();
        visits.sync().unwrap();
        let summary = outsider.sync().unwrap();
        let first = shown(&outsider, &summary, &child);
        // Its twelve hours are over.
        clock.turn_to("29/11/2026 11:00").unwrap();
        reports.sync().unwrap();
        let summary = outsider.sync().unwrap();
        let second = shown(&outsider, &summary, &child);
        if beside == Beside::Restricted {
            let alarms = reports.app.today().view().unwrap();
            assert!(!alarms.tasks.is_empty(), "nothing runs in the case");
            assert!(outsider.app.cases().view(case.unwrap()).is_err());
        }
        hub.stop().unwrap();
        [first, second]
    };
    let [without, with, ordinary] = [
        side("without", Beside::Nothing),
        side("with", Beside::Restricted),
        side("ordinary", Beside::Ordinary),
    ];
    for household in [&known, &later] {
        assert!(without[0].contains(&household.people[0].name), "the outsider sees households");
    }
    assert!(with == without, "{}", first_difference(&with, &without));
    assert!(ordinary[0] != without[0] && ordinary[1] != without[1], "no case shows");
}

fn first_difference(one: &[String; 2], other: &[String; 2]) -> String {
    let lines = |all: &[String; 2]| all.join("\n").lines().map(str::to_owned).collect::<Vec<_>>();
    let differ = lines(one).into_iter().zip(lines(other)).find(|(one, other)| one != other);
    differ.map_or_else(|| "one is longer".to_owned(), |(one, other)| format!("{one}\n{other}"))
}
