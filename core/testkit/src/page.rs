//! What a browser makes of a form on a page.

/// What a browser sends of the first form about a record on a page: the value of each input, and these instead.
pub fn filled(page: &str, typed: &[(&str, &str)]) -> Vec<(String, String)> {
    filled_at(page, "/records/", typed)
}

/// The same of the first form that goes to an address that begins so.
pub fn filled_at(page: &str, action: &str, typed: &[(&str, &str)]) -> Vec<(String, String)> {
    let attribute = |tag: &str, name: &str| {
        let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
        let plain = rest.split('"').next().unwrap().replace("&quot;", "\"").replace("&lt;", "<");
        Some(plain.replace("&gt;", ">").replace("&amp;", "&"))
    };
    let form = page.split(&format!("action=\"{action}")).nth(1).unwrap().split("</form>").next().unwrap();
    let mut pairs: Vec<(String, String)> = Vec::new();
    for part in form.split('<').skip(1) {
        let Some((tag, text)) = part.split_once('>') else { continue };
        let is_ticked =
            tag.contains(" checked") || !(tag.contains("\"checkbox\"") || tag.contains("\"radio\""));
        match tag.split(' ').next().unwrap() {
            "input" if is_ticked => pairs.extend(attribute(tag, "name").zip(attribute(tag, "value"))),
            "textarea" => pairs.extend(attribute(tag, "name").map(|name| (name, text.to_owned()))),
            "select" => pairs.extend(attribute(tag, "name").map(|name| (name, String::new()))),
            "option" if tag.contains(" selected") => {
                pairs.last_mut().unwrap().1 = attribute(tag, "value").unwrap();
            }
            _ => {}
        }
    }
    for (name, value) in typed {
        assert!(pairs.iter().any(|(known, _)| known == name), "{name} is not on the page: {pairs:?}");
        pairs.retain(|(known, _)| known != name);
        pairs.push(((*name).to_owned(), (*value).to_owned()));
    }
    pairs
}
