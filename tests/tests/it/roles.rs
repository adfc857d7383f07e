//! Who is what: said by the command line of the hub, known on a phone after it synchronised.

use journeys::{headless::Headless, synthetic::COMMUNES, world::World};
use model::{Clock, SystemClock};
use sync::Retry;

fn synchronise(phone: &Headless) {
    let report = phone.sync(&mut phone.transport(None).unwrap(), Retry::default(), &mut |_| {});
    assert_eq!(report.problem, None);
}

#[test]
fn a_phone_knows_its_colleagues_roles_and_what_became_of_them() {
    let mut world = World::open().unwrap();
    let commune = COMMUNES[0].0;
    world.worker("hoa", "Hoàng Thị Hoa", commune).unwrap();
    world.worker("lan", "Lò Thị Lan", commune).unwrap();
    let invite = |login: &str| world.hub.invite(login, None).unwrap();
    let hoa = Headless::enrol(&invite("hoa"), &world.path("hoa"), "Máy một").unwrap();
    let lan = Headless::enrol(&invite("lan"), &world.path("lan"), "Máy hai").unwrap();
    let user = lan.store.identity().unwrap().user;
    let today = SystemClock::default().now().date_naive();
    let role = || hoa.store.role_of(user, today).unwrap().map(|role| role.as_str().to_owned());
    assert_eq!(role(), None);
    synchronise(&hoa);
    assert_eq!(role(), Some(lan.store.identity().unwrap().worker.role.as_str().to_owned()));
    world.hub.command(&["user", "role", "--login", "lan", "--role", "centre_head"]).unwrap();
    synchronise(&hoa);
    assert_eq!(role().as_deref(), Some("centre_head"));
    let unknown = world.hub.command(&["user", "role", "--login", "lan", "--role", "queen"]);
    assert!(unknown.is_err());
    world.hub.command(&["user", "disable", "--login", "lan"]).unwrap();
    synchronise(&hoa);
    let tomorrow = today.succ_opt().unwrap();
    assert_eq!((role().as_deref(), hoa.store.role_of(user, tomorrow)), (Some("centre_head"), Ok(None)));
}
