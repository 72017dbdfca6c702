//! Who may do what. One function, [`decide`], asked by the extractors of every service.

use std::collections::BTreeSet;

use crate::UserId;
use crate::account::Role;
use crate::organization::OrganizationRole;

/// What a token allows its bearer to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    PhotosRead,
    PhotosWrite,
    AlbumsWrite,
    SharesManage,
    Admin,
    /// A service's own: to catalogue what a user has uploaded, when that user is no longer there to say so.
    PhotosRegister,
    /// A service's own: to ask for released hashes and claim them.
    BlobsSweep,
    /// A service's own: to compare what it keeps with the whole catalogue.
    CatalogueRead,
    /// A service's own: to empty the libraries of accounts that are closed, and to say so.
    AccountsEmpty,
}

impl Scope {
    pub const ALL: [Self; 9] = [
        Self::PhotosRead,
        Self::PhotosWrite,
        Self::AlbumsWrite,
        Self::SharesManage,
        Self::Admin,
        Self::PhotosRegister,
        Self::BlobsSweep,
        Self::CatalogueRead,
        Self::AccountsEmpty,
    ];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::PhotosRead => "photos:read",
            Self::PhotosWrite => "photos:write",
            Self::AlbumsWrite => "albums:write",
            Self::SharesManage => "shares:manage",
            Self::Admin => "admin",
            Self::PhotosRegister => "photos:register",
            Self::BlobsSweep => "blobs:sweep",
            Self::CatalogueRead => "catalogue:read",
            Self::AccountsEmpty => "accounts:empty",
        }
    }
}

/// The scopes of a token, written as OAuth does: names with a space between. Unknown names grant nothing.
pub fn parse_scopes(text: &str) -> BTreeSet<Scope> {
    let named = |name| Scope::ALL.into_iter().find(|scope| scope.as_str() == name);
    text.split(' ').filter_map(named).collect()
}

pub fn write_scopes(scopes: &BTreeSet<Scope>) -> String {
    scopes
        .iter()
        .map(|scope| scope.as_str())
        .collect::<Vec<_>>()
        .join(" ")
}

/// All that a person of this role may do, and may let a program do.
pub fn scopes_of(role: Role) -> BTreeSet<Scope> {
    let admin = (role == Role::Admin).then_some(Scope::Admin);
    IN_LIBRARIES.into_iter().chain(admin).collect()
}

/// What a token of a library that is shared may do at most, whatever its bearer may do elsewhere.
pub const IN_LIBRARIES: [Scope; 4] = [
    Scope::PhotosRead,
    Scope::PhotosWrite,
    Scope::AlbumsWrite,
    Scope::SharesManage,
];

/// Who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Actor {
    /// A person, signed in.
    User(UserId),
    /// A program with an API key, in a person's name.
    Program(UserId),
    /// Either of them in the library of an organization, and nowhere else.
    Member {
        user: UserId,
        library: UserId,
        role: OrganizationRole,
    },
    /// A service, in nobody's name.
    Service,
}

impl Actor {
    /// Whose name it is done in.
    pub const fn person(self) -> Option<UserId> {
        match self {
            Self::User(user) | Self::Program(user) | Self::Member { user, .. } => Some(user),
            Self::Service => None,
        }
    }

    /// Whose photos it is about: one's own, or those that are shared.
    pub const fn library(self) -> Option<UserId> {
        match self {
            Self::User(library) | Self::Program(library) | Self::Member { library, .. } => Some(library),
            Self::Service => None,
        }
    }
}

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// To see one's library, or a photo in it.
    ReadPhotos,
    /// To upload, edit, trash, restore.
    WritePhotos,
    /// To delete for good.
    PurgePhotos,
    /// To catalogue a photo in a user's name.
    RegisterPhotos,
    /// To claim released hashes.
    SweepBlobs,
    /// To read what everybody has.
    ReadCatalogue,
    /// To empty the library of an account that is closed.
    EmptyAccounts,
    /// To see one's own account.
    ReadAccount,
    /// To see and change one's sessions and keys: for whoever is signed in themselves.
    ManageAccount,
    /// To look after the whole installation.
    Administer,
    /// To make, change and lock other people's accounts: for admins who are signed in themselves.
    ManageAccounts,
}

