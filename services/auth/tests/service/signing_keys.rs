use std::time::Duration;

use photure_domain::account::SigningKey;
use serde_json::Value;

use crate::support::{Auth, auth};

async fn published(auth: &Auth) -> Vec<String> {
    let set: Value = auth.server.get("/.well-known/jwks.json").await.json();
    let keys = set["keys"].as_array().unwrap();
    keys.iter()
        .map(|key| key["kid"].as_str().unwrap().to_owned())
        .collect()
}

/// As a replica sees it that looks every ten seconds.
async fn until_published(auth: &Auth, how_many: usize) -> Vec<String> {
    for _ in 0..100 {
        tokio::time::advance(Duration::from_secs(1)).await;
        // What looks works on a thread of its own, which knows no paused clock.
        tokio::task::spawn_blocking(|| std::thread::sleep(Duration::from_millis(20)))
            .await
            .unwrap();
        let kids = published(auth).await;
        if kids.len() == how_many {
            return kids;
        }
    }
    panic!("{:?}", published(auth).await);
}

#[tokio::test]
async fn a_key_that_has_had_its_time_is_followed_by_another_and_its_tokens_go_on() {
    let auth = auth().await;
    auth.register("ada").await;
    let [first] = published(&auth).await.try_into().unwrap();
    assert_eq!(auth.login("ada").await.header()["kid"], first);

    auth.clock.advance(Duration::from_secs(90 * 86_400));
    tokio::time::pause();
    let kids = until_published(&auth, 2).await;
    assert_eq!(kids[1], first, "newest first");
    let early = auth.login("ada").await;
    assert_eq!(early.header()["kid"], first, "the new one is only published yet");

    auth.clock.advance(Duration::from_secs(60));
    let late = auth.login("ada").await;
    assert_eq!(late.header()["kid"], kids[0]);
    for tokens in [&early, &late] {
        auth.me(&tokens.access).await.assert_status_ok();
    }
    // The last token that the old key has signed is good as long as any.
    auth.clock.advance(Duration::from_secs(839));
    auth.me(&early.access).await.assert_status_ok();
    auth.clock.advance(Duration::from_secs(200));
    assert_eq!(until_published(&auth, 1).await, [kids[0].clone()]);
    let kept: Vec<SigningKey> = auth.stores.keys.signing_keys().await.unwrap();
    assert_eq!(kept.len(), 1, "its private half is gone too");
}
