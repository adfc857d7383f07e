//! The stories of tests/stories/cases on phones: what the player tells of them must be what phones, hub and console do.

use crate::filling;
use anyhow::{Context, Result, bail, ensure};
use app::view::CaseView;
use journeys::{
    console::Console,
    headless::Headless,
    hub::{HubProcess, Login, checkout},
    phone::Phone,
    seed,
    story_clock::StoryClock,
    visit,
    world::alone,
};
use model::kind;
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};
use sync::Retry;

/// Where the stories play.
const COMMUNE: &str = "04456";
/// Who reads the console's page in the end.
const READER: &str = "commune_chairman";

/// A story with what must come of each of its lines.
pub struct Story {
    lines: Vec<(Value, Value)>,
}

impl Story {
    pub fn read(name: &str) -> Result<Self> {
        let folder = checkout().join("tests/stories/cases");
        let lines = |file: PathBuf| -> Result<Vec<Value>> {
            let text = fs::read_to_string(&file).with_context(|| file.display().to_string())?;
            let lines = text.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#'));
            lines.map(|line| Ok(serde_json::from_str(line)?)).collect()
        };
        let (said, wanted) = (
            lines(folder.join(format!("{name}.jsonl")))?,
            lines(folder.join(format!("{name}.expected.jsonl")))?,
        );
        ensure!(said.len() == wanted.len(), "{name}: {} lines, {} answers", said.len(), wanted.len());
        Ok(Self { lines: said.into_iter().zip(wanted).collect() })
    }

    fn words(&self, command: &str) -> BTreeSet<&str> {
        self.lines.iter().filter_map(|(line, _)| line[command].as_str()).collect()
    }

    fn roles(&self) -> BTreeSet<&str> {
        self.lines.iter().filter_map(|(line, _)| line["as"]["role"].as_str()).chain([READER]).collect()
    }
}

/// An office of its own for a story, with a phone for each role in it.
struct Cast {
    hub: HubProcess,
    clock: Arc<StoryClock>,
    phones: BTreeMap<String, Phone>,
    logins: BTreeMap<String, Login>,
    /// Brings the household of a case that no form opens.
    neighbour: Headless,
}

impl Cast {
    fn of(story: &Story, folder: &Path) -> Result<Self> {
        let now = story.lines.iter().find_map(|(line, _)| line["now"].as_str()).context("no time")?;
        let clock = StoryClock::at(now, folder.join("clock"))?;
        let hub =
            HubProcess::serve_by(Some(&clock), &folder.join("hub"), &["--plain", "--listen", "127.0.0.1:0"])?;
        let pack = rulebook::Rulebook::built_in().map_err(|error| anyhow::anyhow!("{error:?}"))?;
        let steps: Vec<_> = pack.workflows().flat_map(|workflow| pack.steps(workflow)).collect();
        let acts = story.words("act");
        let of_steps = steps.iter().filter(|step| acts.contains(step.code.as_str()));
        let forms: BTreeSet<&str> = of_steps.filter_map(|step| step.form.as_deref()).collect();
        let opened = story.words("open").into_iter().filter(|form| *form != kind::CASE);
        for form in opened.chain(forms).collect::<BTreeSet<_>>() {
            hub.publish(form)?;
        }
        let place = format!("commune:{COMMUNE}");
        let (mut phones, mut logins) = (BTreeMap::new(), BTreeMap::new());
        for role in story.roles() {
            let login = hub.add_user(role, &format!("Người thử {role}"), role, &[&place], true)?;
            let phone = Phone::start_by(clock.clone(), &folder.join(role))?;
            phone.enrol(&hub.invite(role, None)?)?;
            phones.insert(role.to_owned(), phone);
            logins.insert(role.to_owned(), login);
        }
        hub.add_user("hang-xom", "Người thử", "commune_officer", &[&place], false)?;
        let invitation = hub.invite("hang-xom", None)?;
        let neighbour =
            Headless::enrol_by(clock.clone(), &invitation, &folder.join("hang-xom"), "Điện thoại thử")?;
        for phone in phones.values() {
            phone.sync()?;
        }
        Ok(Self { hub, clock, phones, logins, neighbour })
    }

