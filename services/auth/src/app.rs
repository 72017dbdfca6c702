use axum::extract::FromRef;
use photure_common::identity::Identity;
use photure_common::trail::Scribe;

use crate::accounts::Accounts;
use crate::administration::Administration;
use crate::api_keys::ApiKeys;
use crate::audit::Audit;
use crate::closings::Closings;
use crate::cookie::RefreshCookie;
use crate::factor::Factors;
use crate::identities::Identities;
use crate::invitations::Invitations;
use crate::kept::Keeping;
use crate::links::Links;
use crate::organizations::Organizations;
use crate::own_keys::OwnKeys;
use crate::passkeys::Passkeys;
use crate::refusals::Refusals;
use crate::service_tokens::ServiceTokens;
use crate::sessions::Sessions;

/// What handlers take their parts from.
#[derive(Clone, Debug, FromRef)]
pub(crate) struct App {
    pub(crate) accounts: Accounts,
    pub(crate) administration: Administration,
    pub(crate) audit: Audit,
    pub(crate) closings: Closings,
    pub(crate) refusals: Refusals,
    pub(crate) scribe: Scribe,
    pub(crate) sessions: Sessions,
    pub(crate) factors: Factors,
    pub(crate) links: Links,
    pub(crate) invitations: Invitations,
    pub(crate) organizations: Organizations,
    pub(crate) passkeys: Passkeys,
    pub(crate) identities: Identities,
    pub(crate) keeping: Keeping,
    pub(crate) api_keys: ApiKeys,
    pub(crate) own_keys: OwnKeys,
    pub(crate) service_tokens: ServiceTokens,
    pub(crate) cookie: RefreshCookie,
    pub(crate) identity: Identity,
}
