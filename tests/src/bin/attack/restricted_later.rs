//! A case that becomes restricted, and a household that moves, after others have read them: nobody who comes later reads
//! what they said before.

use super::wire_pull::{found, from_the_start};
use anyhow::{Context, Result, ensure};
use journeys::{
    attack::{Story, Verdicts},
    console::Console,
    phone::Phone,
    synthetic::COMMUNES,
    wire_phone::{WirePhone, code},
    world::{self, World},
};
use model::{
    ChangeId, HouseholdId, RecordRef, Stamp,
    batch::{Chain, Draft, Json, Maker},
    kind,
    record::field,
};
use ring::rand::SystemRandom;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use sync::{Method, Request};
use wire::{forms::FormList, pull::Entry};

pub const STORY: Story = Story { name: "11-restricted-later", run };

/// What the case says: in itself, below it, and in the submission that it came of.
const SECRETS: [&str; 4] = ["đánh con bằng roi", "Triệu Thị Kín", "Bà ngoại kể lại", "câu trả lời kín"];
const MOVED: [&str; 2] = ["Hoàng Văn Chuyển", "nợ tiền phân bón"];

fn run(verdicts: &mut Verdicts) -> Result<()> {
    let mut world = World::open()?;
    let [here, there] = [COMMUNES[0].0, COMMUNES[1].0];
    for (login, name) in [("mai", "Lý Thị Mai"), ("son", "Đặng Văn Sơn"), ("moi", "Vi Thị Mới")] {
        world.worker(login, name, here)?;
    }
    let places = [here, there].map(|commune| format!("commune:{commune}"));
    let ca = world.hub.add_user("ca", "Mông Thị Cả", "case_manager", &[&places[0], &places[1]], false)?;
    let phones = [world.phone("mai")?, world.phone("son")?];
    let visited = world::visit(&phones[0], None, &world::alone("Nông Thị Ở Lại", here), Vec::new())?;
    phones[0].sync()?;
    let home = RecordRef::new(kind::HOUSEHOLD, visited.household_id.context("no household")?.parse()?);

    let mut author = Author::enrol(&world, "ca")?;
    let [said, case, person, note, moved, debt, member] = [
        kind::SUBMISSION,
        kind::CASE,
        kind::PERSON,
        kind::NOTE,
        kind::HOUSEHOLD,
        kind::NOTE,
        kind::CASE_MEMBER,
    ]
    .map(|kind| RecordRef::new(kind, HouseholdId::new().0));
    let below = |record: &RecordRef| (field::PARENT, json!(record.to_string()));
    let version = author.version("vang_gia")?;
    let xml = format!(r#"<data id="vang_gia" version="{version}"><note>{}</note></data>"#, SECRETS[3]);
    let times = ["2026-11-24T08:00:00+07:00", "2026-11-24T08:40:00+07:00"];
    let [started, finished] = [("started_at", json!(times[0])), ("finished_at", json!(times[1]))];
    let answers =
        vec![below(&home), ("form", json!("vang_gia")), ("version", json!(version)), ("xml", json!(xml))];
    let opened = vec![below(&home), ("workflow", json!("adult")), ("state", json!("collect_assess"))];
    author.write(
        Some(&said),
        vec![
            (&said, [answers, vec![started, finished]].concat()),
            (&case, [opened, vec![("summary", json!(SECRETS[0]))]].concat()),
            (&person, vec![below(&case), ("name", json!(SECRETS[1]))]),
        ],
    )?;
    // A batch with what goes and what stays.
    author.write(
        None,
        vec![
            (&note, vec![below(&case), ("text", json!(SECRETS[2]))]),
            (&moved, vec![("name", json!(MOVED[0])), ("commune", json!(here)), ("village", json!("Nà Pò"))]),
        ],
    )?;
    author.write(None, vec![(&debt, vec![below(&moved), ("text", json!(MOVED[1]))])])?;
    for phone in &phones {
        phone.sync()?;
    }
    let has = |phone: &Phone| -> Result<(bool, bool)> {
        let listed = phone.app.cases().list()?.iter().any(|row| row.id == case.id.to_string());
        Ok((listed, phone.app.households().list(MOVED[0].into(), 0, 10)?.total > 0))
    };
    ensure!(has(&phones[0])? == (true, true) && has(&phones[1])? == (true, true), "both phones have them");
    let (before, _) = from_the_start(&world.hub, "moi")?;
    let all = [&SECRETS[..], &MOVED[..]].concat();
    ensure!(found(&before, &all) == all.len(), "an answer as it comes shows what is said in it");

    let manager = json!(author.phone.enrolled.worker.user.to_string());
    author.write(
        None,
        vec![
            (&case, vec![(field::RESTRICTED, json!(true)), (field::PARENT, Value::Null)]),
            (&member, vec![below(&case), (field::USER, manager), ("name", json!("Mông Thị Cả"))]),
        ],
    )?;
    let (after, _) = from_the_start(&world.hub, "moi")?;
    let (count, bytes) = (found(&after, &SECRETS), after.len());
    let seen = format!("{count} of {} values in {bytes} bytes", SECRETS.len());
    verdicts.note(count == 0, "who comes after a case was restricted reads nothing of it", seen);

    let place = vec![("commune", json!(there)), ("village", json!("Bản Khác"))];
    author.write(None, vec![(&moved, place)])?;
    let (after, answer) = from_the_start(&world.hub, "moi")?;
    let (count, bytes) = (found(&after, &MOVED), after.len());
    let seen = format!("{count} of {} values in {bytes} bytes", MOVED.len());
    verdicts.note(count == 0, "who comes after a household moved away reads nothing of it", seen);

    let entries: Vec<_> = answer.feeds.iter().flat_map(|page| &page.entries).collect();
    let leaves = entries.iter().filter(|entry| matches!(entry.entry, Entry::Leave(_))).count();
    let gapless = entries.iter().zip(1..).all(|(entry, position)| entry.position == position);
    verdicts.note(gapless, "positions have no gap", format!("{} entries, {leaves} leave", entries.len()));

    for phone in &phones {
        phone.sync()?;
    }
    let left = [has(&phones[0])?, has(&phones[1])?];
    let seen = format!("case and household here, of two phones: {left:?}");
    verdicts.note(left == [(false, false); 2], "phones that had it forget it", seen);

    // Both said how far they are with the next question.
    for phone in &phones {
        phone.sync()?;
    }
    let mut console = Console::log_in(&world.hub.invite("ca", None)?, &ca.login, &ca.password)?;
    let page = console.page(&format!("/cases/{}", case.id))?;
    let told = ["Lý Thị Mai", "Đặng Văn Sơn"].iter().filter(|name| page.contains(**name)).count();
    verdicts.note(
        told == 2,
        "the office sees who had it and was told",
        format!("{told} of 2 phones are listed"),
    );
    Ok(())
}

/// A worker whose phone says what it wants.
struct Author {
    phone: WirePhone,
    chain: Chain,
    /// What each field was last said by.
    heads: BTreeMap<(RecordRef, String), ChangeId>,
}

impl Author {
    fn enrol(world: &World, login: &str) -> Result<Self> {
        let phone = WirePhone::enrol(&world.hub, login)?;
        Ok(Self { chain: phone.chain()?, phone, heads: BTreeMap::new() })
    }

    /// Pushes one batch, which must be admitted.
    fn write(
        &mut self,
        cause: Option<&RecordRef>,
        changes: Vec<(&RecordRef, Vec<(&str, Value)>)>,
    ) -> Result<()> {
        let mut maker = Maker::new(self.phone.device(), self.chain.clone(), &SystemRandom::new())?;
        for (record, said) in changes {
            let mut fields = BTreeMap::new();
            for (name, value) in &said {
                let before = self.heads.get(&(record.clone(), (*name).to_owned()));
                let replaces: BTreeSet<ChangeId> = before.copied().into_iter().collect();
                fields.insert((*name).to_owned(), (Json::new(value.to_string())?, replaces));
            }
            let at = Stamp(1_795_500_000_000 + self.chain.next_seq, 0);
            let cause = cause.filter(|cause| *cause != record).cloned();
            let id = maker.add(Draft { at, record: record.clone(), cause, fields })?;
            for (name, _) in said {
                self.heads.insert((record.clone(), name.to_owned()), id);
            }
        }
        let batch = maker.sign(&self.phone.key)?;
        self.chain = Chain::after(batch.statement());
        let answer = self.phone.push(vec![batch.into()])?;
        let others: Vec<&str> = answer.results.iter().map(|result| code(&result.outcome)).collect();
        ensure!(others.is_empty(), "it was not admitted: {others:?}");
        Ok(())
    }

    /// The published version of a form.
    fn version(&mut self, form: &str) -> Result<String> {
        let path = wire::paths::FORMS.into();
        let request = Request { method: Method::Get, path, headers: Vec::new(), body: Vec::new() };
        let list: FormList = serde_json::from_slice(&self.phone.send(&request)?.body)?;
        let found = list.forms.into_iter().find(|published| published.id == form && published.newest);
        Ok(found.context("no such form")?.version)
    }
}
