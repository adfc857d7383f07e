//! What each command does.

use super::{
    CaseCommand, Cli, Command, DeviceCommand, FormCommand, Invite, PackCommand, Recover, Serve, ShowCommand,
    UserAdd, UserCommand, case, form, office_key, pack, play, publish,
};
use crate::{
    Hub, HubError, alarm, backup,
    db::{
        self, offices, stats,
        users::{NewUser, Reached, User},
    },
    office::{devices, duty, erasure, forms, inviting, packs, users},
    recovery, secret,
    serve::{self, Options},
};
use model::{Clock, Place, RecordRef, Role, SystemClock};
use std::{
    io::{BufRead, Write},
    sync::Arc,
};
use tracing_subscriber::EnvFilter;
use wire::recovery::Lost;
use zeroize::Zeroizing;

pub(super) fn run(cli: Cli) -> Result<(), HubError> {
    let open = || Hub::open(&cli.data, clock()?);
    match cli.command {
        Command::Serve(options) => run_serve(open()?, options),
        Command::User(UserCommand::Add(new)) => add_user(&open()?, new),
        Command::User(UserCommand::List) => list_users(&open()?),
        Command::User(UserCommand::Disable { login }) => {
            let hub = open()?;
            let user = find_user(&hub, &login)?;
            hub.write_now(move |hub, tx| users::disable(hub, tx, user.id))
        }
        Command::User(UserCommand::Role { login, role }) => {
            let hub = open()?;
            let (user, role) = (find_user(&hub, &login)?, known_role(&hub, role)?);
            hub.write_now(move |hub, tx| users::set_role(hub, tx, user.id, &role))
        }
        Command::User(UserCommand::Places { login, places, on_duty }) => {
            let hub = open()?;
            let (user, places) = (find_user(&hub, &login)?, parse_places(&places)?);
            hub.write_now(move |hub, tx| users::set_places(hub, tx, user.id, &places, on_duty))
        }
        Command::User(UserCommand::Duty { login, phone, away_from, away_until }) => {
            let hub = open()?;
            let user = find_user(&hub, &login)?;
            let read =
                |typed: String| duty::phone(&typed).ok_or(HubError::Input("a number has 3 to 15 digits"));
            let reached = Reached { phone: phone.map(read).transpose()?, away: away_from.zip(away_until) };
            hub.write_now(move |hub, tx| duty::set(hub, tx, None, user.id, &reached))
        }
        Command::Invite(invite) => run_invite(&open()?, invite),
        Command::Device(DeviceCommand::List) => list_devices(&open()?),
        Command::Device(DeviceCommand::Revoke { device }) => {
            let unknown = HubError::Input("there is no such device");
            let Ok(device) = device.parse() else { return Err(unknown) };
            let found = open()?.write_now(move |_, tx| devices::revoke(tx, device, None))?;
            if found { Ok(()) } else { Err(unknown) }
        }
        Command::Form(FormCommand::Check { path }) => form::check(&path),
        Command::Form(FormCommand::Convert(options)) => form::convert(&options),
        Command::Form(FormCommand::Play(options)) => play::run(options),
        Command::Form(FormCommand::Publish { path }) => form::publish(&open()?, &path),
        Command::Form(FormCommand::Withdraw { id }) => {
            open()?.write_now(move |_, tx| forms::withdraw(tx, &id))
        }
        Command::Case(CaseCommand::Play { packs }) => case::play(&packs),
        Command::Pack(PackCommand::Check { path, over }) => pack::check(&path, &over),
        Command::Pack(PackCommand::Diff { before, after }) => pack::diff(&before, &after),
        Command::Pack(PackCommand::Export { path, xlsx }) => pack::export(&path, &xlsx),
        Command::Pack(PackCommand::Show(ShowCommand::Proposal { number })) => publish::show(&open()?, number),
        Command::Pack(PackCommand::Show(ShowCommand::Rate { id, fact, seen })) => {
            pack::show_rate(&id, fact, seen)
        }
        Command::Pack(PackCommand::Publish { path, from }) => publish::publish(&open()?, &path, from),
        Command::Pack(PackCommand::Approve { number, from }) => publish::approve(&open()?, number, from),
        Command::Pack(PackCommand::Refuse { number }) => {
            open()?.write_now(move |_, tx| packs::refuse(tx, number, None))
        }
        Command::Pack(PackCommand::List) => publish::list(&open()?),
        Command::Erase { record, fields } => {
            let record: RecordRef = record.parse().map_err(|_| HubError::Input("there is no such record"))?;
            let (hub, fields) = (open()?, fields.into_iter().collect());
            let orders = hub.write_now(move |hub, tx| erasure::erase(hub, tx, &record, &fields))?;
            hub.db.forget()?;
            for order in orders {
                let order = order.reopen().map_err(|_| HubError::Internal("an order can't be read"))?;
                println!("order {}", order.id.0);
            }
            Ok(())
        }
        Command::Recover(recover) => run_recover(&recover),
        Command::OfficeKey(command) => office_key::run(&open()?, command),
        Command::Stats => {
            let stats = open()?.read_now(|_, read| Ok(stats::count(read)?))?;
            println!("{}", serde_json::to_string(&stats)?);
            Ok(())
        }
        Command::Backup { to } => {
            let summary = backup::backup(&open()?, &to)?;
            println!("photos {}", summary.photos);
            for address in summary.damaged {
                eprintln!("warning: photo {address} is gone or damaged and is not in the backup");
            }
            Ok(())
        }
        Command::Restore { from } => {
            println!("photos {}", backup::restore(&from, &cli.data)?.photos);
            Ok(())
        }
    }
}

