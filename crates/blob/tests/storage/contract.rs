//! The laws of a blob store: each case stands here once, and runs on each kind of storage.

macro_rules! contract {
    ($($case:ident),* $(,)?) => {
        contract! { @on folder: $($case),* }
        contract! { @on folder_with_staging_elsewhere: $($case),* }
        contract! { @on bucket: $($case),* }
        contract! { @on bucket_with_prefix: $($case),* }
    };
    (@on $storage:ident: $($case:ident),*) => {
        mod $storage {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $case() {
                    crate::cases::$case(&crate::bench::Bench::$storage().await).await;
                }
            )*
        }
    };
}

contract! {
    a_new_storage_is_ready_and_empty,
    what_was_put_is_read_back_byte_for_byte,
    an_empty_blob_is_a_blob,
    thirty_megabytes_pass_as_a_stream,
    what_is_there_is_kept,
    a_damaged_blob_is_replaced,
    puts_of_one_key_at_once_give_one_whole_blob,
    bytes_with_another_hash_are_no_original,
    a_part_can_be_read,
    a_range_outside_the_blob_is_refused_with_its_length,
    what_is_not_there_is_not_found,
    a_staged_file_that_is_gone_or_has_another_length_is_refused,
    the_staged_file_stays_and_its_removal_takes_nothing,
    hashes_with_the_same_beginning_are_different_blobs,
    deleting_takes_the_original_and_its_variants_and_nothing_else,
    deleting_what_is_not_there_succeeds,
    what_was_deleted_can_be_put_again,
    puts_and_deletes_at_once_all_succeed,
    a_record_is_the_last_one_put,
    records_put_at_once_are_one_of_them_and_whole,
    deleting_an_original_takes_its_sidecars_and_no_others,
    all_that_lies_there_is_listed_by_hash,
    a_listing_tells_length_and_age,
    archives_are_listed_until_they_are_deleted,
}
