use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use argon2::password_hash::Error;
use photure_store_sqlite::SqliteStore;
use photure_testkit::{TestClock, TestIds};
use tempfile::TempDir;

use super::*;
use crate::passwords::{Argon2id, PasswordAlgorithm};

/// The real work, counted.
#[derive(Clone, Debug, Default)]
struct Counted(Arc<AtomicUsize>);

impl PasswordAlgorithm for Counted {
    fn hash(&self, password: &[u8]) -> Result<String, Error> {
        Argon2id.hash(password)
    }

    fn verify(&self, password: &[u8], hash: &str) -> Result<(), Error> {
        self.0.fetch_add(1, Ordering::SeqCst);
        Argon2id.verify(password, hash)
    }
}

struct Fixture {
    accounts: Accounts,
    verified: Arc<AtomicUsize>,
    _folder: TempDir,
}

async fn fixture(registration: Registration) -> Fixture {
    let folder = tempfile::tempdir().unwrap();
    let ids: Arc<dyn IdSource> = Arc::new(TestIds::default());
    let store = SqliteStore::open(&folder.path().join("auth.db"), ids.clone())
        .await
        .unwrap();
    let counted = Counted::default();
    let accounts = Accounts {
        store: Arc::new(store),
        passwords: Passwords::new(counted.clone()).unwrap(),
        registration,
        clock: Arc::new(TestClock::default()),
        ids,
    };
    Fixture {
        accounts,
        verified: counted.0,
        _folder: folder,
    }
}

fn applicant(name: &str) -> Applicant {
    Applicant {
        username: name.into(),
        email: format!("{name}@example.org"),
        password: "correct horse battery".into(),
    }
}

#[tokio::test]
async fn the_same_work_is_done_whether_or_not_there_is_an_account() {
    let Fixture {
        accounts,
        verified,
        _folder,
    } = fixture(Registration::Open).await;
    accounts
        .register(applicant("ada"), photure_testkit::trail())
        .await
        .unwrap();
    for (login, password) in [
        ("ada", "not the password"),
        ("nobody", "not the password"),
        ("nobody@example.org", "correct horse battery"),
        ("", "not the password"),
        ("{\"$gt\":\"\"}", "not the password"),
    ] {
        let before = verified.load(Ordering::SeqCst);
        let refused = accounts.authenticate(login, password.into()).await;
        assert!(matches!(refused, Err(AuthError::InvalidCredentials)), "{login}");
        assert_eq!(verified.load(Ordering::SeqCst) - before, 1, "{login}");
    }
    accounts
        .authenticate("ada", "correct horse battery".into())
        .await
        .unwrap();
    accounts
        .authenticate("ADA@Example.org", "correct horse battery".into())
        .await
        .unwrap();
}

#[tokio::test]
async fn a_password_that_nobody_can_have_costs_nothing() {
    let Fixture {
        accounts,
        verified,
        _folder,
    } = fixture(Registration::Open).await;
    let refused = accounts.authenticate("ada", "x".repeat(1025).into()).await;
    assert!(matches!(refused, Err(AuthError::InvalidCredentials)));
    assert_eq!(verified.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn where_registration_is_closed_the_first_account_is_made_and_no_other() {
    let Fixture {
        accounts, _folder, ..
    } = fixture(Registration::Closed).await;
    accounts
        .register(applicant("ada"), photure_testkit::trail())
        .await
        .unwrap();
    assert!(matches!(
        accounts
            .register(applicant("bob"), photure_testkit::trail())
            .await,
        Err(AuthError::RegistrationClosed)
    ));
}
