//! What used to be dead ends: a forgotten PIN, a lost hardware key, a hub from an old backup, a damaged database; and two
//! workers on one phone.

use anyhow::{Context, Result, ensure};
use app::AppError;
use journeys::{
    attack::{Story, Verdicts},
    hub::{self, HubProcess},
    phone::{PIN, Phone},
    synthetic::COMMUNES,
    world::{World, alone, visit},
};
use std::{fs, path::Path};

pub const STORY: Story = Story { name: "4-enrol-again", run };

const COMMUNE: &str = COMMUNES[0].0;
const NEW_PIN: &str = "975310";

fn run(verdicts: &mut Verdicts) -> Result<()> {
    let mut world = World::open()?;
    world.worker("mai", "Lý Thị Mai", COMMUNE)?;
    world.worker("son", "Hoàng Văn Sơn", COMMUNE)?;
    let usb = world.path("usb.key");
    fs::rename(world.hub.folder().join("recovery.key"), &usb)?;
    let backup = world.path("before.tar");
    world.hub.command(&["backup", "--to", &backup.to_string_lossy()])?;
    let phone = world.phone("mai")?;
    visit(&phone, None, &alone("Nông Thị Một", COMMUNE), vec![])?;
    phone.sync()?;
    visit(&phone, None, &alone("Nông Thị Hai", COMMUNE), vec![])?;
    forgotten_pin(&phone, &usb, verdicts)?;
    lost_hardware_key(&phone, &usb, verdicts)?;
    two_workers(&world, &phone, verdicts)?;
    damaged(&world, &phone, verdicts)?;
    old_backup(&mut world, &phone, &backup, verdicts)
}

/// Runs the office's command without a hub, on whatever computer.
fn read_out(usb: &Path, request: &str) -> Result<String> {
    let nowhere = usb.with_extension("no-hub");
    let key = usb.to_string_lossy();
    let printed = hub::command(&nowhere, &["recover", "--key", &key, "--request", request])?;
    ensure!(!nowhere.exists(), "the command made a hub");
    Ok(printed.trim().strip_prefix("code ").context("no code")?.to_owned())
}

fn code<T>(result: Result<T, AppError>) -> String {
    result.map_or_else(|error| error.code().to_owned(), |_| "ok".to_owned())
}

fn forgotten_pin(phone: &Phone, usb: &Path, verdicts: &mut Verdicts) -> Result<()> {
    let access = phone.app.access();
    let waiting = phone.app.syncing().state()?.changes_waiting;
    access.lock();
    let request = access.recovery_request()?.request;
    let read = read_out(usb, &request)?;
    verdicts.note(read.len() == 24, "the code can be read out", format!("{} characters", read.len()));
    let mistyped = request.replacen(&request[..1], if request.starts_with('A') { "B" } else { "A" }, 1);
    let said = read_out(usb, &mistyped).err().map(|error| error.to_string()).unwrap_or_default();
    verdicts.note(
        said.contains("hub.request-mistyped"),
        "a slip in the request is found",
        said.lines().last().unwrap_or_default(),
    );
    let opened = code(access.recover(read.to_lowercase(), NEW_PIN.into()));
    let left = phone.app.syncing().state().map_or(0, |state| state.changes_waiting);
    verdicts.note(
        opened == "ok" && left == waiting && waiting > 0,
        "a forgotten PIN costs nothing that is unsent",
        format!("{opened}, {left} of {waiting} changes"),
    );
    access.lock();
    let again = code(access.recover(read, "864200".into()));
    verdicts.note(again == "store.wrong-recovery-code", "the code is good once", again);
    let (old, new) = (code(access.unlock(PIN.into())), code(access.unlock(NEW_PIN.into())));
    verdicts.note(
        old == "store.wrong-pin" && new == "ok",
        "the new PIN replaces the old",
        format!("{old}, {new}"),
    );
    let refused = code(access.change_pin("000000".into(), PIN.into()));
    access.change_pin(NEW_PIN.into(), PIN.into())?;
    access.lock();
    let changed = code(access.unlock(PIN.into()));
    verdicts.note(
        refused == "store.wrong-pin" && changed == "ok",
        "a PIN is changed by whoever knows it",
        format!("{refused}, {changed}"),
    );
    Ok(())
}

fn lost_hardware_key(phone: &Phone, usb: &Path, verdicts: &mut Verdicts) -> Result<()> {
    let access = phone.app.access();
    access.lock();
    phone.key.lose();
    let said = code(access.unlock(PIN.into()));
    let request = access.recovery_request()?;
    let opened = code(access.recover(read_out(usb, &request.request)?, PIN.into()));
    access.lock();
    let bound = code(access.unlock(PIN.into()));
    let sent = phone.sync()?.changes_sent;
    verdicts.note(
        said == "store.hardware-key-lost" && opened == "ok" && bound == "ok" && sent > 0,
        "a lost hardware key costs nothing that is unsent",
        format!("{said}, {opened}, {bound}, {sent} sent"),
    );
    Ok(())
}

