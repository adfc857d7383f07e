//! A home visit, end to end, on loopback: `cargo xtask demo`.
//!
//! `--once` ends after the last check; `--households N` (200) sets the size of the office; `--facts FILE` writes address
//! and logins as JSON for another program. Ends with an error if anything promised did not happen.

#![allow(clippy::print_stdout)] // it speaks to a terminal

use anyhow::{Context, Result, bail, ensure};
use app::view::{SyncPhase, SyncSummary};
use indicatif::{ProgressBar, ProgressStyle};
use journeys::{
    hub::{HubProcess, Login},
    link::Link,
    phone::Phone,
    picture, seed,
    synthetic::{self, COMMUNES, Household},
    visit,
};
use std::{io::Read, path::PathBuf, time::Instant};

const SEED: u64 = 20_261_124;
/// First visits that each of the two workers makes.
const VISITS: usize = 2;
const GOAL: &str = "Đưa bà đi khám khớp trước ngày 15";
const AGREED: &str = "Gia đình đồng ý để nhân viên liên hệ trạm y tế";
const NEXT_GOAL: &str = "Làm hồ sơ đề nghị trợ cấp cho bà";
const CHILD: &str = "Bàn Thị Dệt";

struct Options {
    once: bool,
    households: usize,
    facts: Option<PathBuf>,
}

fn options() -> Result<Options> {
    let mut options = Options { once: false, households: 200, facts: None };
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--once" => options.once = true,
            "--households" => {
                options.households = args.next().context("--households needs a number")?.parse()?;
            }
            "--facts" => options.facts = Some(args.next().context("--facts needs a file")?.into()),
            other => bail!("unknown option {other}"),
        }
    }
    ensure!(options.households >= 6, "at least 6 households: each worker visits {VISITS} of their commune");
    Ok(options)
}

fn main() -> Result<()> {
    let options = options()?;
    let started = Instant::now();
    let folder = tempfile::tempdir()?;
    let (hub, logins) = open_office(folder.path().join("hub"))?;
    make_households(&hub, &folder.path().join("office"), options.households)?;

    let link = Link::to(&hub.url)?;
    let mut workers = Vec::new();
    for (index, login) in ["hoa", "son"].into_iter().enumerate() {
        workers.push(enrol(&hub, &link, login, &folder.path().join(login), index)?);
    }
    let visited = make_visits(&workers, options.households)?;
    follow_up(&workers[0], &visited)?;
    let case = open_case(&workers[0])?;
    synchronise(&hub, &link, &workers, options.households)?;
    look(&hub, &workers, &visited, &case)?;
    step("Xong / done", started, "");

    if let Some(file) = &options.facts {
        let member =
            |household: &Household| household.people.iter().map(|p| p.name.clone()).collect::<Vec<_>>();
        let login = |l: &Login| serde_json::json!({ "login": l.login, "password": l.password });
        let facts = serde_json::json!({
            "address": hub.url,
            "households": options.households,
            "manager": login(&logins.manager),
            "outsider": login(&logins.outsider),
            "administrator": login(&logins.administrator),
            "visited": {
                "name": visited.people[0].name,
                "folded": model::fold(&visited.people[0].name),
                "members": member(&visited),
                "goal": GOAL,
            },
        });
        if let Some(parent) = file.parent() {
            std::fs::create_dir_all(parent)?;
        }
        std::fs::write(file, facts.to_string())?;
    }
    if options.once {
        return hub.stop();
    }
    println!("\nBảng điều khiển / console:  {}", hub.url);
    for (who, login) in [
        ("người quản lý trường hợp / case manager", &logins.manager),
        ("cán bộ xã / commune officer", &logins.outsider),
        ("quản trị / administrator", &logins.administrator),
    ] {
        println!("  {:<10} {:<14} {who}", login.login, login.password);
    }
    println!(
        "(Chứng chỉ do máy chủ tự tạo: trình duyệt sẽ hỏi một lần. / The hub made its own certificate: the browser asks once.)"
    );
    println!("Ctrl-C để dừng / to stop.");
    wait()?;
    hub.stop()
}

