//! The laws of the ports as tests: each case is written once, and [`contract_tests!`](crate::contract_tests) makes one named test of each for
//! an adapter, on a database of its own.
#![allow(
    clippy::unwrap_used,
    reason = "these are tests, in a library so that adapters can run them"
)]

use std::sync::Arc;

use async_trait::async_trait;
use futures::{FutureExt, StreamExt};
use photure_domain::Timestamp;
use photure_domain::photo::NewPhoto;

use crate::{
    AccountStore, AdministrationStore, ApiKeyStore, AuditStore, ClosingStore, FactorStore, IdentityStore,
    InvitationStore, LinkStore, OrganizationStore, PasskeyStore, PhotoStore, QuotaStore, Room, SessionStore,
    SigningKeyStore, StoreProbe,
};

pub mod accounts;
pub mod administration;
pub mod api_keys;
pub mod audits;
pub mod care;
pub mod closings;
pub mod factors;
pub mod films;
pub mod hashes;
pub mod identities;
pub mod invitations;
pub mod links;
pub mod lists;
pub mod opening;
pub mod organizations;
pub mod passkeys;
pub mod photos;
pub mod quotas;
pub mod scale;
pub mod sessions;
pub mod signing_keys;
mod support;
pub mod texts;
pub mod timelines;
pub mod trash;

/// Every port at once.
pub trait Store:
    AccountStore
    + AdministrationStore
    + AuditStore
    + ClosingStore
    + SessionStore
    + ApiKeyStore
    + FactorStore
    + InvitationStore
    + LinkStore
    + OrganizationStore
    + PasskeyStore
    + IdentityStore
    + SigningKeyStore
    + PhotoStore
    + QuotaStore
    + StoreProbe
{
}

impl<S> Store for S where
    S: AccountStore
        + AdministrationStore
        + AuditStore
        + ClosingStore
        + SessionStore
        + ApiKeyStore
        + FactorStore
        + InvitationStore
        + LinkStore
        + OrganizationStore
        + PasskeyStore
        + IdentityStore
        + SigningKeyStore
        + PhotoStore
        + QuotaStore
        + StoreProbe
{
}

/// A database that one test has for itself.
#[async_trait]
pub trait Database: Send + Sync + Sized {
    /// A place where nothing is yet.
    async fn fresh() -> Self;

    /// A store on it, migrated, as one more process would have it.
    async fn open(&self) -> Arc<dyn Store>;

    /// Has one owner's photos there, as if each had been registered and the counts made anew. An adapter that takes long to register thousands
    /// may have a shorter way.
    async fn fill(&self, store: &dyn Store, photos: Vec<NewPhoto>) {
        let owner = photos[0].owner_id;
        let registering = |photo| async move {
            store
                .register(photo, Room::Boundless, Timestamp::default())
                .await
                .unwrap();
        };
        futures::stream::iter(photos)
            .for_each_concurrent(16, registering)
            .await;
        store.rebuild_counts(owner).await.unwrap();
    }

    /// Leaves nothing behind.
    async fn remove(self);
}

/// Runs one case, and removes its database whatever came of it.
pub async fn run<D: Database>(case: impl AsyncFnOnce(&D)) {
    let database = D::fresh().await;
    let outcome = std::panic::AssertUnwindSafe(case(&database)).catch_unwind().await;
    database.remove().await;
    if let Err(panic) = outcome {
        std::panic::resume_unwind(panic);
    }
}