/// The machine's clock. Programs that are built for tests go by a story's, where they are told of one.
fn clock() -> Result<Arc<dyn Clock>, HubError> {
    #[cfg(debug_assertions)]
    if let Some(file) = std::env::var_os("VANGGIA_CLOCK") {
        return Ok(Arc::new(super::story_clock::StoryClock::read(file.into())?));
    }
    Ok(Arc::new(SystemClock::default()))
}

fn run_serve(hub: Hub, arguments: Serve) -> Result<(), HubError> {
    let filter = EnvFilter::try_from_env("VANGGIA_LOG").unwrap_or_else(|_| EnvFilter::new("warn"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(false).init();
    let command = arguments
        .alarm_command
        .map(|program| alarm::Command { program, arguments: arguments.alarm_arguments });
    let options =
        Options { listen: arguments.listen, plain: arguments.plain, names: arguments.names, alarm: command };
    let ready = |url: &str| {
        println!("ready {url}");
        // Who reads it through a pipe waits for the line.
        let _ = std::io::stdout().flush();
    };
    serve::serve(hub, &options, ready, serve::signal())
}

fn add_user(hub: &Hub, add: UserAdd) -> Result<(), HubError> {
    let password = if add.password_stdin {
        let mut line = Zeroizing::new(String::new());
        std::io::stdin().lock().read_line(&mut line)?;
        Zeroizing::new(line.trim_end_matches(['\r', '\n']).to_owned())
    } else {
        Zeroizing::new(secret::password()?)
    };
    if password.chars().count() < 8 {
        return Err(HubError::Input("the password must have 8 characters or more"));
    }
    let role = known_role(hub, add.role)?;
    let new = NewUser {
        login: add.login,
        name: add.name,
        role,
        places: parse_places(&add.places)?,
        on_duty: add.on_duty,
    };
    let hash = secret::hash_password(&password)?;
    hub.write_now(move |hub, tx| users::add(hub, tx, new, &hash, None))?;
    if !add.password_stdin {
        println!("password {}", *password);
    }
    Ok(())
}

fn known_role(hub: &Hub, code: String) -> Result<Role, HubError> {
    let role = Role::new(code);
    let is_known = hub.rulebook().role_of(role.as_str()).is_some();
    if is_known { Ok(role) } else { Err(HubError::Input("there is no such role")) }
}

fn parse_places(places: &[String]) -> Result<Vec<Place>, HubError> {
    let places: Vec<Place> = places.iter().flat_map(|place| place.parse()).collect();
    if places.iter().any(|place| matches!(place, Place::Other(_))) {
        return Err(HubError::Input(
            "a place is commune:<code>, province:<code>, all, facility:<id> or desk:<id>",
        ));
    }
    Ok(places)
}

fn find_user(hub: &Hub, login: &str) -> Result<User, HubError> {
    let user = hub.read_now(|_, read| users::by_login(read, login))?;
    user.ok_or(HubError::Input("there is no user with this login"))
}

fn list_users(hub: &Hub) -> Result<(), HubError> {
    for user in hub.read_now(|_, read| Ok(db::users::all(read)?))? {
        let places: Vec<String> = user.places.iter().map(Place::to_string).collect();
        println!(
            "{}\t{}\t{}\t{}{}{}",
            user.login,
            user.name.0,
            user.role.as_str(),
            places.join(" "),
            if user.on_duty { "\ton duty" } else { "" },
            if user.disabled { "\tdisabled" } else { "" }
        );
    }
    Ok(())
}

fn run_invite(hub: &Hub, invite: Invite) -> Result<(), HubError> {
    let user = find_user(hub, &invite.login)?;
    let kept = || hub.read_now(|_, read| Ok(offices::address(read)?));
    let address = match invite.address {
        Some(address) => address,
        None => kept()?.ok_or(HubError::Input("the hub has not served yet: give --address"))?,
    };
    let (invitation, others) = hub.write_now(move |hub, tx| {
        let others = db::devices::of_user(tx, user.id)?.len();
        Ok((inviting::by_operator(hub, tx, &user, &address)?, others))
    })?;
    if others > 0 {
        eprintln!(
            "Người này đang có {others} thiết bị và sẽ được báo về thiết bị mới.\n\
             This user has {others} device(s) and will be told of the new one."
        );
    }
    println!("{invitation}");
    Ok(())
}

/// The code goes to who owns the phone and nobody else: the operator is told on what to rely.
fn run_recover(recover: &Recover) -> Result<(), HubError> {
    let request = match &recover.request {
        Some(request) => request.clone(),
        None => std::io::stdin().lock().lines().next().transpose()?.unwrap_or_default(),
    };
    let (request, code) = recovery::code(&recover.key, &request)?;
    eprintln!(
        "Chỉ đọc mã này cho chính cán bộ giữ máy, khi đã nhận ra người đó. Mã dùng được một lần.\n\
         Read this code to the phone's own worker only, once you are sure who it is. It is good once."
    );
    if request.lost == Lost::HardwareKey {
        eprintln!(
            "Máy này đã mất khóa an toàn: ai có bản sao dữ liệu của máy cũng mở được bằng mã này.\n\
             The phone's secure key is lost: whoever has a copy of its data can open that with this code."
        );
    }
    println!("code {}", code.text());
    Ok(())
}

fn list_devices(hub: &Hub) -> Result<(), HubError> {
    let day = |time: Option<u64>| {
        let time = time.and_then(|ms| chrono::DateTime::from_timestamp_millis(i64::try_from(ms).ok()?));
        time.map_or("-".to_owned(), |time| {
            time.with_timezone(&chrono::Local).format("%d/%m/%Y %H:%M").to_string()
        })
    };
    for device in hub.read_now(|_, read| Ok(db::devices::all(read)?))? {
        println!(
            "{}\t{}\t{}\t{} ({})\t{}\t{}",
            device.id,
            device.user_login,
            device.name,
            device.program.app_version,
            device.program.speaks,
            day(device.last_sync_at),
            if device.revoked_at.is_some() { "revoked" } else { "active" }
        );
    }
    Ok(())
}
