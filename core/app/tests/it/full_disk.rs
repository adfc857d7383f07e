//! A phone whose disk is full while a form is filled: what was refused is told as an error, and once there is room
//! again the shell shows what the core holds. Needs a small tmpfs, so root.

use crate::{
    phone::{Phone, code},
    world::{Answers, World, choice, fill, jpeg, text},
};
use app::{AppError, FormSession, view::*};
use std::{
    fs::{self, File},
    io::Write,
    path::PathBuf,
    process::Command,
    sync::Arc,
};

/// The phone's folder on a disk of its own.
struct SmallDisk(PathBuf);

impl SmallDisk {
    fn mount(phone: &Phone) -> Option<Self> {
        let at = phone.folder.path().join("vanggia");
        fs::create_dir_all(&at).unwrap();
        let mounted =
            Command::new("mount").args(["-t", "tmpfs", "-o", "size=16m", "tmpfs"]).arg(&at).output();
        mounted.is_ok_and(|output| output.status.success()).then_some(Self(at))
    }

    fn fill(&self) {
        let mut file = File::create(self.0.join("full")).unwrap();
        for size in [65_536, 4_096, 512, 1] {
            while file.write_all(&vec![1; size]).is_ok() {}
        }
    }

    fn free(&self) {
        fs::remove_file(self.0.join("full")).unwrap();
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

/// On a phone with a small disk; `None` where none can be mounted.
fn on_a_small_disk() -> Option<(SmallDisk, World, Arc<FormSession>)> {
    let phone = Phone::new();
    let Some(disk) = SmallDisk::mount(&phone) else {
        eprintln!("SKIPPED: a small tmpfs can't be mounted here (it needs root)");
        return None;
    };
    let world = World::on(phone);
    let session = world.app.forms().start("vang_gia".into(), None).unwrap();
    Some((disk, world, session))
}

/// Does it again and again until the store refuses, as the log of the database has room for some.
fn until_refused<T>(mut call: impl FnMut(usize) -> Result<T, AppError>, mut took: impl FnMut(T)) -> usize {
    for n in 0..10_000 {
        match call(n) {
            Ok(told) => took(told),
            Err(error) => {
                assert_eq!(error.code(), "store.full", "{error}");
                return n;
            }
        }
    }
    panic!("never refused");
}

fn number_of(session: &FormSession, path: &str) -> Option<u32> {
    session.outline().unwrap().into_iter().map(|row| row.index).find(|index| {
        let page = session.go_to(*index).unwrap();
        page.questions.iter().any(|q| q.path == path) || page.repeats.iter().any(|r| r.path == path)
    })
}

#[test]
fn after_an_answer_that_was_refused_the_page_is_handed_over_whole() {
    let Some((disk, _world, session)) = on_a_small_disk() else { return };
    session.answer("/data/visit/outcome".into(), choice("met")).unwrap();
    let mut page = session.page().unwrap();
    disk.fill();
    // Each of them makes the question "which purpose?" come or go.
    let purpose = |n: usize| choice(if n.is_multiple_of(2) { "other" } else { "first" });
    until_refused(
        |n| session.answer("/data/visit/visit_purpose".into(), purpose(n)),
        |update| page.apply(update),
    );
    disk.free();
    page.apply(session.answer("/data/visit/visit_language".into(), text("Tiếng Tày")).unwrap());
    assert_eq!(page, session.page().unwrap());
    page.apply(session.answer("/data/visit/visit_purpose".into(), choice("other")).unwrap());
    assert_eq!(page, session.page().unwrap());
}

#[test]
fn after_a_photo_that_was_refused_the_page_is_as_it_was() {
    let Some((disk, _world, session)) = on_a_small_disk() else { return };
    let path = "/data/photo[1]/p_about/photo_file";
    fill(&session, &Answers::first_visit());
    let mut page = session.go_to(number_of(&session, path).unwrap()).unwrap();
    disk.fill();
    assert_eq!(code(session.take_photo(path.into(), jpeg())), "store.full");
    disk.free();
    assert_eq!(page, session.page().unwrap());
    page.apply(session.take_photo(path.into(), jpeg()).unwrap());
    assert_eq!(page, session.page().unwrap());
}

#[test]
fn a_page_turn_that_was_refused_leaves_the_person_where_they_were() {
    let Some((disk, _world, session)) = on_a_small_disk() else { return };
    session.answer("/data/visit/outcome".into(), choice("met")).unwrap();
    session.answer("/data/visit/visit_purpose".into(), choice("first")).unwrap();
    let mut page = session.page().unwrap();
    let PageMove::Moved { page: second } = session.next().unwrap() else { panic!("moved") };
    session.back().unwrap();
    disk.fill();
    let turn = |n: usize| match n % 2 {
        0 => session.next().map(|moved| match moved {
            PageMove::Moved { page } => page,
            other => panic!("{other:?}"),
        }),
        _ => session.back(),
    };
    until_refused(turn, |turned| page = turned);
    disk.free();
    let was_first = page.is_first;
    // What is on the screen is what is answered, and the next turn leads on from there.
    let path = page.questions.last().unwrap().path.clone();
    page.apply(session.answer(path, AnswerValue::Empty).unwrap());
    assert_eq!(page, session.page().unwrap());
    let turned = if was_first { turn(0).unwrap() } else { turn(1).unwrap() };
    assert_eq!(turned.index, if was_first { second.index } else { 0 });
}

#[test]
fn an_instance_that_was_refused_is_added_once() {
    let Some((disk, _world, session)) = on_a_small_disk() else { return };
    fill(&session, &Answers::first_visit());
    let members = |session: &FormSession| {
        let page = session.go_to(number_of(session, "/data/member").unwrap()).unwrap();
        page.repeats[0].instances.len()
    };
    let before = members(&session);
    disk.fill();
    let added = until_refused(|_| session.add_repeat("/data/member".into()), |_| ());
    disk.free();
    session.add_repeat("/data/member".into()).unwrap();
    assert_eq!(members(&session), before + added + 1);
    session.add_repeat("/data/member".into()).unwrap();
    assert_eq!(members(&session), before + added + 2);
}
