//! The phone's disk is full while a form is finished. Needs a small tmpfs, so root.

use journeys::{
    phone::Phone,
    synthetic::{self, COMMUNES},
    visit,
    world::{self, World},
};
use std::{
    fs::{self, File},
    io::Write,
    path::{Path, PathBuf},
    process::Command,
};

struct SmallDisk(PathBuf);

impl SmallDisk {
    fn mount(at: PathBuf) -> Option<Self> {
        fs::create_dir_all(&at).unwrap();
        let mounted =
            Command::new("mount").args(["-t", "tmpfs", "-o", "size=12m", "tmpfs"]).arg(&at).output();
        mounted.is_ok_and(|output| output.status.success()).then_some(Self(at))
    }

    /// Fills what is left; returns the file that does.
    fn fill(&self) -> PathBuf {
        let path = self.0.join("full");
        let mut file = File::create(&path).unwrap();
        for size in [65_536, 4_096, 512, 1] {
            while file.write_all(&vec![1; size]).is_ok() {}
        }
        path
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

#[test]
fn a_full_disk_while_finishing_loses_nothing() {
    let mut world = World::open().unwrap();
    let Some(disk) = SmallDisk::mount(world.path("disk")) else {
        eprintln!("SKIPPED: a small tmpfs can't be mounted here (it needs root)");
        return;
    };
    world.worker("mai", "Lý Thị Mai", COMMUNES[0].0).unwrap();
    let phone = enrolled_on(&world, &disk.0.join("phone"));
    let household = synthetic::household(2, 6);
    let form = world::fill_visit(&phone, None, &household, vec![]).unwrap();
    let draft = form.draft_id();

    let filler = disk.fill();
    let refused = form.finish().unwrap_err();
    assert_eq!(refused.code(), "store.full", "{refused}");
    assert_eq!(phone.app.households().list(String::new(), 0, 10).unwrap().total, 0);
    assert_eq!(phone.app.today().view().unwrap().drafts[0].draft_id, draft);

    fs::remove_file(filler).unwrap();
    let finished = visit::finish(&form).unwrap();
    let view = phone.app.households().view(finished.household_id.unwrap()).unwrap();
    assert_eq!((view.members.len(), view.count("visit")), (household.people.len(), 1));
    assert!(phone.app.today().view().unwrap().drafts.is_empty());
    phone.sync().unwrap();
    assert_eq!(world.hub.count("submissions").unwrap(), 1);
    drop((form, phone));
}

fn enrolled_on(world: &World, folder: &Path) -> Phone {
    let phone = Phone::start(folder).unwrap();
    phone.enrol(&world.hub.invite("mai", None).unwrap()).unwrap();
    phone.sync().unwrap();
    phone
}
