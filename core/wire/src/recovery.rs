//! Opening a phone's data whose PIN or hardware key is lost: the phone shows a [`Request`], the office's recovery key
//! makes a [`Code`] of it, offline, which is read out.
//!
//! A slot of the phone's key file has an X25519 key of its own, made when the slot was and thrown away but for its public
//! half, which is the request. Both sides know the shared secret with the office's key: the phone at that moment, whoever
//! holds the office's private half ever after. The code is 90 bits of it, another for each thing that was lost. A slot is
//! replaced when it was opened: its code is good once.

use crate::spoken;
use model::{PublicKey, encoding::Bytes};
use ring::hkdf::{HKDF_SHA256, KeyType, Salt};
use std::{fmt, str::FromStr};
use zeroize::Zeroizing;

/// What can't be had any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lost {
    /// The code opens the data on this phone only.
    Pin,
    /// The code opens the data wherever they were copied to.
    HardwareKey,
}

impl Lost {
    fn tag(self) -> u8 {
        match self {
            Self::Pin => 1,
            Self::HardwareKey => 2,
        }
    }

    fn context(self) -> &'static [u8] {
        match self {
            Self::Pin => b"vanggia recovery code 1: pin",
            Self::HardwareKey => b"vanggia recovery code 1: hardware key",
        }
    }
}

/// What the phone shows, 56 characters: no secret, it can be sent as a text message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Request {
    pub lost: Lost,
    /// Of the slot.
    pub public: PublicKey,
}

/// 33 bytes.
const REQUEST: usize = 53;
/// 90 bits: with what the phone makes of them (Argon2id) nobody tries them all.
const CODE: usize = 18;

/// The text was mistyped.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("mistyped")]
pub struct Mistyped;

impl fmt::Display for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&spoken::write(&[&[self.lost.tag()], &self.public.0[..]].concat(), REQUEST))
    }
}

impl FromStr for Request {
    type Err = Mistyped;
    fn from_str(typed: &str) -> Result<Self, Mistyped> {
        let bytes = spoken::read(typed, REQUEST).ok_or(Mistyped)?;
        let (tag, public) = bytes.split_first().ok_or(Mistyped)?;
        let lost = [Lost::Pin, Lost::HardwareKey].into_iter().find(|lost| lost.tag() == *tag);
        let public = public.first_chunk::<32>().ok_or(Mistyped)?;
        Ok(Self { lost: lost.ok_or(Mistyped)?, public: Bytes(*public) })
    }
}

/// The one-time code, 20 characters such as `K7QM-2FXD-9A3F-7HJK-L2M3`. Overwritten when dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct Code(Zeroizing<String>);

impl Code {
    /// For a slot of the office with this public key. `shared`: X25519 of the office's and the slot's keys.
    ///
    /// # Errors
    /// None for what this program makes; typed, as nothing here panics.
    pub fn new(
        shared: &[u8; 32],
        office: &PublicKey,
        Request { lost, public }: &Request,
    ) -> Result<Self, ring::error::Unspecified> {
        let mut bits = Zeroizing::new([0; 12]);
        let secret = Salt::new(HKDF_SHA256, &[office.0, public.0].concat()).extract(shared);
        secret.expand(&[lost.context()], Length(bits.len()))?.fill(bits.as_mut_slice())?;
        Ok(Self(Zeroizing::new(spoken::write(bits.as_slice(), CODE))))
    }

    /// As it is read out.
    pub fn text(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Code(‹redacted›)")
    }
}

impl FromStr for Code {
    type Err = Mistyped;
    fn from_str(typed: &str) -> Result<Self, Mistyped> {
        let bits = Zeroizing::new(spoken::read(typed, CODE).ok_or(Mistyped)?);
        Ok(Self(Zeroizing::new(spoken::write(&bits, CODE))))
    }
}

struct Length(usize);

impl KeyType for Length {
    fn len(&self) -> usize {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_slot_and_each_loss_has_its_own_code() {
        let request = |lost, public| Request { lost, public: Bytes([public; 32]) };
        let code = |shared: u8, office: u8, request: Request| {
            Code::new(&[shared; 32], &Bytes([office; 32]), &request).unwrap().text().to_owned()
        };
        let one = code(1, 2, request(Lost::Pin, 3));
        assert_eq!(one.len(), 24);
        let others = [
            code(2, 2, request(Lost::Pin, 3)),
            code(1, 3, request(Lost::Pin, 3)),
            code(1, 2, request(Lost::Pin, 4)),
            code(1, 2, request(Lost::HardwareKey, 3)),
        ];
        assert!(others.iter().all(|other| *other != one), "{one} {others:?}");
        assert_eq!(one.to_lowercase().replace('-', "").parse::<Code>().unwrap().text(), one);
    }

    #[test]
    fn a_request_is_typed_as_it_is_shown() {
        for lost in [Lost::Pin, Lost::HardwareKey] {
            let request = Request { lost, public: Bytes([0xa7; 32]) };
            let shown = request.to_string();
            assert_eq!(shown.len(), 56 + 13);
            assert_eq!(shown.parse(), Ok(request));
            assert_eq!(shown.replacen(&shown[..1], "Z", 1).parse::<Request>(), Err(Mistyped));
        }
        assert_eq!("".parse::<Request>(), Err(Mistyped));
    }
}
