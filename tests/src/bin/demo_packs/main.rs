//! A kind of record that no program knows reaches phones and console without a release, on loopback:
//! `cargo xtask demo packs`. Ends with an error if anything promised did not happen.

#![allow(clippy::print_stdout)] // it speaks to a terminal

mod office;
mod pack;

use anyhow::{Context, Result, ensure};
use app::view::{AnswerValue, Language, PackStanding};
use journeys::{
    hub::HubProcess,
    phone::Phone,
    seed,
    synthetic::{self, COMMUNES, Household},
    visit,
};
use office::Office;
use pack::NewKind;
use rulebook::Rulebook;
use std::{path::Path, sync::Arc, time::Instant};

const SEED: u64 = 20_261_201;
const HOUSEHOLDS: usize = 30;
const AGREED: &str = "Gia đình đồng ý để xã tìm chỗ học";
const GOAL: &str = "Có chỗ học trước năm học mới";

fn main() -> Result<()> {
    let once = std::env::args().skip(1).all(|arg| arg == "--once");
    ensure!(once, "demo packs [--once]");
    let started = Instant::now();
    let folder = tempfile::tempdir()?;
    let mut office = Office::open(folder.path())?;
    seed::households(&office.invitation, &folder.path().join("office"), SEED, HOUSEHOLDS, &mut |_| {})?;
    let mut hoa = enrol(&office.hub, "hoa", &folder.path().join("hoa"))?;
    let mut son = enrol(&office.hub, "son", &folder.path().join("son"))?;
    step("Văn phòng / office", started, &format!("{HOUSEHOLDS} hộ / households, 2 điện thoại / phones"));

    let household = (0..HOUSEHOLDS)
        .map(|n| synthetic::household(SEED, n))
        .find(|household| household.commune == COMMUNES[0].0 && household.people.len() >= 3)
        .context("no household of three")?;
    let draft = begin(&hoa, &household)?;

    let school = NewKind::school_place();
    let started = Instant::now();
    let told = office.publish(1, &[&school])?;
    step("Gói của tỉnh / the office's pack", started, &told);
    finish_under_the_old(&hoa, &office, &household, &draft)?;
    seen_everywhere(&mut office, (&mut hoa, &mut son), &household, &school)?;

    let drawn = NewKind::drawn()?;
    let started = Instant::now();
    let told = office.publish(2, &[&school, &drawn])?;
    step("Loại bốc thăm / drawn by chance", started, &format!("{}: {told}", drawn.kind));
    seen_everywhere(&mut office, (&mut hoa, &mut son), &household, &drawn)?;
    println!("Xong / done");
    office.hub.stop()
}

fn enrol(hub: &HubProcess, login: &str, folder: &Path) -> Result<Phone> {
    let phone = Phone::start(folder)?;
    phone.enrol(&hub.invite(login, None)?)?;
    phone.sync()?;
    Ok(phone)
}

/// A visit is begun and left after its first page.
fn begin(phone: &Phone, household: &Household) -> Result<String> {
    let id = phone.find(&format!("{} {}", household.people[0].name, household.village))?;
    let form = phone.app.forms().start("vang_gia".into(), Some(format!("household:{id}")))?;
    let draft = form.draft_id();
    form.next()?;
    drop(form);
    phone.app.access().lock();
    phone.unlock()?;
    ensure!(phone.app.today().view()?.drafts.len() == 1, "the draft is not there");
    Ok(draft)
}

/// What was begun before the pack came ends by what held when it was begun.
fn finish_under_the_old(phone: &Phone, office: &Office, household: &Household, draft: &str) -> Result<()> {
    let started = Instant::now();
    let active = |phone: &Phone| -> Result<usize> {
        let packs = phone.app.today().view()?.sync.packs;
        Ok(packs.iter().filter(|pack| pack.standing == PackStanding::Active).count())
    };
    ensure!(active(phone)? == 0, "a pack is there already");
    let summary = phone.sync()?;
    ensure!(active(phone)? == 1, "the pack did not come ({})", summary.text);
    let form = phone.app.forms().resume(draft.to_owned())?;
    let members = household.people.len();
    let counts = move |repeat: &str| match repeat {
        "member" => members,
        "goal" => 1,
        _ => 0,
    };
    let mut answers = visit::household_visit(household, AGREED, GOAL)?;
    visit::fill(&form, &mut answers, &counts, &mut Vec::new())?;
    visit::finish(&form)?;
    phone.sync()?;
    ensure!(office.hub.count("flagged")? == 0, "the hub finds otherwise what was filled under the old pack");
    ensure!(
        office.filled_under()? == [Rulebook::built_in()?.version()],
        "it does not say what it was made under"
    );
    step("Phiếu dở dang / the draft", started, "hoàn tất theo gói cũ / finished under the old pack");
    Ok(())
}

