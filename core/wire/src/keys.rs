//! Which key is the office's: how it hands over to the next one, and the way back when it is lost or stolen.
//!
//! One key counts at a time: a phone pins that of its enrolment and goes on to another by a [`Step`] that the pinned key
//! signed, or the recovery key, whose public half the office's key told it before. What an office signed before a step
//! it signs anew, the same statement by the next key, so that the key before counts for nothing.

use crate::signed::{BadStatement, Signed, Statement};
use model::{OfficeId, PublicKey};
use serde::{Deserialize, Serialize};

/// The most steps that an answer may hold.
pub const MAX_STEPS: usize = 1_000;

/// The office's key hands over to the next one. Signed by `from`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyChange {
    pub v: u16,
    pub office: OfficeId,
    /// Of the office's keys, the first is 0.
    pub serial: u64,
    pub from: PublicKey,
    pub to: PublicKey,
    /// Milliseconds since 1970.
    pub at: u64,
}

impl Statement for KeyChange {
    const CONTEXT: &[u8] = b"vanggia office key change 1\n";
}

/// Whatever the office's key was: it is `to` now. Signed by the recovery key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyReplacement {
    pub v: u16,
    pub office: OfficeId,
    pub serial: u64,
    pub to: PublicKey,
    /// Milliseconds since 1970. Of two the later one counts, whatever serials whoever stole a key made up.
    pub at: u64,
}

impl Statement for KeyReplacement {
    const CONTEXT: &[u8] = b"vanggia office key replacement 1\n";
}

/// By which key replacements are signed. Signed by the office's key; a phone believes the first that it hears of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecoverySigner {
    pub v: u16,
    pub office: OfficeId,
    /// Ed25519.
    pub key: PublicKey,
    /// When the office's key was last replaced: replacements up to then are over. 0: never.
    pub replaced_at: u64,
}

impl Statement for RecoverySigner {
    const CONTEXT: &[u8] = b"vanggia recovery signer 1\n";
}

/// What an office says of its keys. Externally tagged, as raw JSON inside can't pass through a buffered tag.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    Changed(Signed<KeyChange>),
    Replaced(Signed<KeyReplacement>),
    Recovery(Signed<RecoverySigner>),
}

/// Which key a phone follows, as it tells its hub.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Follows {
    pub key: PublicKey,
    /// It knows who signs replacements.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub recovery: bool,
}

/// What a phone knows of its office's keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pinned {
    pub office: OfficeId,
    pub key: PublicKey,
    pub past: Past,
}

/// Of the steps to the pinned key.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Past {
    /// Of the last step that was taken; 0 before the first.
    #[serde(default)]
    pub serial: u64,
    /// Who signs replacements.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recovery: Option<PublicKey>,
    /// Replacements up to then are over.
    #[serde(default)]
    pub replaced_at: u64,
}

/// Why a step is not taken: the key before stays pinned.
#[derive(Clone, Copy, Debug, thiserror::Error, PartialEq, Eq)]
pub enum BadStep {
    /// Neither the pinned key nor the recovery key that is known.
    #[error("the office's key did not sign this")]
    NotSigned,
    #[error("it is another office's")]
    OtherOffice,
    /// Another recovery key is known.
    #[error("another recovery key is known")]
    OtherRecovery,
    /// Of a shape that this program does not know.
    #[error("what the office signed can't be read")]
    Unreadable,
}

impl From<BadStatement> for BadStep {
    fn from(why: BadStatement) -> Self {
        match why {
            BadStatement::NotSigned => Self::NotSigned,
            BadStatement::Unreadable => Self::Unreadable,
        }
    }
}

impl Pinned {
    /// `false`: it says nothing new, as one that comes again does.
    ///
    /// # Errors
    /// Of one that was not made for this phone to follow.
    pub fn take(&mut self, step: &Step) -> Result<bool, BadStep> {
        match step {
            Step::Changed(signed) => self.change(signed),
            Step::Replaced(signed) => self.replace(signed),
            Step::Recovery(signed) => self.believe(signed),
        }
    }

    fn change(&mut self, signed: &Signed<KeyChange>) -> Result<bool, BadStep> {
        let told = signed.reopen()?;
        if told.office != self.office {
            return Err(BadStep::OtherOffice);
        }
        if told.to == self.key || told.serial <= self.past.serial {
            return Ok(false);
        }
        signed.verify(&self.key)?;
        if told.from != self.key {
            return Err(BadStep::NotSigned);
        }
        (self.key, self.past.serial) = (told.to, told.serial);
        Ok(true)
    }

    fn replace(&mut self, signed: &Signed<KeyReplacement>) -> Result<bool, BadStep> {
        let told = signed.reopen()?;
        if told.office != self.office {
            return Err(BadStep::OtherOffice);
        }
        if told.to == self.key || told.at <= self.past.replaced_at {
            return Ok(false);
        }
        signed.verify(&self.past.recovery.ok_or(BadStep::NotSigned)?)?;
        self.key = told.to;
        (self.past.serial, self.past.replaced_at) = (told.serial, told.at);
        Ok(true)
    }

    fn believe(&mut self, signed: &Signed<RecoverySigner>) -> Result<bool, BadStep> {
        let told = signed.verify(&self.key)?;
        if told.office != self.office {
            return Err(BadStep::OtherOffice);
        }
        match self.past.recovery {
            Some(known) if known == told.key => Ok(false),
            Some(_) => Err(BadStep::OtherRecovery),
            None => {
                self.past.recovery = Some(told.key);
                self.past.replaced_at = self.past.replaced_at.max(told.replaced_at);
                Ok(true)
            }
        }
    }
}

#[cfg(test)]
mod tests;
