//! The command that calls people while nobody takes a report on.

use crate::routes::scene::Scene;
use hub::{
    alarm::{Command, call_due},
    db::users::Reached,
    office::duty,
};
use model::Role;
use std::{fs, os::unix::fs::PermissionsExt, path::Path};
use testkit::records::under;

const MINUTE: u64 = 60;

/// A program that writes down what it is given, a line each time.
fn program(folder: &Path) -> Command {
    let (program, told) = (folder.join("call"), folder.join("told"));
    fs::write(&program, "#!/bin/sh\nto=\"$1\"; shift; echo \"$@\" >> \"$to\"\n").unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o700)).unwrap();
    Command { program, arguments: vec![told.to_str().unwrap().to_owned()] }
}

fn told(folder: &Path) -> Vec<String> {
    let told = fs::read_to_string(folder.join("told")).unwrap_or_default();
    told.lines().map(str::to_owned).collect()
}

#[test]
fn people_are_called_along_the_roles_once_each_and_told_no_name() {
    let mut scene = Scene::open();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let command = program(folder.path());
    let deputy = scene.office.user_with("pho", Role::new("commune_deputy"), "all", "");
    let elsewhere = scene.office.user_with("xa-khac", Role::new("commune_deputy"), "commune:00004", "");
    // It was received at 09:00, which is hours ago: all steps are due at once.
    let due = || runtime.block_on(call_due(&scene.office.hub, &command)).unwrap();
    due();
    let first = told(folder.path());
    let wanted =
        [format!("15 commune_deputy {}", deputy.id), "30 commune_chairman ".into(), "60 centre_head ".into()];
    assert_eq!(
        first.iter().map(|line| line.trim()).collect::<Vec<_>>(),
        wanted.iter().map(|line| line.trim()).collect::<Vec<_>>()
    );
    assert!(!first.concat().contains(&elsewhere.id.to_string()));
    due();
    assert_eq!(told(folder.path()), first, "nobody is called twice for a step");
    // Somebody takes it on: another hour calls nobody.
    let step =
        workflow::edit(uuid::Uuid::now_v7(), &scene.restricted, "child-protection", "acknowledge", "", "");
    scene.office.clock.advance_s(1);
    scene.author.write(vec![step, under("note", &scene.restricted).set("text", "Đã nhận")]);
    scene.office.clock.advance_s(120 * MINUTE);
    runtime.block_on(call_due(&scene.office.hub, &command)).unwrap();
    assert_eq!(told(folder.path()), first);
}

#[test]
fn who_is_away_is_called_only_where_nobody_else_is() {
    let scene = Scene::open();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let command = program(folder.path());
    let user = |login: &str, role: &str| scene.office.user_with(login, Role::new(role.to_owned()), "all", "");
    let (deputy, other) = (user("pho", "commune_deputy"), user("pho-hai", "commune_deputy"));
    let chairman = user("chu-tich", "commune_chairman");
    for away in [&deputy, &chairman] {
        let (of, day) = (away.id, scene.office.hub.today());
        let reached = Reached { phone: None, away: Some((day, day)) };
        scene.office.hub.write_now(move |hub, tx| duty::set(hub, tx, None, of, &reached)).unwrap();
    }
    runtime.block_on(call_due(&scene.office.hub, &command)).unwrap();
    let told = told(folder.path());
    assert_eq!(told[0], format!("15 commune_deputy {}", other.id));
    assert_eq!(told[1], format!("30 commune_chairman {}", chairman.id), "better on their leave than nobody");
}

#[test]
fn a_command_that_cant_be_started_is_tried_again() {
    let scene = Scene::open();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let missing = Command { program: folder.path().join("call"), arguments: Vec::new() };
    runtime.block_on(call_due(&scene.office.hub, &missing)).unwrap();
    let command = program(folder.path());
    runtime.block_on(call_due(&scene.office.hub, &command)).unwrap();
    assert_eq!(told(folder.path()).len(), 3);
}