impl Action {
    /// Whether it is done in one library, which may be a shared one.
    pub const fn is_in_a_library(self) -> bool {
        matches!(self, Self::ReadPhotos | Self::WritePhotos | Self::PurgePhotos)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    Allowed,
    /// Somebody else's: answered as if it did not exist.
    NotFound,
    /// The token does not reach that far.
    Forbidden,
}

/// May `actor`, with a token of these `scopes`, do `action` to what `owner` owns? `owner` is `None` where the thing is not
/// a person's.
pub fn decide(actor: Actor, scopes: &BTreeSet<Scope>, action: Action, owner: Option<UserId>) -> Decision {
    let scope = match action {
        Action::ReadPhotos => Some(Scope::PhotosRead),
        Action::WritePhotos | Action::PurgePhotos => Some(Scope::PhotosWrite),
        Action::RegisterPhotos => Some(Scope::PhotosRegister),
        Action::SweepBlobs => Some(Scope::BlobsSweep),
        Action::ReadCatalogue => Some(Scope::CatalogueRead),
        Action::EmptyAccounts => Some(Scope::AccountsEmpty),
        Action::Administer | Action::ManageAccounts => Some(Scope::Admin),
        Action::ReadAccount | Action::ManageAccount => None,
    };
    if scope.is_some_and(|scope| !scopes.contains(&scope)) {
        return Decision::Forbidden;
    }
    match (actor, action) {
        (
            Actor::Service,
            Action::RegisterPhotos | Action::SweepBlobs | Action::ReadCatalogue | Action::EmptyAccounts,
        ) => Decision::Allowed,
        (Actor::Service, _)
        | (_, Action::RegisterPhotos | Action::SweepBlobs | Action::ReadCatalogue | Action::EmptyAccounts)
        // A leaked key must not be able to make another, or to lock its owner out.
        | (Actor::Program(_), Action::ManageAccount | Action::ManageAccounts) => Decision::Forbidden,
        (Actor::Member { .. }, action) if !action.is_in_a_library() => Decision::Forbidden,
        // What several people share takes more than one of them to be lost.
        (Actor::Member { role: OrganizationRole::Member, .. }, Action::PurgePhotos) => Decision::Forbidden,
        (Actor::User(library) | Actor::Program(library) | Actor::Member { library, .. }, _)
            if owner.is_none_or(|owner| owner == library) =>
        {
            Decision::Allowed
        }
        (Actor::User(_) | Actor::Program(_) | Actor::Member { .. }, _) => Decision::NotFound,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    const MINE: UserId = UserId::new(Uuid::from_u128(1));
    const OTHER: UserId = UserId::new(Uuid::from_u128(2));

    #[test]
    fn another_persons_photo_is_not_found() {
        let scopes = parse_scopes("photos:read photos:write admin");
        for action in [Action::ReadPhotos, Action::WritePhotos] {
            assert_eq!(
                decide(Actor::User(MINE), &scopes, action, Some(OTHER)),
                Decision::NotFound
            );
            assert_eq!(
                decide(Actor::User(MINE), &scopes, action, Some(MINE)),
                Decision::Allowed
            );
        }
    }

    #[test]
    fn a_token_reaches_no_further_than_its_scopes() {
        let scopes = parse_scopes("photos:read");
        assert_eq!(
            decide(Actor::User(MINE), &scopes, Action::WritePhotos, Some(MINE)),
            Decision::Forbidden
        );
        assert_eq!(
            decide(
                Actor::User(MINE),
                &parse_scopes("nonsense"),
                Action::ReadPhotos,
                None
            ),
            Decision::Forbidden
        );
    }

    #[test]
    fn a_program_is_its_owner_but_for_the_account() {
        let all: BTreeSet<_> = Scope::ALL.into();
        let program = Actor::Program(MINE);
        for action in [
            Action::ReadPhotos,
            Action::WritePhotos,
            Action::ReadAccount,
            Action::Administer,
        ] {
            assert_eq!(decide(program, &all, action, Some(MINE)), Decision::Allowed);
            assert_eq!(decide(program, &all, action, Some(OTHER)), Decision::NotFound);
        }
        for action in [
            Action::ManageAccount,
            Action::ManageAccounts,
            Action::SweepBlobs,
            Action::RegisterPhotos,
            Action::ReadCatalogue,
            Action::EmptyAccounts,
        ] {
            assert_eq!(decide(program, &all, action, None), Decision::Forbidden);
        }
        assert_eq!(
            decide(Actor::User(MINE), &BTreeSet::new(), Action::ManageAccount, None),
            Decision::Allowed
        );
    }

    #[test]
    fn a_member_is_in_one_library_and_nowhere_else() {
        let library = UserId::new(Uuid::from_u128(7));
        let all: BTreeSet<_> = Scope::ALL.into();
        for role in OrganizationRole::ALL {
            let member = Actor::Member {
                user: MINE,
                library,
                role,
            };
            for action in [Action::ReadPhotos, Action::WritePhotos] {
                assert_eq!(decide(member, &all, action, Some(library)), Decision::Allowed);
                assert_eq!(decide(member, &all, action, Some(MINE)), Decision::NotFound);
                assert_eq!(
                    decide(member, &BTreeSet::new(), action, Some(library)),
                    Decision::Forbidden
                );
            }
            let purges = decide(member, &all, Action::PurgePhotos, Some(library)) == Decision::Allowed;
            assert_eq!(purges, role != OrganizationRole::Member);
            for action in [
                Action::ReadAccount,
                Action::ManageAccount,
                Action::Administer,
                Action::ManageAccounts,
                Action::RegisterPhotos,
                Action::SweepBlobs,
                Action::ReadCatalogue,
                Action::EmptyAccounts,
            ] {
                assert_eq!(
                    decide(member, &all, action, None),
                    Decision::Forbidden,
                    "{action:?}"
                );
            }
        }
    }

    #[test]
    fn only_an_admin_may_do_what_admins_do() {
        assert!(scopes_of(Role::Admin).contains(&Scope::Admin));
        let member = scopes_of(Role::Member);
        for action in [Action::Administer, Action::ManageAccounts] {
            let admin = scopes_of(Role::Admin);
            let decided = |scopes| decide(Actor::User(MINE), scopes, action, Some(MINE));
            assert_eq!(decided(&admin), Decision::Allowed);
            assert_eq!(decided(&member), Decision::Forbidden);
        }
        for scope in [
            Scope::Admin,
            Scope::PhotosRegister,
            Scope::BlobsSweep,
            Scope::CatalogueRead,
            Scope::AccountsEmpty,
        ] {
            assert!(!member.contains(&scope), "{scope:?}");
        }
    }

    #[test]
    fn services_and_people_do_not_swap_places() {
        let all: BTreeSet<_> = Scope::ALL.into();
        assert_eq!(
            decide(Actor::User(MINE), &all, Action::SweepBlobs, None),
            Decision::Forbidden
        );
        for action in [Action::RegisterPhotos, Action::EmptyAccounts] {
            assert_eq!(decide(Actor::User(MINE), &all, action, None), Decision::Forbidden);
        }
        assert_eq!(
            decide(Actor::Service, &all, Action::ReadPhotos, Some(MINE)),
            Decision::Forbidden
        );
        assert_eq!(
            decide(Actor::Service, &all, Action::SweepBlobs, None),
            Decision::Allowed
        );
    }
}