/// The new form is offered at a person, filled in offline, and what comes of it is seen on a second phone and in the
/// console, in both languages, after restarts too.
fn seen_everywhere(
    office: &mut Office,
    (hoa, son): (&mut Phone, &mut Phone),
    household: &Household,
    new: &NewKind,
) -> Result<()> {
    let started = Instant::now();
    hoa.sync()?;
    let child = household.people.last().context("nobody")?;
    let person = member(hoa, household, &child.name)?;
    let offered = hoa.app.forms().about(person.clone())?;
    ensure!(offered.iter().any(|form| form.id == new.form), "{} is not offered at a person", new.form);
    let what = format!("{} Tân Tiến {}", new.label[0], new.kind);
    let form = hoa.app.forms().start(new.form.clone(), Some(person.clone()))?;
    let mut answers = |name: &str, _: usize| match name {
        "what" => Some(visit::text(what.clone())),
        "grade" => Some(visit::choice("secondary")),
        "asked_at" => Some(AnswerValue::DateTime { iso: "2026-11-30T08:00:00.000+07:00".into() }),
        _ => None,
    };
    visit::fill(&form, &mut answers, &|_| 0, &mut Vec::new())?;
    visit::finish(&form)?;
    hoa.sync()?;
    ensure!(office.hub.records(&new.kind)? == 1, "the record is not at the hub");
    son.sync()?;

    for again in [false, true] {
        if again {
            office.restart()?;
            restart(hoa)?;
            restart(son)?;
        }
        for phone in [&*hoa, &*son] {
            looked_at(phone, household, &child.name, new, &what)?;
        }
        office.shows(new, &what)?;
    }
    step(
        "Điện thoại, bảng điều khiển / seen",
        started,
        &format!("{}: 2 điện thoại / phones, vi + en, khởi động lại / restarted", new.kind),
    );
    Ok(())
}

fn looked_at(phone: &Phone, household: &Household, child: &str, new: &NewKind, what: &str) -> Result<()> {
    let found = phone.find(what)?;
    ensure!(
        found == phone.find(&format!("{} {}", household.people[0].name, household.village))?,
        "found elsewhere"
    );
    let person = member(phone, household, child)?;
    for (language, label, level) in
        [(Language::English, &new.label[1], "Secondary"), (Language::Vietnamese, &new.label[0], "Trung học")]
    {
        phone.app.set_language(language);
        let page = phone.app.records().view(person.clone())?;
        let section = page.sections.iter().find(|section| section.title == *label);
        let section = section.with_context(|| format!("no section {label} on the person's page"))?;
        let row = section.rows.first().context("the section is empty")?;
        ensure!(row.title == what, "the row is called {}", row.title);
        let own = phone.app.records().view(row.reference.clone())?;
        ensure!(own.facts.iter().any(|fact| fact.value == level), "the page does not say {level}");
        if new.deadline.is_some() {
            ensure!(!own.clocks.is_empty(), "no deadline runs");
            let due = phone.app.today().view()?.tasks;
            ensure!(due.iter().any(|task| task.title.contains(what)), "the deadline is not in Today");
        }
    }
    Ok(())
}

/// The name of a member's record.
fn member(phone: &Phone, household: &Household, name: &str) -> Result<String> {
    let id = phone.find(&format!("{} {}", household.people[0].name, household.village))?;
    let members = phone.app.households().view(id)?.members;
    let member = members.iter().find(|member| member.name == name).context("the person is not there")?;
    Ok(format!("person:{}", member.id))
}

fn restart(phone: &mut Phone) -> Result<()> {
    phone.app.access().lock();
    let again = Phone::start(phone.folder())?;
    let old = std::mem::replace(phone, again);
    ensure!(Arc::strong_count(&old.app) == 1, "the app is still held");
    drop(old);
    phone.unlock()?;
    Ok(())
}

fn step(what: &str, started: Instant, figures: &str) {
    println!("{what:<36} {:>6.2} s  {figures}", started.elapsed().as_secs_f64());
}
