use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use axum_test::TestServer;
use photure_auth::Stores;
use photure_domain::account::SigningKey;
use photure_domain::audit::Trail;
use photure_domain::{KeyId, Timestamp};
use photure_store::{SigningKeyStore, StoreError, StoreResult};
use serde_json::{Value, json};

use crate::support::{PASSWORD, assert_problem, auth, config, kit};

/// Keys in a database that is away until it comes back.
#[derive(Debug)]
struct Away {
    back: AtomicBool,
    keys: Arc<dyn SigningKeyStore>,
}

impl Away {
    fn check(&self) -> StoreResult<()> {
        if self.back.load(Ordering::SeqCst) {
            Ok(())
        } else {
            Err(StoreError::Unavailable("connection refused".into()))
        }
    }
}

#[async_trait]
impl SigningKeyStore for Away {
    async fn signing_keys(&self) -> StoreResult<Vec<SigningKey>> {
        self.check()?;
        self.keys.signing_keys().await
    }

    async fn renew_signing_key(
        &self,
        candidate: SigningKey,
        since: Timestamp,
        trail: Trail,
    ) -> StoreResult<Vec<SigningKey>> {
        self.check()?;
        self.keys.renew_signing_key(candidate, since, trail).await
    }

    async fn replace_signing_keys(&self, key: SigningKey, trail: Trail) -> StoreResult<()> {
        self.check()?;
        self.keys.replace_signing_keys(key, trail).await
    }

    async fn forget_signing_keys(&self, keys: Vec<KeyId>) -> StoreResult<()> {
        self.check()?;
        self.keys.forget_signing_keys(keys).await
    }
}

#[tokio::test]
async fn while_the_keys_are_away_nobody_signs_in_and_all_recovers_by_itself() {
    let auth = auth().await;
    auth.register("ada").await;
    let tokens = auth.login("ada").await;
    let away = Arc::new(Away {
        back: AtomicBool::new(false),
        keys: auth.stores.keys.clone(),
    });
    let stores = Stores {
        keys: away.clone(),
        ..auth.stores.clone()
    };
    let (_, kit) = kit();
    let server = TestServer::new(photure_auth::router(config(), stores, &kit).await.unwrap());

    let ready = server.get("/health/ready").await;
    assert_eq!(ready.status_code(), 503);
    assert_eq!(
        ready.json::<Value>()["checks"]["signing_keys"]["status"],
        "failing"
    );
    assert_eq!(server.get("/health/live").await.status_code(), 200);
    let login = json!({"username": "ada", "password": PASSWORD});
    assert_problem(
        &server.post("/api/v1/auth/login").json(&login).await,
        503,
        "unavailable",
    );
    assert_problem(&server.get("/.well-known/jwks.json").await, 503, "unavailable");
    assert_problem(
        &server
            .get("/api/v1/users/me")
            .authorization_bearer(&tokens.access)
            .await,
        503,
        "unavailable",
    );
    let refresh = json!({"refresh": tokens.refresh});
    assert_problem(
        &server.post("/api/v1/auth/token/refresh").json(&refresh).await,
        503,
        "unavailable",
    );

    away.back.store(true, Ordering::SeqCst);
    let ready = async {
        while server.get("/health/ready").await.status_code() != 200 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), ready)
        .await
        .unwrap();
    server
        .post("/api/v1/auth/token/refresh")
        .json(&refresh)
        .await
        .assert_status_ok();
    kit.shutdown.cancel();
}
