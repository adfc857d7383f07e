//! The `parameters` column: `key=value` pairs.

use crate::Problem;

pub(crate) type Parameters = Vec<(String, String)>;

pub(crate) fn get<'a>(parameters: &'a Parameters, name: &str) -> Option<&'a str> {
    parameters.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
}

/// Pairs apart from each other by spaces, commas or semicolons. Keys are lower case, and so are values, but for those
/// that name columns of a file (`value`, `label`).
pub(crate) fn parse(text: &str) -> Result<Parameters, Problem> {
    let mut pairs: Parameters = Vec::new();
    let mut tokens = tokens(text);
    while let Some(key) = tokens.next() {
        let (Some("="), Some(value)) = (tokens.next(), tokens.next()) else { return Err(malformed()) };
        if key == "=" || value == "=" {
            return Err(malformed());
        }
        let key = key.to_lowercase();
        let value =
            if matches!(key.as_str(), "value" | "label") { value.to_owned() } else { value.to_lowercase() };
        match pairs.iter_mut().find(|(known, _)| *known == key) {
            Some(pair) => pair.1 = value,
            None => pairs.push((key, value)),
        }
    }
    Ok(pairs)
}

fn tokens(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == ',' || c == ';');
        let length = match rest.chars().next()? {
            '=' => 1,
            _ => rest.find(|c: char| c.is_whitespace() || "=,;".contains(c)).unwrap_or(rest.len()),
        };
        let token;
        (token, rest) = rest.split_at(length);
        Some(token)
    })
}

fn malformed() -> Problem {
    Problem::error("xlsform.bad-parameters", "the parameters are no `key=value` pairs")
        .hint("write them as `key=value`, with a space between pairs")
}

/// Refuses keys that the question type does not take.
pub(crate) fn accept(parameters: &Parameters, known: &[&str]) -> Result<(), Problem> {
    let mut unknown: Vec<&str> =
        parameters.iter().map(|(key, _)| key.as_str()).filter(|key| !known.contains(key)).collect();
    if unknown.is_empty() {
        return Ok(());
    }
    unknown.sort_unstable();
    let problem = Problem::error(
        "xlsform.unknown-parameter",
        format!("this type takes no parameter `{}`", unknown.join("`, `")),
    );
    let near = unknown.first().and_then(|key| crate::names::nearest(key, known.iter().copied()));
    Err(match near {
        Some(near) => problem.hint(format!("did you mean `{near}`?")),
        None => problem.hint(format!("it takes: {}", known.join(", "))),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_are_read() {
        let pairs = parse("Start=1, end = 10;value=Name").unwrap();
        assert_eq!(get(&pairs, "start"), Some("1"));
        assert_eq!(get(&pairs, "end"), Some("10"));
        assert_eq!(get(&pairs, "value"), Some("Name"));
        for bad in ["a", "a=", "=b", "a=b c", "a==b"] {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }
}
