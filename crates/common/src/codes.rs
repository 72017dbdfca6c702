/// Every `code` a problem may have, and what it means: the list in `/api/docs`. A test holds it against the code.
pub const PROBLEM_CODES: &[(&str, &str)] = &[
    ("account_closed", "the account is deleted with everything in it"),
    ("account_disabled", "the account may not be used any more"),
    (
        "address_expired",
        "the signed address has run out; ask for the photo again",
    ),
    (
        "address_invalid",
        "the signature of the address is not one of ours",
    ),
    (
        "already_member",
        "whoever is to be added is in the organization already",
    ),
    (
        "api_key_invalid",
        "the API key is incomplete, was deleted, or has run out",
    ),
    ("attestation_invalid", "only media may register photos"),
    ("bad_request", "the request is not understood"),
    (
        "challenge_invalid",
        "the sign-in took too long or too many tries; begin again",
    ),
    (
        "checksum_mismatch",
        "the chunk is not what `Upload-Checksum` says",
    ),
    (
        "consent_denied",
        "the provider was not allowed to say who the person is",
    ),
    ("corrupt_image", "the file is a picture that cannot be read"),
    ("cross_site", "the request came from another site"),
    (
        "digest_mismatch",
        "the bytes are not those that `Repr-Digest` names",
    ),
    ("email_confirmed", "the e-mail address is confirmed already"),
    (
        "email_missing",
        "the provider tells no e-mail address, without which no account can be made",
    ),
    ("email_taken", "the e-mail address has an account"),
    ("empty_file", "the file has no bytes"),
    ("forbidden", "the token does not reach that far"),
    (
        "hash_claimed",
        "these bytes are just being deleted; try again in a moment",
    ),
    (
        "identity_taken",
        "whom the provider vouches for has an account here already",
    ),
    ("image_too_costly", "decoding would take too much memory"),
    (
        "internal_error",
        "a fault of ours; it is in the log under the request's id",
    ),
    ("invalid_credentials", "user name or password are wrong"),
    ("invalid_cursor", "the cursor is not one of this list"),
    (
        "invalid_fields",
        "fields are missing, unknown or wrong; `errors` names them",
    ),
    (
        "invitation_invalid",
        "the invitation was used or withdrawn, or has run out",
    ),
    ("invitation_required", "accounts here are by invitation"),
    ("json_expected", "the body must be JSON"),
    (
        "last_admin",
        "nobody would be left to administer; make another account admin first",
    ),
    (
        "last_owner",
        "nobody would be left who owns the organization; make another member owner first",
    ),
    (
        "last_sign_in",
        "nobody could sign in to the account any more; set a password or link another provider first",
    ),
    (
        "library_not_found",
        "the organization that `Photure-Library` names is none, or the caller is not in it",
    ),
    (
        "link_invalid",
        "the link was used or has run out; ask for another",
    ),
    (
        "link_required",
        "whoever is signed in to the account has to confirm that it is linked with the provider",
    ),
    (
        "live_exists",
        "the photo has another film already; that one is kept",
    ),
    (
        "live_mismatch",
        "the film does not belong to the photo: its content identifier is another, or it has none",
    ),
    (
        "mail_off",
        "no mail is sent here; whoever runs this Photure hands out links",
    ),
    ("malformed_digest", "`Repr-Digest` is not understood"),
    ("malformed_header", "a header is missing or not understood"),
    ("malformed_id", "the address holds an id that is not one"),
    ("malformed_json", "the body is not well-formed JSON"),
    (
        "malformed_multipart",
        "the body is not well-formed multipart/form-data",
    ),
    ("method_not_allowed", "the address does not take that method"),
    ("more_than_announced", "more bytes than `Upload-Length` says"),
    ("multipart_expected", "the body must be multipart/form-data"),
    (
        "not_acceptable",
        "it is to be had in none of the types that `Accept` takes",
    ),
    ("not_found", "there is nothing here, or it is not yours"),
    (
        "nothing_to_link",
        "no link with a provider waits for confirmation in this browser",
    ),
    (
        "offset_stream_expected",
        "the body must be application/offset+octet-stream",
    ),
    (
        "own_account",
        "one's own password is changed where the current one is asked for",
    ),
    ("passkey_known", "the passkey is in use already"),
    ("passkey_refused", "the passkey is not taken"),
    (
        "passkeys_unavailable",
        "browsers have no passkeys for an address without a name",
    ),
    (
        "password_missing",
        "the account has no password; its owner signs in elsewhere",
    ),
    (
        "payload_too_large",
        "the file or the request is larger than is taken",
    ),
    ("precondition_failed", "it was changed since you read it"),
    (
        "provider_refused",
        "the provider did not confirm who the person is",
    ),
    (
        "provider_unavailable",
        "the provider does not answer; try again, or sign in another way",
    ),
    (
        "quota_exceeded",
        "its owner may not keep so much; the trash counts too",
    ),
    ("range_not_satisfiable", "the range lies outside the file"),
    (
        "rate_limited",
        "too many requests; wait as long as `Retry-After` says",
    ),
    (
        "refresh_token_invalid",
        "the refresh token is unknown or has run out",
    ),
    (
        "refresh_token_reused",
        "the refresh token was used before; the session was ended",
    ),
    ("registration_closed", "no new accounts are taken here"),
    ("request_timeout", "the request took too long to arrive"),
    ("second_factor_off", "the account has no two-step sign-in"),
    ("second_factor_on", "the account has two-step sign-in already"),
    (
        "second_factor_required",
        "the password is right, and a second factor is needed",
    ),
    (
        "second_factor_unavailable",
        "codes of authenticator apps cannot be checked: `PHOTURE_FACTOR_KEY` is missing",
    ),
    (
        "second_factor_wrong",
        "the code is wrong, has run out, or was used before",
    ),
    ("session_ended", "the session of the access token was ended"),
    (
        "sign_in_again",
        "the sign-in is too long ago for this; sign in again",
    ),
    (
        "sign_in_interrupted",
        "the sign-in at a provider was not begun in this browser, took too long, or is over",
    ),
    ("storage_full", "the server has no room left"),
    ("timeout", "a part of Photure took too long to answer"),
    ("token_expired", "the access token has run out; refresh it"),
    ("token_invalid", "the access token is not one of ours"),
    ("too_many_api_keys", "a person may have a hundred keys"),
    (
        "too_many_guesses",
        "too many codes were tried; wait as long as `Retry-After` says",
    ),
    (
        "too_many_letters",
        "several letters were sent already; wait as long as `Retry-After` says",
    ),
    ("too_many_passkeys", "a person may have fifty passkeys"),
    ("too_many_pixels", "the picture has more pixels than are taken"),
    ("too_many_uploads", "too many uploads are open"),
    ("truncated_image", "the picture ends before it is complete"),
    ("tus_version", "`Tus-Resumable: 1.0.0` is missing"),
    ("unauthenticated", "no token was sent"),
    (
        "unavailable",
        "a part of Photure does not answer; nothing is lost, try again",
    ),
    ("unknown_album", "there is no such album"),
    (
        "unsupported_media_type",
        "the content is of a kind that is not taken",
    ),
    (
        "upload_busy",
        "the upload is being worked on; ask again in a moment",
    ),
    (
        "upload_failed",
        "the upload did not become a photo; its state says why",
    ),
    (
        "upload_offset",
        "the upload stands elsewhere than `Upload-Offset` says",
    ),
    ("user_not_found", "nobody has this user name or address"),
    ("username_taken", "the user name has an account"),
];

#[cfg(test)]
mod tests {
    use super::PROBLEM_CODES;

    #[test]
    fn the_list_is_sorted_and_names_each_code_once() {
        assert!(PROBLEM_CODES.is_sorted_by(|(one, _), (next, _)| one < next));
    }
}
