//! An administrator wants everybody to work by other rules, alone: by agreeing to their own pack, by a second administrator
//! whom they made, by an older version. And whoever has no token, or only a proposal's hash, asks for what is published.

use anyhow::{Context, Result};
use journeys::{
    attack::{Story, Verdicts},
    console::Console,
    headless::copy,
    hub::checkout,
    synthetic::COMMUNES,
    wire_phone::WirePhone,
    world::World,
};
use model::encoding::to_text;
use std::fs;
use sync::{HttpTransport, Method, Request, Transport};
use wire::{
    enrol::Invitation,
    packs::{PackList, hash},
    paths,
};

pub const STORY: Story = Story { name: "14-packs", run };

fn run(verdicts: &mut Verdicts) -> Result<()> {
    let mut world = World::open()?;
    let commune = COMMUNES[0].0;
    world.worker("mai", "Lý Thị Mai", commune)?;
    world.user("quantri", "Vi Văn Quản", "administrator", commune, false)?;
    world.user("haiba", "Vi Thị Hai", "administrator", commune, false)?;
    let mut phone = WirePhone::enrol(&world.hub, "mai")?;
    let folder = checkout().join("packs/vi_du");
    let workbook = world.path("goi.xlsx");
    let [from, to] = [&folder, &workbook].map(|path| path.to_string_lossy().into_owned());
    world.hub.command(&["pack", "export", &from, "--xlsx", &to])?;
    let workbook = fs::read(workbook)?;

    let mut first = world.console("quantri")?;
    let proposed = first.upload("/packs", &workbook)?.status;
    let table = hash(&fs::read(folder.join("kinds.csv"))?);
    let file = format!("{}/files/{}", paths::PACKS, to_text(&table.0));
    let (count, early) = (told(&mut phone)?, phone.send(&asking(&file))?.status);
    let seen = format!("proposed: {proposed}, {count} packs told, its file: {early}");
    verdicts.note((proposed, count, early) == (303, 0, 404), "what is only proposed reaches no phone", seen);

    let mut puppet = made_by(&mut first, &mut world)?;
    let agreed = [agree(&mut first)?, agree(&mut puppet)?];
    let seen = format!("answers {agreed:?}, {} packs told", told(&mut phone)?);
    let held = agreed == [403; 2] && told(&mut phone)? == 0;
    verdicts.note(held, "nobody agrees to their own pack, nor does whom they made", seen);
    let agreed = agree(&mut world.console("haiba")?)?;
    let (count, status) = (told(&mut phone)?, phone.send(&asking(&file))?.status);
    let seen = format!("answer {agreed}, {count} told, its file: {status}");
    verdicts.note((agreed, count, status) == (303, 1, 200), "with another person it is published", seen);

    let known = String::from_utf8(first.upload("/packs", &workbook)?.body)?;
    let other = world.path("goi");
    copy(&folder, &other)?;
    let fields = fs::read_to_string(other.join("fields.csv"))?;
    fs::write(other.join("fields.csv"), fields.replace("Ghi chú", "Ghi thêm"))?;
    let taken = world.hub.command(&["pack", "publish", &other.to_string_lossy()]);
    let taken = taken.err().is_some_and(|error| error.to_string().contains("pack.version-taken"));
    let refused = [known.contains("pack.known"), taken];
    verdicts.note(
        refused == [true; 2],
        "a version is published once, with one content",
        format!("refused: {refused:?}"),
    );

    world.worker("lan", "Hoàng Thị Lan", commune)?;
    let invitation: Invitation = world.hub.invite("lan", None)?.parse()?;
    let mut stranger = HttpTransport::new(&invitation.hub, invitation.ca_pin, None)?;
    let answers = [paths::PACKS, &file].map(|path| stranger.send(&asking(path)));
    let answers = answers.into_iter().map(|answer| Ok(answer?.status)).collect::<Result<Vec<_>>>()?;
    verdicts.note(answers == [401; 2], "without a token nothing is told", format!("answers {answers:?}"));
    Ok(())
}

fn asking(path: &str) -> Request {
    Request { method: Method::Get, path: path.into(), headers: Vec::new(), body: Vec::new() }
}

/// How many packs a phone is told of.
fn told(phone: &mut WirePhone) -> Result<usize> {
    let list: PackList = serde_json::from_slice(&phone.send(&asking(paths::PACKS))?.body)?;
    Ok(list.packs.len())
}

fn agree(console: &mut Console) -> Result<u16> {
    Ok(console.post("/packs/1/approve", &[("first_day", "")])?.status)
}

/// An administrator whom this one makes.
fn made_by(console: &mut Console, world: &mut World) -> Result<Console> {
    let fields =
        ["login", "name", "role", "places"].into_iter().zip(["bunhin", "Bù Nhìn", "administrator", "all"]);
    let page = String::from_utf8(console.post("/users", &fields.collect::<Vec<_>>())?.body)?;
    let password =
        page.split("<code>").nth(1).and_then(|rest| rest.split('<').next()).context("no password")?;
    world.worker("tam", "Nông Thị Tám", COMMUNES[0].0)?;
    Console::log_in(&world.hub.invite("tam", None)?, "bunhin", password)
}
