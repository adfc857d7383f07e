//! The project's commands: `cargo xtask demo`, `test`, `attack`, `bench`, `deny`, `records`, `bindings`. Light, so that it can check for what the
//! C parts need before anything heavy is built.

mod android;
mod attack;
mod bench;
mod bindings;
mod browser;
mod build;
mod demo;
mod deny;
mod install;
mod kotlin;
mod peers;
mod python;
mod pyxform;
mod records;
mod rust;
mod sh;
mod spelling;
mod swift;
mod test;

use anyhow::{Result, bail};

fn main() -> Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let (command, rest) = args.split_first().map_or(("help", &[][..]), |(c, r)| (c.as_str(), r));
    match command {
        "attack" => attack::run(rest),
        "bindings" => bindings::generate(rest),
        "demo" => demo::run(rest),
        "test" => test::run(rest),
        "bench" => bench::run(rest),
        "deny" => deny::run(rest),
        "records" => records::print(),
        "install" => install::build_tools(),
        "help" | "--help" | "-h" => {
            sh::say(HELP);
            Ok(())
        }
        other => bail!("unknown command {other}\n{HELP}"),
    }
}

const HELP: &str = "\
cargo xtask demo [--once]     a home visit end to end: hub, two phones, forms, photos, a cut link, the console
cargo xtask demo cases --once  ten cases, months in seconds: steps, deadlines, approvals
cargo xtask demo packs --once  a kind of record that no program knows, from a workbook to two phones and the console
cargo xtask test [--spelling] [--rust] [--attack] [--peers] [--kotlin] [--android] [--swift] [--browser]
                              installs what is missing, runs everything or the parts named
cargo xtask attack [NAME]     what is tried against hubs and phones, and whether they held;
            --broken [NAME]   the same without each defence, which must be seen
cargo xtask bench [NAME]      figures, beside the peers where there is one
cargo xtask deny              dependencies: licences, bans, sources, known faults
cargo xtask records           prints docs/records.md from the kinds and fields of packs/quoc_gia
cargo xtask bindings          the native library and its Kotlin and Swift, in target/bindings";