    fn household(&self) -> Result<String> {
        let edits = seed::edits(&alone("Lò Văn Tâm", COMMUNE));
        let household =
            edits.iter().map(|edit| &edit.record).find(|one| one.kind.as_str() == kind::HOUSEHOLD);
        let household = household.context("no household")?.id.to_string();
        self.neighbour.store.commit(edits)?;
        let report = self.neighbour.sync(&mut self.neighbour.transport(None)?, Retry::default(), &mut |_| {});
        ensure!(report.problem.is_none(), "{:?}", report.problem);
        Ok(household)
    }
}

/// Plays a story, and prints the timeline of its case: the same on all phones and in the console.
pub fn told(name: &str, title: &str) -> Result<()> {
    let story = Story::read(name)?;
    let folder = tempfile::tempdir()?;
    let cast = Cast::of(&story, folder.path())?;
    let mut actor: Option<&Phone> = None;
    let mut case: Option<String> = None;
    for (line, wanted) in &story.lines {
        let here = || -> Result<(&Phone, &str)> {
            Ok((actor.context("nobody acts")?, case.as_deref().context("no case is open")?))
        };
        if let Some(now) = line["now"].as_str() {
            cast.clock.turn_to(now)?;
        } else if let Some(role) = line["as"]["role"].as_str() {
            actor = cast.phones.get(role);
        } else if let Some(form) = line["open"].as_str() {
            if case.is_some() {
                // Another case of the same script is another story.
                break;
            }
            case = Some(opened(&cast, actor.context("nobody acts")?, form, line)?);
        } else if let Some(action) = line["act"].as_str() {
            let (phone, case) = here()?;
            act(phone, case, action, line, wanted).with_context(|| format!("{name}: {line}"))?;
        } else if line["list"] == "clocks" {
            let (phone, case) = here()?;
            clocks(&seen(phone, case)?, wanted).with_context(|| format!("{name}: {wanted}"))?;
        }
    }
    let case = case.context("the story opens no case")?;
    show(&cast, title, &case)?;
    cast.hub.stop()
}

fn opened(cast: &Cast, phone: &Phone, form: &str, line: &Value) -> Result<String> {
    if form == kind::CASE {
        let household = cast.household()?;
        phone.sync()?;
        let reason = line["fields"]["reason"].as_str().unwrap_or("–");
        let case = phone.app.cases().open(household, reason.to_owned())?;
        phone.sync()?;
        return Ok(case);
    }
    let session = phone.app.forms().start(form.to_owned(), None)?;
    filling::fill(&session, &line["answers"])?;
    let finished = visit::finish(&session)?;
    let below = || -> Result<Option<String>> {
        let Some(household) = finished.household_id.clone() else { return Ok(None) };
        Ok(phone.app.households().view(household)?.cases.first().map(|case| case.id.clone()))
    };
    let case = match finished.case_id.clone() {
        Some(case) => Some(case),
        None => below()?,
    };
    let case = case.context("the form opened no case")?;
    phone.sync()?;
    Ok(case)
}

