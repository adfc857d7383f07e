//! Two views of one batch together.

use super::{BatchError, Body, PartField, Seen, Verified};

impl Verified {
    /// This with what `other` shows beyond it. A value that is here stays, and so does what was erased here: another
    /// view brings no erased value back, nor its seeds.
    ///
    /// # Errors
    /// [`BatchError::OtherBatch`]
    pub fn join(&self, other: &Self) -> Result<Self, BatchError> {
        if self.statement() != other.statement() {
            return Err(BatchError::OtherBatch);
        }
        if let Body::Whole { .. } = self.0.batch.body {
            return self.with(self.0.batch.body.clone());
        }
        if let Body::Whole { .. } = other.0.batch.body
            && self.erasures().next().is_none()
        {
            return self.with(other.0.batch.body.clone());
        }
        let pairs = self.0.batch.singly().into_iter().zip(other.0.batch.singly());
        let changes: Vec<Seen> = pairs.map(|(mine, theirs)| mine.joined(theirs)).collect();
        let visible: Vec<bool> = changes.iter().map(|seen| *seen != Seen::Hidden).collect();
        let hidden = self.0.tree.joined(&other.0.tree).hiding(&visible)?;
        self.with(Body::Parts { changes, hidden })
    }
}

impl Seen {
    fn joined(self, other: Seen) -> Seen {
        let (mut mine, theirs) = match (self, other) {
            (Seen::Hidden, seen) | (seen, Seen::Hidden) | (seen @ Seen::Whole { .. }, _) => return seen,
            (Seen::Part(mine), whole @ Seen::Whole { .. }) => {
                if !mine.fields.iter().any(|field| matches!(field, PartField::Erased(_))) {
                    return whole;
                }
                match whole.part() {
                    Some(theirs) => (mine, theirs),
                    None => return Seen::Part(mine),
                }
            }
            (Seen::Part(mine), Seen::Part(theirs)) => (mine, theirs),
        };
        // Both have the same fields in the same places, or their hashes would differ.
        for (mine, theirs) in mine.fields.iter_mut().zip(theirs.fields) {
            if let PartField::Withheld(_) = mine {
                *mine = theirs;
            }
        }
        Seen::Part(mine)
    }
}
