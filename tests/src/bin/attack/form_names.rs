//! A form whose list has a name that no phone can take.

use anyhow::Result;
use journeys::{
    attack::{Story, Verdicts},
    headless::copy,
    hub::checkout,
    synthetic::COMMUNES,
    world::World,
};
use std::fs;

pub const STORY: Story = Story { name: "1-form-names", run };

fn run(verdicts: &mut Verdicts) -> Result<()> {
    let mut world = World::open()?;
    world.worker("mai", "Lý Thị Mai", COMMUNES[0].0)?;
    let form = world.path("form");
    copy(&checkout().join("forms/vang_gia"), &form)?;
    fs::write(form.join("xã.csv"), "name,label\n1,Một\n")?;
    let published = world.hub.command(&["form", "publish", &form.to_string_lossy()]);
    let (refused, said) = match published {
        Ok(_) => (false, "published".to_owned()),
        Err(error) => (error.to_string().contains("xã.csv"), format!("{error:#}")),
    };
    verdicts.note(refused, "a list's name that phones can't take is refused by its name", said);
    let phone = world.phone("mai")?;
    let summary = phone.sync_hearing(|_| {})?;
    verdicts.note(summary.code == "ok", "every phone goes on synchronising", summary.code);
    Ok(())
}
