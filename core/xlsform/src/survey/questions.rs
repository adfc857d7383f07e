//! Questions of a type of their own: text, photo, audio, geopoint, range, audit …

use super::{
    Reader, RowContext,
    parameters::{Parameters, accept, get},
    range,
};
use crate::{
    Problem,
    element::{Action, Element, Event},
    references,
    settings::yes_no,
};

impl Reader<'_> {
    pub(super) fn plain(&mut self, name: &str, mut context: RowContext) -> Result<(), Problem> {
        let row = context.row;
        let parameters = std::mem::take(&mut context.parameters);
        if name == "background-geopoint" {
            self.check_background_geopoint(&context)?;
        }
        if name == "range" {
            // The list of tick labels is not the row's to name.
            context.fields.take("itemset");
        }
        let mut element = self.element(name, context)?;
        let applied = match name {
            "text" => rows(&mut element, &parameters),
            "photo" => self.photo(&mut element, &parameters),
            "audio" => audio(&mut element, &parameters),
            "background-audio" => background_audio(&mut element, &parameters),
            "range" => range::apply(&mut element, &parameters, self.sheets.choices),
            "geopoint" | "geoshape" | "geotrace" => self.geo(name, &mut element, &parameters),
            "start-geopoint" => {
                element.actions.push(Action::new("odk:setgeopoint", Event::FirstLoad));
                Ok(())
            }
            _ => Ok(()),
        };
        applied.map_err(|problem| self.at(problem, row, "parameters"))?;
        self.push(element);
        Ok(())
    }

    fn check_background_geopoint(&self, context: &RowContext) -> Result<(), Problem> {
        if context.trigger.is_empty() {
            let problem = Problem::error("xlsform.no-trigger", "a background-geopoint needs a trigger")
                .hint("name the question whose answer starts it: `${question}`");
            return Err(self.at(problem, context.row, "trigger"));
        }
        if context.fields.group("bind").is_some_and(|bind| bind.has("calculate")) {
            let problem = Problem::error(
                "xlsform.background-calculation",
                "a background-geopoint can't have a calculation",
            );
            return Err(self.at(problem, context.row, "calculate"));
        }
        Ok(())
    }

    fn photo(&mut self, element: &mut Element, parameters: &Parameters) -> Result<(), Problem> {
        if let Some(default) = &mut element.default
            && !default.contains("jr://images/")
        {
            default.insert_str(0, "jr://images/");
        }
        accept(parameters, &["app", "max-pixels"])?;
        match get(parameters, "max-pixels") {
            Some(pixels) => {
                integer("max-pixels", pixels)?;
                element.bind_mut().set("orx:max-pixels", pixels);
            }
            None => {
                let problem = Problem::warning("xlsform.max-pixels", "pictures are kept in full size")
                    .hint("the parameter `max-pixels` makes them smaller, and quicker to send");
                self.report.push(self.at(problem, element.row, "parameters"));
            }
        }
        if let Some(app) = get(parameters, "app")
            && matches!(element.appearance(), None | Some("annotate"))
        {
            check_package(app)?;
            element.control.set("intent", app);
        }
        Ok(())
    }

    fn geo(&mut self, name: &str, element: &mut Element, parameters: &Parameters) -> Result<(), Problem> {
        if name == "geopoint" {
            accept(
                parameters,
                &["allow-mock-accuracy", "capture-accuracy", "reference-geometry", "warning-accuracy"],
            )?;
            for (parameter, attribute) in [
                ("capture-accuracy", "accuracyThreshold"),
                ("warning-accuracy", "unacceptableAccuracyThreshold"),
            ] {
                if let Some(value) = get(parameters, parameter) {
                    if value.parse::<f64>().is_err() {
                        return Err(bad(format!("`{parameter}` is no number: `{value}`")));
                    }
                    element.control.set(attribute, value);
                }
            }
        } else {
            accept(parameters, &["allow-mock-accuracy", "incremental", "reference-geometry"])?;
            if let Some(value) = get(parameters, "incremental") {
                if yes_no(value) != Some(true) {
                    return Err(bad("`incremental` is `true`, or not there"));
                }
                element.control.set("incremental", "true");
            }
        }
        if let Some(value) = get(parameters, "allow-mock-accuracy") {
            element.bind_mut().set("odk:allow-mock-accuracy", true_or_false("allow-mock-accuracy", value)?);
        }
        if let Some(value) = get(parameters, "reference-geometry") {
            self.geometries.push((value.to_owned(), element.row));
            element.itemset = Some(value.to_owned());
        }
        Ok(())
    }

    pub(super) fn osm(&mut self, list: &str, context: RowContext) -> Result<(), Problem> {
        let row = context.row;
        let mut element = self.element("osm", context)?;
        if !self.sheets.osm.is_empty() {
            let Some(tags) = self.sheets.osm.get(list) else {
                let problem =
                    Problem::error("xlsform.unknown-list", format!("the osm sheet has no list `{list}`"));
                return Err(self.at(problem, row, "type"));
            };
            element.tags = tags.clone();
        }
        self.push(element);
        Ok(())
    }

    /// The log of what a worker does in the form; it stands in `meta`.
    pub(super) fn audit(&mut self, mut context: RowContext) -> Result<(), Problem> {
        let row = context.row;
        if context.fields.text("name").is_some_and(|name| name != "audit") {
            let problem = Problem::error("xlsform.audit-name", "an audit can have no name but `audit`");
            return Err(self.at(problem.hint("leave the name empty"), row, "name"));
        }
        context.name = "audit".to_owned();
        let parameters = std::mem::take(&mut context.parameters);
        let mut element = self.element("audit", context)?;
        audit_parameters(&mut element, &parameters).map_err(|problem| self.at(problem, row, "parameters"))?;
        self.meta.push(element);
        Ok(())
    }
}

