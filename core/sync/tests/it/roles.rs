//! What the office says of its users comes down however many statements there are, and whatever the line does.

use crate::phone::{Phone, answered, asked, office};
use model::{OfficeId, UserId};
use sync::LinkError;
use testkit::{Link, Office, link::Line, new_key};
use wire::roles::{RoleStatement, SignedRole};

fn world(statements: u64) -> (Office, Phone) {
    let hub = office();
    hub.state().script.page = None;
    let phone = Phone::enrolled(&hub);
    let like = hub.role_statement(phone.user);
    for _ in 0..statements {
        let mut state = hub.state();
        let serial = state.roles.len() as u64 + 1;
        let statement = RoleStatement { user: UserId::new(), serial, ..like.clone() };
        let statement = SignedRole::issue(&statement, &state.key).unwrap();
        state.roles.push(statement);
    }
    (hub, phone)
}

fn pulls(hub: &Office) -> usize {
    std::mem::take(&mut hub.state().asked).iter().filter(|asked| *asked == "pull").count()
}

#[test]
fn thousands_come_in_as_many_pages_as_the_line_wants() {
    let (hub, mut phone) = world(3_000);
    phone.write(5);
    assert_eq!(phone.sync(&hub, &mut Line::good()).problem, None);
    phone.assert_all_arrived(&hub);
    assert_eq!((phone.roles.len(), pulls(&hub) > 3), (3_001, true));
    // Once: the next run asks for nothing that came.
    assert_eq!(phone.sync(&hub, &mut Line::good()).problem, None);
    assert_eq!((phone.roles.len(), pulls(&hub)), (3_001, 1));
}

#[test]
fn what_came_before_a_cut_is_kept() {
    let (hub, mut phone) = world(500);
    let (token, mut cuts) = (phone.enrolled.token.0.clone(), 0);
    let report = phone.drive(
        &hub,
        |_, _| false,
        |request| {
            let mut response = answered(request, hub.send(&asked(request, &token)));
            if request.path == wire::paths::PULL && response.body.len() > 10_000 {
                response.body.truncate(response.body.len() * 2 / 3);
                response.cut = Some(LinkError::Cut);
                cuts += 1;
            }
            (Ok(response), 0)
        },
    );
    assert_eq!((report.problem, cuts > 0), (None, true));
    let serials: Vec<u64> = phone.roles.iter().map(|told| told.serial).collect();
    assert_eq!(serials, (1..=501).collect::<Vec<_>>());
}

/// Which of them count is decided where they are kept: one that doesn't is not asked for for ever.
#[test]
fn what_others_signed_holds_up_nothing() {
    let (hub, mut phone) = world(2);
    let elsewhere = RoleStatement { office: OfficeId::new(), ..hub.role_statement(phone.user) };
    hub.say(SignedRole::issue(&elsewhere, &new_key()).unwrap());
    assert_eq!(phone.sync(&hub, &mut Line::good()).problem, None);
    assert_eq!(phone.sync(&hub, &mut Line::good()).problem, None);
    assert_eq!(phone.roles.len(), 4);
}
