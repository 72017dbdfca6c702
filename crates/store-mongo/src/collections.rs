use std::time::Duration;

use mongodb::bson::Document;
use mongodb::error::ErrorKind;
use mongodb::options::{
    Acknowledgment, ClientOptions, ReadConcern, ReadPreference, SelectionCriteria, WriteConcern,
};
use mongodb::{Client, Collection, Database};

use crate::Result;
use crate::documents::{
    ApiKeyDocument, AuditDocument, GuessesDocument, HashDocument, IdentityDocument, InvitationDocument,
    LibraryDocument, LinkDocument, MemberDocument, MetadataDocument, OldTokenDocument, OrganizationDocument,
    PasskeyDocument, PhotoDocument, PurgedDocument, SegmentDocument, SessionDocument, SigningKeyDocument,
    TotpDocument, UserDocument,
};
use crate::error::Error;

const DEFAULT_DATABASE: &str = "photure";
const SERVER_SELECTION_TIMEOUT: Duration = Duration::from_secs(3);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);
const POOL_SIZE: u32 = 16;

/// The database and what lies in it.
#[derive(Clone, Debug)]
pub(crate) struct Collections {
    pub(crate) client: Client,
    pub(crate) database: Database,
    pub(crate) users: Collection<UserDocument>,
    pub(crate) sessions: Collection<SessionDocument>,
    pub(crate) old_tokens: Collection<OldTokenDocument>,
    pub(crate) api_keys: Collection<ApiKeyDocument>,
    pub(crate) identities: Collection<IdentityDocument>,
    pub(crate) totp: Collection<TotpDocument>,
    pub(crate) guesses: Collection<GuessesDocument>,
    /// Their nonces, until they would have run out.
    pub(crate) spent_challenges: Collection<Document>,
    pub(crate) passkeys: Collection<PasskeyDocument>,
    pub(crate) links: Collection<LinkDocument>,
    pub(crate) invitations: Collection<InvitationDocument>,
    pub(crate) organizations: Collection<OrganizationDocument>,
    pub(crate) members: Collection<MemberDocument>,
    pub(crate) signing_keys: Collection<SigningKeyDocument>,
    pub(crate) audit: Collection<AuditDocument>,
    pub(crate) photos: Collection<PhotoDocument>,
    pub(crate) metadata: Collection<MetadataDocument>,
    pub(crate) libraries: Collection<LibraryDocument>,
    pub(crate) segments: Collection<SegmentDocument>,
    pub(crate) hashes: Collection<HashDocument>,
    pub(crate) purged: Collection<PurgedDocument>,
    /// One document for each thing that must be done one after another, and one for the version of the schema.
    pub(crate) state: Collection<Document>,
}

impl Collections {
    pub(crate) async fn at(url: &str) -> Result<Self> {
        let mut options = ClientOptions::parse(url)
            .await
            .map_err(|error| match &*error.kind {
                ErrorKind::DnsResolve { .. } => Error::Driver(error), // of a mongodb+srv:// address
                _ => Error::Address(error),
            })?;
        options.app_name.get_or_insert_with(|| "photure".into());
        options
            .server_selection_timeout
            .get_or_insert(SERVER_SELECTION_TIMEOUT);
        options.connect_timeout.get_or_insert(CONNECT_TIMEOUT);
        options.max_pool_size.get_or_insert(POOL_SIZE);
        // Not left to the address: the laws of the store depend on them.
        options.write_concern = Some(
            WriteConcern::builder()
                .w(Acknowledgment::Majority)
                .journal(true)
                .build(),
        );
        options.read_concern = Some(ReadConcern::majority());
        options.selection_criteria = Some(SelectionCriteria::ReadPreference(ReadPreference::Primary));
        let name = options
            .default_database
            .clone()
            .unwrap_or_else(|| DEFAULT_DATABASE.into());
        let client = Client::with_options(options).map_err(Error::Address)?;
        let database = client.database(&name);
        Ok(Self {
            users: database.collection("users"),
            sessions: database.collection("sessions"),
            old_tokens: database.collection("old_refresh_tokens"),
            api_keys: database.collection("api_keys"),
            identities: database.collection("identities"),
            totp: database.collection("totp"),
            guesses: database.collection("factor_guesses"),
            spent_challenges: database.collection("spent_challenges"),
            passkeys: database.collection("passkeys"),
            links: database.collection("links"),
            invitations: database.collection("invitations"),
            organizations: database.collection("organizations"),
            members: database.collection("members"),
            signing_keys: database.collection("signing_keys"),
            audit: database.collection("audit"),
            photos: database.collection("photos"),
            metadata: database.collection("photo_metadata"),
            libraries: database.collection("libraries"),
            segments: database.collection("segments"),
            hashes: database.collection("hashes"),
            purged: database.collection("purged"),
            state: database.collection("state"),
            database,
            client,
        })
    }
}
