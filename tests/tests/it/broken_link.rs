//! A link that breaks in the middle of a photo.

use journeys::{
    link::Link,
    picture, synthetic,
    synthetic::COMMUNES,
    world::{self, World},
};

#[test]
fn a_photo_cut_in_the_middle_goes_on_where_it_stopped() {
    let mut world = World::open().unwrap();
    world.worker("mai", "Lý Thị Mai", COMMUNES[0].0).unwrap();
    let link = Link::to(&world.hub.url).unwrap();
    let phone = world.phone_at("mai", &link.url("https")).unwrap();
    let photo = picture::twelve_megapixels(1).unwrap();
    world::visit(&phone, None, &synthetic::household(3, 0), vec![photo]).unwrap();

    let texts_before_photos = std::cell::Cell::new(None);
    let summary = phone
        .sync_hearing(|progress| {
            let photos = progress.phase == app::view::SyncPhase::Photos && progress.total > 0;
            if photos && texts_before_photos.get().is_none() {
                texts_before_photos.set(Some(world.hub.count("submissions").unwrap()));
                // Of a thumbnail and a photo, well inside the photo.
                link.cut_after(progress.total * 2 / 3);
            }
        })
        .unwrap();
    assert_eq!(link.cuts(), 1);
    assert_eq!(texts_before_photos.get(), Some(1), "texts go first");
    assert_eq!(summary.code, "ok", "{}", summary.text);
    assert!(summary.resumed_uploads >= 1);
    assert_eq!((world.hub.count("photos").unwrap(), world.hub.count("photos_whole").unwrap()), (1, 1));
    assert_eq!(phone.app.today().view().unwrap().sync.photos_waiting, 0);

    // It is whole for people too: the console shows it, decrypted.
    let mut console = world.console("mai").unwrap();
    let id = phone.find("").unwrap();
    let record = phone.app.households().view(id).unwrap().photos[0].reference.clone();
    let picture = console.get(&record.replace("photo:", "/photos/")).unwrap();
    assert_eq!(picture.status, 200);
    assert_eq!(picture.body, phone.app.records().photo(record).unwrap());
    assert!(picture.body.starts_with(&[0xff, 0xd8]));
}
