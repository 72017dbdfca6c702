use photure_common::problems;

problems! {
    /// What every route may answer.
    Always {
        "500" "A fault of ours: `internal_error`.",
        "503" "The database does not answer, or too many sign in at once; try again in a moment: `unavailable`. Where a second factor is asked for, also `second_factor_unavailable`.",
    }
    /// Beside [`Always`], of a route that wants a token.
    Unauthenticated {
        "401" "Nobody is signed in, or the token is not taken: `unauthenticated`, `token_invalid`, `token_expired`, `session_ended`.",
    }
    /// Of a route that wants more than any token.
    Forbidden {
        "403" "The token does not reach that far: `forbidden`.",
    }
    /// Of a route that wants a password, or a sign-in of just now where there is none.
    JustSignedIn {
        "403" "The token does not reach that far: `forbidden`; or the account has no password, and its owner did not sign in within the last ten minutes: `sign_in_again`.",
    }
    /// Of a route about one of the providers.
    NoSuchProvider {
        "404" "There is no such provider: `not_found`.",
    }
    /// Of a route that confirms a link.
    NothingToLink {
        "404" "No link waits in this browser for this account: `nothing_to_link`.",
    }
    /// Of a route that links.
    Taken {
        "409" "It is somebody's already: `identity_taken`.",
    }
    /// Of a route that takes a way to sign in away.
    LastSignIn {
        "409" "Nobody could sign in to the account any more: `last_sign_in`.",
    }
    /// Beside [`Always`], of a route that asks a provider.
    ProviderAway {
        "503" "The provider does not answer: `provider_unavailable`; or a part of Photure: `unavailable`.",
    }
    /// Of a route about one thing.
    NotFound {
        "404" "There is no such thing, or it is somebody else's: `not_found`, `malformed_id`.",
    }
    /// Of a route that changes what accounts are known by.
    NameOrAddressTaken {
        "409" "The name or the address has an account: `username_taken`, `email_taken`; or the account is closed: `account_closed`.",
    }
    /// Of a route that deletes an account.
    NotDeletable {
        "409" "Nobody would be left to administer: `last_admin`; or the account is closed already: `account_closed`.",
    }
    /// Of a route that keeps one.
    AccountClosed {
        "409" "Its time was up, and it is being deleted: `account_closed`.",
    }
    /// Of a route that adds somebody to an organization.
    NoSuchUser {
        "404" "Nobody is called that: `user_not_found`; there is no such organization, or the caller is not in it: `not_found`, `malformed_id`.",
    }
    /// The same.
    AlreadyMember {
        "409" "They are in it already: `already_member`.",
    }
    /// Of a route that may leave an organization without an owner.
    LastOwner {
        "409" "Nobody else owns the organization: `last_owner`.",
    }
    /// Of a list in pages.
    InvalidQuery {
        "422" "An unknown or unfitting query field: `invalid_fields`; a cursor of no or another list: `invalid_cursor`.",
    }
    /// Of a route with a query.
    WrongQuery {
        "422" "Something in the query that does not fit: `invalid_fields`.",
    }
    /// Beside [`Always`], of a route that takes fields.
    Unprocessable {
        "400" "The body is not JSON: `malformed_json`.",
        "413" "The body is too large: `payload_too_large`.",
        "415" "The body does not say that it is JSON: `json_expected`.",
        "422" "Fields that do not fit, each named: `invalid_fields`.",
    }
    /// Of a route that guesses could be tried at.
    Limited {
        "429" "Too many attempts; wait as long as `Retry-After` says: `rate_limited`, `too_many_guesses`, `too_many_letters`.",
    }
    /// Of a route that takes a link.
    LinkInvalid {
        "404" "The link was used, has run out, or is none of ours: `link_invalid`.",
    }
    /// Of a route that sends mail.
    MailOff {
        "409" "No mail is sent here: `mail_off`.",
    }
    /// Of a route that sends what confirms an address.
    NothingToConfirm {
        "409" "The address is confirmed already, or no mail is sent here: `email_confirmed`, `mail_off`.",
    }
    /// Of a route that sets up what may be there already.
    SecondFactorOn {
        "409" "Two-step sign-in is on already: `second_factor_on`; or the account has no password to show: `password_missing`.",
    }
    /// Of a route that is about what may not be there.
    SecondFactorOff {
        "409" "Two-step sign-in is off: `second_factor_off`; or the account has no password to show: `password_missing`.",
    }
    /// Of a route that confirms what waits.
    SecondFactorState {
        "409" "Two-step sign-in is on already, or no app waits to be confirmed: `second_factor_on`, `second_factor_off`.",
    }
    /// Of a route that adds a passkey.
    PasskeyConflict {
        "409" "It is in use already, there are fifty, it does not fit, or there can be none here: `passkey_known`, `too_many_passkeys`, `passkeys_unavailable`; or the account has no password to show: `password_missing`.",
    }
    /// Of a route that signs in with one.
    NoPasskeys {
        "409" "There can be none here: `passkeys_unavailable`.",
    }
    /// Of a route that the cookie of the page may stand for.
    CrossSite {
        "403" "The cookie came with a request from another site: `cross_site`.",
    }
}
