//! An office, and those who work on a case: two with phones, one whose phone has no screen here, all by one clock.

use anyhow::{Context, Result, ensure};
use journeys::{
    console::Console,
    headless::Headless,
    hub::{HubProcess, Login},
    phone::Phone,
    story_clock::StoryClock,
    synthetic::COMMUNES,
};
use model::RecordEdit;
use std::{path::Path, sync::Arc};
use sync::Retry;

const FORMS: [&str; 7] = [
    "tiep_nhan_tre_em",
    "danh_gia_ban_dau",
    "danh_gia_cu_the",
    "buoc_bao_ve",
    "cach_ly",
    "ke_hoach",
    "phe_duyet",
];

pub struct Office {
    hub: HubProcess,
    clock: Arc<StoryClock>,
    invitation: String,
    chairman_login: Login,
    /// The commune's child protection officer.
    pub officer: Phone,
    pub chairman: Phone,
    /// Types what no screen corrects.
    manager: Headless,
}

impl Office {
    pub fn open(folder: &Path, now: &str) -> Result<Self> {
        let clock = StoryClock::at(now, folder.join("clock"))?;
        let hub =
            HubProcess::serve_by(Some(&clock), &folder.join("hub"), &["--plain", "--listen", "127.0.0.1:0"])?;
        let commune = format!("commune:{}", COMMUNES[0].0);
        let add = |login, name, role| hub.add_user(login, name, role, &[&commune], true);
        add("thu", "Lò Thị Thu", "child_protection_officer")?;
        let chairman_login = add("pao", "Sùng A Páo", "commune_chairman")?;
        add("mai", "Hoàng Thị Mai", "case_manager")?;
        for form in FORMS {
            hub.publish(form)?;
        }
        let phone = |login: &str| -> Result<Phone> {
            let phone = Phone::start_by(clock.clone(), &folder.join(login))?;
            phone.enrol(&hub.invite(login, None)?)?;
            phone.sync()?;
            Ok(phone)
        };
        let (officer, chairman) = (phone("thu")?, phone("pao")?);
        let invitation = hub.invite("mai", None)?;
        let manager = Headless::enrol_by(clock.clone(), &invitation, &folder.join("mai"), "Điện thoại thử")?;
        Ok(Self { hub, clock, invitation, chairman_login, officer, chairman, manager })
    }

    pub fn turn_to(&self, now: &str) -> Result<()> {
        self.clock.turn_to(now)
    }

    /// The third phone says something of a record, by what it knows: nothing, where it didn't synchronise.
    pub fn manager_says(&self, edit: RecordEdit) -> Result<()> {
        self.sync_manager()?;
        self.manager.store.commit(vec![edit])?;
        self.sync_manager()
    }

    fn sync_manager(&self) -> Result<()> {
        let report = self.manager.sync(&mut self.manager.transport(None)?, Retry::default(), &mut |_| {});
        ensure!(
            report.problem.is_none(),
            "the third phone's synchronisation ended with {:?}",
            report.problem
        );
        Ok(())
    }

    /// The console's page of a case, as the chairman reads it.
    pub fn page(&self, case: &str) -> Result<String> {
        let mut console =
            Console::log_in(&self.invitation, &self.chairman_login.login, &self.chairman_login.password)?;
        console.page(&format!("/cases/{case}")).context("the chairman's page of the case")
    }

    pub fn close(self) -> Result<()> {
        self.hub.stop()
    }
}
