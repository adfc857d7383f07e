//! Cases that move, on phones, hub and console.

use journeys::hub::program;
use std::process::Command;

#[test]
fn the_demo_of_cases_keeps_what_it_promises() {
    let mut demo = Command::new(env!("CARGO_BIN_EXE_demo_cases"));
    let output = demo.arg("--once").env("VANGGIA_HUB", program().unwrap()).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}\n{}", String::from_utf8_lossy(&output.stderr));
    assert!(said.ends_with("Xong / done\n"), "{said}");
}
