//! The command line.

#![allow(clippy::print_stdout, clippy::print_stderr)] // it speaks to a terminal

mod case;
mod commands;
mod form;
mod office_key;
mod pack;
mod play;
mod publish;
#[cfg(debug_assertions)]
mod story_clock;

use chrono::NaiveDate;
use clap::{Args, Parser, Subcommand};
use std::{net::SocketAddr, path::PathBuf, process::ExitCode};

#[derive(Parser)]
#[command(name = "vanggia-hub", about = "Vãng Gia: máy chủ của cơ quan / the office's server", version)]
struct Cli {
    /// The hub's folder; made at first use.
    #[arg(long, global = true, default_value = "./vanggia-data", env = "VANGGIA_DATA")]
    data: PathBuf,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serves phones and the console until told to stop.
    Serve(Serve),
    /// Users of phones and console.
    #[command(subcommand)]
    User(UserCommand),
    /// Prints a one-time invitation for a user's phone.
    Invite(Invite),
    /// Enrolled phones.
    #[command(subcommand)]
    Device(DeviceCommand),
    /// Forms: a folder of CSV sheets, or a workbook.
    #[command(subcommand)]
    Form(FormCommand),
    /// Cases: how records move by the steps and deadlines of a pack.
    #[command(subcommand)]
    Case(CaseCommand),
    /// Packs: kinds of records, law and forms as tables.
    #[command(subcommand)]
    Pack(PackCommand),
    /// Erases what these fields of a record say, what that replaced, and the submissions that say the same: here, and on
    /// each phone that synchronises. Prints the order's id. It can't be taken back, and nobody is asked.
    Erase {
        /// Such as person:0198…
        #[arg(long)]
        record: String,
        #[arg(long = "field", required = true)]
        fields: Vec<String>,
    },
    /// Prints the one-time code that opens a phone whose PIN or hardware key is lost. Runs offline, on any computer.
    Recover(Recover),
    /// The key that certifies phones and signs packs.
    #[command(subcommand)]
    OfficeKey(OfficeKeyCommand),
    /// Prints counts as JSON, without personal data.
    Stats,
    /// Copies the running hub into one file.
    Backup {
        #[arg(long)]
        to: PathBuf,
    },
    /// Makes a hub in an empty folder from a backup; phones then send again what it lacks.
    Restore {
        #[arg(long)]
        from: PathBuf,
    },
}

#[derive(Args)]
struct Serve {
    #[arg(long, default_value = "127.0.0.1:8443")]
    listen: SocketAddr,
    /// Plain HTTP; on loopback only.
    #[arg(long)]
    plain: bool,
    /// A name or address that phones reach this hub by; may be given several times.
    #[arg(long = "name")]
    names: Vec<String>,
    /// A program that calls people while nobody takes a report on: it is given the minutes since the report, a role's code
    /// and the ids of users (`user list`), with commas between. Run without a shell, for a minute at most.
    #[arg(long)]
    alarm_command: Option<PathBuf>,
    /// What that program is given before; may be given several times.
    #[arg(long = "alarm-arg", requires = "alarm_command")]
    alarm_arguments: Vec<String>,
}

#[derive(Subcommand)]
enum UserCommand {
    /// Adds a user, and prints a first password.
    Add(UserAdd),
    List,
    /// Ends the user's sessions; their phones no longer receive anything.
    Disable {
        #[arg(long)]
        login: String,
    },
    /// Gives a user another role; waiting changes are decided again.
    Role {
        #[arg(long)]
        login: String,
        /// A code of roles.csv.
        #[arg(long)]
        role: String,
    },
    /// Sets how a user is reached while on duty, and when they are away; what isn't given is emptied.
    Duty {
        #[arg(long)]
        login: String,
        /// Told to the phones of their places, if the user is on duty.
        #[arg(long)]
        phone: Option<String>,
        /// The first day of a leave, such as 2026-12-24.
        #[arg(long, requires = "away_until")]
        away_from: Option<chrono::NaiveDate>,
        /// The last day of it.
        #[arg(long, requires = "away_from")]
        away_until: Option<chrono::NaiveDate>,
    },
    /// Sets a user's places (all of them) and whether they are on duty; waiting changes are decided again.
    Places {
        #[arg(long)]
        login: String,
        #[arg(long = "place", required = true)]
        places: Vec<String>,
        #[arg(long)]
        on_duty: bool,
    },
}

#[derive(Args)]
struct UserAdd {
    #[arg(long)]
    login: String,
    #[arg(long)]
    name: String,
    /// collaborator, commune_officer, case_manager, head or administrator
    #[arg(long)]
    role: String,
    /// Such as commune:00070, province:15 or all; may be given several times.
    #[arg(long = "place")]
    places: Vec<String>,
    /// Becomes a member of every restricted case opened in these places.
    #[arg(long)]
    on_duty: bool,
    /// Reads the password from standard input instead of making one.
    #[arg(long)]
    password_stdin: bool,
}

#[derive(Args)]
struct Invite {
    #[arg(long)]
    login: String,
    /// How phones reach this hub; by default where it last served.
    #[arg(long)]
    address: Option<String>,
}

