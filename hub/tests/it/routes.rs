//! Each route of the hub in a file of its own: what it answers, as a snapshot, and who may not.
//!
//! What a route answers was changed on purpose: `INSTA_UPDATE=always cargo test -p hub routes`, then read the
//! difference before it is committed.

pub mod browser;
mod catalogue;
mod exchange;
pub mod scene;

mod alarm_js;
mod alarms;
mod cases;
mod cases_id;
mod devices;
mod devices_id_revoke;
mod forms;
mod forms_withdraw;
mod held;
mod held_device_first_seq_agree;
mod households;
mod households_id;
mod login;
mod logout;
mod mine;
mod mine_agree;
mod mine_id_revoke;
mod mine_refuse;
mod packs;
mod packs_number;
mod packs_number_approve;
mod packs_number_forms_form;
mod packs_number_refuse;
mod photos_id;
mod photos_id_thumbnail;
mod prints;
mod prints_id;
mod records_kind;
mod records_kind_id;
mod records_kind_id_aside;
mod records_kind_id_edit;
mod records_kind_id_give;
mod records_kind_id_print_print;
mod records_kind_id_remove;
mod records_kind_id_restore;
mod records_kind_id_seen;
mod records_kind_id_steps_action;
mod records_kind_new;
mod start;
mod style_css;
mod users;
mod users_id_disable;
mod users_id_duty;
mod users_id_invite;
mod v1_enrol;
mod v1_forms;
mod v1_forms_id_version_file;
mod v1_hello;
mod v1_packs;
mod v1_packs_files_sha256;
mod v1_photos;
mod v1_photos_address;
mod v1_photos_bundle;
mod v1_photos_missing;
mod v1_pull;
mod v1_push;
mod work;
mod work_give;
