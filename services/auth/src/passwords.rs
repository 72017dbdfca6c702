mod workers;

use std::io;
use std::sync::Arc;

use argon2::password_hash::{Error, PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use secrecy::{ExposeSecret, SecretString};

use crate::error::AuthError;
use workers::{Undone, Workers};

/// As many as are worked on at once. Each takes 19 MiB for as long as it lasts, and the machine may have 1 GiB.
const AT_ONCE: usize = 2;
/// Beyond this many that wait, the last would wait for seconds: better told to come again.
const WAITING: usize = 64;

/// The slow work on passwords: on threads of its own, a few at a time, behind a queue with an end.
#[derive(Clone, Debug)]
pub(crate) struct Passwords {
    algorithm: Arc<dyn PasswordAlgorithm>,
    /// What is verified against where there is no account, so that the answer takes as long.
    nobodys: Arc<str>,
    workers: Workers,
}

/// How passwords become hashes. A seam: tests count how often it is asked.
pub(crate) trait PasswordAlgorithm: Send + Sync + std::fmt::Debug {
    /// A PHC string with a salt of its own.
    fn hash(&self, password: &[u8]) -> Result<String, Error>;
    fn verify(&self, password: &[u8], hash: &str) -> Result<(), Error>;
}

/// argon2id as OWASP's cheat sheet has it: m = 19 MiB, t = 2, p = 1.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Argon2id;

impl Argon2id {
    const MEMORY_KIB: u32 = 19_456;
    const PASSES: u32 = 2;
    const LANES: u32 = 1;

    fn argon2() -> Result<Argon2<'static>, Error> {
        let params = Params::new(Self::MEMORY_KIB, Self::PASSES, Self::LANES, None)
            .map_err(|_| Error::ParamsInvalid)?;
        Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
    }
}

impl PasswordAlgorithm for Argon2id {
    fn hash(&self, password: &[u8]) -> Result<String, Error> {
        Ok(Self::argon2()?.hash_password(password)?.to_string())
    }

    fn verify(&self, password: &[u8], hash: &str) -> Result<(), Error> {
        Self::argon2()?.verify_password(password, hash)
    }
}

/// For an account that is not made by its owner. Blocks, and takes its time.
pub fn hash_password(password: &str) -> io::Result<String> {
    Argon2id.hash(password.as_bytes()).map_err(io::Error::other)
}

impl Passwords {
    pub(crate) fn new(algorithm: impl PasswordAlgorithm + 'static) -> io::Result<Self> {
        // Of no password: salt and hash are made up, only the cost counts.
        let nobodys = format!(
            "$argon2id$v=19$m={},t={},p={}$cGhvdHVyZS1ub2JvZHk$SBrHx8TaOzT6ZVFqZ3pSWjF8aW9vYm9ub2JvZHlvbmU",
            Argon2id::MEMORY_KIB,
            Argon2id::PASSES,
            Argon2id::LANES
        );
        Ok(Self {
            algorithm: Arc::new(algorithm),
            nobodys: nobodys.into(),
            workers: Workers::start(AT_ONCE, WAITING)?,
        })
    }

    pub(crate) async fn hash(&self, password: SecretString) -> Result<String, AuthError> {
        let hashed = self
            .run(move |algorithm| algorithm.hash(password.expose_secret().as_bytes()))
            .await?;
        hashed.map_err(|error| AuthError::Internal("a password could not be hashed", error.into()))
    }

    /// Whether `password` is the one of `hash`. Without a hash the answer is no, after the same work.
    pub(crate) async fn verify(
        &self,
        password: SecretString,
        hash: Option<String>,
    ) -> Result<bool, AuthError> {
        let someones = hash.is_some();
        let hash = hash.unwrap_or_else(|| self.nobodys.to_string());
        let verified = self
            .run(move |algorithm| algorithm.verify(password.expose_secret().as_bytes(), &hash))
            .await?;
        match verified {
            Ok(()) => Ok(someones),
            Err(Error::PasswordInvalid) => Ok(false),
            Err(error) => Err(AuthError::Internal(
                "a password could not be checked",
                error.into(),
            )),
        }
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&dyn PasswordAlgorithm) -> T + Send + 'static,
    ) -> Result<T, AuthError> {
        let algorithm = self.algorithm.clone();
        let done = self.workers.run(move || work(&*algorithm)).await;
        done.map_err(|undone| match undone {
            Undone::QueueFull => AuthError::Overloaded,
            Undone::Died => AuthError::Internal("work on a password died", undone.into()),
        })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    #[tokio::test]
    async fn a_password_fits_its_own_hash_and_no_other() {
        let passwords = Passwords::new(Argon2id).unwrap();
        let hash = passwords.hash("correct horse battery".into()).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert_ne!(
            hash,
            passwords.hash("correct horse battery".into()).await.unwrap(),
            "a salt of its own"
        );
        assert!(
            passwords
                .verify("correct horse battery".into(), Some(hash.clone()))
                .await
                .unwrap()
        );
        assert!(
            !passwords
                .verify("correct horse batterx".into(), Some(hash))
                .await
                .unwrap()
        );
    }

    #[tokio::test]
    async fn without_an_account_the_whole_work_is_done_and_the_answer_is_no() {
        let passwords = Passwords::new(Argon2id).unwrap();
        let nobodys = passwords.nobodys.to_string();
        assert_eq!(
            Argon2id.verify(b"anything at all", &nobodys),
            Err(Error::PasswordInvalid),
            "well-formed"
        );
        assert!(!passwords.verify("anything at all".into(), None).await.unwrap());
    }

    /// Takes as long as the test likes.
    #[derive(Debug)]
    struct Held(std::sync::Mutex<mpsc::Receiver<()>>);

    impl PasswordAlgorithm for Held {
        fn hash(&self, _: &[u8]) -> Result<String, Error> {
            let _ = self.0.lock().unwrap().recv();
            Ok(String::new())
        }

        fn verify(&self, _: &[u8], _: &str) -> Result<(), Error> {
            Err(Error::PasswordInvalid)
        }
    }

    /// Breaks.
    #[derive(Debug)]
    struct Broken;

    impl PasswordAlgorithm for Broken {
        fn hash(&self, _: &[u8]) -> Result<String, Error> {
            panic!("broken")
        }

        fn verify(&self, _: &[u8], _: &str) -> Result<(), Error> {
            Ok(())
        }
    }

    #[tokio::test]
    async fn work_that_breaks_costs_its_own_answer_and_no_other() {
        let passwords = Passwords::new(Broken).unwrap();
        for _ in 0..=AT_ONCE {
            assert!(matches!(
                passwords.hash("any".into()).await,
                Err(AuthError::Internal(..))
            ));
        }
        assert!(passwords.verify("any".into(), Some(String::new())).await.unwrap());
        assert_eq!(passwords.workers.pending(), 0);
    }

    #[tokio::test]
    async fn a_queue_that_is_too_long_is_not_joined() {
        let (release, held) = mpsc::channel();
        let passwords = Passwords::new(Held(held.into())).unwrap();
        let waiting: Vec<_> = (0..AT_ONCE + WAITING)
            .map(|_| {
                let passwords = passwords.clone();
                tokio::spawn(async move { passwords.hash("any".into()).await })
            })
            .collect();
        while passwords.workers.pending() < AT_ONCE + WAITING {
            tokio::task::yield_now().await;
        }
        assert!(matches!(
            passwords.hash("any".into()).await,
            Err(AuthError::Overloaded)
        ));
        drop(release);
        for each in waiting {
            each.await.unwrap().unwrap();
        }
        passwords.hash("any".into()).await.unwrap();
    }
}
