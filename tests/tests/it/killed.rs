//! A phone is killed (SIGKILL) two hundred times while it fills and finishes forms. What it acknowledged is there each
//! time, and each finished visit is whole or still a draft.

use journeys::{
    phone::Phone,
    synthetic::{COMMUNES, Dice},
    world::World,
};
use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    sync::mpsc::{self, Receiver},
    thread,
    time::Duration,
};

const KILLS: usize = 200;
/// Phones that are killed at the same time, so that the test ends sooner.
const PHONES: usize = 4;
const PATIENCE: Duration = Duration::from_secs(120);
/// Members, visits, goals, photos of a whole visit.
const WHOLE: &str = "[2, 1, 1, 1]";

#[test]
fn a_phone_killed_two_hundred_times_keeps_what_it_acknowledged() {
    let mut world = World::open().unwrap();
    let folders: Vec<_> = (0..PHONES)
        .map(|number| {
            let login = format!("mai{number}");
            world.worker(&login, "Lý Thị Mai", COMMUNES[0].0).unwrap();
            // It has its forms now and needs the hub no more.
            world.phone(&login).unwrap().folder().to_owned()
        })
        .collect();
    world.hub.kill().unwrap();
    let stories: Vec<Story> = thread::scope(|scope| {
        let running: Vec<_> = (0..)
            .zip(&folders)
            .map(|(seed, folder)| scope.spawn(move || kill_again_and_again(folder, seed)))
            .collect();
        running.into_iter().map(|story| story.join().unwrap()).collect()
    });
    let sum = |of: fn(&Story) -> usize| stories.iter().map(of).sum::<usize>();
    assert_eq!(sum(|story| story.kills), KILLS);
    // The moments were not all of one kind.
    assert!(sum(|story| story.while_answering) > 20, "{stories:?}");
    assert!(sum(|story| story.while_finishing) > 20, "{stories:?}");
    assert!(sum(|story| story.finished.len()) > 20, "{stories:?}");
    assert!(sum(|story| story.found) > 1_000, "{stories:?}");

    for (story, folder) in stories.iter().zip(&folders) {
        let phone = Phone::start(folder).unwrap();
        phone.unlock().unwrap();
        for name in &story.finished {
            let id = phone.find(name).unwrap();
            let view = phone.app.households().view(id).unwrap();
            let counts = [
                view.members.len(),
                view.count("visit") as usize,
                view.count("goal") as usize,
                view.photos.len(),
            ];
            assert_eq!(format!("{counts:?}"), WHOLE, "{name}");
            assert!(phone.app.records().thumbnail(view.photos[0].reference.clone()).is_ok());
        }
        let known = phone.app.households().list(String::new(), 0, 1).unwrap().total as usize;
        assert_eq!(known, story.finished.len());
    }
}

/// What a phone has told so far, over all its lives.
#[derive(Debug, Default)]
struct Story {
    kills: usize,
    while_answering: usize,
    while_finishing: usize,
    /// Of each open draft, each question's acknowledged value.
    acknowledged: BTreeMap<String, BTreeMap<String, String>>,
    /// Draft, question, value: told to begin, not acknowledged yet.
    under_way: Option<(String, String, String)>,
    /// Draft and name: told to begin finishing.
    finishing: Option<(String, String)>,
    finished: Vec<String>,
    /// Acknowledged answers that were found again.
    found: usize,
}

fn kill_again_and_again(folder: &Path, seed: u64) -> Story {
    let mut dice = Dice::new(seed + 77);
    let mut story = Story::default();
    while story.kills < KILLS / PHONES {
        let asked = story.finishing.iter().map(|(_, name)| name).chain(story.finished.last());
        let mut filler = Command::new(env!("CARGO_BIN_EXE_filler"))
            .arg(folder)
            .args(asked)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = lines_of(&mut filler);
        story.check(&until(&lines, "ready"));
        if dice.roll(2) == 0 {
            thread::sleep(Duration::from_millis(dice.roll(500) as u64));
        } else {
            // Half of the time at the one moment that counts most.
            for line in until(&lines, "finishing") {
                story.hear(&line);
            }
            thread::sleep(Duration::from_micros(dice.roll(60_000) as u64));
        }
        assert_eq!(filler.try_wait().unwrap(), None, "it ended by itself");
        filler.kill().unwrap();
        filler.wait().unwrap();
        for line in lines {
            story.hear(&line);
        }
        story.kills += 1;
        story.while_answering += usize::from(story.under_way.is_some());
        story.while_finishing += usize::from(story.finishing.is_some());
    }
    // The last life's end is looked at as well.
    let mut filler = Command::new(env!("CARGO_BIN_EXE_filler"))
        .arg(folder)
        .args(story.finishing.iter().map(|(_, name)| name))
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = lines_of(&mut filler);
    let told = until(&lines, "ready");
    filler.kill().unwrap();
    filler.wait().unwrap();
    story.check(&told);
    // Between `ready` and the end it may have gone on, but nothing counts that was not told.
    for line in lines {
        story.hear(&line);
    }
    story.settle_at_the_end(folder);
    story
}

