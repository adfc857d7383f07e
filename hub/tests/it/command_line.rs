//! The program as an administrator runs it: its own process, its exit codes and its lines.

use crate::{
    http,
    world::{COMMUNE, catalogue},
};
use serde_json::Value;
use std::{
    fs,
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Output, Stdio},
};
use testkit::{Client, records::household};
use wire::enrol::Invitation;

fn program(data: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_vanggia-hub"));
    command.arg("--data").arg(data);
    command
}

fn run(data: &Path, arguments: &[&str]) -> Output {
    program(data).args(arguments).output().unwrap()
}

fn lines(data: &Path, arguments: &[&str]) -> String {
    let output = run(data, arguments);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

struct Server(Child);

impl Server {
    fn start(data: &Path) -> (Self, String) {
        let mut command = program(data);
        command.args(["serve", "--plain", "--listen", "127.0.0.1:0"]).stdout(Stdio::piped());
        let mut server = command.spawn().unwrap();
        let mut line = String::new();
        BufReader::new(server.stdout.take().unwrap()).read_line(&mut line).unwrap();
        (Self(server), line.trim().strip_prefix("ready ").unwrap().to_owned())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

const USER: [&str; 10] =
    ["user", "add", "--login", "hoa", "--name", "Hoa", "--role", "case_manager", "--place", "commune:00070"];

#[test]
fn an_office_is_set_up_beside_the_running_hub() {
    let temporary = tempfile::tempdir().unwrap();
    let data = temporary.path().join("hub");
    let (server, url) = Server::start(&data);
    assert!(lines(&data, &USER).starts_with("password "));
    assert!(!run(&data, &USER).status.success(), "the login is taken");
    let published = lines(&data, &["form", "publish", catalogue("vang_gia").to_str().unwrap()]);
    assert!(published.starts_with("published vang_gia "));
    let invitation = lines(&data, &["invite", "--login", "hoa"]);
    assert!(invitation.starts_with(&format!("vanggia:1;{url};")));
    let invitation: Invitation = invitation.trim().parse().unwrap();
    let mut phone = Client::enrol(http::link(&invitation.hub), &invitation.code);
    phone.write(vec![household(COMMUNE)]);

    let stats: Value = serde_json::from_str(&lines(&data, &["stats"])).unwrap();
    assert_eq!((&stats["records"]["household"], &stats["devices"]), (&1.into(), &1.into()));
    // Killed without warning: what was acknowledged is there.
    drop(server);
    let (_server, url) = Server::start(&data);
    phone.link = http::link(&url);
    assert_eq!(phone.ask().received_through, 1);
    assert_eq!(phone.pull(10).len(), 1);

    let device = phone.enrolled.device.to_string();
    assert!(lines(&data, &["device", "list"]).contains(&device));
    lines(&data, &["device", "revoke", "--device", &device]);
    assert!(!run(&data, &["device", "revoke", "--device", "nobody"]).status.success());
    let request = serde_json::json!({"v": 1, "hub": null, "cursors": [], "max_entries": 1});
    assert_eq!(phone.post(wire::paths::PULL, &request).status, 403);

    let file = temporary.path().join("copy.tar");
    lines(&data, &["backup", "--to", file.to_str().unwrap()]);
    let other = temporary.path().join("other");
    lines(&other, &["restore", "--from", file.to_str().unwrap()]);
    assert!(!run(&data, &["restore", "--from", file.to_str().unwrap()]).status.success());
    let restored: Value = serde_json::from_str(&lines(&other, &["stats"])).unwrap();
    assert_eq!(restored["records"]["household"], 1);
}

#[test]
fn a_hub_told_to_stop_ends_well() {
    let temporary = tempfile::tempdir().unwrap();
    let (mut server, _) = Server::start(&temporary.path().join("hub"));
    let pid = server.0.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
    assert!(server.0.wait().unwrap().success());
}

#[test]
fn a_bad_form_fails_with_all_its_problems() {
    let temporary = tempfile::tempdir().unwrap();
    let form = temporary.path().join("xau");
    fs::create_dir(&form).unwrap();
    fs::write(form.join("survey.csv"), "type,name,label\nintegr,a,A\nfoto,b,B\n").unwrap();
    let output = run(&temporary.path().join("hub"), &["form", "check", form.to_str().unwrap()]);
    assert!(!output.status.success());
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(told.contains("survey:2 [type]") && told.contains("survey:3 [type]"), "{told}");
    assert!(told.contains("integr") && told.contains("foto"), "{told}");
}

#[test]
fn a_database_that_is_none_or_newer_is_refused_and_left_alone() {
    let temporary = tempfile::tempdir().unwrap();
    let damaged =
        b"this is no database at all, but somebody's letter, long enough to be read as one".repeat(20);
    fs::write(temporary.path().join("hub.db"), &damaged).unwrap();
    let output = run(temporary.path(), &["stats"]);
    assert!(String::from_utf8_lossy(&output.stderr).contains("hub.damaged-database"));
    assert_eq!(fs::read(temporary.path().join("hub.db")).unwrap(), damaged);

    let newer = temporary.path().join("newer");
    lines(&newer, &["stats"]);
    rusqlite::Connection::open(newer.join("hub.db"))
        .unwrap()
        .pragma_update(None, "user_version", 99)
        .unwrap();
    let output = run(&newer, &["stats"]);
    assert!(String::from_utf8_lossy(&output.stderr).contains("hub.newer-database"));
}

#[test]
fn forms_of_others_are_converted_and_checked() {
    let temporary = tempfile::tempdir().unwrap();
    let place = |name: &str| temporary.path().join(name);
    let of = |name: &str| place(name).to_str().unwrap().to_owned();
    fs::write(
        place("good.md"),
        "| survey |\n| | type | name | label | calculation |\n\
         | | select_one_from_file shops.csv | shop | Shop | |\n| | calculate | c | | concat(${shop}, '!') |\n| settings |\n| | version |\n| | 1 |\n",
    )
    .unwrap();
    let data = place("hub");
    let xform = lines(&data, &["form", "convert", &of("good.md"), "--stdout"]);
    assert!(xform.starts_with("<?xml") && xform.contains(r#"<data id="good" version="1">"#), "{xform}");
    lines(&data, &["form", "convert", &of("good.md")]);
    assert_eq!(fs::read_to_string(place("good.xml")).unwrap(), xform.trim_end());

    let errors = |arguments: &[&str]| {
        let output = run(&data, arguments);
        assert!(!output.status.success() && output.stdout.is_empty());
        String::from_utf8(output.stderr).unwrap()
    };
    // Its list is looked for beside the form, and in a folder of its own.
    for form in ["good.md", "good.xml"] {
        assert!(errors(&["form", "check", &of(form)]).contains("xforms.missing-media"));
    }
    fs::create_dir(place("good-media")).unwrap();
    fs::write(place("good-media/shops.csv"), "name,label\na,A\n").unwrap();
    for form in ["good.md", "good.xml"] {
        assert!(lines(&data, &["form", "check", &of(form)]).starts_with("no errors"));
    }

    fs::write(
        place("bad.md"),
        "| survey |\n| | type | name | label | calculation |\n\
         | | integr | a | A | |\n| | calculate | b | | 1 + ${none} |\n",
    )
    .unwrap();
    let told = errors(&["form", "convert", &of("bad.md"), "--stdout"]);
    assert!(told.contains("survey:2 [type] xlsform.unknown-type"), "{told}");
    assert!(told.contains("survey:3 [calculation] xlsform.unknown-reference"), "{told}");
    // What the engine finds is told with the sheet's words too.
    let wrong = fs::read_to_string(place("bad.md")).unwrap();
    fs::write(place("bad.md"), wrong.replace("integr ", "integer ").replace("${none}", "nofunction()"))
        .unwrap();
    let told = errors(&["form", "check", &of("bad.md")]);
    assert!(told.contains("survey:3 [calculation] xforms.unknown-function"), "{told}");
    assert!(!data.exists(), "no hub is needed");
}

/// Law by both days: of whose facts, and of the decision.
#[test]
fn an_amount_is_shown_by_the_day_of_its_facts_and_of_the_decision() {
    let temporary = tempfile::tempdir().unwrap();
    let data = temporary.path().join("none");
    let shown = |days: &[&str]| lines(&data, &[&["pack", "show", "rate", "social_base"], days].concat());
    let history = shown(&[]);
    for (amount, from) in
        [("360.000 đ", "01/07/2021"), ("500.000 đ", "01/07/2024"), ("540.000 đ", "01/07/2026")]
    {
        assert!(history.lines().any(|line| line.starts_with(amount) && line.contains(from)), "{history}");
    }
    let amount = |fact: &str, seen: &str| {
        let text = shown(&["--fact", fact, "--seen", seen]);
        text.lines().nth(1).and_then(|line| line.split_once("  ")).unwrap().0.to_owned()
    };
    assert_eq!(amount("30/06/2024", "30/11/2026"), "360.000 đ");
    assert_eq!(amount("01/07/2024", "30/11/2026"), "500.000 đ");
    assert_eq!(amount("30/06/2026", "30/11/2026"), "500.000 đ");
    assert_eq!(amount("10/09/2026", "15/09/2026"), "500.000 đ");
    assert_eq!(amount("10/09/2026", "05/10/2026"), "540.000 đ");
    let early = shown(&["--fact", "10/09/2026", "--seen", "15/09/2026"]);
    assert!(early.contains("Từ 05/10/2026: 540.000 đ, truy lĩnh từ 01/07/2026."), "{early}");
    assert!(!shown(&["--fact", "10/09/2026", "--seen", "05/10/2026"]).contains("truy lĩnh"));
    assert!(!run(&data, &["pack", "show", "rate", "no_such_rate"]).status.success());
    assert!(!run(&data, &["pack", "show", "rate", "social_base", "--fact", "2026-09-10"]).status.success());
    assert!(!data.exists(), "no hub is made for it");
}

#[test]
fn a_packs_folder_is_checked() {
    let temporary = tempfile::tempdir().unwrap();
    let pack = temporary.path().join("pack");
    let copied = Command::new("cp").arg("-r").arg(catalogue("").join("..")).arg(&pack).status().unwrap();
    assert!(copied.success());
    let check = || run(temporary.path(), &["pack", "check", pack.to_str().unwrap()]);
    assert!(check().status.success());
    let clocks = fs::read_to_string(pack.join("clocks.csv")).unwrap();
    fs::write(pack.join("clocks.csv"), clocks.replace("action:assess_initial,", "state:nowhere,")).unwrap();
    fs::remove_file(pack.join("rates.csv")).unwrap();
    let output = check();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(!output.status.success());
    assert!(
        said.contains("clocks.csv:3 [stops] reference.state\n  quy trình child-protection không có bước"),
        "{said}"
    );
    assert!(
        said.contains("rates.csv pack.missing-table\n  thiếu bảng này\n  the table is missing"),
        "{said}"
    );
    assert!(String::from_utf8_lossy(&output.stderr).contains("pack.problems"));
}

/// An office's pack: checked over the national one, told what it changes, and written as a workbook.
#[test]
fn an_offices_pack_is_checked_told_and_exported() {
    let temporary = tempfile::tempdir().unwrap();
    let national = catalogue("").join("..");
    let example = national.join("../vi_du");
    let pack = temporary.path().join("pack");
    assert!(Command::new("cp").arg("-r").arg(&example).arg(&pack).status().unwrap().success());
    let [example, national, pack] = [&example, &national, &pack].map(|path| path.to_str().unwrap());
    let said = |args: &[&str]| lines(temporary.path(), &[&["pack"], args].concat());
    assert!(said(&["check", pack]).starts_with("no problems"));
    assert!(said(&["check", pack, "--over", national]).starts_with("no problems"));

    let fields = format!("{pack}/fields.csv");
    let text = fs::read_to_string(&fields).unwrap();
    fs::write(
        &fields,
        text.replace("Độ sâu (m),Depth (m),,value,personal", "Độ sâu (m),Depth (m),,value,open"),
    )
    .unwrap();
    assert_eq!(
        said(&["diff", example, pack]),
        "\
        Trường «Độ sâu (m)» của «Giếng nước»: mức bảo mật cá nhân → không riêng tư\n  \
        Field «Depth (m)» of «Water well»: privacy personal → open\n"
    );
    fs::write(&fields, text.replace("well,depth", "household,phone")).unwrap();
    let output = run(temporary.path(), &["pack", "check", pack]);
    assert!(!output.status.success());
    assert!(String::from_utf8_lossy(&output.stdout).contains("fields.csv:3 [type] overlay.replaces"));

    let book = temporary.path().join("pack.xlsx");
    said(&["export", example, "--xlsx", book.to_str().unwrap()]);
    let read = hub::packs::workbook::read(&fs::read(book).unwrap()).unwrap();
    assert_eq!(read.about().unwrap().id, "vi_du");
}

/// The operator proposes; somebody else has to agree.
#[test]
fn a_pack_is_proposed_at_the_command_line() {
    let temporary = tempfile::tempdir().unwrap();
    let data = temporary.path().join("hub");
    let (_server, url) = Server::start(&data);
    let pack = catalogue("../../vi_du");
    let proposed = lines(&data, &["pack", "publish", pack.to_str().unwrap()]);
    assert_eq!(proposed, "proposed 1 vi_du 1\n");
    let waits = lines(&data, &["pack", "list"]);
    assert!(waits.starts_with("1\tvi_du\t1\t") && waits.ends_with("\twaits\n"), "{waits}");
    let alone = run(&data, &["pack", "approve", "1"]);
    assert!(String::from_utf8_lossy(&alone.stderr).contains("pack.same-person"));
    lines(&data, &["pack", "refuse", "1"]);
    assert_eq!(lines(&data, &["pack", "list"]), "");

    // What an administrator proposed the operator agrees to, beside the running hub.
    lines(
        &data,
        &["user", "add", "--login", "mot", "--name", "Một", "--role", "administrator", "--place", "all"],
    );
    lines(&data, &USER);
    let hub = hub::Hub::open(&data, std::sync::Arc::new(model::SystemClock::default())).unwrap();
    let user = hub.read_now(|_, read| hub::office::users::by_login(read, "mot")).unwrap().unwrap().id;
    let read = hub::packs::read(&pack).unwrap();
    hub::office::packs::propose(&hub, read, Some(user), None).unwrap();
    assert_eq!(lines(&data, &["pack", "approve", "2"]), "published 1\n");
    let invitation: Invitation = lines(&data, &["invite", "--login", "hoa"]).trim().parse().unwrap();
    let phone = Client::enrol(http::link(&url), &invitation.code);
    let list: wire::packs::PackList = phone.get(wire::paths::PACKS).json();
    assert_eq!(list.packs.len(), 1);
    assert!(phone.pull_page(1).packs.is_some());

    let broken = temporary.path().join("pack");
    fs::create_dir(&broken).unwrap();
    for file in ["pack.csv", "kinds.csv"] {
        fs::copy(pack.join(file), broken.join(file)).unwrap();
    }
    let about = fs::read_to_string(broken.join("pack.csv")).unwrap();
    fs::write(broken.join("pack.csv"), about.replace("vi_du,1,", "vi_du,2,")).unwrap();
    let refused = run(&data, &["pack", "publish", broken.to_str().unwrap()]);
    assert!(!refused.status.success() && String::from_utf8_lossy(&refused.stderr).contains("pack.problems"));
    assert!(String::from_utf8_lossy(&refused.stdout).contains("fields.csv"));
}