/// Until Ctrl-C, or until whoever started this closes its input.
fn wait() -> Result<()> {
    use std::io::IsTerminal;
    if !std::io::stdin().is_terminal() {
        std::io::stdin().read_to_end(&mut Vec::new())?;
        return Ok(());
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    Ok(runtime.block_on(tokio::signal::ctrl_c())?)
}

struct Logins {
    manager: Login,
    outsider: Login,
    administrator: Login,
}

fn open_office(folder: PathBuf) -> Result<(HubProcess, Logins)> {
    let started = Instant::now();
    let hub = HubProcess::serve(&folder)?;
    let all: Vec<String> = COMMUNES.iter().map(|(code, _)| format!("commune:{code}")).collect();
    let all: Vec<&str> = all.iter().map(String::as_str).collect();
    let administrator = hub.add_user("quantri", "Chu Thị Quản Trị", "administrator", &[], false)?;
    let manager = hub.add_user("lan", "Lương Thị Lan", "case_manager", &all, true)?;
    let outsider = hub.add_user("minh", "Vi Văn Minh", "commune_officer", &all, false)?;
    hub.add_user("vanphong", "Văn phòng tỉnh", "commune_officer", &all, false)?;
    hub.add_user("hoa", "Hoàng Thị Hoa", "collaborator", &all[..1], false)?;
    hub.add_user("son", "Nông Văn Sơn", "collaborator", &all[1..2], false)?;
    step("Máy chủ / hub", started, &format!("{}, TLS, 6 người dùng / users", hub.url));
    let started = Instant::now();
    let forms = forms()?;
    for form in &forms {
        hub.publish(form)?;
    }
    step("Biểu mẫu / forms", started, &format!("{}: {}; 34 tỉnh, 3.321 xã", forms.len(), forms.join(", ")));
    Ok((hub, Logins { manager, outsider, administrator }))
}

/// Those of the national pack: the visits, the report about a child, and what each step of its case asks.
fn forms() -> Result<Vec<String>> {
    let mut forms = Vec::new();
    for entry in std::fs::read_dir(journeys::hub::checkout().join("packs/quoc_gia/forms"))? {
        forms.push(entry?.file_name().to_string_lossy().into_owned());
    }
    forms.sort();
    Ok(forms)
}

fn make_households(hub: &HubProcess, folder: &std::path::Path, count: usize) -> Result<()> {
    let started = Instant::now();
    let invitation = hub.invite("vanphong", None)?;
    let bar = bar(count as u64, "hộ / households");
    seed::households(&invitation, folder, SEED, count, &mut |done| bar.set_position(done as u64))?;
    bar.finish_and_clear();
    let kept = hub.records("household")?;
    ensure!(kept == count as u64, "{kept} of {count} households at the hub");
    let communes = COMMUNES.map(|(_, name)| name).join(", ");
    step(
        "Hộ gia đình / households",
        started,
        &format!("{count} ({} người / people): {communes}", hub.records("person")?),
    );
    Ok(())
}

struct Worker {
    login: &'static str,
    phone: Phone,
    /// Index of their commune.
    commune: usize,
}

fn enrol(
    hub: &HubProcess,
    link: &Link,
    login: &'static str,
    folder: &std::path::Path,
    commune: usize,
) -> Result<Worker> {
    let started = Instant::now();
    let phone = Phone::start(folder)?;
    let worker = phone.enrol(&hub.invite(login, Some(&link.url("https")))?)?;
    let summary = phone.sync()?;
    let forms = forms()?.len();
    ensure!(summary.forms_received == forms as u64, "{} of {forms} forms came", summary.forms_received);
    let known = phone.app.households().list(String::new(), 0, 1)?.total;
    ensure!(known > 0, "no households came");
    // From here on the phone knows its households and forms; the visits need no network.
    phone.app.access().lock();
    phone.unlock()?;
    step(
        "Điện thoại / phone",
        started,
        &format!(
            "{} ({}): {known} hộ / households, {} thay đổi / changes",
            worker.name, COMMUNES[commune].1, summary.changes_received
        ),
    );
    Ok(Worker { login, phone, commune })
}

/// Each worker visits households of their commune; returns the first one.
fn make_visits(workers: &[Worker], households: usize) -> Result<Household> {
    let mut first = None;
    for worker in workers {
        let of_commune = (0..households).map(|n| synthetic::household(SEED, n));
        let theirs = of_commune.filter(|h| h.commune == COMMUNES[worker.commune].0 && h.people.len() >= 3);
        for (n, household) in theirs.take(VISITS).enumerate() {
            let started = Instant::now();
            let id = worker.phone.find(&format!("{} {}", household.people[0].name, household.village))?;
            let camera = Instant::now();
            let mut photos = vec![picture::twelve_megapixels(n as u64 + 1)?];
            let made = camera.elapsed();
            let form = worker.phone.app.forms().start("vang_gia".into(), Some(format!("household:{id}")))?;
            let members = household.people.len();
            let counts = move |repeat: &str| match repeat {
                "member" => members,
                "photo" | "goal" => 1,
                _ => 0,
            };
            let mut answers = visit::household_visit(&household, AGREED, GOAL)?;
            let filled = visit::fill(&form, &mut answers, &counts, &mut photos)?;
            ensure!(filled.photos == 1, "the photo was not asked for");
            let finished = visit::finish(&form)?;
            step(
                "Vãng gia / visit (offline)",
                started + made,
                &format!(
                    "{}: {} câu trả lời / answers, {} trang / pages, {} thành viên / members, ảnh 12 MP / photo → {}",
                    worker.login, filled.answers, filled.pages, members, finished.title
                ),
            );
            for advice in &finished.advice {
                println!("      {} {}", advice.text, advice.ground);
            }
            first.get_or_insert(household);
        }
    }
    first.context("nobody was visited")
}

/// Back at the first household: its goal was reached, another was agreed.
fn follow_up(worker: &Worker, household: &Household) -> Result<()> {
    let started = Instant::now();
    let id = worker.phone.find(&format!("{} {}", household.people[0].name, household.village))?;
    let form = worker.phone.app.forms().start("theo_doi".into(), Some(format!("household:{id}")))?;
    let counts = |repeat: &str| usize::from(repeat == "agreed_goal");
    let filled = visit::fill(&form, &mut visit::follow_up(NEXT_GOAL), &counts, &mut Vec::new())?;
    let finished = visit::finish(&form)?;
    let goals = worker.phone.app.households().view(id)?.count("goal");
    ensure!(goals == 2, "{goals} goals after the follow-up");
    step(
        "Thăm theo dõi / follow-up",
        started,
        &format!(
            "{}: {} câu trả lời / answers, {} trang / pages → {}",
            worker.login, filled.answers, filled.pages, finished.title
        ),
    );
    Ok(())
}

/// A report about a child; returns the case's id.
fn open_case(worker: &Worker) -> Result<String> {
    let started = Instant::now();
    let form = worker.phone.app.forms().start("tiep_nhan_tre_em".into(), None)?;
    let mut answers = visit::child_report(COMMUNES[worker.commune].0, CHILD);
    let filled = visit::fill(&form, &mut answers, &|_| 0, &mut Vec::new())?;
    let finished = visit::finish(&form)?;
    let case = finished.case_id.context("the report opened no case")?;
    let shown = worker.phone.app.cases().view(case.clone())?;
    ensure!(shown.restricted, "the case is not restricted");
    step(
        "Tiếp nhận trẻ em / child report",
        started,
        &format!(
            "{} câu trả lời / answers; bảo mật / restricted; được xem / members: {}",
            filled.answers,
            shown.members.iter().map(|member| member.name.as_str()).collect::<Vec<_>>().join(", ")
        ),
    );
    for task in &shown.tasks {
        println!("      {} — {} ({})", task.due, task.title, task.ground);
    }
    Ok(case)
}

fn synchronise(hub: &HubProcess, link: &Link, workers: &[Worker], households: usize) -> Result<()> {
    for (n, worker) in workers.iter().enumerate() {
        let started = Instant::now();
        let bar = bar(100, "đồng bộ / sync");
        let mut armed = n > 0;
        let summary = worker.phone.sync_hearing(|progress| {
            if progress.phase == SyncPhase::Photos && progress.total > 0 && !armed {
                // In the middle of a photo the link breaks, once: of two photos with their thumbnails, in the first third.
                link.cut_after(progress.total / 3);
                armed = true;
            }
            bar.set_length(progress.total.max(1));
            bar.set_position(progress.done);
            bar.set_message(progress.text.clone());
        })?;
        bar.finish_and_clear();
        check_summary(&summary, n == 0)?;
        step(
            "Đồng bộ / sync",
            started,
            &format!(
                "{}: {} thay đổi lên / changes up, {} xuống / down, {} ảnh / photos ({:.1} MB){}",
                worker.login,
                summary.changes_sent,
                summary.changes_received,
                summary.photos_sent,
                summary.photo_bytes_sent as f64 / 1e6,
                if summary.resumed_uploads > 0 {
                    "; đứt giữa ảnh, gửi tiếp / cut in a photo, went on"
                } else {
                    ""
                }
            ),
        );
    }
    ensure!(link.cuts() == 1, "the link was cut {} times", link.cuts());
    // And one follow-up.
    let visits = (workers.len() * VISITS) as u64 + 1;
    let records = [("household", households as u64), ("visit", visits), ("case", 1)];
    for (kind, wanted) in records {
        let found = hub.records(kind)?;
        ensure!(found == wanted, "{kind} at the hub: {found}, not {wanted}");
    }
    let wanted = [("submissions", visits + 1), ("waiting", 0), ("flagged", 0)];
    for (what, wanted) in wanted {
        let found = hub.count(what)?;
        ensure!(found == wanted, "{what} at the hub: {found}, not {wanted}");
    }
    let (photos, whole) = (hub.count("photos")?, hub.count("photos_whole")?);
    ensure!(
        photos == (workers.len() * VISITS) as u64 && whole == photos,
        "{whole} of {photos} photos are whole"
    );
    Ok(())
}

fn check_summary(summary: &SyncSummary, was_cut: bool) -> Result<()> {
    ensure!(summary.code == "ok", "{} ({})", summary.text, summary.code);
    ensure!(summary.held_back == 0, "{} changes wait at the hub", summary.held_back);
    ensure!(summary.photos_sent >= VISITS as u64, "{} photos went up", summary.photos_sent);
    ensure!(
        !was_cut || summary.resumed_uploads == 1,
        "{} uploads went on after the cut",
        summary.resumed_uploads
    );
    Ok(())
}

/// What the office and the phones show now.
fn look(hub: &HubProcess, workers: &[Worker], visited: &Household, case: &str) -> Result<()> {
    let started = Instant::now();
    let [hoa, son] = workers else { bail!("two workers") };
    let id = hoa.phone.find(&model::fold(&visited.people[0].name))?;
    let household = hoa.phone.app.households().view(id)?;
    ensure!(household.members.len() >= visited.people.len(), "members are missing on the phone");
    ensure!(household.count("visit") > 0 && !household.photos.is_empty(), "the visit is not on the phone");
    ensure!(household.conflicts.is_empty(), "one phone disagrees with itself");
    ensure!(
        hoa.phone.app.cases().list()?.iter().any(|row| row.id == case),
        "the case is gone from the phone"
    );
    ensure!(son.phone.app.cases().list()?.is_empty(), "a restricted case reached somebody else's phone");
    ensure!(hoa.phone.app.today().view()?.sync.changes_waiting == 0, "changes still wait on the phone");
    step(
        "Kiểm tra / checks",
        started,
        &format!(
            "{} thay đổi ở máy chủ / changes at the hub, 0 chờ / waiting, 0 khác / differ",
            hub.count("changes")?
        ),
    );
    Ok(())
}

fn bar(length: u64, what: &'static str) -> ProgressBar {
    let style = ProgressStyle::with_template("{prefix:<28} [{bar:30}] {pos}/{len} {msg}");
    ProgressBar::new(length)
        .with_prefix(what)
        .with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

fn step(what: &str, started: Instant, figures: &str) {
    println!("{what:<34} {:>6.2} s  {figures}", started.elapsed().as_secs_f64());
}
