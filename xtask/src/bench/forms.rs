//! `core/xforms` beside JavaRosa and ODK's web engine, and `core/xlsform` beside pyxform, on the same generated forms.
//!
//! Each engine takes the steps that `bench-xforms write` laid down and writes its answers at the end; they must be the
//! same. A row of the table is a figure of one phase of one case.

use super::{example, parse};
use crate::{
    install, kotlin, pyxform,
    sh::{self, say},
};
use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::path::{Path, PathBuf};

/// What of a phase is shown.
#[derive(Clone, Copy)]
enum Part {
    /// All steps, divided by this many units of work.
    Whole(f64),
    /// The median step.
    Step,
    /// Most memory of a process that takes the steps once, in MB.
    Peak,
}

struct Row {
    what: &'static str,
    case: &'static str,
    phase: &'static str,
    part: Part,
    /// In the row's unit.
    aim: Option<f64>,
    /// The case that the web engine takes, and by what its figure is multiplied to compare.
    web: Option<(&'static str, f64)>,
}

const fn row(what: &'static str, case: &'static str, phase: &'static str, part: Part) -> Row {
    Row { what, case, phase, part, aim: None, web: None }
}

const ROWS: &[Row] = &[
    Row {
        aim: Some(15.0),
        web: Some(("big_tenth", 1.0)),
        ..row("big form: parse and first state", "big", "load", Part::Whole(1.0))
    },
    Row {
        aim: Some(40.0),
        web: Some(("big_tenth", 10.0)),
        ..row("big form: 200 answers", "big", "answers", Part::Whole(1.0))
    },
    Row {
        aim: Some(0.3),
        web: Some(("big_tenth", 1.0)),
        ..row("big form: an answer that 199 chained follow", "big", "cascade", Part::Step)
    },
    Row {
        aim: Some(30.0),
        web: Some(("big_tenth", 10.0)),
        ..row("big form: add and fill 50 repeats of 20", "big", "repeats", Part::Whole(1.0))
    },
    Row {
        web: Some(("big_tenth", 1.0)),
        ..row("big form: four lists, one of 5,000, and answers", "big", "lists", Part::Whole(1.0))
    },
    row("big form: serialise", "big", "serialise", Part::Whole(1.0)),
    Row {
        aim: Some(40.0),
        web: Some(("big_tenth", 1.0)),
        ..row("big form: peak memory, MB", "big", "peak", Part::Peak)
    },
    Row {
        web: Some(("fan", 1.0)),
        ..row("an answer that 200 calculations read", "fan", "source", Part::Step)
    },
    Row {
        aim: Some(0.02),
        web: Some(("fan", 1.0)),
        ..row("an answer that nothing reads", "fan", "quiet", Part::Step)
    },
    Row {
        web: Some(("places_short", 1.0)),
        ..row("3,321 communes, 15,000 villages: load", "places", "load", Part::Whole(1.0))
    },
    Row {
        web: Some(("places_short", 34.0 / 3.0)),
        ..row("… province, commune, village", "places", "places", Part::Whole(34.0))
    },
    row("… peak memory, MB", "places", "peak", Part::Peak),
    Row {
        web: Some(("repeats50", 1.0)),
        ..row("add and fill the 10th instance", "repeats50", "tenth", Part::Whole(10.0))
    },
    row("… the 1,000th", "repeats1000", "last", Part::Whole(10.0)),
];

/// Cases and rounds: ours, and JavaRosa's, of which the first half warms up.
const CASES: &[(&str, usize, usize)] = &[
    ("big", 15, 12),
    ("big_tenth", 1, 0),
    ("fan", 15, 16),
    ("places", 15, 10),
    ("places_short", 1, 0),
    ("repeats50", 15, 16),
    // Half a minute a round with JavaRosa: by the 1,000th instance its code is warm.
    ("repeats1000", 5, 1),
    ("growth100", 15, 16),
    ("growth300", 15, 0),
    ("growth1000", 15, 10),
    ("growth3000", 7, 0),
    ("growth10000", 5, 2),
];

/// The cases that the web engine takes, once: it is slow.
const WEB: [&str; 4] = ["big_tenth", "fan", "places_short", "repeats50"];

const GROWTH: [u32; 5] = [100, 300, 1000, 3000, 10_000];

pub(super) fn measure(root: &Path) -> Result<Vec<Value>> {
    install::programs(&[("node", "nodejs"), ("npm", "npm")])?;
    let folder = sh::target().join("bench-forms");
    let path = folder.to_string_lossy().into_owned();
    let program = build(root)?;
    sh::run(sh::command(&program, &["write", &path, "packs/quoc_gia/admin_units.csv"], root))?;
    let java = java(root)?;
    let web = root.join("tests/bench/forms");
    sh::run_quietly("npm-bench-forms", sh::command("npm", &["ci", "--no-audit", "--no-fund"], &web))?;

    let mut figures = Vec::new();
    let mut run = |program: &str, before: &[&str], command: &[&str], at: &Path| -> Result<()> {
        let arguments: Vec<&str> = before.iter().chain(command).copied().collect();
        figures.extend(parse(&sh::output(sh::command(program, &arguments, at))?)?);
        Ok(())
    };
    for (case, ours, theirs) in CASES {
        say(format!("forms: {case}"));
        let at = folder.join(case);
        let at = at.to_string_lossy();
        let java_before = ["-cp", &java, "vn.vanggia.javarosa.Bench"];
        run(&program, &[], &["run", &at, &ours.to_string()], root)?;
        run(&program, &[], &["peak", &at], root)?;
        if *theirs > 0 {
            run("java", &java_before, &["run", &at, &theirs.to_string()], root)?;
        }
        if matches!(*case, "big" | "places") {
            run("java", &java_before, &["peak", &at], root)?;
        }
        if WEB.contains(case) {
            run("node", &["engine.js"], &["run", &at, "1"], &web)?;
        }
        if *case == "big_tenth" {
            run("node", &["engine.js"], &["peak", &at], &web)?;
        }
        same_answers(&folder.join(case))?;
    }
    figures.extend(example(root, "xlsform", "bench-xlsform", &[])?);
    figures.extend(compiler(root, &folder)?);
    table(&figures);
    Ok(figures)
}

fn build(root: &Path) -> Result<String> {
    say("cargo build --release --package xforms --example bench-xforms");
    let build = ["build", "--quiet", "--release", "--package", "xforms", "--example", "bench-xforms"];
    sh::run(sh::command("cargo", &build, root))?;
    Ok(sh::target().join("release/examples/bench-xforms").to_string_lossy().into_owned())
}

/// The class path of JavaRosa and the program that drives it.
fn java(root: &Path) -> Result<String> {
    kotlin::maven("javarosa-bench", &root.join("tests/javarosa"), &["compile"])?;
    let built = sh::target().join("javarosa");
    let libraries = std::fs::read_to_string(built.join("classpath")).context("no class path was written")?;
    Ok(format!("{}:{}", built.join("classes").display(), libraries.trim()))
}

/// Nobody measures nothing: every engine must have come to the same answers.
fn same_answers(folder: &Path) -> Result<()> {
    let read = |engine: &str| std::fs::read_to_string(folder.join(format!("values-{engine}.txt")));
    let ours = read("ours")?;
    for engine in ["javarosa", "xforms-engine"] {
        let Ok(theirs) = read(engine) else { continue };
        if let Some((line, (a, b))) = ours.lines().zip(theirs.lines()).enumerate().find(|(_, (a, b))| a != b)
        {
            bail!("{}: {engine} has {b} where ours has {a}, line {}", folder.display(), line + 1);
        }
        if ours.lines().count() != theirs.lines().count() || ours.is_empty() {
            bail!("{}: {engine} ends with other answers", folder.display());
        }
    }
    Ok(())
}

fn compiler(root: &Path, folder: &Path) -> Result<Vec<Value>> {
    let python = pyxform::python(root)?;
    let workbook: PathBuf = folder.join("big.xlsx");
    let workbook = workbook.to_string_lossy();
    let program = sh::target().join("release/examples/bench-xlsform");
    sh::run(sh::command(&program.to_string_lossy(), &[&workbook], root))?;
    let arguments = ["tests/pyxform/bench.py", &workbook, "7"];
    parse(&sh::output(sh::command(&python.to_string_lossy(), &arguments, root))?)
}

fn figure(figures: &[Value], engine: &str, case: &str, phase: &str, part: Part) -> Option<f64> {
    let found = figures.iter().find(|f| f["engine"] == engine && f["case"] == case && f["phase"] == phase)?;
    match part {
        Part::Whole(units) => found["total_ms"].as_f64().map(|ms| ms / units),
        Part::Step => found["step_ms"].as_f64(),
        Part::Peak => found["mb"].as_f64(),
    }
}

fn table(figures: &[Value]) {
    let shown = |number: Option<f64>| number.map_or_else(|| "–".to_owned(), |n| format!("{n:.4}"));
    let times = |theirs: Option<f64>, ours: f64| {
        theirs.map_or_else(|| "–".to_owned(), |theirs| format!("{:.0}×", theirs / ours))
    };
    say(
        "\nMedians in ms. JavaRosa warm; ODK's web engine once, a * where it took a part of the steps and is scaled up.",
    );
    say(format!(
        "{:<50} {:>9} {:>11} {:>6} {:>12} {:>8}  {:<8} aim",
        "", "ours", "JavaRosa", "", "web engine", "", "≥ 10×"
    ));
    for row in ROWS {
        let Some(ours) = figure(figures, "ours", row.case, row.phase, row.part) else { continue };
        let java = figure(figures, "javarosa", row.case, row.phase, row.part);
        let web = row.web.and_then(|(case, scale)| {
            figure(figures, "xforms-engine", case, row.phase, row.part).map(|ms| ms * scale)
        });
        let scaled = row.web.is_some_and(|(_, scale)| scale > 1.0);
        let tenfold = java.map_or("", |java| if java >= 10.0 * ours { "met" } else { "missed" });
        let aim = row.aim.map_or_else(String::new, |aim| {
            format!("≤ {aim} {}", if ours <= aim { "met" } else { "missed" })
        });
        say(format!(
            "{:<50} {:>9} {:>11} {:>6} {:>12} {:>8}  {:<8} {aim}",
            row.what,
            shown(Some(ours)),
            shown(java),
            times(java, ours),
            shown(web) + if scaled { "*" } else { "" },
            times(web, ours),
            tenfold,
        ));
    }
    growth(figures);
    let median =
        |name: &str| figures.iter().find(|f| f["name"] == name).and_then(|f| f["median_ms"].as_f64());
    if let (Some(ours), Some(theirs)) = (median("xlsform.big_form_xlsx"), median("pyxform.big_form_xlsx")) {
        say(format!(
            "\nXLSForm to XForm, 586 questions and calculates, 5,000 choices: ours {ours:.1} ms, pyxform {theirs:.0} ms, {:.0}×",
            theirs / ours
        ));
    }
}

/// How figures grow with the number of questions.
fn growth(figures: &[Value]) {
    say(format!(
        "\n{:>9} {:>9} {:>16} {:>10} {:>11} {:>9}   JavaRosa: {:>9} {:>10}",
        "questions",
        "load ms",
        "µs per question",
        "answer µs",
        "turn page µs",
        "peak MB",
        "load ms",
        "answer µs"
    ));
    for questions in GROWTH {
        let case = format!("growth{questions}");
        let of = |engine: &str, phase: &str, part| figure(figures, engine, &case, phase, part);
        let number = |value: Option<f64>| value.map_or_else(|| "–".to_owned(), |n| format!("{n:.1}"));
        let micro = |value: Option<f64>| number(value.map(|ms| ms * 1000.0));
        let load = of("ours", "load", Part::Whole(1.0));
        say(format!(
            "{questions:>9} {:>9} {:>16} {:>10} {:>11} {:>9}             {:>9} {:>10}",
            number(load),
            micro(load.map(|ms| ms / f64::from(questions))),
            micro(of("ours", "answer", Part::Step)),
            micro(of("ours", "turn", Part::Step)),
            number(of("ours", "peak", Part::Peak)),
            number(of("javarosa", "load", Part::Whole(1.0))),
            micro(of("javarosa", "answer", Part::Step)),
        ));
    }
}
