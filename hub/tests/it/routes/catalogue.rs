//! All routes of the hub, read from its sources: each has its file here, and a snapshot for each of its methods.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};
use wire::paths;

const PATHS: [(&str, &str); 9] = [
    ("HELLO", paths::HELLO),
    ("ENROL", paths::ENROL),
    ("PUSH", paths::PUSH),
    ("PULL", paths::PULL),
    ("FORMS", paths::FORMS),
    ("PACKS", paths::PACKS),
    ("PHOTOS", paths::PHOTOS),
    ("PHOTOS_MISSING", paths::PHOTOS_MISSING),
    ("PHOTOS_BUNDLE", paths::PHOTOS_BUNDLE),
];
const METHODS: [&str; 6] = ["get", "post", "patch", "put", "delete", "head"];

fn folder(below: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(below)
}

fn sources(folder: &Path, found: &mut Vec<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(fs::read_to_string(path).unwrap());
        }
    }
}

/// Methods by path, from the calls of `Router::route`.
fn routes() -> BTreeMap<String, BTreeSet<String>> {
    let mut texts = Vec::new();
    sources(&folder("src"), &mut texts);
    let mut routes = BTreeMap::new();
    for text in &texts {
        for call in text.split(".route(").skip(1) {
            let (path, rest) = call.split_once(',').unwrap();
            // Up to the router's next call.
            let handlers = rest.split("\n        .").next().unwrap();
            let called = |method: &&str| handlers.contains(&format!("{method}("));
            let methods = METHODS.iter().chain(&["options"]).filter(|method| called(method));
            let methods: BTreeSet<String> = methods.map(|method| method.to_uppercase()).collect();
            assert!(!methods.is_empty(), "no method in {handlers}");
            routes.insert(resolved(path.trim(), text), methods);
        }
    }
    routes
}

/// The path that a route's first argument stands for.
fn resolved(argument: &str, text: &str) -> String {
    let known =
        |name: &str| PATHS.iter().find(|(known, _)| *known == name).unwrap_or_else(|| panic!("{name}")).1;
    if let Some(name) = argument.strip_prefix("paths::") {
        return known(name).to_owned();
    }
    if let Some(variable) = argument.strip_prefix('&') {
        // `let one_photo = format!("{}/{{address}}", paths::PHOTOS);`
        let start = format!("let {variable} = format!(\"{{}}");
        let (_, rest) = text.split_once(&start).unwrap_or_else(|| panic!("{variable}"));
        let (suffix, rest) = rest.split_once("\", paths::").unwrap();
        let (name, _) = rest.split_once(')').unwrap();
        return format!("{}{}", known(name), suffix.replace("{{", "{").replace("}}", "}"));
    }
    argument.trim_matches('"').to_owned()
}

/// `/v1/photos/{address}` → `v1_photos_address`.
fn file_of(path: &str) -> String {
    let plain = path.trim_start_matches('/').replace(['/', '.'], "_").replace(['{', '}'], "");
    if plain.is_empty() { "start".to_owned() } else { plain }
}

fn fits(template: &str, path: &str) -> bool {
    let path = path.split('?').next().unwrap();
    let (template, path): (Vec<_>, Vec<_>) = (template.split('/').collect(), path.split('/').collect());
    let same = |(known, part): (&&str, &&str)| known == part || known.starts_with('{') && !part.is_empty();
    template.len() == path.len() && template.iter().zip(&path).all(same)
}

/// Method and path of the exchange that each snapshot shows.
fn shown() -> Vec<(String, String)> {
    let snapshots = fs::read_dir(folder("tests/it/routes/snapshots")).unwrap();
    let asked = |path: PathBuf| {
        let text = fs::read_to_string(path).unwrap();
        let (_, content) = text.splitn(3, "---").last().unwrap().split_once('\n').unwrap();
        let (method, path) = content.lines().next().unwrap().split_once(' ').unwrap();
        (method.to_owned(), path.to_owned())
    };
    let files = snapshots.map(|entry| entry.unwrap().path());
    files.filter(|path| path.extension().is_some_and(|extension| extension == "snap")).map(asked).collect()
}

#[test]
fn every_route_has_its_file_and_a_snapshot_for_each_method() {
    let routes = routes();
    assert!(routes.len() >= 25, "the routes were not read: {routes:?}");
    let shown = shown();
    let mut lacking = Vec::new();
    for (path, methods) in &routes {
        let file = folder("tests/it/routes").join(file_of(path)).with_extension("rs");
        if !file.is_file() {
            lacking.push(format!("{path} has no {}", file.display()));
        }
        // A route with a fixed name is not the one with an id in its place.
        let own = |asked: &str| fits(path, asked) && !(routes.contains_key(asked) && asked != path);
        let missing =
            methods.iter().filter(|method| !shown.iter().any(|(m, asked)| m == *method && own(asked)));
        lacking.extend(missing.map(|method| format!("{method} {path} has no snapshot")));
    }
    assert_eq!(lacking, Vec::<String>::new());
}
