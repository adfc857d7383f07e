//! A collaborator's phone writes what only those may who manage cases.

use anyhow::{Context, Result};
use journeys::{
    attack::{Story, Verdicts},
    headless::Headless,
    synthetic::COMMUNES,
    wire_phone::{WirePhone, code},
    world::{self, World},
};
use model::{HouseholdId, RecordRef, batch::Chain, kind, record::field};
use rulebook::Rulebook;
use serde_json::{Value, json};
use sync::Retry;

pub const STORY: Story = Story { name: "10-permissions", run };

/// An office where everybody may do everything: how a phone with an older table behaves.
const ALL_MAY: &str = "kind,field,action,role,when,from,to,article\n\
    *,*,add,collaborator|case_manager,any,,,\n*,*,change,collaborator|case_manager,any,,,\n\
    *,*,remove,collaborator|case_manager,any,,,\n*,*,move,collaborator|case_manager,any,,,\n";

/// What is tried, on which record, by which values of its fields.
type Try<'a> = (&'a str, &'a RecordRef, &'a [(&'a str, Value)]);

fn run(verdicts: &mut Verdicts) -> Result<()> {
    let mut world = World::open()?;
    let (here, elsewhere) = (COMMUNES[0].0, COMMUNES[1].0);
    world.user("mai", "Lý Thị Mai", "case_manager", here, true)?;
    world.user("ct", "Triệu Cộng Tác", "collaborator", here, false)?;
    world.worker("son", "Hoàng Văn Sơn", elsewhere)?;

    let manager = world.phone("mai")?;
    let visited = world::visit(&manager, None, &world::alone("Bàn Thị Già", here), Vec::new())?;
    let household = visited.household_id.context("a visit has a household")?;
    let ordinary = manager.app.cases().open(household.clone(), "già yếu, sống một mình".into())?;
    manager.sync()?;
    let collaborator = world.phone("ct")?;
    let report = world::report(&collaborator, here, "Bàn Thị Dệt")?;
    let restricted = report.case_id.context("a report opens a case")?;
    collaborator.sync()?;
    manager.sync()?;
    let members = collaborator.app.cases().view(restricted.clone())?.members;
    let managers_seat =
        members.iter().find(|member| member.name.contains("Mai")).context("who is on duty")?;

    let mut hostile = Hostile { phone: WirePhone::enrol(&world.hub, "ct")?, chain: None };
    let (of_case, of_child) = (record(kind::CASE, &ordinary)?, record(kind::CASE, &restricted)?);
    let (of_home, of_seat) =
        (record(kind::HOUSEHOLD, &household)?, record(kind::CASE_MEMBER, &managers_seat.id)?);
    let forged = HouseholdId::new().reference();
    let late = "2030-01-01T00:00:00+07:00";
    let tries: [Try<'_>; 9] = [
        ("restrict a colleague's case without members", &of_case, &[(field::RESTRICTED, json!(true))]),
        ("take the case manager out of a case", &of_seat, &[(field::REMOVED, json!("nhầm"))]),
        ("close a case", &of_case, &[("state", json!("closed"))]),
        ("say that a report came in later", &of_child, &[("received_at", json!(late))]),
        ("open a restricted case to the commune", &of_child, &[(field::RESTRICTED, json!(false))]),
        (
            "move a household to a commune that there isn't",
            &of_home,
            &[(field::COMMUNE, json!("zz-nowhere"))],
        ),
        ("take a household out", &of_home, &[(field::REMOVED, json!("nhầm"))]),
        (
            "say that there is a household at home",
            &forged,
            &[("name", json!("Hộ Giả")), (field::COMMUNE, json!(here))],
        ),
        ("move it into another commune", &forged, &[(field::COMMUNE, json!(elsewhere))]),
    ];
    for (what, record, fields) in tries {
        let said = hostile.tries(record, fields)?;
        // Looked at below: it may be said, and has no effect.
        if !what.starts_with("say that") {
            verdicts.note(said != "admitted", format!("a collaborator can't {what}"), said);
        }
    }

    manager.sync()?;
    let neighbour = world.phone("son")?;
    let home = manager.app.households().view(household.clone())?;
    verdicts.note(home.name == "Bàn Thị Già", "the household is where it was", &home.place);
    let case = manager.app.cases().view(ordinary.clone())?;
    verdicts.note(!case.restricted, "the ordinary case is open to its commune", &case.state);
    let child = manager.app.cases().view(restricted.clone())?;
    let overdue = child.tasks.iter().all(|task| !task.due.contains("2030"));
    verdicts.note(
        child.restricted && overdue,
        "the child's case is its members', by its first clock",
        child.tasks.len(),
    );
    let brought = neighbour.app.households().list(String::new(), 0, 10)?.total;
    verdicts.note(brought == 0, "nothing was put into the next commune", format!("{brought} households"));
    let denied = world.hub.count("denied")?;
    verdicts.note(denied > 0, "what wasn't allowed is kept", format!("{denied} changes"));

    older_table(&world, verdicts, &of_home)
}

/// A phone that may do everything by its own, older table: the rest of its work arrives, and it goes on.
fn older_table(world: &World, verdicts: &mut Verdicts, home: &RecordRef) -> Result<()> {
    let folder = world.path("headless");
    drop(Headless::enrol(&world.hub.invite("ct", None)?, &folder, "Máy cũ")?);
    let phone = Headless::open_by(&folder, Rulebook::with(&[("permissions.csv", ALL_MAY)])?)?;
    let mut transport = phone.transport(None)?;
    let retry = Retry::default();
    let first = phone.sync(&mut transport, retry, &mut |_| {});
    anyhow::ensure!(first.problem.is_none(), "{:?}", first.problem);
    let edit = model::RecordEdit::new(home.clone()).set("phone", "0912").set(field::REMOVED, "nhầm");
    phone.store.commit(vec![edit])?;
    let report = phone.sync(&mut transport, retry, &mut |_| {});
    let state = phone.store.record(home)?.context("the household is here")?.state;
    let whole = report.problem.is_none() && !state.is_removed() && state.text("phone") == Some("0912");
    verdicts.note(
        whole,
        "its phone puts back what wasn't allowed, and the rest arrives",
        format!("{} sent, {} told", report.summary.changes_sent, phone.store.held_back()?.len()),
    );
    Ok(())
}

fn record(kind: &'static str, id: &str) -> Result<RecordRef> {
    Ok(RecordRef::new(kind, id.parse()?))
}

struct Hostile {
    phone: WirePhone,
    chain: Option<Chain>,
}

impl Hostile {
    /// What became of a batch with this one change.
    fn tries(&mut self, record: &RecordRef, fields: &[(&str, Value)]) -> Result<String> {
        let chain = match self.chain.take() {
            Some(chain) => chain,
            None => self.phone.chain()?,
        };
        let batch = self.phone.changes(self.phone.device(), chain, &[(record.clone(), fields)])?;
        let answer = self.phone.push(vec![batch.clone().into()])?;
        self.chain = Some(Chain::after(batch.statement()));
        Ok(answer.results.first().map_or("admitted", |result| code(&result.outcome)).to_owned())
    }
}
