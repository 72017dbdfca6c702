use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
        #[serde(transparent)]
        #[schema(value_type = Uuid)]
        pub struct $name(Uuid);

        impl $name {
            pub const fn new(id: Uuid) -> Self {
                Self(id)
            }

            pub const fn as_uuid(self) -> Uuid {
                self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.hyphenated().fmt(f)
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, "{}({})", stringify!($name), self.0)
            }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::try_parse(text).map(Self)
            }
        }
    )+};
}

ids! {
    /// A person's account.
    UserId,
    /// People who share a library.
    OrganizationId,
    /// A photo in one owner's library. The same bytes in two libraries are two photos.
    PhotoId,
    /// A signed-in device: one family of refresh tokens.
    SessionId,
    /// A key that a program signs in with.
    ApiKeyId,
    /// Who a person is at a provider that they sign in with.
    IdentityId,
    /// Something that was written down. Later ones are greater.
    AuditId,
    /// A key that a person's device signs in with.
    PasskeyId,
    /// A right to make one account.
    InvitationId,
    /// A run of the timeline.
    SegmentId,
    /// A key that signs access tokens.
    KeyId,
    /// A right, for a short time, to delete the bytes behind a released hash.
    ClaimId,
    /// A file on its way here, which may break off and be gone on with.
    UploadId,
}
