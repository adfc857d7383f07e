//! A form whose list has a name that no phone can take: before it is published, and at a hub that has one already.

use anyhow::{Context, Result};
use journeys::{
    attack::{Story, Verdicts},
    headless::copy,
    hub::checkout,
    picture,
    synthetic::{self, COMMUNES},
    world::{self, World},
};
use std::{fs, path::PathBuf};

pub const STORY: Story = Story { name: "1-form-names", run };

fn run(verdicts: &mut Verdicts) -> Result<()> {
    let mut world = World::open()?;
    world.worker("mai", "Lý Thị Mai", COMMUNES[0].0)?;
    world.user("quantri", "Quản Trị", "administrator", COMMUNES[0].0, false)?;
    let phone = world.phone("mai")?;
    let publish = |form: &PathBuf| world.hub.command(&["form", "publish", &form.to_string_lossy()]);

    let form = copied(&world, "phieu_sai")?;
    let list = "name,label\n1,Một\n";
    fs::write(form.join("xã.csv"), list)?;
    let (refused, said) = match publish(&form) {
        Ok(_) => (false, "published".to_owned()),
        Err(error) => (error.to_string().contains("`xã.csv`"), format!("{error:#}")),
    };
    let said = said.lines().last().unwrap_or_default().to_owned();
    verdicts.note(refused, "a list's name that phones can't take is refused by its name", said);

    // One that an earlier hub let through, and behind it one that is well.
    let form = copied(&world, "phieu_la")?;
    fs::write(form.join("xa.csv"), list)?;
    publish(&form)?;
    publish(&copied(&world, "phieu_sau")?)?;
    let database = rusqlite::Connection::open(world.hub.folder().join("hub.db"))?;
    let renamed = "UPDATE form_files SET name = 'xã.csv' WHERE form = 'phieu_la' AND name = 'xa.csv'";
    database.execute(renamed, [])?;
    drop(database);

    world::visit(&phone, None, &synthetic::household(3, 0), vec![picture::small()?])?;
    let summary = phone.sync_hearing(|_| {})?;
    verdicts.note(
        summary.code == "ok",
        "a form that can't be taken doesn't end the synchronisation",
        &summary.code,
    );
    verdicts.note(summary.photos_sent == 1, "photos go up", format!("{} of 1", summary.photos_sent));
    let forms: Vec<String> = phone.app.forms().list()?.into_iter().map(|form| form.id).collect();
    let others = forms.iter().any(|id| id == "phieu_sau") && !forms.iter().any(|id| id == "phieu_la");
    verdicts.note(others, "the form behind it is taken", forms.join(" "));
    let notices = || -> Result<Vec<String>> {
        Ok(phone.app.today().view()?.sync.notices.into_iter().map(|notice| notice.text).collect())
    };
    let told = notices()?.join(" ");
    verdicts.note(told.contains("biểu mẫu phieu_la"), "the worker is told which", told);

    phone.sync()?;
    let devices = world.console("quantri")?.page("/devices")?;
    let complaint =
        devices.split("<p class=\"late\">").find(|text| text.contains("<strong>phieu_la</strong>"));
    let complaint = complaint.and_then(|text| text.split("</p>").next()).unwrap_or("nothing");
    let seen = complaint.contains("form.bad-name");
    verdicts.note(seen, "the office sees which phone lacks which form", complaint);

    world.hub.command(&["form", "withdraw", "phieu_la"])?;
    phone.sync()?;
    let left = notices()?;
    verdicts.note(left.is_empty(), "a form can be withdrawn", format!("{} notices left", left.len()));
    Ok(())
}

/// The catalogue's form of a visit, under an id and title of its own.
fn copied(world: &World, id: &str) -> Result<PathBuf> {
    let form = world.path(id);
    copy(&checkout().join("packs/quoc_gia/forms/vang_gia"), &form)?;
    let settings = fs::read_to_string(form.join("settings.csv"))?;
    let mut lines = settings.lines();
    let header = lines.next().context("no settings")?;
    let own = lines.next().context("no settings")?.replacen(
        "Vãng gia hộ gia đình,vang_gia,",
        &format!("{id},{id},"),
        1,
    );
    fs::write(form.join("settings.csv"), format!("{header}\n{own}\n"))?;
    Ok(form)
}