fn two_workers(world: &World, phone: &Phone, verdicts: &mut Verdicts) -> Result<()> {
    let access = phone.app.access();
    visit(phone, None, &alone("Nông Thị Ba", COMMUNE), vec![])?;
    access.lock();
    access.enrol(world.hub.invite("son", None)?, NEW_PIN.into())?;
    let theirs = phone.app.households().list(String::new(), 0, 9)?.rows.len();
    access.lock();
    // The app is started again: the lock screen asks for the PIN of who was there last.
    let workers = access.workers()?;
    let named: Vec<&str> = workers.iter().map(|worker| worker.name.as_str()).collect();
    let wrong = code(access.unlock(PIN.into()));
    access.choose_worker(workers[0].id.clone())?;
    let right = code(access.unlock(PIN.into()));
    let waiting = phone.app.syncing().state()?.changes_waiting;
    verdicts.note(
        named == ["Lý Thị Mai", "Hoàng Văn Sơn"] && workers[1].is_chosen,
        "two workers of one phone are told apart",
        format!("{named:?}"),
    );
    verdicts.note(
        theirs == 0 && wrong == "store.wrong-pin" && right == "ok" && waiting > 0,
        "each has their own keys and records",
        format!("{wrong}, {right}, {waiting} changes wait, {theirs} households of the other"),
    );
    Ok(())
}

/// Pages of the database are not what was written: of what the office has, too. Behind the first pages of its tables lie
/// the forms that came first; of what hangs below a damaged first page only some can be read.
fn damaged(world: &World, phone: &Phone, verdicts: &mut Verdicts) -> Result<()> {
    let access = phone.app.access();
    let waiting = phone.app.syncing().state()?.changes_waiting;
    let whole = code(access.salvage(PIN.into()));
    verdicts.note(whole == "app.not-damaged", "what is whole is not put aside", whole);
    access.lock();
    let chosen = access.workers()?.into_iter().find(|worker| worker.is_chosen).context("nobody is chosen")?;
    let database = phone.folder().join(&chosen.id).join("store.db");
    let mut bytes = fs::read(&database)?;
    let place = bytes.len() * 2 / 3;
    bytes[place..place + 5_000].fill(0x5a);
    fs::write(&database, &bytes)?;
    let salvaged = access.salvage(PIN.into())?;
    let left = phone.app.syncing().state()?;
    verdicts.note(
        salvaged.is_whole && left.changes_waiting == waiting,
        "damaged pages of what the office has cost nothing that is unsent",
        format!("{} of {waiting} changes, whole: {}", left.changes_waiting, salvaged.is_whole),
    );
    let aside = fs::read(phone.folder().join(format!("{}.aside", chosen.id)).join("store.db"))?;
    verdicts.note(aside == bytes, "the damaged file is put aside as it is", format!("{} bytes", aside.len()));
    access.enrol_again(world.hub.invite("mai", None)?)?;
    phone.sync()?;
    let page = phone.app.households().list(String::new(), 0, 9)?;
    let forms = world.hub.records("submission")?;
    verdicts.note(
        page.rows.len() == 3 && forms == 3,
        "enrolled again it has all its households, and the office all visits once",
        format!("{} households, {forms} visits", page.rows.len()),
    );
    Ok(())
}

/// The hub comes back from a time at which it did not know the phone.
fn old_backup(world: &mut World, phone: &Phone, backup: &Path, verdicts: &mut Verdicts) -> Result<()> {
    let address = world.hub.url.trim_start_matches("https://").to_owned();
    world.hub.kill()?;
    let folder = world.path("restored");
    hub::command(&folder, &["restore", "--from", &backup.to_string_lossy()])?;
    world.hub = HubProcess::serve_with(&folder, &["--listen", &address])?;
    let said = phone.sync_hearing(|_| {})?.code;
    let told = phone.app.syncing().state()?.enrol_again.map(|again| again.code);
    verdicts.note(
        told.as_deref() == Some("sync.unauthorised"),
        "a phone that the hub forgot is told what to do",
        said,
    );
    phone.app.access().enrol_again(world.hub.invite("mai", None)?)?;
    phone.sync()?;
    let forms = world.hub.records("submission")?;
    verdicts.note(forms == 3, "it brings all that it made", format!("{forms} of 3 visits"));
    Ok(())
}
