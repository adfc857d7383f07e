//! An administrator, who runs the hub and sees no case, tries to read them: by a phone of their own everywhere, by being
//! on duty, by a phone in a case manager's name.

use super::wire_pull::{found, from_the_start};
use anyhow::{Context, Result, ensure};
use journeys::{
    attack::{Story, Verdicts},
    console::Console,
    hub::Login,
    phone::{PIN, Phone},
    synthetic::COMMUNES,
    wire_phone::WirePhone,
    world::{self, World},
};

pub const STORY: Story = Story { name: "12-administrator", run };

const CHILD: &str = "Triệu Thị Ẩn";
const PERSON: &str = "Nông Thị Riêng";

struct Scene {
    world: World,
    /// Says where the hub is.
    invitation: String,
    administrator: Login,
    manager: Login,
    /// The manager's.
    phone: Phone,
}

fn run(verdicts: &mut Verdicts) -> Result<()> {
    let world = World::open()?;
    let commune = COMMUNES[0].0;
    let place = format!("commune:{commune}");
    let manager = world.hub.add_user("mai", "Lý Thị Mai", "case_manager", &[&place], true)?;
    let administrator = world.hub.add_user("quantri", "Vi Văn Quản", "administrator", &["all"], false)?;
    let phone = world.phone("mai")?;
    world::visit(&phone, None, &world::alone(PERSON, commune), Vec::new())?;
    phone.sync()?;
    let invitation = world.hub.invite("quantri", None)?;
    let scene = Scene { world, invitation, administrator, manager, phone };
    own_phone(&scene, verdicts)?;
    duty(&scene, verdicts)?;
    other_phone(&scene, verdicts)
}

/// Everywhere, with all places.
fn own_phone(Scene { world, .. }: &Scene, verdicts: &mut Verdicts) -> Result<()> {
    let (body, answer) = from_the_start(&world.hub, "quantri")?;
    let (granted, values) = (answer.granted.len(), found(&body, &[PERSON]));
    let (readable, _) = from_the_start(&world.hub, "mai")?;
    ensure!(found(&readable, &[PERSON]) == 1, "an answer to who may read it shows it");
    let seen = format!("{granted} feeds, {values} values in {} bytes", body.len());
    verdicts.note(
        granted == 0 && values == 0,
        "an administrator's phone with all places reads nothing",
        seen,
    );
    Ok(())
}

fn duty(scene: &Scene, verdicts: &mut Verdicts) -> Result<()> {
    let Scene { world, phone, .. } = scene;
    let places = ["--place", "all", "--on-duty"];
    let set = world.hub.command(&[&["user", "places", "--login", "quantri"][..], &places].concat());
    let new = ["user", "add", "--login", "truc", "--name", "Vi Trực", "--role", "administrator"];
    let added = world.hub.command(&[&new[..], &places].concat());
    let mut console = scene.console(&scene.administrator)?;
    let fields = [
        ("login", "truc"),
        ("name", "Vi Trực"),
        ("role", "administrator"),
        ("places", "all"),
        ("on_duty", "yes"),
    ];
    console.post("/users", &fields)?;
    let listed = console.page("/users")?.contains("Vi Trực");
    let refused = [set.is_err(), added.is_err(), !listed];
    verdicts.note(
        refused == [true; 3],
        "nobody puts an administrator on duty",
        format!("refused: {refused:?}"),
    );

    phone.sync()?;
    let case = world::report(phone, COMMUNES[0].0, CHILD)?.case_id.context("a report opens a case")?;
    phone.sync()?;
    let members = phone.app.cases().view(case.clone())?.members;
    let (body, answer) = from_the_start(&world.hub, "quantri")?;
    let page = console.get(&format!("/cases/{case}"))?.status;
    let seen = format!(
        "{} member(s), {} feeds, the case's page is answered with {page}",
        members.len(),
        answer.granted.len()
    );
    let is_kept = answer.granted.is_empty() && found(&body, &[CHILD]) == 0 && page == 403;
    verdicts.note(
        members.len() == 1 && is_kept,
        "a restricted case that opens then is not the administrator's",
        seen,
    );
    Ok(())
}

/// In the case manager's name.
fn other_phone(scene: &Scene, verdicts: &mut Verdicts) -> Result<()> {
    let Scene { world, phone, .. } = scene;
    let user = WirePhone::enrol(&world.hub, "mai")?.enrolled.worker.user;
    phone.sync()?;
    let mut console = scene.console(&scene.administrator)?;
    let invite = format!("/users/{user}/invite");
    let asked: Vec<bool> =
        (0..2).map(|_| Ok(code(&console.post(&invite, &[])?.body).is_some())).collect::<Result<_>>()?;
    verdicts.note(
        asked == [false; 2],
        "an administrator gets no code for a case manager's phone",
        format!("codes: {asked:?}"),
    );

    // One who was made for it agrees.
    let puppet =
        ["login", "name", "role", "places"].into_iter().zip(["bunhin", "Bù Nhìn", "administrator", "all"]);
    let added = console.post("/users", &puppet.collect::<Vec<_>>())?.body;
    let added = String::from_utf8(added)?;
    let password =
        added.split("<code>").nth(1).and_then(|rest| rest.split('<').next()).context("no password")?;
    let mut puppet = scene.console(&Login { login: "bunhin".into(), password: password.to_owned() })?;
    let got = code(&puppet.post(&invite, &[])?.body).is_some();
    verdicts.note(!got, "nor with a second administrator whom they made", format!("code: {got}"));

    let mut mai = scene.console(&scene.manager)?;
    let notice = mai.page("/households")?.contains("/mine");
    let page = mai.page("/mine")?;
    let told = notice && page.contains("Vi Văn Quản") && page.contains("/mine/agree");
    verdicts.note(told, "the case manager is asked, and sees who asks", format!("in the console: {told}"));
    let agreed = mai.post("/mine/agree", &[])?.body;
    let invitation = code(&agreed).context("who agrees gets the code")?;
    let second = Phone::start(&world.path("phone-mai-2"))?;
    second.app.access().enrol(invitation, PIN.to_owned())?;
    let summary = phone.sync()?;
    let is_told = summary.text.contains("thiết bị mới");
    verdicts.note(is_told, "the first phone tells of the second with its next synchronisation", summary.text);
    Ok(())
}

impl Scene {
    fn console(&self, who: &Login) -> Result<Console> {
        Console::log_in(&self.invitation, &who.login, &who.password)
    }
}

/// The invitation that a page shows.
fn code(page: &[u8]) -> Option<String> {
    let page = String::from_utf8_lossy(page);
    let (_, rest) = page.split_once("vanggia:1;")?;
    Some(format!("vanggia:1;{}", rest.split('<').next()?))
}
