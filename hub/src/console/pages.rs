//! The pages, a file a noun: each asks for a permission, reads, and draws.

pub mod alarms;
pub mod cases;
pub mod charge;
pub mod departures;
pub mod devices;
pub mod duty;
pub mod edit;
pub mod forms;
pub mod held;
pub mod household;
pub mod households;
pub mod invitation;
pub mod list;
pub mod login;
pub mod mine;
pub mod packs;
pub mod photos;
pub mod prints;
pub mod record;
pub mod steps;
pub mod users;
pub mod work;
