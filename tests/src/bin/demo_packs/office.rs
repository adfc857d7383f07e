//! The office of the demo: a hub, its people, and the way a pack goes from a spreadsheet to phones.

use crate::pack::{self, NewKind};
use anyhow::{Context, Result, ensure};
use journeys::{
    console::Console,
    headless::Headless,
    hub::{HubProcess, Login},
    synthetic::COMMUNES,
};
use model::kind;
use std::path::{Path, PathBuf};
use store::Record;
use sync::Retry;

pub struct Office {
    pub hub: HubProcess,
    /// Of the office's own phone; it says where the hub is and which key it has.
    pub invitation: String,
    folder: PathBuf,
    /// Who uploads, who agrees, who looks at cases.
    first: Login,
    second: Login,
    manager: Login,
}

impl Office {
    pub fn open(folder: &Path) -> Result<Self> {
        let hub = HubProcess::serve(&folder.join("hub"))?;
        let all: Vec<String> = COMMUNES.iter().map(|(code, _)| format!("commune:{code}")).collect();
        let all: Vec<&str> = all.iter().map(String::as_str).collect();
        let first = hub.add_user("quantri", "Chu Thị Quản Trị", "administrator", &[], false)?;
        let second = hub.add_user("phutrach", "Lộc Văn Phụ Trách", "administrator", &[], false)?;
        let manager = hub.add_user("lan", "Lương Thị Lan", "case_manager", &all, true)?;
        for (login, name) in
            [("vanphong", "Văn phòng tỉnh"), ("hoa", "Hoàng Thị Hoa"), ("son", "Nông Văn Sơn")]
        {
            hub.add_user(login, name, "commune_officer", &all, false)?;
        }
        for form in ["vang_gia", "tiep_nhan_tre_em"] {
            hub.publish(form)?;
        }
        let invitation = hub.invite("vanphong", None)?;
        Ok(Self { hub, invitation, folder: folder.to_owned(), first, second, manager })
    }

    fn console(&self, login: &Login) -> Result<Console> {
        Console::log_in(&self.invitation, &login.login, &login.password)
    }

    /// Writes the tables, makes a workbook of them, uploads it with a mistake, then without, and has another person agree.
    pub fn publish(&self, version: u32, kinds: &[&NewKind]) -> Result<String> {
        let mut files = pack::tables(version, kinds);
        let right = self.workbook(&format!("v{version}"), &files)?;
        for (path, text) in &mut files {
            if path == "fields.csv" {
                *text = text.replacen(",code,", ",colour,", 1);
            }
        }
        let wrong = self.workbook(&format!("v{version}-wrong"), &files)?;

        let mut first = self.console(&self.first)?;
        let answer = first.upload("/packs", &wrong)?;
        let page = String::from_utf8_lossy(&answer.body).into_owned();
        ensure!(page.contains("colour") && page.contains("fields"), "the mistake is not shown: {page}");
        let answer = first.upload("/packs", &right)?;
        ensure!(answer.status == 303, "{}", String::from_utf8_lossy(&answer.body));
        let proposal = answer.header("location").context("no proposal")?.to_owned();
        let page = first.page(&proposal)?;
        let newest = kinds.last().context("no kind")?;
        ensure!(page.contains(&newest.label[0]), "the preview does not name the new kind: {page}");
        let approve = format!("{proposal}/approve");
        let own = first.post(&approve, &[("first_day", "")])?;
        ensure!(own.status == 403 || own.status == 409, "one person proposed and agreed: {}", own.status);
        let agreed = self.console(&self.second)?.post(&approve, &[("first_day", "")])?;
        ensure!(agreed.status == 303, "the second person was answered with {}", agreed.status);
        Ok(format!(
            "phiên bản / version {version}: lỗi được chỉ ra / faults shown, người thứ hai đồng ý / a second person agreed"
        ))
    }

    fn workbook(&self, name: &str, files: &[(String, String)]) -> Result<Vec<u8>> {
        let (folder, file) = (self.folder.join(name), self.folder.join(format!("{name}.xlsx")));
        pack::write(&folder, files)?;
        self.hub.command(&[
            "pack",
            "export",
            &folder.to_string_lossy(),
            "--xlsx",
            &file.to_string_lossy(),
        ])?;
        Ok(std::fs::read(file)?)
    }

    pub fn restart(&mut self) -> Result<()> {
        let folder = self.hub.folder().to_owned();
        self.hub.kill()?;
        // Phones know the address that they were invited to.
        let listen = self.hub.url.trim_start_matches("https://").to_owned();
        self.hub = HubProcess::serve_with(&folder, &["--listen", &listen])?;
        Ok(())
    }

    /// The rulebooks that submissions say they were filled under.
    pub fn filled_under(&self) -> Result<Vec<String>> {
        let phone = Headless::open(&self.folder.join("office"))?;
        phone.sync(&mut phone.transport(None)?, Retry::default(), &mut |_| {});
        let said = |record: Record| record.state.text("pack").unwrap_or_default().to_owned();
        let under = phone.store.records(kind::SUBMISSION)?.into_iter().map(said).collect();
        phone.store.close()?;
        Ok(under)
    }

    /// What the console shows of the one record of this kind.
    pub fn shows(&self, new: &NewKind, what: &str) -> Result<()> {
        let mut console = self.console(&self.manager)?;
        let found = console.post("/households", &[("q", what)])?;
        let found = String::from_utf8(found.body)?;
        let household =
            between(&found, "href=\"/households/", "\"").context("the search finds no household")?;
        let page = console.page(&format!("/records/household/{household}"))?;
        let id = between(&page, &format!("href=\"/records/{}/", new.kind), "\"")
            .context("no link to the record")?;
        for (lang, label, level) in [("vi", &new.label[0], "Trung học"), ("en", &new.label[1], "Secondary")]
        {
            let page = console.page(&format!("/records/{}/{id}?lang={lang}", new.kind))?;
            ensure!(page.contains(what) && page.contains(label) && page.contains(level), "{lang}: {page}");
        }
        Ok(())
    }
}

fn between<'t>(text: &'t str, before: &str, after: &str) -> Option<&'t str> {
    let start = text.find(before)? + before.len();
    let end = text[start..].find(after)?;
    Some(&text[start..start + end])
}
