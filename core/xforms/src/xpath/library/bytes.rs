use crate::{
    text::Text,
    xpath::{
        ast::Expr,
        eval::{Context, Evaluator},
        function::Function as F,
        value::Value,
    },
};
use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use md5::Md5;
use ring::{
    digest,
    signature::{ED25519, UnparsedPublicKey},
};

/// Bytes of an Ed25519 signature (RFC 8032).
const SIGNATURE: usize = 64;

/// The algorithms of `digest` (XForms 1.1, `digest`); case and hyphens don't matter.
#[derive(Clone, Copy)]
pub(crate) enum Digest {
    Md5,
    Ring(&'static digest::Algorithm),
}

impl Digest {
    pub fn find(name: &str) -> Option<Digest> {
        Some(match name.trim().replace('-', "").to_ascii_uppercase().as_str() {
            "MD5" => Digest::Md5,
            "SHA1" => Digest::Ring(&digest::SHA1_FOR_LEGACY_USE_ONLY),
            "SHA256" => Digest::Ring(&digest::SHA256),
            "SHA384" => Digest::Ring(&digest::SHA384),
            "SHA512" => Digest::Ring(&digest::SHA512),
            _ => return None,
        })
    }

    fn of(self, text: &str) -> Vec<u8> {
        match self {
            Digest::Md5 => <Md5 as md5::Digest>::digest(text.as_bytes()).to_vec(),
            Digest::Ring(algorithm) => digest::digest(algorithm, text.as_bytes()).as_ref().to_vec(),
        }
    }
}

impl Evaluator<'_> {
    pub(super) fn call_bytes(&self, function: F, arguments: &[Expr], context: &Context) -> Value {
        let text = |i: usize| self.text(&arguments[i], context);
        let found = match function {
            F::Digest => Digest::find(&text(1)).map(|algorithm| {
                let bytes = algorithm.of(&text(0));
                match arguments.get(2).map(|e| self.text(e, context)) {
                    Some(encoding) if encoding.eq_ignore_ascii_case("hex") => {
                        bytes.iter().map(|b| format!("{b:02x}")).collect()
                    }
                    _ => BASE64.encode(bytes),
                }
            }),
            F::Base64Decode => decode(&text(0)).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()),
            _ => signed_text(&text(0), &text(1)),
        };
        Value::Text(found.map_or_else(Text::default, Into::into))
    }
}

fn decode(text: &str) -> Option<Vec<u8>> {
    BASE64.decode(text.trim()).ok()
}

/// The text behind the signature, if the key's owner signed it (spec, `extract-signed`).
fn signed_text(contents: &str, key: &str) -> Option<String> {
    let contents = decode(contents)?;
    let (signature, message) = contents.split_at_checked(SIGNATURE)?;
    UnparsedPublicKey::new(&ED25519, decode(key)?).verify(message, signature).ok()?;
    String::from_utf8(message.to_vec()).ok()
}

/// The first eight bytes of the text's SHA-256, as a seed for `randomize`.
pub(super) fn seed_of(text: &str) -> i64 {
    let bytes = digest::digest(&digest::SHA256, text.as_bytes());
    let mut first = [0; 8];
    first.copy_from_slice(&bytes.as_ref()[..8]);
    i64::from_be_bytes(first)
}
