//! An office with its hub and the phones of its workers, in a folder that goes away: the beginning of every story.

use crate::{
    console::Console,
    hub::{HubProcess, Login},
    phone::Phone,
    story_clock::StoryClock,
    synthetic::{Household, Person},
    visit,
};
use anyhow::{Context, Result};
use app::{
    FormSession,
    view::{AnswerValue, FinishedView},
};
use std::{collections::BTreeMap, path::PathBuf, sync::Arc};
use tempfile::TempDir;

pub struct World {
    /// First, so that it ends before its folder goes.
    pub hub: HubProcess,
    logins: BTreeMap<String, Login>,
    /// That its hub and phones go by; `None`: this machine's.
    clock: Option<Arc<StoryClock>>,
    folder: TempDir,
}

impl World {
    /// A hub over TLS that has published both forms.
    ///
    /// # Errors
    /// When the hub does not start or refuses a form.
    pub fn open() -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let hub = HubProcess::serve(&folder.path().join("hub"))?;
        hub.publish("vang_gia")?;
        hub.publish("tiep_nhan_tre_em")?;
        Ok(Self { hub, logins: BTreeMap::new(), clock: None, folder })
    }

    /// The same with these forms, by a story's clock, which begins at `now`.
    ///
    /// # Errors
    /// As [`World::open`].
    pub fn open_at(now: &str, forms: &[&str]) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let clock = StoryClock::at(now, folder.path().join("clock"))?;
        let options = ["--plain", "--listen", "127.0.0.1:0"];
        let hub = HubProcess::serve_by(Some(&clock), &folder.path().join("hub"), &options)?;
        for form in forms {
            hub.publish(form)?;
        }
        Ok(Self { hub, logins: BTreeMap::new(), clock: Some(clock), folder })
    }

    /// The story's clock.
    ///
    /// # Errors
    /// Where it goes by this machine's.
    pub fn clock(&self) -> Result<&Arc<StoryClock>> {
        self.clock.as_ref().context("it goes by no clock of its own")
    }

    /// A path in the story's folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A case manager of one commune.
    ///
    /// # Errors
    /// When the hub refuses.
    pub fn worker(&mut self, login: &str, name: &str, commune: &str) -> Result<()> {
        self.user(login, name, "case_manager", commune, false)
    }

    /// A user with a role, in one commune.
    ///
    /// # Errors
    /// When the hub refuses.
    pub fn user(&mut self, login: &str, name: &str, role: &str, commune: &str, on_duty: bool) -> Result<()> {
        let place = format!("commune:{commune}");
        let made = self.hub.add_user(login, name, role, &[&place], on_duty)?;
        self.logins.insert(login.to_owned(), made);
        Ok(())
    }

    /// An enrolled phone of `login` that has synchronised once and so has its forms.
    ///
    /// # Errors
    /// When the hub refuses it.
    pub fn phone(&self, login: &str) -> Result<Phone> {
        self.phone_at(login, &self.hub.url)
    }

    /// The same, reaching the hub at `address`.
    ///
    /// # Errors
    /// When the hub refuses it.
    pub fn phone_at(&self, login: &str, address: &str) -> Result<Phone> {
        self.phone_of(&format!("phone-{login}"), login, address)
    }

    /// One more phone of `login`.
    ///
    /// # Errors
    /// When the hub refuses it.
    pub fn another_phone(&self, login: &str) -> Result<Phone> {
        let n = std::fs::read_dir(self.folder.path())?.count();
        self.phone_of(&format!("phone-{login}-{n}"), login, &self.hub.url)
    }

    fn phone_of(&self, folder: &str, login: &str, address: &str) -> Result<Phone> {
        let phone = match &self.clock {
            Some(clock) => Phone::start_by(clock.clone(), &self.path(folder))?,
            None => Phone::start(&self.path(folder))?,
        };
        phone.enrol(&self.hub.invite(login, Some(address))?)?;
        phone.sync()?;
        Ok(phone)
    }

    /// The console, logged in as `login`.
    ///
    /// # Errors
    /// When the hub does not let them in.
    pub fn console(&self, login: &str) -> Result<Console> {
        let known = self.logins.get(login).context("no such user here")?;
        Console::log_in(&self.hub.invite(login, None)?, &known.login, &known.password)
    }
}

/// Answers all of `vang_gia` at a household (a known one by its id), without finishing it.
///
/// # Errors
/// When a page can't be left.
pub fn fill_visit(
    phone: &Phone,
    id: Option<&str>,
    household: &Household,
    photos: Vec<Vec<u8>>,
) -> Result<Arc<FormSession>> {
    let form = phone.app.forms().start("vang_gia".into(), id.map(|id| format!("household:{id}")))?;
    let mut photos = photos;
    let members = household.people.len();
    let count = photos.len().max(1);
    let counts = move |repeat: &str| match repeat {
        "member" => members,
        "photo" => count,
        _ => 1,
    };
    let mut script =
        visit::household_visit(household, "Hẹn quay lại sau khi khám bệnh", "Khám tại trạm y tế xã")?;
    let mut answers = |name: &str, instance: usize| match name {
        // Ages and what the poverty norm says depend on it.
        "visit_date" => Some(AnswerValue::Date { iso: "2026-11-24".into() }),
        _ => script(name, instance),
    };
    visit::fill(&form, &mut answers, &counts, &mut photos)?;
    Ok(form)
}

/// A whole visit (`vang_gia`), finished.
///
/// # Errors
/// When something is missing or wrong.
pub fn visit(
    phone: &Phone,
    id: Option<&str>,
    household: &Household,
    photos: Vec<Vec<u8>>,
) -> Result<FinishedView> {
    visit::finish(&fill_visit(phone, id, household, photos)?)
}

/// A report about a child (`tiep_nhan_tre_em`), finished: opens a restricted case.
///
/// # Errors
/// When something is missing or wrong.
pub fn report(phone: &Phone, commune: &str, child: &str) -> Result<FinishedView> {
    let form = phone.app.forms().start("tiep_nhan_tre_em".into(), None)?;
    let mut answers = visit::child_report(commune, child);
    visit::fill(&form, &mut answers, &|_| 0, &mut Vec::new())?;
    visit::finish(&form)
}

/// A household of one old woman living alone, by her name.
pub fn alone(name: &str, commune: &'static str) -> Household {
    let person =
        Person { name: name.to_owned(), sex: "female", relation: "head", birth_year: 1951, ethnicity: "02" };
    Household {
        commune,
        village: "Nà Pò",
        address: "Nhà sàn cuối thôn, qua cầu treo".to_owned(),
        people: vec![person],
        wall: "weak",
        water: "unsafe",
        toilet: "none",
    }
}
