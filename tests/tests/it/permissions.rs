//! What each role may do, asked of a real hub cell by cell and printed as `docs/permissions.md`.

use journeys::{
    hub::checkout,
    synthetic::COMMUNES,
    wire_phone::{WirePhone, code},
    world::World,
};
use model::{RecordRef, batch::Chain, kind, record::field};
use rulebook::{Kind, Lang, Rulebook, Scope};
use serde_json::{Value, json};
use std::fmt::Write;
use uuid::Uuid;

/// The form of the catalogue whose version a submission names.
const FORM: (&str, &str) = ("vang_gia", "2026120301");
/// Where all of them sit.
const DESK: &str = "tong_dai";

struct Author {
    phone: WirePhone,
    chain: Chain,
}

impl Author {
    fn enrol(world: &World, login: &str, role: &str) -> Self {
        world.hub.add_user(login, login, role, &["all", &format!("desk:{DESK}")], false).unwrap();
        let phone = WirePhone::enrol(&world.hub, login).unwrap();
        let chain = phone.chain().unwrap();
        Self { phone, chain }
    }

    /// Whether the hub lets a batch in.
    fn may(&mut self, changes: &[(RecordRef, &[(&str, Value)])]) -> bool {
        let device = self.phone.device();
        let batch = self.phone.changes(device, self.chain.clone(), changes).unwrap();
        let answer = self.phone.push(vec![batch.clone().into()]).unwrap();
        self.chain = Chain::after(batch.statement());
        match answer.results.first().map(|result| code(&result.outcome)) {
            None => true,
            Some(code) if code.starts_with("permission.") => false,
            // Without content a role has no places.
            Some("admission.scope") => false,
            Some(other) => panic!("{other}"),
        }
    }

    fn user(&self) -> String {
        self.phone.enrolled.worker.user.to_string()
    }
}

fn new(kind: &str) -> RecordRef {
    RecordRef::new(kind.to_owned(), Uuid::now_v7())
}

/// What is there already: by the manager, read by all.
struct Scene {
    household: RecordRef,
    person: RecordRef,
    visit: RecordRef,
    case: RecordRef,
    plan: RecordRef,
}

impl Scene {
    fn above(&self, kind: &Kind) -> Option<&RecordRef> {
        let above = |parent: &String| match parent.as_str() {
            kind::HOUSEHOLD => Some(&self.household),
            kind::PERSON => Some(&self.person),
            kind::VISIT => Some(&self.visit),
            kind::CASE => Some(&self.case),
            "plan" => Some(&self.plan),
            _ => None,
        };
        if kind.is_root {
            None
        } else if kind.is_anywhere {
            Some(&self.household)
        } else {
            kind.parents.iter().find_map(above)
        }
    }

    /// What a record of a kind says at first.
    fn first(&self, kind: &Kind) -> Vec<(&'static str, Value)> {
        let mut said = match kind.name.as_str() {
            kind::HOUSEHOLD => vec![(field::COMMUNE, json!(COMMUNES[0].0))],
            kind::SUBMISSION => vec![("form", json!(FORM.0)), ("version", json!(FORM.1))],
            kind::CASE => vec![(field::RESTRICTED, json!(true)), (field::COMMUNE, json!(COMMUNES[0].0))],
            _ if kind.scope == Scope::Desk => vec![(field::DESK, json!(DESK))],
            _ => Vec::new(),
        };
        said.extend(self.above(kind).map(|above| (field::PARENT, json!(above.to_string()))));
        said
    }

    /// A field of a kind that is its own.
    fn field<'k>(&self, kind: &'k Kind) -> &'k str {
        let apart = [
            field::PARENT,
            field::REMOVED,
            field::COMMUNE,
            field::DESK,
            field::RESTRICTED,
            field::USER,
            "state",
        ];
        let own = kind.fields.iter().map(|field| field.name.as_str()).find(|name| !apart.contains(name));
        own.unwrap_or("xml")
    }
}

