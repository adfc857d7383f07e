//! A small office on loopback: enrols once with the code `GOOD`, publishes the two forms.

use crate::sheets;
use model::{Redacted, SystemClock, UserId};
use std::sync::{Arc, LazyLock};
use testkit::{
    Client,
    office::{Form, form},
};
use wire::enrol::{Colleague, Worker};

pub const COMMUNE: &str = "06040";
pub const VERSION: &str = "2026120301";

pub struct Office {
    address: String,
    pub office: testkit::Office,
}

/// Made once: turning sheets into forms takes a moment.
static FORMS: LazyLock<Vec<Form>> = LazyLock::new(|| {
    [("vang_gia", "Vãng gia hộ gia đình"), ("tiep_nhan_tre_em", "Tiếp nhận thông tin trẻ em")]
        .map(|(id, title)| published(id, title, &sheets::publish(id)))
        .into()
});

pub fn published(id: &str, title: &str, files: &[(String, Vec<u8>)]) -> Form {
    let (_, xml) = files.iter().find(|(name, _)| name == "form.xml").unwrap();
    let xml = String::from_utf8_lossy(xml);
    let own =
        xml.split_once("<data ").and_then(|(_, data)| data.split_once("version=\"")?.1.split('"').next());
    of_version(id, own.unwrap_or(VERSION), title, files)
}

fn of_version(id: &str, version: &str, title: &str, files: &[(String, Vec<u8>)]) -> Form {
    let files: Vec<_> = files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
    form(id, version, title, &files)
}

impl Office {
    pub fn open() -> Self {
        Self::publishing(FORMS.clone())
    }

    pub fn publishing(forms: Vec<Form>) -> Self {
        let office = testkit::Office::by_clock(Arc::new(SystemClock::default()));
        forms.into_iter().for_each(|form| office.publish(form));
        let mut worker = testkit::Office::worker("Lò Thị Thử", &format!("commune:{COMMUNE}"));
        worker.duty_managers = vec![Colleague {
            user: UserId::new(),
            name: Redacted("Vi Văn Trực".into()),
            phone: Some(Redacted("0912345678".into())),
        }];
        office.invite(worker.clone(), "USED");
        Client::enrol(office.link(), "USED");
        office.invite(worker, "GOOD");
        Self { address: testkit::serve(office.link()), office }
    }

    /// Who was invited with `GOOD`.
    pub fn user(&self) -> UserId {
        self.worker().user
    }

    fn worker(&self) -> Worker {
        let state = self.office.state();
        state.workers.values().find(|worker| !worker.duty_managers.is_empty()).unwrap().clone()
    }

    /// One more invitation for that worker.
    pub fn invite(&self, code: &str) {
        self.office.invite(self.worker(), code);
    }

    /// Another worker's phone in the same commune.
    pub fn colleague(&self) -> Client {
        self.invitation_of_a_colleague("OTHER");
        Client::enrol(self.office.link(), "OTHER")
    }

    /// For another worker in the same commune.
    pub fn invitation_of_a_colleague(&self, code: &str) -> String {
        let worker = testkit::Office::worker("Hà Văn Khác", &format!("commune:{COMMUNE}"));
        self.office.invite(worker, code);
        self.invitation(code)
    }

    /// A version of a form; it is the newest from now on.
    pub fn publish(&self, id: &str, version: &str, files: &[(String, Vec<u8>)]) {
        self.office.publish(of_version(id, version, id, files));
    }

    /// No version of it is the newest any more.
    pub fn withdraw(&self, id: &str) {
        for (entry, _) in self.office.state().forms.iter_mut().filter(|(entry, _)| entry.id == id) {
            entry.newest = false;
        }
    }

    /// Files of forms that were asked for.
    pub fn asked_for_forms(&self) -> usize {
        self.office.state().asked.iter().filter(|path| *path == "forms").count()
    }

    pub fn invitation(&self, code: &str) -> String {
        format!("vanggia:1;{};{code};-", self.address)
    }

    /// Kinds of the records whose changes came.
    pub fn received(&self) -> Vec<String> {
        let state = self.office.state();
        let received = state.books.received.values().flatten();
        received
            .flat_map(|received| {
                received
                    .batch
                    .changes()
                    .flatten()
                    .map(|change| change.head.record.kind.to_string())
                    .collect::<Vec<_>>()
            })
            .collect()
    }

    /// Nothing is admitted from now on: it waits with this code.
    pub fn hold(&self, code: &str) {
        self.office.state().script.hold = Some(code.into());
    }
}