fn audit_parameters(element: &mut Element, parameters: &Parameters) -> Result<(), Problem> {
    const LOCATION: [&str; 3] = ["location-priority", "location-min-interval", "location-max-age"];
    accept(
        parameters,
        &[
            "identify-user",
            "location-max-age",
            "location-min-interval",
            "location-priority",
            "track-changes",
            "track-changes-reasons",
        ],
    )?;
    let bind = element.bind_mut();
    for name in ["track-changes", "identify-user"] {
        if let Some(value) = get(parameters, name) {
            bind.set(&format!("odk:{name}"), true_or_false(name, value)?);
        }
    }
    if let Some(value) = get(parameters, "track-changes-reasons") {
        if value != "on-form-edit" {
            return Err(bad("`track-changes-reasons` is `on-form-edit`"));
        }
        bind.set("odk:track-changes-reasons", value);
    }
    let location = LOCATION.map(|name| get(parameters, name));
    if location.iter().all(Option::is_none) {
        return Ok(());
    }
    let [Some(priority), Some(interval), Some(age)] = location else {
        return Err(bad(format!("to log places, an audit needs all of `{}`", LOCATION.join("`, `"))));
    };
    if !matches!(priority, "no-power" | "low-power" | "balanced" | "high-accuracy") {
        return Err(bad("`location-priority` is `no-power`, `low-power`, `balanced` or `high-accuracy`"));
    }
    let seconds = |name: &str, text: &str| {
        let value = integer(name, text)?;
        if value < 0 { Err(bad(format!("`{name}` is less than 0"))) } else { Ok(value) }
    };
    if seconds("location-max-age", age)? < seconds("location-min-interval", interval)? {
        return Err(bad("`location-max-age` is less than `location-min-interval`"));
    }
    bind.set("odk:location-priority", priority);
    bind.set("odk:location-min-interval", interval);
    bind.set("odk:location-max-age", age);
    Ok(())
}

fn rows(element: &mut Element, parameters: &Parameters) -> Result<(), Problem> {
    accept(parameters, &["rows"])?;
    if let Some(rows) = get(parameters, "rows") {
        integer("rows", rows)?;
        element.control.set("rows", rows);
    }
    Ok(())
}

fn audio(element: &mut Element, parameters: &Parameters) -> Result<(), Problem> {
    if let Some(quality) = quality(parameters, &["voice-only", "low", "normal", "external"])? {
        element.bind_mut().set("odk:quality", quality);
    }
    Ok(())
}

fn background_audio(element: &mut Element, parameters: &Parameters) -> Result<(), Problem> {
    let mut action = Action::new("odk:recordaudio", Event::InstanceLoad);
    action.quality = quality(parameters, &["voice-only", "low", "normal"])?.map(str::to_owned);
    element.actions.push(action);
    Ok(())
}

fn quality<'a>(parameters: &'a Parameters, known: &[&str]) -> Result<Option<&'a str>, Problem> {
    accept(parameters, &["quality"])?;
    match get(parameters, "quality") {
        Some(quality) if !known.contains(&quality) => {
            Err(bad(format!("`quality` is one of: {}", known.join(", "))))
        }
        quality => Ok(quality),
    }
}

fn integer(name: &str, text: &str) -> Result<i64, Problem> {
    text.parse().map_err(|_| bad(format!("`{name}` is no whole number: `{text}`")))
}

fn true_or_false<'a>(name: &str, text: &'a str) -> Result<&'a str, Problem> {
    if matches!(text, "true" | "false") {
        Ok(text)
    } else {
        Err(bad(format!("`{name}` is `true` or `false`")))
    }
}

/// Android's rules for the name of an app's package.
fn check_package(name: &str) -> Result<(), Problem> {
    let segment = |segment: &str| {
        segment.starts_with(|c: char| c.is_ascii_alphabetic())
            && segment.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
    };
    if name.contains('.') && name.split('.').all(segment) {
        return Ok(());
    }
    Err(bad(format!("`{name}` is no name of an Android app"))
        .hint("such a name has two or more parts with `.` between, of letters, digits and `_`, each beginning with a letter"))
}

fn bad(message: impl Into<String>) -> Problem {
    Problem::error("xlsform.bad-parameter", message)
}

/// Whether a place to choose from is there: a list, a file or a repeat.
pub(super) fn geometry_is_known(target: &str, reader: &Reader) -> bool {
    reader.secondary.contains(target)
        || reader.sheets.choices.get(target).is_some()
        || reader.sheets.entities.has(target)
        || references::only(target).is_some_and(|reference| reader.repeats.contains(reference.name))
}
