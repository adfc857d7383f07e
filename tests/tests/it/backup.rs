//! The drill: a hub is lost and comes back from a backup; phones bring what the backup lacks.

use journeys::{
    hub::{HubProcess, command},
    picture, synthetic,
    synthetic::COMMUNES,
    world::{self, World},
};

const KINDS: [&str; 3] = ["household", "person", "visit"];
const COUNTS: [&str; 4] = ["submissions", "changes", "photos", "photos_whole"];

fn counts(hub: &HubProcess) -> Vec<(&'static str, u64)> {
    let records = KINDS.iter().map(|kind| (*kind, hub.records(kind).unwrap()));
    records.chain(COUNTS.iter().map(|what| (*what, hub.count(what).unwrap()))).collect()
}

#[test]
fn phones_bring_back_what_the_backup_lacks() {
    let mut world = World::open().unwrap();
    world.worker("mai", "Lý Thị Mai", COMMUNES[0].0).unwrap();
    world.worker("son", "Hoàng Văn Sơn", COMMUNES[0].0).unwrap();
    let (first, second) = (world.phone("mai").unwrap(), world.phone("son").unwrap());
    let photo = |seed| picture::twelve_megapixels(seed).unwrap();
    world::visit(&first, None, &synthetic::household(5, 0), vec![photo(1)]).unwrap();
    first.sync().unwrap();

    let file = world.path("backup.file");
    world.hub.command(&["backup", "--to", &file.to_string_lossy()]).unwrap();
    // After the backup both go on working.
    world::visit(&first, None, &synthetic::household(5, 3), vec![photo(2)]).unwrap();
    first.sync().unwrap();
    second.sync().unwrap();
    world::visit(&second, None, &synthetic::household(5, 6), vec![]).unwrap();
    second.sync().unwrap();
    let before = counts(&world.hub);
    assert_eq!(before[0], ("household", 3));

    let address = world.hub.url.trim_start_matches("https://").to_owned();
    world.hub.kill().unwrap();
    let folder = world.path("hub-again");
    command(&folder, &["restore", "--from", &file.to_string_lossy()]).unwrap();
    let restored = HubProcess::serve_with(&folder, &["--listen", &address]).unwrap();
    assert_eq!(restored.records("household").unwrap(), 1);
    for phone in [&first, &second, &first] {
        phone.sync().unwrap();
    }
    assert_eq!(counts(&restored), before);
    for phone in [&first, &second] {
        assert_eq!(phone.app.households().list(String::new(), 0, 10).unwrap().total, 3);
    }
    // And nothing is sent twice from then on.
    assert_eq!(first.sync().unwrap().changes_sent, 0);
    restored.stop().unwrap();
}
