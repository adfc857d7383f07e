//! What every hub does, as a phone sees it. Each function is a test: [`crate::contract!`] runs them all against one hub.

pub mod admission;
pub mod enrolment;
pub mod erasing;
pub mod feeds;
pub mod forms;
pub mod photos;
pub mod receiving;
pub mod restoring;
pub mod roles;

use crate::{Client, Link};
use model::{DeviceId, RecordRef, UserId};
use std::sync::Arc;
use wire::push::Outcome;

/// A commune that the contract works in, and another.
pub const COMMUNE: &str = "00070";
pub const NEIGHBOUR: &str = "00073";

/// A hub with an empty office: what its administrator does. All else goes over its link.
pub trait Hub {
    fn link(&self) -> Arc<dyn Link>;
    /// A one-time code for a phone of a new case manager of the place.
    fn invite(&self, login: &str, place: &str) -> String;
    /// The same for another phone of a worker who is here.
    fn invite_again(&self, user: UserId) -> String;
    fn set_place(&self, user: UserId, place: &str);
    fn revoke(&self, device: DeviceId);
    /// This user agrees to what of theirs others moved into their places.
    fn agree(&self, user: UserId);
    /// Publishes a form; says its id and version.
    fn publish(&self) -> (String, String);
    /// Orders what a field of a record says to be erased, with what that replaced.
    fn erase(&self, record: &RecordRef, field: &str);
    /// Keeps a copy of what is here now.
    fn back_up(&mut self);
    /// Goes back to that copy.
    fn restore(&mut self);
    /// Keeps what is here now, as whoever stops it and copies its folder does.
    fn copy(&mut self);
    /// Goes back to that copy, as whoever puts the old folder back does.
    fn rewind(&mut self);
}

/// A new worker with a phone.
fn phone(hub: &dyn Hub, login: &str, place: &str) -> Client {
    Client::enrol(hub.link(), &hub.invite(login, place))
}

fn in_commune() -> String {
    format!("commune:{COMMUNE}")
}

fn waiting(code: &str) -> Outcome {
    Outcome::Waiting { code: code.into() }
}

fn refused(code: &str) -> Outcome {
    Outcome::Refused { code: code.into() }
}

/// Tests that run the whole contract against a hub that the expression makes.
#[macro_export]
macro_rules! contract {
    ($hub:expr) => {
        $crate::contract! { $hub;
            enrolment {
                anyone_is_told_who_answers
                a_code_enrols_one_phone_however_it_is_typed
                a_phone_whose_answer_was_lost_asks_again
                a_device_goes_on_under_a_new_key
                a_token_that_nobody_has_opens_nothing
                a_revoked_phone_pushes_into_quarantine_and_gets_nothing
            }
            receiving {
                receiving_twice_keeps_once
                a_gap_is_told_and_what_came_before_it_is_kept
                a_forged_batch_is_refused_with_all_that_chain_to_it
                a_value_changed_on_the_way_is_refused
                another_phones_batches_are_refused
                a_batch_that_goes_on_from_another_is_refused
                a_copy_that_went_on_alone_ends_the_identity_and_loses_nothing
                half_a_batch_lies_ready_until_the_rest_comes
                no_message_of_this_version_no_answer
                what_came_of_a_push_before_it_was_cut_is_kept
                a_push_of_too_many_is_refused_whole
            }
            admission {
                what_is_out_of_scope_waits_until_the_places_cover_it
                nothing_is_put_under_a_household_of_another_commune
                a_change_that_comes_before_what_it_builds_on_waits_for_it
                a_submission_waits_until_its_form_is_published
                an_emergency_comes_down_before_a_communes_routine
                a_restricted_case_is_for_its_members_only
                a_household_that_moves_leaves_one_feed_and_enters_the_other_whole
                what_is_moved_out_of_ones_places_waits_for_the_receiving_side
                what_moved_away_is_shown_to_nobody_who_reads_from_the_start
                what_becomes_restricted_is_shown_to_nobody_else_who_reads_from_the_start
                a_record_below_itself_waits
                a_batch_over_two_communes_is_shown_to_each_in_part
            }
            erasing {
                what_was_erased_comes_down_erased_with_its_order
                what_moved_away_does_not_come_back_by_an_order
                no_old_backup_and_no_stale_phone_brings_it_back
                a_claim_without_its_order_is_not_believed
            }
            feeds {
                pages_of_any_size_bring_the_same_without_a_gap
                certificates_come_with_the_entries_and_no_others
                a_phone_is_granted_its_communes_and_no_others
                a_feed_that_a_phone_can_not_read_is_left_out_and_stays_granted
                cursors_of_another_hub_or_epoch_mean_nothing
                a_cursor_of_what_no_longer_lies_there_is_read_anew
                what_a_phone_holds_comes_back_as_a_number
                an_answer_is_about_as_large_as_asked_for
            }
            roles {
                phones_are_told_who_is_what
                statements_come_once_in_answers_of_any_size
            }
            forms {
                each_file_is_as_its_hash_says
            }
            photos {
                a_photo_goes_up_in_one_request_or_in_parts
                an_upload_goes_on_from_where_it_stands_and_nowhere_else
                bytes_of_another_address_are_dropped_and_may_come_again
                what_is_no_upload_is_refused
                only_what_a_batch_names_is_taken_and_of_that_length
                what_a_colleague_names_is_taken_from_who_may_read_it
                nobody_touches_the_upload_of_another
                an_upload_goes_on_with_an_identity_that_was_carried_over
                many_small_ones_come_in_one_body_and_each_is_checked
                of_a_bundle_that_was_cut_what_came_whole_is_kept
                what_is_no_bundle_is_refused
            }
            restoring {
                phones_bring_back_what_a_backup_lacks
                a_hub_that_was_rewound_finds_out_by_its_own_receipt
                nothing_else_makes_a_hub_begin_an_epoch
            }
        }
    };
    ($hub:expr; $($part:ident { $($name:ident)+ })+) => {
        $(mod $part {
            use super::*;
            $(#[test]
            fn $name() {
                $crate::contract::$part::$name(&mut $hub);
            })+
        })+
    };
}
