//! `vanggia-hub`: the office's server and its commands.

use std::process::ExitCode;

fn main() -> ExitCode {
    hub::cli::main()
}
