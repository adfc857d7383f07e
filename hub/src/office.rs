//! What an office does with its hub, a file a noun: use cases over `db`'s functions. They know neither SQL nor HTTP.

pub mod alarms;
pub mod certificate;
pub mod charge;
pub mod desk;
pub mod devices;
pub mod differs;
pub mod duty;
pub mod erasure;
pub mod filling;
pub mod forms;
pub mod held;
pub mod inviting;
pub mod keys;
pub mod limits;
pub mod listing;
pub mod login;
pub mod managers;
pub mod packs;
pub mod progress;
pub mod records;
pub mod roles;
pub mod steps;
pub mod sync;
pub mod uploads;
pub mod users;
pub mod work;
