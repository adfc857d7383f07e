//! How far a person is: never less than before, whatever opens or closes on the way.

use std::collections::HashSet;

/// Of one session. Each page that is new takes its part of what is left, by the pages from it to the end; the last is
/// the whole.
#[derive(Default)]
pub struct Progress {
    share: f32,
    seen: HashSet<u32>,
}

impl Progress {
    /// Percent on the page with this number for the session, the `place`th (from 0) of so many `pages`.
    pub fn at(&mut self, number: u32, place: usize, pages: usize) -> u8 {
        let left = pages.saturating_sub(place).max(1);
        let is_first = self.seen.is_empty();
        if self.seen.insert(number) {
            // A draft that is opened again in its middle is as far as its pages say.
            let part = if is_first { place as f32 / pages.max(1) as f32 } else { 1.0 / left as f32 };
            self.share += (1.0 - self.share) * part;
        }
        if left == 1 {
            self.share = 1.0;
        }
        // Within 0 and 1: what is cut off is less than a percent.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let percent = (self.share * 100.0) as u8;
        percent
    }
}
