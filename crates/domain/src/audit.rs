//! Who did what to whom or what, from where and when. Entries are only ever added. No secret, no position and nothing that a stranger wrote is
//! in one, but what a client says of itself.

use uuid::Uuid;

use crate::account::Client;
use crate::{AuditId, Clock, IdSource, Timestamp, UserId};

/// Who did it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Doer {
    /// Somebody who is signed in, or has just done so.
    Person(UserId),
    /// A program with an API key, in a person's name.
    Program(UserId),
    /// Somebody of whom nothing is known.
    Stranger,
    /// Whoever has the command line of the machine.
    Operator,
    /// Photure by itself.
    Photure,
}

impl Doer {
    pub const fn kind(self) -> &'static str {
        match self {
            Self::Person(_) => "person",
            Self::Program(_) => "program",
            Self::Stranger => "stranger",
            Self::Operator => "operator",
            Self::Photure => "photure",
        }
    }

    /// Whose name it was done in.
    pub const fn person(self) -> Option<UserId> {
        match self {
            Self::Person(user) | Self::Program(user) => Some(user),
            Self::Stranger | Self::Operator | Self::Photure => None,
        }
    }

    /// What [`Doer::kind`] and [`Doer::person`] tell; `None` where they do not go together.
    pub fn of(kind: &str, person: Option<UserId>) -> Option<Self> {
        let doer = match (kind, person) {
            ("person", Some(user)) => Self::Person(user),
            ("program", Some(user)) => Self::Program(user),
            ("stranger", None) => Self::Stranger,
            ("operator", None) => Self::Operator,
            ("photure", None) => Self::Photure,
            _ => return None,
        };
        Some(doer)
    }
}

macro_rules! actions {
    ($($(#[$doc:meta])* $name:ident = $text:literal),+ $(,)?) => {
        /// What was done.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum AuditAction {
            $($(#[$doc])* $name,)+
        }

        impl AuditAction {
            pub const ALL: &[Self] = &[$(Self::$name),+];

            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)+
                }
            }
        }
    };
}

actions! {
    AccountCreated = "account.created",
    AccountDisabled = "account.disabled",
    AccountEnabled = "account.enabled",
    /// It is to be deleted. The detail is when.
    AccountClosing = "account.closing",
    /// It is not, after all.
    AccountKept = "account.kept",
    /// Its time was up: nobody can sign in, and what is in it is being deleted.
    AccountClosed = "account.closed",
    /// With everything in it.
    AccountDeleted = "account.deleted",
    /// The name that people sign in with.
    UsernameChanged = "username.changed",
    /// The detail is the role from then on.
    RoleChanged = "account.role_changed",
    PasswordChanged = "password.changed",
    /// By somebody else than its owner.
    PasswordReset = "password.reset",
    /// A link to reset it was asked for, or made by an administrator.
    PasswordLinkMade = "password.link_made",
    /// With such a link.
    PasswordResetByLink = "password.reset_by_link",
    /// A link to confirm an address was sent to it.
    EmailLinkMade = "email.link_made",
    EmailConfirmed = "email.confirmed",
    EmailChanged = "email.changed",
    InvitationMade = "invitation.made",
    InvitationWithdrawn = "invitation.withdrawn",
    /// An account was made with it.
    InvitationUsed = "invitation.used",
    SignedIn = "session.opened",
    /// One of a wrong password, or with none that is right for anybody; or several, as its count says.
    SignInRefused = "session.refused",
    SignedOut = "session.ended",
    /// All of an account, or all but the one that asked.
    SignedOutEverywhere = "session.all_ended",
    /// A refresh token was used twice, so that the session was ended.
    SessionStolen = "session.token_reused",
    SecondFactorOn = "second_factor.on",
    SecondFactorOff = "second_factor.off",
    /// One of a wrong code beside the right password; or several, as its count says.
    SecondFactorRefused = "second_factor.refused",
    RecoveryCodeUsed = "recovery_code.used",
    RecoveryCodesRenewed = "recovery_code.all_renewed",
    PasskeyAdded = "passkey.added",
    PasskeyRemoved = "passkey.removed",
    /// The detail is the provider's issuer; so it is where it is taken away.
    IdentityLinked = "identity.linked",
    IdentityUnlinked = "identity.unlinked",
    ApiKeyCreated = "api_key.created",
    ApiKeyDeleted = "api_key.deleted",
    /// How much somebody may keep. The detail is the bytes, or `unlimited`, or `default`.
    QuotaChanged = "quota.changed",
    OrganizationCreated = "organization.created",
    OrganizationRenamed = "organization.renamed",
    /// It is to be deleted. The detail is when.
    OrganizationClosing = "organization.closing",
    OrganizationKept = "organization.kept",
    /// Its time was up, or nobody was left in it: what is in it is being deleted.
    OrganizationClosed = "organization.closed",
    OrganizationDeleted = "organization.deleted",
    /// The detail is the role, here and in the next.
    MemberAdded = "organization.member_added",
    MemberChanged = "organization.member_changed",
    MemberRemoved = "organization.member_removed",
    /// Its last owner went, so that somebody else became it.
    OrganizationInherited = "organization.inherited",
    SigningKeyAdded = "signing_key.added",
    /// And all others withdrawn.
    SigningKeysReplaced = "signing_key.replaced_all",
}

