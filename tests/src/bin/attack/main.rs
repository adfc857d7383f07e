//! What is tried against hubs and phones, and whether they held: `cargo xtask attack [NAME…]`. Runs the stories whose
//! names begin with one of those given, or all; a line for each promise, and an error if one was broken.

#![allow(clippy::print_stdout)] // it speaks to a terminal

mod administrator;
mod clocks;
mod enrol_again;
mod forked;
mod form_names;
mod lost_answer;
mod more;
mod office_device;
mod packs;
mod permissions;
mod photos;
mod quotas;
mod restricted_later;
mod rewound;
mod waiting;
mod wire_pull;

use anyhow::{Result, bail, ensure};
use journeys::attack::{Story, Verdicts};
use std::{panic, time::Instant};

const STORIES: &[Story] = &[
    form_names::STORY,
    photos::STORY,
    forked::STORY,
    forked::OLDER,
    enrol_again::STORY,
    more::STORY,
    rewound::STORY,
    waiting::STORY,
    lost_answer::STORY,
    quotas::STORY,
    permissions::STORY,
    restricted_later::STORY,
    administrator::STORY,
    clocks::STORY,
    office_device::STORY,
    packs::STORY,
];

fn main() -> Result<()> {
    let wanted: Vec<String> = std::env::args().skip(1).collect();
    let stories: Vec<&Story> = STORIES
        .iter()
        .filter(|story| wanted.is_empty() || wanted.iter().any(|name| story.name.starts_with(name.as_str())))
        .collect();
    ensure!(!stories.is_empty(), "no story is called so");
    let (mut held, mut broken) = (0, 0);
    for story in stories {
        let started = Instant::now();
        println!("{}", story.name);
        for verdict in verdicts(story).0 {
            *(if verdict.held { &mut held } else { &mut broken }) += 1;
            let word = if verdict.held { "held  " } else { "broken" };
            println!("  {word} {}: {}", verdict.promise, verdict.seen);
        }
        println!("         {:.1} s", started.elapsed().as_secs_f64());
    }
    println!("{held} held, {broken} broken");
    if broken > 0 {
        bail!("{broken} promise(s) broken");
    }
    Ok(())
}

fn verdicts(story: &Story) -> Verdicts {
    let told = panic::catch_unwind(|| {
        let mut verdicts = Verdicts::default();
        if let Err(error) = (story.run)(&mut verdicts) {
            verdicts.note(false, "the story ends", format!("{error:#}"));
        }
        verdicts
    });
    told.unwrap_or_else(|_| {
        let mut verdicts = Verdicts::default();
        verdicts.note(false, "the story ends", "it panicked");
        verdicts
    })
}