/// Takes a step, or is refused it, as the player says.
fn act(phone: &Phone, case: &str, action: &str, line: &Value, wanted: &Value) -> Result<()> {
    let before = seen(phone, case)?;
    let offered = before.steps.iter().find(|step| step.action == action);
    let reason = line["reason"].as_str().unwrap_or_default().to_owned();
    if let Some(refused) = wanted["refused"].as_array() {
        for refusal in refused {
            let named = refusal.get("condition").map(|_| "step.unmet");
            match refusal["code"].as_str().or(named).unwrap_or_default() {
                "step.unmet" => {
                    // Of a step that isn't offered nothing is told.
                    ensure!(
                        offered.is_none_or(|step| !step.unmet.is_empty()),
                        "it isn't told what is missing"
                    );
                }
                "step.reason-needed" => {
                    ensure!(offered.is_some_and(|step| step.asks_why), "no reason is asked for");
                }
                _ => ensure!(offered.is_none(), "it is offered: {offered:?}"),
            }
        }
        let taken = match offered.and_then(|step| step.form.as_ref()) {
            Some(_) => start(phone, case, action, reason).and_then(|session| {
                filling::fill(&session, &line["answers"])?;
                visit::finish(&session).map(drop)
            }),
            None => phone
                .app
                .cases()
                .act(case.to_owned(), action.to_owned(), reason, None)
                .map(drop)
                .map_err(Into::into),
        };
        ensure!(taken.is_err(), "it was taken");
        return Ok(());
    }
    let step = offered.with_context(|| format!("it isn't offered: {:?}", before.steps))?;
    ensure!(step.unmet.is_empty(), "something is missing: {:?}", step.unmet);
    if step.form.is_some() {
        let session = start(phone, case, action, reason)?;
        filling::fill(&session, &line["answers"])?;
        let advice = visit::finish(&session)?.advice;
        ensure!(!advice.iter().any(|advice| advice.code == "step-no-effect"), "no effect: {advice:?}");
    } else {
        phone.app.cases().act(case.to_owned(), action.to_owned(), reason, None)?;
    }
    phone.sync()?;
    Ok(())
}

fn start(phone: &Phone, case: &str, action: &str, reason: String) -> Result<Arc<app::FormSession>> {
    Ok(phone.app.forms().start_step(format!("case:{case}"), action.to_owned(), reason)?)
}

/// What the player says of deadlines the phone shows: those that run among what is to be done.
fn clocks(case: &CaseView, wanted: &Value) -> Result<()> {
    for clock in wanted["clocks"].as_array().into_iter().flatten() {
        let (status, due) = (clock["status"].as_str(), clock["due"].as_str());
        if let (Some("runs"), Some(due)) = (status, due) {
            let at_once =
                clock["marks"].as_array().is_some_and(|marks| marks.iter().any(|mark| mark == "at-once"));
            ensure!(
                at_once || case.tasks.iter().any(|task| task.due.starts_with(due)),
                "not due {due}: {:?}",
                case.tasks
            );
        }
        if let (Some("met" | "void"), Some(at)) = (status, clock["at"].as_str()) {
            ensure!(case.timeline.iter().any(|row| row.at == at), "nothing at {at}: {:?}", case.timeline);
        }
    }
    Ok(())
}

fn seen(phone: &Phone, case: &str) -> Result<CaseView> {
    phone.sync()?;
    Ok(phone.app.cases().view(case.to_owned())?)
}

fn show(cast: &Cast, title: &str, id: &str) -> Result<()> {
    let login = cast.logins.get(READER).context("nobody reads the console")?;
    let mut console = Console::log_in(&cast.hub.invite(READER, None)?, &login.login, &login.password)?;
    let page = console.page(&format!("/cases/{id}"))?;
    let own = seen(cast.phones.get(READER).context("nobody reads")?, id)?;
    println!("\n{title}\n{}", own.title);
    for row in &own.timeline {
        ensure!(page.contains(&row.at), "the console doesn't tell it: {row:?}");
        println!("{}  {}", row.at, row.text);
    }
    println!("                  → {}", own.state);
    for phone in cast.phones.values() {
        let Ok(other) = seen(phone, id) else { continue };
        let lines = |case: &CaseView| -> Vec<(String, String)> {
            case.timeline.iter().map(|row| (row.at.clone(), row.text.clone())).collect()
        };
        if lines(&other) != lines(&own) || other.state != own.state {
            bail!("two phones tell it differently: {own:#?} {other:#?}");
        }
    }
    Ok(())
}