fn lines_of(filler: &mut Child) -> Receiver<String> {
    let output = filler.stdout.take().unwrap();
    let (sender, lines) = mpsc::channel();
    thread::spawn(move || {
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            let _ = sender.send(line);
        }
    });
    lines
}

/// The lines up to and with the first that begins so.
fn until(lines: &Receiver<String>, beginning: &str) -> Vec<String> {
    let mut told = Vec::new();
    loop {
        let line = lines.recv_timeout(PATIENCE).unwrap_or_else(|_| panic!("no {beginning} after {told:?}"));
        told.push(line);
        if told.last().is_some_and(|line| line.starts_with(beginning)) {
            return told;
        }
    }
}

impl Story {
    fn hear(&mut self, line: &str) {
        let parts: Vec<&str> = line.split('\t').collect();
        match parts[..] {
            ["answering", draft, key, value] => {
                self.under_way = Some((draft.into(), key.into(), value.into()));
            }
            ["answered", draft, key] => {
                let (_, _, value) = self.under_way.take().unwrap();
                self.acknowledged.entry(draft.into()).or_default().insert(key.into(), value);
            }
            ["finishing", draft, name] => self.finishing = Some((draft.into(), name.into())),
            ["finished", draft, name] => {
                self.finishing = None;
                self.acknowledged.remove(draft);
                self.finished.push(name.into());
            }
            _ => {}
        }
    }

    /// Holds a new life's first words against what the lives before acknowledged.
    fn check(&mut self, told: &[String]) {
        let mut drafts: BTreeMap<&str, BTreeMap<&str, &str>> = BTreeMap::new();
        let mut households = BTreeMap::new();
        for line in told {
            match line.split('\t').collect::<Vec<_>>()[..] {
                ["draft", draft] => drop(drafts.entry(draft).or_default()),
                ["kept", draft, key, value] => drop(drafts.entry(draft).or_default().insert(key, value)),
                ["household", name, counts] => {
                    assert_eq!(households.insert(name, counts), None, "{name} twice");
                }
                _ => {}
            }
        }
        if let Some((draft, name)) = self.finishing.take() {
            match (drafts.contains_key(draft.as_str()), households.get(name.as_str())) {
                (true, None) => {}
                (false, Some(counts)) => {
                    assert_eq!(*counts, WHOLE, "{name} is half finished");
                    self.acknowledged.remove(&draft);
                    self.finished.push(name);
                }
                (open, counts) => panic!("{name}: draft {open}, household {counts:?}"),
            }
        }
        if let Some(last) = self.finished.last() {
            assert_eq!(households.get(last.as_str()).unwrap_or(&WHOLE), &WHOLE);
        }
        for (draft, answers) in &self.acknowledged {
            let kept = drafts.get(draft.as_str()).unwrap_or_else(|| panic!("draft {draft} is gone"));
            for (key, value) in answers {
                let newer = self.under_way.as_ref().filter(|(of, at, _)| (of, at) == (draft, key));
                let found = kept.get(key.as_str()).copied();
                self.found += 1;
                assert!(
                    found == Some(value) || newer.is_some_and(|(_, _, value)| found == Some(value)),
                    "{key} of draft {draft} is {found:?}, acknowledged was {value}"
                );
            }
        }
        self.under_way = None;
    }

    /// A visit whose finishing was under way when the last life ended is counted if it is there.
    fn settle_at_the_end(&mut self, folder: &Path) {
        let Some((_, name)) = self.finishing.take() else { return };
        let phone = Phone::start(folder).unwrap();
        phone.unlock().unwrap();
        if phone.find(&name).is_ok() {
            self.finished.push(name);
        }
    }
}
