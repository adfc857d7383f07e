//! JavaRosa in a process of its own (tests/javarosa), one for all forms of a run.

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use std::{
    io::{BufRead, BufReader, Write},
    path::Path,
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
};

/// Its class path; `cargo xtask test --peers` sets it.
const CLASSPATH: &str = "VANGGIA_JAVAROSA";

pub struct Oracle {
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
}

impl Oracle {
    pub fn start() -> Result<Oracle> {
        let classpath = std::env::var(CLASSPATH)
            .with_context(|| format!("{CLASSPATH} is not set: run `cargo xtask test --peers`"))?;
        let mut child = Command::new("java")
            // The zone of the scripts' clock, and little time spent on compiling.
            .args(["-Duser.timezone=Asia/Ho_Chi_Minh", "-Duser.language=en", "-XX:+UseSerialGC", "-Xmx512m"])
            .args(["-cp", &classpath, "vn.vanggia.javarosa.Oracle"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .context("can't start java")?;
        let input = child.stdin.take();
        let output = BufReader::new(child.stdout.take().context("java has no output")?);
        Ok(Oracle { child, input, output })
    }

    /// The state before and after each command, and of each instance read back (tests/javarosa, class `Oracle`).
    pub fn play(
        &mut self,
        form: &str,
        media: &Path,
        script: &[String],
        instances: &[String],
    ) -> Result<Value> {
        let request = json!({ "form": form, "media": media, "script": script, "instances": instances });
        let input = self.input.as_mut().context("java has no input")?;
        writeln!(input, "{request}")?;
        input.flush()?;
        let mut line = String::new();
        if self.output.read_line(&mut line)? == 0 {
            bail!("java ended");
        }
        Ok(serde_json::from_str(&line)?)
    }
}

impl Drop for Oracle {
    fn drop(&mut self) {
        // The end of its input is the end of it.
        drop(self.input.take());
        let _ = self.child.wait();
    }
}
