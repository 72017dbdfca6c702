use async_trait::async_trait;
use photure_domain::account::{NewUser, Role, User};
use photure_domain::audit::{AuditAction, AuditEntry, Trail};
use photure_domain::{SessionId, UserId};

use crate::StoreResult;

/// What those may do to accounts who look after the whole installation. Each step writes down what it did.
#[async_trait]
pub trait AdministrationStore: Send + Sync + std::fmt::Debug {
    /// An account with the role it is to have; the very first is admin whatever is asked. [`crate::StoreError::Conflict`] as for
    /// [`crate::AccountStore::create_user`].
    async fn add_user(&self, user: NewUser, role: Role, trail: Trail) -> StoreResult<User>;

    /// Accounts by folded user name, at most `limit`, and only those that come after `after`.
    async fn users(&self, after: Option<String>, limit: u32) -> StoreResult<Vec<User>>;

    /// Changes what is given, and ends the sessions of who may do less from now on. [`crate::StoreError::LastAdmin`] where nobody would be left to
    /// administer, whose own account is not to be deleted; [`crate::StoreError::AccountClosed`] where its time was up.
    async fn change_account(
        &self,
        user: UserId,
        change: AccountChange,
        trail: Trail,
    ) -> StoreResult<ChangedAccount>;

    /// Another name to sign in with, another address, or both; an address that is another is not confirmed, and ends the links that were sent.
    /// [`crate::StoreError::Conflict`] as for [`crate::AccountStore::create_user`].
    async fn rename(
        &self,
        user: UserId,
        username: Option<String>,
        email: Option<String>,
        trail: Trail,
    ) -> StoreResult<User>;

    /// Gives an account another password than its owner knows, and ends its sessions. Says which.
    async fn reset_password(
        &self,
        user: UserId,
        password_hash: String,
        trail: Trail,
    ) -> StoreResult<Vec<SessionId>>;

    /// Ends the sessions of one account, or of all. Says which.
    async fn revoke_sessions(&self, user: Option<UserId>, trail: Trail) -> StoreResult<Vec<SessionId>>;
}

/// What is to become of an account. `None` leaves it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AccountChange {
    pub role: Option<Role>,
    pub disabled: Option<bool>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangedAccount {
    pub user: User,
    pub ended: Vec<SessionId>,
}

/// What a change makes of an account, and what follows from it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consequences {
    pub user: User,
    pub ends_sessions: bool,
    /// Refused with [`crate::StoreError::LastAdmin`] where no other may administer.
    pub needs_another_admin: bool,
    /// One for each thing that is not as it was.
    pub entries: Vec<AuditEntry>,
}

impl AccountChange {
    pub fn of(self, user: &User, trail: &Trail) -> Consequences {
        let changed = User {
            role: self.role.unwrap_or(user.role),
            disabled: self.disabled.unwrap_or(user.disabled),
            ..user.clone()
        };
        let administers = |user: &User| user.role == Role::Admin && !user.disabled;
        let loses_role = user.role == Role::Admin && changed.role != Role::Admin;
        let is_shut_out = !user.disabled && changed.disabled;
        let mut entries = Vec::new();
        if changed.role != user.role {
            let entry = trail.did(AuditAction::RoleChanged).to(user.id);
            entries.push(entry.saying(changed.role.as_str()));
        }
        if changed.disabled != user.disabled {
            let action = if changed.disabled {
                AuditAction::AccountDisabled
            } else {
                AuditAction::AccountEnabled
            };
            let trail = if entries.is_empty() {
                trail.clone()
            } else {
                trail.next()
            };
            entries.push(trail.did(action).to(user.id));
        }
        Consequences {
            ends_sessions: loses_role || is_shut_out,
            needs_another_admin: administers(user) && !administers(&changed),
            user: changed,
            entries,
        }
    }
}

#[cfg(test)]
mod tests {
    use photure_domain::AuditId;
    use photure_domain::account::Client;
    use photure_domain::audit::Doer;
    use photure_testkit::{nth_uuid, time, user};

    use super::*;

    fn trail() -> Trail {
        Trail {
            id: AuditId::new(nth_uuid(1)),
            at: time("2025-06-15T15:06:40Z"),
            doer: Doer::Operator,
            from: Client::default(),
            request_id: None,
        }
    }

    fn account(role: Role, disabled: bool) -> User {
        User {
            id: user(1),
            username: "ada".into(),
            email: "ada@example.org".into(),
            email_confirmed_at: None,
            role,
            disabled,
            created_at: time("2025-06-15T15:06:40Z"),
            signed_in_at: None,
            closes_at: None,
        }
    }

    #[test]
    fn only_who_may_do_less_is_signed_out() {
        use Role::{Admin, Member};
        for (was, becomes, ends, needs_another, actions) in [
            ((Member, false), (Admin, false), false, false, 1),
            ((Admin, false), (Member, false), true, true, 1),
            ((Admin, false), (Admin, true), true, true, 1),
            ((Admin, true), (Admin, false), false, false, 1),
            ((Admin, true), (Member, true), true, false, 1),
            ((Member, false), (Member, true), true, false, 1),
            ((Member, true), (Admin, false), false, false, 2),
            ((Admin, false), (Member, true), true, true, 2),
            ((Admin, false), (Admin, false), false, false, 0),
        ] {
            let change = AccountChange {
                role: Some(becomes.0),
                disabled: Some(becomes.1),
            };
            let come = change.of(&account(was.0, was.1), &trail());
            assert_eq!(come.user, account(becomes.0, becomes.1));
            let told = (come.ends_sessions, come.needs_another_admin, come.entries.len());
            assert_eq!(told, (ends, needs_another, actions), "{was:?} to {becomes:?}");
        }
        let left = AccountChange::default().of(&account(Admin, false), &trail());
        assert_eq!((left.entries, left.ends_sessions), (vec![], false));
    }

    #[test]
    fn entries_of_one_step_are_told_apart_and_keep_their_order() {
        let change = AccountChange {
            role: Some(Role::Member),
            disabled: Some(true),
        };
        let entries = change.of(&account(Role::Admin, false), &trail()).entries;
        assert!(entries[0].id < entries[1].id);
        assert_eq!(entries[0].detail.as_deref(), Some("member"));
        let actions = [AuditAction::RoleChanged, AuditAction::AccountDisabled];
        assert_eq!([entries[0].action, entries[1].action], actions);
    }
}