/// One `#[tokio::test]` for each case, on the given [`contract::Database`](Database).
#[macro_export]
macro_rules! contract_tests {
    ($database:ty) => {
        $crate::contract_cases! { $database =>
            accounts::the_first_account_becomes_admin_and_later_ones_members,
            accounts::there_are_accounts_from_the_first_one_on,
            accounts::of_accounts_made_at_once_one_becomes_admin,
            accounts::of_one_name_claimed_at_once_one_account_is_made,
            accounts::what_is_taken_is_named,
            accounts::an_account_is_found_however_its_name_is_written,
            accounts::an_account_that_is_not_there_is_not_found,
            accounts::an_operator_is_a_name_like_any_other,
            api_keys::keys_read_back_newest_first,
            api_keys::a_key_is_found_by_its_hash_and_its_use_is_noted_to_the_minute,
            api_keys::a_person_deletes_keys_of_their_own_alone,
            administration::an_account_is_added_with_its_role,
            administration::accounts_are_listed_by_name_page_by_page,
            administration::a_role_is_changed_and_written_down,
            administration::a_disabled_account_is_signed_out,
            administration::the_last_admin_stays,
            administration::whoever_signs_in_while_they_are_disabled_is_out,
            administration::of_two_admins_who_remove_each_other_one_stays,
            administration::a_reset_password_ends_all_sessions,
            administration::sessions_of_one_or_of_all_are_revoked,
            audits::entries_read_back_newest_first,
            audits::entries_are_found_by_what_they_say,
            audits::pages_of_entries_make_up_the_whole,
            audits::what_people_do_is_written_down_in_the_same_step,
            care::the_catalogue_goes_by_hash_and_owner_whatever_the_page,
            care::what_was_purged_is_told_until_it_is_confirmed,
            care::registering_takes_back_what_was_purged,
            care::an_orphan_is_claimed_where_nothing_refers_to_it,
            closings::an_account_closes_when_its_time_is_up,
            closings::an_account_is_kept,
            closings::whoever_is_shut_out_may_come_back,
            closings::the_last_admin_is_not_closed,
            closings::of_two_admins_who_go_at_once_one_stays,
            closings::a_closed_account_is_changed_no_more,
            closings::a_closed_account_is_forgotten_with_all_that_is_its_owners,
            closings::an_emptied_library_takes_nothing_more,
            closings::registering_and_emptying_at_once_leaves_nothing,
            closings::an_account_is_renamed,
            films::a_film_is_kept_with_its_photo,
            films::the_first_film_stays,
            films::a_film_belongs_to_one_owners_photo,
            films::a_film_comes_and_goes_with_its_photo,
            factors::a_secret_waits_until_it_is_confirmed,
            factors::a_step_is_used_once_and_none_before_it,
            factors::a_recovery_code_is_used_once,
            factors::a_factor_goes_with_all_that_belongs_to_it,
            factors::every_guess_counts_at_its_own_place,
            factors::a_challenge_is_answered_once,
            factors::attempts_are_forgotten_when_they_count_no_more,
            hashes::the_last_purge_releases_a_hash,
            hashes::registering_takes_a_released_hash_back,
            hashes::a_claimed_hash_is_not_registered_until_the_claim_lapses,
            hashes::a_claim_keeps_others_away_until_it_lapses,
            hashes::only_the_live_claim_confirms,
            hashes::released_hashes_come_longest_first_without_the_claimed,
            hashes::of_claims_made_at_once_one_is_granted,
            hashes::registering_and_claiming_at_once_never_both_succeed,
            hashes::purging_the_last_two_at_once_releases_once,
            hashes::registering_and_purging_at_once_loses_no_reference,
            invitations::invitations_read_back_newest_first_until_they_run_out,
            invitations::an_invitation_makes_one_member,
            invitations::of_two_with_one_invitation_one_is_made,
            invitations::whoever_was_invited_by_mail_has_confirmed_the_address,
            invitations::an_invitation_is_withdrawn,
            links::a_link_is_found_until_it_runs_out,
            links::a_password_is_reset_once_and_everybody_is_out,
            links::of_two_with_one_link_one_resets_the_password,
            links::whoever_reads_the_mail_has_confirmed_the_address,
            links::any_other_change_ends_links_that_reset_passwords,
            links::an_address_is_confirmed,
            links::another_address_counts_when_it_is_confirmed,
            links::an_address_that_is_taken_by_then_is_not_confirmed,
            links::an_address_is_changed_where_nobody_can_confirm_it,
            links::links_are_forgotten_when_they_have_run_out,
            identities::an_identity_is_found_by_issuer_and_subject_to_the_byte,
            identities::an_account_is_made_with_its_identity_or_not_at_all,
            identities::an_identity_is_one_persons,
            identities::the_last_way_to_sign_in_stays,
            identities::linking_and_unlinking_are_written_down,
            lists::photos_come_newest_first_and_ties_by_id,
            lists::pages_of_any_length_make_up_the_whole,
            lists::a_cursor_stays_good_while_photos_come_and_go,
            lists::the_trash_is_listed_by_when_it_was_trashed,
            lists::only_the_trash_knows_when_it_was_trashed,
            lists::a_page_of_nothing_is_empty,
            opening::the_probe_finds_the_database,
            opening::opening_again_finds_everything,
            opening::many_may_open_a_new_database_at_once,
            organizations::an_organization_reads_back,
            organizations::organizations_are_listed,
            organizations::members_are_added_changed_and_removed,
            organizations::nobody_in_an_organization_does_more_than_their_role,
            organizations::an_organization_has_an_owner,
            organizations::an_organization_closes_when_its_time_is_up,
            organizations::whoever_is_forgotten_leaves_an_heir,
            passkeys::passkeys_read_back_newest_first,
            passkeys::a_passkey_counts_on_or_is_a_copy,
            photos::a_photo_reads_back_as_it_was_registered,
            photos::registering_again_answers_what_there_is,
            photos::the_same_bytes_are_a_photo_for_each_owner,
            photos::of_one_hash_registered_at_once_one_photo_is_made,
            photos::photos_registered_at_once_all_arrive,
            photos::anothers_photo_is_not_found,
            photos::photos_are_found_by_hash,
            photos::an_edit_raises_the_revision_unless_it_changes_nothing,
            photos::an_edit_of_another_revision_is_refused,
            photos::of_edits_of_one_revision_one_succeeds,
            quotas::a_quota_is_set_and_written_down,
            quotas::what_does_not_fit_is_refused_and_leaves_nothing,
            quotas::what_is_there_already_is_never_refused,
            quotas::a_film_has_to_fit_as_a_photo_has,
            quotas::of_two_at_once_that_fit_one_by_one_one_comes_in,
            quotas::a_smaller_quota_takes_nothing_away,
            quotas::a_quota_outlives_counts_that_are_made_anew,
            quotas::holdings_are_listed_page_by_page,
            scale::ten_thousand_photos_are_listed_and_shown,
            sessions::a_session_reads_back,
            sessions::a_refresh_token_is_replaced_at_each_use,
            sessions::an_old_token_that_returns_ends_the_session,
            sessions::whoever_lost_the_answer_is_given_the_same_successor,
            sessions::a_person_sees_their_sessions_that_go_on,
            sessions::a_person_ends_sessions_of_their_own_alone,
            sessions::a_new_password_ends_the_other_sessions,
            sessions::of_two_that_present_one_token_one_goes_on,
            sessions::an_ended_session_goes_on_no_more,
            sessions::a_token_that_was_never_given_is_unknown,
            sessions::revoking_again_leaves_the_first_time,
            sessions::old_sessions_are_forgotten_with_their_tokens,
            signing_keys::there_is_no_key_at_first,
            signing_keys::of_first_keys_made_at_once_one_is_kept,
            signing_keys::a_key_is_renewed_once_by_those_who_know_the_same,
            signing_keys::keys_are_forgotten_and_replaced,
            texts::texts_are_kept_to_the_byte,
            texts::metadata_is_kept_whatever_its_names,
            texts::times_are_kept_to_the_millisecond_from_year_1_to_9999,
            timelines::an_empty_library_has_an_empty_timeline,
            timelines::each_month_has_a_segment_of_its_own,
            timelines::photos_arriving_in_order_fill_segments_to_the_brim,
            timelines::photos_arriving_backwards_are_split_in_halves,
            timelines::photos_of_one_millisecond_are_split_by_id,
            timelines::timelines_tell_what_a_scan_would_tell,
            timelines::timelines_tell_it_where_segments_are_split_too,
            timelines::segments_that_empty_leave_no_hole,
            timelines::versions_grow_with_what_is_seen_alone,
            timelines::a_segment_keeps_its_id_while_photos_come_and_go,
            timelines::anothers_segment_is_not_found,
            timelines::rebuilding_gives_the_same_and_versions_grow,
            trash::trashing_again_keeps_the_time,
            trash::restoring_again_changes_nothing,
            trash::a_purged_photo_is_gone,
            trash::another_revision_is_not_trashed_or_purged,
            trash::usage_counts_the_bytes_of_the_trash_and_not_its_photos,
            trash::what_was_trashed_long_ago_is_purged,
            trash::one_owners_trash_is_emptied_alone,
            trash::purging_and_restoring_at_once_leaves_counts_right,
        }
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! contract_cases {
    ($database:ty => $($group:ident::$case:ident),+ $(,)?) => {$(
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $case() {
            $crate::contract::run::<$database>(async |database| {
                $crate::contract::$group::$case(database).await;
            })
            .await;
        }
    )+};
}

#[cfg(test)]
mod tests {
    macro_rules! sources {
        ($($group:literal),+) => { concat!($(include_str!(concat!("contract/", $group, ".rs"))),+) };
    }

    #[test]
    fn every_case_that_is_written_is_listed() {
        let cases = sources!(
            "accounts",
            "administration",
            "api_keys",
            "audits",
            "care",
            "closings",
            "factors",
            "films",
            "hashes",
            "invitations",
            "links",
            "identities",
            "lists",
            "opening",
            "passkeys",
            "photos",
            "quotas",
            "scale",
            "sessions",
            "signing_keys",
            "texts",
            "timelines",
            "trash"
        );
        let list = include_str!("contract.rs");
        let written = cases
            .split("pub async fn ")
            .skip(1)
            .filter_map(|rest| rest.split('(').next());
        for case in written {
            assert!(list.contains(&format!("::{case},")), "{case} is not listed");
        }
    }
}