impl std::str::FromStr for AuditAction {
    type Err = UnknownAction;

    fn from_str(text: &str) -> Result<Self, UnknownAction> {
        let named = Self::ALL.iter().find(|action| action.as_str() == text);
        named.copied().ok_or(UnknownAction)
    }
}

#[derive(Debug, thiserror::Error)]
#[error("no action that is written down")]
pub struct UnknownAction;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEntry {
    pub id: AuditId,
    pub at: Timestamp,
    pub doer: Doer,
    pub action: AuditAction,
    /// Whose account it is about.
    pub account: Option<UserId>,
    /// The session or key it is about.
    pub thing: Option<Uuid>,
    pub detail: Option<String>,
    /// How often, where the same is not written down each time.
    pub count: u32,
    pub from: Client,
    pub request_id: Option<String>,
}

/// All of an entry but what was done: whoever asks for something brings it along, and what comes of it is written down with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trail {
    pub id: AuditId,
    pub at: Timestamp,
    pub doer: Doer,
    pub from: Client,
    pub request_id: Option<String>,
}

impl Trail {
    /// From nowhere in particular.
    pub fn begin(clock: &dyn Clock, ids: &dyn IdSource, doer: Doer) -> Self {
        Self {
            id: AuditId::new(ids.next()),
            at: clock.now(),
            doer,
            from: Client::default(),
            request_id: None,
        }
    }

    pub fn did(&self, action: AuditAction) -> AuditEntry {
        AuditEntry {
            id: self.id,
            at: self.at,
            doer: self.doer,
            action,
            account: None,
            thing: None,
            detail: None,
            count: 1,
            from: self.from.clone(),
            request_id: self.request_id.clone(),
        }
    }

    /// The same, of somebody who is known by now.
    #[must_use]
    pub fn by(self, doer: Doer) -> Self {
        Self { doer, ..self }
    }

    /// For one thing more that is done in the same step, which comes after.
    #[must_use]
    pub fn next(&self) -> Self {
        let id = self.id.as_uuid().as_u128().wrapping_add(1);
        Self {
            id: AuditId::new(Uuid::from_u128(id)),
            ..self.clone()
        }
    }
}

impl AuditEntry {
    #[must_use]
    pub fn to(self, account: UserId) -> Self {
        Self {
            account: Some(account),
            ..self
        }
    }

    #[must_use]
    pub fn about(self, thing: Uuid) -> Self {
        Self {
            thing: Some(thing),
            ..self
        }
    }

    #[must_use]
    pub fn saying(self, detail: impl Into<String>) -> Self {
        Self {
            detail: Some(detail.into()),
            ..self
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_can_be_read() {
        for action in AuditAction::ALL {
            assert_eq!(action.as_str().parse::<AuditAction>().ok(), Some(*action));
        }
        assert!("session.nothing".parse::<AuditAction>().is_err());
        let user = UserId::new(Uuid::from_u128(7));
        for doer in [
            Doer::Person(user),
            Doer::Program(user),
            Doer::Stranger,
            Doer::Operator,
            Doer::Photure,
        ] {
            assert_eq!(Doer::of(doer.kind(), doer.person()), Some(doer));
        }
        assert_eq!(Doer::of("person", None), None);
        assert_eq!(Doer::of("stranger", Some(user)), None);
    }
}
