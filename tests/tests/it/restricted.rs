//! A report about a child: a case for its members only, on phones and in the console.

use journeys::{
    synthetic::COMMUNES,
    world::{self, World},
};

const CHILD: &str = "Triệu Thị Ẩn";

#[test]
fn a_restricted_case_is_seen_by_its_members_only() {
    let commune = COMMUNES[0].0;
    let mut world = World::open().unwrap();
    world.user("tac", "Bàn Thị Tác Giả", "collaborator", commune, false).unwrap();
    world.user("truc", "Chu Văn Trực", "case_manager", commune, true).unwrap();
    world.user("khac", "Lộc Thị Khác", "case_manager", commune, false).unwrap();
    world.user("chu", "Hà Văn Chủ", "centre_head", commune, false).unwrap();
    let phones = ["tac", "truc", "khac"].map(|login| world.phone(login).unwrap());
    let [author, on_duty, other] = &phones;

    let case = world::report(author, commune, CHILD).unwrap().case_id.unwrap();
    for phone in &phones {
        phone.sync().unwrap();
    }
    let seen = |phone: &journeys::phone::Phone| {
        phone.app.cases().list().unwrap().into_iter().map(|row| row.id).collect::<Vec<_>>()
    };
    assert_eq!(seen(author), vec![case.clone()]);
    assert_eq!(seen(on_duty), vec![case.clone()]);
    assert!(seen(other).is_empty());
    assert!(other.app.cases().view(case.clone()).is_err());
    assert_eq!(other.app.households().list(CHILD.into(), 0, 10).unwrap().total, 0);

    let details = on_duty.app.cases().view(case.clone()).unwrap();
    assert!(details.restricted);
    assert!(details.people.iter().any(|person| person.name == CHILD));
    let mut members: Vec<_> = details.members.iter().map(|member| member.name.as_str()).collect();
    members.sort();
    assert_eq!(members, ["Bàn Thị Tác Giả", "Chu Văn Trực"]);
    // The 12 hours of Decree 56/2017 run.
    assert!(!details.tasks.is_empty());

    let path = format!("/cases/{case}");
    let mut member = world.console("truc").unwrap();
    assert!(member.page("/cases").unwrap().contains(&case));
    assert!(member.page(&path).unwrap().contains(CHILD));
    for login in ["khac", "chu"] {
        let mut stranger = world.console(login).unwrap();
        assert!(!stranger.page("/cases").unwrap().contains(&case), "{login}");
        let answer = stranger.get(&path).unwrap();
        assert!(matches!(answer.status, 403 | 404), "{login}: {}", answer.status);
        assert!(!String::from_utf8_lossy(&answer.body).contains(CHILD), "{login}");
        assert!(!stranger.page("/households").unwrap().contains(CHILD), "{login}");
    }
}