/// `✓`: always; `own`: what they made themselves; `–`: never.
fn cell(
    author: &mut Author,
    manager: &mut Author,
    make: impl Fn() -> (RecordRef, Vec<(&'static str, Value)>, Vec<(RecordRef, Vec<(&'static str, Value)>)>),
    act: &[(&str, Value)],
) -> &'static str {
    let by = |maker: Option<&mut Author>, author: &mut Author| {
        let (record, said, beside) = make();
        let mut changes: Vec<(RecordRef, &[(&str, Value)])> = vec![(record.clone(), &said)];
        changes.extend(beside.iter().map(|(record, said)| (record.clone(), said.as_slice())));
        let made = match maker {
            Some(maker) => maker.may(&changes),
            None => author.may(&changes),
        };
        made && author.may(&[(record, act)])
    };
    if by(Some(manager), author) {
        "✓"
    } else if by(None, author) {
        "own"
    } else {
        "–"
    }
}

#[test]
fn the_printed_page_is_what_the_hub_does() {
    let world = World::open().unwrap();
    let rulebook = Rulebook::built_in().unwrap();
    let mut manager = Author::enrol(&world, "quanly", "case_manager");
    let roles: Vec<&str> = rulebook.roles().iter().map(|role| role.code.as_str()).collect();
    let mut authors: Vec<Author> =
        roles.iter().map(|role| Author::enrol(&world, &role.replace('_', "-"), role)).collect();
    let members: Vec<String> = authors.iter().map(Author::user).chain([manager.user()]).collect();
    let scene = Scene {
        household: new(kind::HOUSEHOLD),
        person: new(kind::PERSON),
        visit: new(kind::VISIT),
        case: new(kind::CASE),
        plan: new("plan"),
    };
    let commune = json!(COMMUNES[0].0);
    let parent = |of: &RecordRef| json!(of.to_string());
    assert!(manager.may(&[
        (scene.household.clone(), &[("name", json!("Hộ")), (field::COMMUNE, commune.clone())]),
        (scene.person.clone(), &[("name", json!("Người")), (field::PARENT, parent(&scene.household))]),
        (scene.visit.clone(), &[("date", json!("2026-11-30")), (field::PARENT, parent(&scene.household))]),
    ]));
    let with_members = |case: &RecordRef| -> Vec<(RecordRef, Vec<(&'static str, Value)>)> {
        let member = |user: &String| {
            let said = vec![(field::USER, json!(user)), (field::PARENT, json!(case.to_string()))];
            (new(kind::CASE_MEMBER), said)
        };
        members.iter().map(member).collect()
    };
    let beside = with_members(&scene.case);
    let said = scene.first(rulebook.kind(kind::CASE).unwrap());
    let mut changes: Vec<(RecordRef, &[(&str, Value)])> = vec![(scene.case.clone(), &said)];
    changes.extend(beside.iter().map(|(record, said)| (record.clone(), said.as_slice())));
    assert!(manager.may(&changes));
    assert!(manager.may(&[(scene.plan.clone(), &[(field::PARENT, parent(&scene.case))])]));

    let mut page = String::from(HEAD);
    let labels: Vec<&str> = roles.iter().map(|role| rulebook.role(role, Lang::En)).collect();
    writeln!(page, "| what | {} |\n|---|{}", labels.join(" | "), "---|".repeat(labels.len())).unwrap();
    let mut row =
        |what: String, cells: Vec<&str>| writeln!(page, "| {what} | {} |", cells.join(" | ")).unwrap();
    for kind in rulebook.kinds() {
        let label = kind.label.get(Lang::En);
        if kind.name == kind::CASE_MEMBER {
            continue;
        }
        let with_case = kind.name == kind::CASE;
        let make = || {
            let record = new(&kind.name);
            let mut said = scene.first(kind);
            if !said.iter().any(|(name, _)| *name == "form") {
                said.push(("note_of_test", json!("1")));
            }
            let beside = if with_case { with_members(&record) } else { Vec::new() };
            (record, said, beside)
        };
        let add = |author: &mut Author| {
            let (record, said, beside) = make();
            let mut changes: Vec<(RecordRef, &[(&str, Value)])> = vec![(record, &said)];
            changes.extend(beside.iter().map(|(record, said)| (record.clone(), said.as_slice())));
            if author.may(&changes) { "✓" } else { "–" }
        };
        let name = if with_case { "Restricted case" } else { label };
        row(format!("{name}: add"), authors.iter_mut().map(add).collect());
        let own = scene.field(kind);
        let acts: [(&str, Vec<(&str, Value)>); 2] =
            [("change", vec![(own, json!("khác"))]), ("take out", vec![(field::REMOVED, json!("nhầm"))])];
        for (what, act) in acts {
            let cells = authors.iter_mut().map(|author| cell(author, &mut manager, make, &act)).collect();
            row(format!("{name}: {what}"), cells);
        }
    }
    let household =
        || (new(kind::HOUSEHOLD), scene.first(rulebook.kind(kind::HOUSEHOLD).unwrap()), Vec::new());
    let ordinary = || {
        (
            new(kind::CASE),
            vec![("reason", json!("già yếu")), (field::PARENT, parent(&scene.household))],
            Vec::new(),
        )
    };
    let restricted = || {
        let record = new(kind::CASE);
        let beside = with_members(&record);
        (record, scene.first(rulebook.kind(kind::CASE).unwrap()), beside)
    };
    let open_case = |author: &mut Author| {
        let (record, said, _) = ordinary();
        if author.may(&[(record, &said)]) { "✓" } else { "–" }
    };
    row("Household: move to another commune of theirs".into(), {
        let act = [(field::COMMUNE, json!(COMMUNES[1].0))];
        authors.iter_mut().map(|author| cell(author, &mut manager, household, &act)).collect()
    });
    row("Ordinary case: open".into(), authors.iter_mut().map(open_case).collect());
    for (what, make, act) in [
        ("Ordinary case: another state", true, ("state", json!("closed"))),
        ("Restricted case: another state", false, ("state", json!("closed"))),
        ("Restricted case: open up", false, (field::RESTRICTED, json!(false))),
    ] {
        let cells = authors.iter_mut().map(|author| match make {
            true => cell(author, &mut manager, ordinary, std::slice::from_ref(&act)),
            false => cell(author, &mut manager, restricted, std::slice::from_ref(&act)),
        });
        row(what.into(), cells.collect());
    }
    let restrict = |author: &mut Author, manager: &mut Author| {
        let (case, said, _) = ordinary();
        assert!(manager.may(&[(case.clone(), &said)]));
        let act = [
            (field::RESTRICTED, json!(true)),
            (field::PARENT, Value::Null),
            (field::COMMUNE, commune.clone()),
        ];
        let beside = with_members(&case);
        let mut changes: Vec<(RecordRef, &[(&str, Value)])> = vec![(case, &act)];
        changes.extend(beside.iter().map(|(record, said)| (record.clone(), said.as_slice())));
        if author.may(&changes) { "✓" } else { "–" }
    };
    row(
        "Ordinary case: restrict".into(),
        authors.iter_mut().map(|author| restrict(author, &mut manager)).collect(),
    );
    let assign = |author: &mut Author, manager: &mut Author| {
        let (case, said, beside) = restricted();
        let mut changes: Vec<(RecordRef, &[(&str, Value)])> = vec![(case.clone(), &said)];
        changes.extend(beside.iter().map(|(record, said)| (record.clone(), said.as_slice())));
        assert!(manager.may(&changes));
        let seat = [(field::USER, json!(Uuid::now_v7())), (field::PARENT, parent(&case))];
        if author.may(&[(new(kind::CASE_MEMBER), &seat)]) { "✓" } else { "–" }
    };
    row(
        "Restricted case: say who reads it".into(),
        authors.iter_mut().map(|author| assign(author, &mut manager)).collect(),
    );

    let path = checkout().join("docs/permissions.md");
    if std::env::var_os("PERMISSIONS").is_some() {
        std::fs::write(&path, &page).unwrap();
    }
    let printed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        printed == page,
        "print it anew: PERMISSIONS=1 cargo test -p journeys --test it permissions\n{page}"
    );
}

const HEAD: &str = "\
# What a role may do

Printed by a test that tries every cell at a real hub (`tests/tests/it/permissions.rs`); the rules are the rows of `packs/quoc_gia/permissions.csv`. Phones ask the same rows before anything is kept.

`✓`: always, in one's places and in restricted cases that one is a member of. `own`: what one said oneself. `–`: not; it is kept at the hub, has no effect, is shown with its reason to its author and in the console, and its phone puts back what stood before.

";
