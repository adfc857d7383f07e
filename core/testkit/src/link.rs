//! What lies between phone and hub: a good link, or one that fails by a seed.

use crate::{Request, Response};
use std::collections::VecDeque;

/// Brings requests to a hub and its answers back.
pub trait Link: Send + Sync {
    fn send(&self, request: &Request) -> Response;
}

/// Deterministic numbers from a seed (an LCG; the high bits are good enough for dice).
pub struct Dice(pub u64);

impl Dice {
    pub fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % n
    }
}

/// How a link behaves: each number is a chance in 100 for each request.
#[derive(Clone, Copy, Default)]
pub struct Faults {
    /// The hub never hears it.
    pub lost: u64,
    /// The hub hears it, the answer is lost.
    pub answer_lost: u64,
    /// The hub hears it twice.
    pub twice: u64,
    /// The hub hears only the first part of an upload.
    pub partly: u64,
    /// An old request arrives (again) just before.
    pub late: u64,
}

/// Why no answer came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Broken {
    Unreachable,
    Cut,
    Timeout,
}

/// A link by which requests go, with faults or without.
pub struct Line {
    pub faults: Faults,
    pub dice: Dice,
    old: Vec<Request>,
    /// Dead after so many more requests.
    pub cut_after: Option<u32>,
    /// The next uploads are cut after so many of their bytes.
    pub cut_uploads: VecDeque<usize>,
}

impl Line {
    pub fn good() -> Self {
        Self::faulty(Faults::default(), 0)
    }

    pub fn faulty(faults: Faults, seed: u64) -> Self {
        Self { faults, dice: Dice(seed), old: Vec::new(), cut_after: None, cut_uploads: VecDeque::new() }
    }

    pub fn carry(&mut self, hub: &dyn Link, request: &Request) -> Result<Response, Broken> {
        if let Some(left) = &mut self.cut_after {
            if *left == 0 {
                return Err(Broken::Unreachable);
            }
            *left -= 1;
        }
        let faults = self.faults;
        let dice = &mut self.dice;
        if dice.below(100) < faults.late && !self.old.is_empty() {
            let old = dice.below(self.old.len() as u64) as usize;
            hub.send(&self.old[old]);
        }
        if faults.late > 0 {
            self.old.push(request.clone());
        }
        if dice.below(100) < faults.lost {
            return Err(Broken::Unreachable);
        }
        let upload = request.path.starts_with(wire::paths::PHOTOS) && !request.path.ends_with("missing");
        let cut = if upload { self.cut_uploads.pop_front() } else { None };
        if cut.is_some() || upload && dice.below(100) < faults.partly && !request.body.is_empty() {
            let part = cut.unwrap_or_else(|| dice.below(request.body.len() as u64) as usize);
            hub.send(&Request { body: request.body[..part].to_vec(), ..request.clone() });
            return Err(Broken::Cut);
        }
        if dice.below(100) < faults.twice {
            hub.send(request);
        }
        let response = hub.send(request);
        if dice.below(100) < faults.answer_lost {
            return Err(Broken::Timeout);
        }
        Ok(response)
    }
}