#[derive(Args)]
struct Recover {
    /// The recovery.key that was put away when the hub was made.
    #[arg(long)]
    key: PathBuf,
    /// What the phone shows, 14 groups of four; read from standard input if it is left out.
    #[arg(long)]
    request: Option<String>,
}

#[derive(Subcommand)]
enum OfficeKeyCommand {
    /// Prints which key is in use, and how many phones follow it.
    Show,
    /// Hands over to a new key: phones hear of it when they synchronise.
    Rotate {
        /// Without it nothing is done.
        #[arg(long)]
        yes: bool,
    },
    /// Puts a new key in the place of one that is lost or stolen, by the recovery key. The key before counts for nothing
    /// on phones that heard of it; phones that don't know the recovery key are to be enrolled again.
    Replace {
        /// The recovery.key that was put away when the hub was made.
        #[arg(long)]
        recovery: PathBuf,
        /// Without it nothing is done.
        #[arg(long)]
        yes: bool,
    },
    /// Tells phones by whom the key can be replaced: once, where recovery.key was put away before.
    Recovery {
        /// The recovery.key that was put away when the hub was made.
        #[arg(long)]
        key: PathBuf,
    },
}

#[derive(Subcommand)]
enum DeviceCommand {
    List,
    /// The device may still push, into quarantine, and receives nothing.
    Revoke {
        #[arg(long)]
        device: String,
    },
}

#[derive(Subcommand)]
enum FormCommand {
    /// Checks a form and makes it available to phones.
    Publish { path: PathBuf },
    /// No phone starts the form any more, until a new version is published; what was begun can be finished.
    Withdraw {
        /// Such as vang_gia.
        id: String,
    },
    /// Prints every error and warning of a workbook, a folder of CSV sheets or an XForm (.xml), each with its place.
    Check { path: PathBuf },
    /// Turns an XLSForm (.xlsx, .xls, .ods, .csv, .md or a folder of CSV sheets) into an XForm.
    Convert(Convert),
    /// Fills a form by commands on standard input, one a line; each answers a line of JSON.
    Play(play::Play),
}

#[derive(Subcommand)]
enum CaseCommand {
    /// Plays a case by commands on standard input, a line of JSON each; each answers a line of JSON.
    Play {
        /// A pack's folder, and those that lie over it, the lowest first.
        #[arg(required = true)]
        packs: Vec<PathBuf>,
    },
}

#[derive(Subcommand)]
enum PackCommand {
    /// Prints all that is wrong with a pack's folder, each with its file, row and column.
    Check {
        path: PathBuf,
        /// A pack that it lies over, the lowest first; by default the national one of this program.
        #[arg(long)]
        over: Vec<PathBuf>,
    },
    /// Prints what the second of two packs' folders changes of the first.
    Diff { before: PathBuf, after: PathBuf },
    /// Writes a pack's folder as a workbook, a sheet a table.
    Export {
        path: PathBuf,
        #[arg(long)]
        xlsx: PathBuf,
    },
    /// Prints what the law in use says, or what a proposal would change.
    #[command(subcommand)]
    Show(ShowCommand),
    /// Checks a pack and proposes it: an administrator has to agree in the console.
    Publish {
        path: PathBuf,
        /// The first day that it counts on, dd/mm/yyyy; by default what pack.csv says, but not before today.
        #[arg(long, value_parser = pack::day)]
        from: Option<NaiveDate>,
    },
    /// Agrees to what an administrator proposed.
    Approve {
        /// As `pack list` prints it.
        number: u64,
        /// Another first day, dd/mm/yyyy.
        #[arg(long, value_parser = pack::day)]
        from: Option<NaiveDate>,
    },
    /// Refuses what was proposed.
    Refuse { number: u64 },
    /// Prints what waits and what is published, the newest first.
    List,
}

#[derive(Subcommand)]
enum ShowCommand {
    /// What waits for a second person: what it changes, and what that touches at this office.
    Proposal {
        /// As `pack list` prints it.
        number: u64,
    },
    /// A base amount: all that it ever was, or what it is for a day's facts.
    Rate {
        /// Such as social_base.
        id: String,
        /// The day whose facts are asked about, dd/mm/yyyy; by default the day of the decision.
        #[arg(long, value_parser = pack::day)]
        fact: Option<NaiveDate>,
        /// The day of the decision, dd/mm/yyyy; by default today.
        #[arg(long, value_parser = pack::day)]
        seen: Option<NaiveDate>,
    },
}

#[derive(Args)]
struct Convert {
    path: PathBuf,
    /// Prints the XForm.
    #[arg(long, conflicts_with = "out")]
    stdout: bool,
    /// Where to; by default beside the form, with the ending .xml.
    #[arg(long)]
    out: Option<PathBuf>,
}

pub fn main() -> ExitCode {
    match commands::run(Cli::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let (vi, en) = error.messages();
            eprintln!("{vi}\n{en}\n{}: {error}", error.code());
            ExitCode::FAILURE
        }
    }
}
