//! What a form asks of a question's control beside its appearance: attributes of the control and of its bind.

use crate::definition::Bind;

/// Parameters as a shell can use them. Shared: they don't change while a form is filled.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Parameters {
    /// The upload's `mediatype`, such as `image/*`.
    pub media_type: Option<String>,
    /// The upload's `accept`: media types and endings, between commas.
    pub accept: Option<String>,
    /// The longer edge of a stored picture, in pixels (`orx:max-pixels`).
    pub max_pixels: Option<u32>,
    /// Of a recording (`odk:quality`).
    pub quality: Option<Quality>,
    /// Metres at which a position is taken without asking (`accuracyThreshold`).
    pub accuracy: Option<f64>,
    /// Metres from which a position is called bad (`unacceptableAccuracyThreshold`).
    pub unacceptable_accuracy: Option<f64>,
    pub allow_mock_accuracy: bool,
    /// Points are taken one after another while walking (`incremental`).
    pub incremental: bool,
    /// Lines that a text field has at least.
    pub rows: Option<u32>,
    pub autoplay: Option<Autoplay>,
    /// Package of the app that takes the picture, or the intent that fills the group.
    pub intent: Option<String>,
    /// Of a range: the distance of its marks, and where the handle stands before an answer.
    pub tick_interval: Option<f64>,
    pub placeholder: Option<f64>,
    /// Other attributes that the form gives the control, by their names without prefix.
    pub other: Vec<(String, String)>,
}

/// ODK documentation, audio quality.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quality {
    Normal,
    Low,
    VoiceOnly,
    /// Whatever another app records.
    External,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Autoplay {
    Audio,
    Video,
}

/// An attribute whose value means nothing: its name and what it should be.
pub(crate) struct Misread {
    pub attribute: String,
    pub expected: &'static str,
}

/// Read elsewhere.
const OWN: [&str; 11] = [
    "ref",
    "nodeset",
    "bind",
    "appearance",
    "start",
    "end",
    "step",
    "query",
    "class",
    "count",
    "noAddRemove",
];

impl Parameters {
    /// Of a control with these attributes, whose node has this bind.
    pub(crate) fn read<'a>(
        attributes: impl Iterator<Item = (&'a str, &'a str)>,
        bind: &'a Bind,
    ) -> (Parameters, Vec<Misread>) {
        let mut read = Parameters::default();
        let mut misread = Vec::new();
        let bound = bind.other.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let wanted = |name: &str| matches!(name, "max-pixels" | "quality" | "allow-mock-accuracy");
        for (name, value) in
            attributes.filter(|(n, _)| !OWN.contains(n)).chain(bound.filter(|(n, _)| wanted(n)))
        {
            if let Err(expected) = read.take(name, value.trim()) {
                misread.push(Misread { attribute: name.to_owned(), expected });
            }
        }
        (read, misread)
    }

    fn take(&mut self, name: &str, value: &str) -> Result<(), &'static str> {
        let number = || value.parse::<f64>().ok().filter(|n| n.is_finite()).ok_or("a number");
        let count = || value.parse::<u32>().map_err(|_| "a whole number");
        let metres = || number().ok().filter(|n| *n >= 0.0).ok_or("a number of metres");
        match name {
            "mediatype" => self.media_type = Some(value.to_owned()),
            "accept" => self.accept = Some(value.to_owned()),
            "max-pixels" => self.max_pixels = Some(count()?),
            "quality" => self.quality = Some(quality(value).ok_or("normal, low, voice-only or external")?),
            "accuracyThreshold" => self.accuracy = Some(metres()?),
            "unacceptableAccuracyThreshold" => self.unacceptable_accuracy = Some(metres()?),
            "allow-mock-accuracy" => self.allow_mock_accuracy = value == "true",
            "incremental" => self.incremental = value == "true",
            "rows" => self.rows = Some(count()?),
            "autoplay" => self.autoplay = Some(autoplay(value).ok_or("audio or video")?),
            "intent" => self.intent = Some(value.to_owned()),
            "tick-interval" => self.tick_interval = Some(number()?),
            "placeholder" => self.placeholder = Some(number()?),
            _ => self.other.push((name.to_owned(), value.to_owned())),
        }
        Ok(())
    }
}

fn quality(value: &str) -> Option<Quality> {
    match value {
        "normal" => Some(Quality::Normal),
        "low" => Some(Quality::Low),
        "voice-only" => Some(Quality::VoiceOnly),
        "external" => Some(Quality::External),
        _ => None,
    }
}

fn autoplay(value: &str) -> Option<Autoplay> {
    match value {
        "audio" => Some(Autoplay::Audio),
        "video" => Some(Autoplay::Video),
        _ => None,
    }
}
