//! Whose signatures count: one rule for every key and every signature (ADR 8, "Verification").

use super::BatchError;
use crate::key::{PublicKey, Signature, verify_signature};

/// 2^255 - 19, little-endian.
const P: [u8; 32] = {
    let mut p = [0xff; 32];
    p[0] = 0xed;
    p[31] = 0x7f;
    p
};

/// The y of the eight points of small order, little-endian; each stands for its points of either sign of x.
const SMALL_ORDER: [[u8; 32]; 5] = [
    [0; 32],
    {
        let mut one = [0; 32];
        one[0] = 1;
        one
    },
    {
        let mut minus_one = P;
        minus_one[0] = 0xec;
        minus_one
    },
    [
        0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef, 0x98, 0xf0, 0xd5,
        0xdf, 0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53, 0xfc, 0x05,
    ],
    [
        0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10, 0x67, 0x0f, 0x2a,
        0x20, 0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac, 0x03, 0x7a,
    ],
];

/// An Ed25519 key that is written in the one canonical way and is not of small order. Asked at enrolment and of every
/// certificate. A key that is no point of the curve passes here, and no signature verifies with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifyingKey(PublicKey);

impl VerifyingKey {
    /// # Errors
    /// [`BatchError::KeyNotCanonical`], [`BatchError::KeySmallOrder`]
    pub fn new(key: PublicKey) -> Result<Self, BatchError> {
        let mut y = key.0;
        y[31] &= 0x7f;
        if y.iter().rev().ge(P.iter().rev()) {
            return Err(BatchError::KeyNotCanonical);
        }
        // Also refuses the negative zeros of x: only points of small order have x = 0.
        if SMALL_ORDER.contains(&y) { Err(BatchError::KeySmallOrder) } else { Ok(Self(key)) }
    }

    pub fn bytes(&self) -> PublicKey {
        self.0
    }

    /// Single and cofactorless, with S below the group's order and R compared as bytes: what `ring` checks (tested
    /// against the cases of Wycheproof and ed25519-speccheck).
    pub fn accepts(&self, context: &[u8], message: &[u8], signature: &Signature) -> bool {
        verify_signature(&self.0, context, message, signature)
    }
}
