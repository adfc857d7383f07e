/// Why a picture was not taken in; nothing was kept of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PhotoError {
    /// Choose another file.
    #[error("the file is not a picture")]
    NotAPicture,
    /// A picture, but of a format other than JPEG (Huffman-coded, 8 bits) and PNG: save it as JPEG.
    #[error("pictures of this format can't be read; JPEG and PNG can")]
    Unsupported,
    /// Its end is missing: copy it again or take it anew.
    #[error("the picture is cut off")]
    Cut,
    /// Its inside is broken: copy it again or take it anew.
    #[error("the picture is damaged")]
    Damaged,
    /// More pixels than can be read in a phone's memory: make it smaller.
    #[error("the picture has too many pixels")]
    TooLarge,
    /// A bug or too little memory: try again.
    #[error("the picture could not be encoded")]
    Encoding,
    #[error("the system gives no random numbers")]
    NoRandomness,
}

impl PhotoError {
    /// Stable.
    pub fn code(self) -> &'static str {
        match self {
            Self::NotAPicture => "photo.not-a-picture",
            Self::Unsupported => "photo.unsupported",
            Self::Cut => "photo.cut",
            Self::Damaged => "photo.damaged",
            Self::TooLarge => "photo.too-large",
            Self::Encoding => "photo.encoding",
            Self::NoRandomness => "photo.no-randomness",
        }
    }
}
