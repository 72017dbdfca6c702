//! Who holds no good address gets nothing, and learns nothing.

use std::time::Duration;

use photure_domain::Clock;
use photure_domain::media_address::{AddressKey, Variant};

use crate::support::Served;

#[tokio::test]
async fn an_address_that_is_forged_or_changed_is_refused_before_anything_is_looked_for() {
    let served = Served::new().await;
    let address = served.original();
    let (path, query) = address.split_once('?').unwrap();
    let later = query.replacen("exp=1", "exp=2", 1);
    let other_key = AddressKey::new(&[7; 32]).unwrap();
    let forged = other_key.sign(
        &served.hash,
        Variant::Original,
        Some("png"),
        None,
        served.world.clock.now(),
    );
    let missing_hash = path.replace(&served.hash.to_string(), &"0".repeat(64));
    served.world.steps.forget();
    for address in [
        path.to_owned(),
        format!("{path}?exp=9999999999"),
        format!("{path}?sig=AAAA"),
        format!("{path}?{later}"),
        format!("{path}?{query}&dl=other.png"),
        format!("{path}?{query}&exp=9999999999"),
        format!("{}?{query}", path.replace("original.png", "thumb.webp")),
        format!("{}?{query}", path.replace("original.png", "original.jpg")),
        format!("{}?{query}", path.replace("original.png", "original")),
        format!("{missing_hash}?{query}"),
        format!("{path}?{}", query.replace("sig=", "sig=%00")),
        forged,
    ] {
        served
            .get(&address, &[])
            .await
            .assert_problem(403, "address_invalid");
    }
    assert_eq!(
        served.world.steps.taken(),
        Vec::<&str>::new(),
        "the storage was asked"
    );
}

#[tokio::test]
async fn an_address_runs_out() {
    let served = Served::new().await;
    let address = served.original();
    served.world.clock.advance(Duration::from_secs(12 * 3600));
    assert_eq!(served.get(&address, &[]).await.status, 200);
    served.world.clock.advance(Duration::from_secs(12 * 3600));
    let answer = served.get(&address, &[]).await;
    answer.assert_problem(403, "address_expired");
    assert_eq!(answer.header("cache-control"), "no-store");
    let forged = address.replace("sig=", "sig=A");
    served
        .get(&forged, &[])
        .await
        .assert_problem(403, "address_invalid");
}

#[tokio::test]
async fn places_that_cannot_be_do_not_exist() {
    let served = Served::new().await;
    let hash = served.hash;
    let query = served.original().split_once('?').unwrap().1.to_owned();
    served.world.steps.forget();
    for path in [
        "/media/../../../etc/passwd".to_owned(),
        "/media/%2e%2e/%2e%2e/etc/passwd".to_owned(),
        "/media/..%2f..%2fetc/passwd".to_owned(),
        format!("/media/{hash}/../../../secrets"),
        format!("/media/{hash}/%2e%2e%2f%2e%2e%2fsecrets"),
        format!("/media/{hash}/..%5c..%5csecrets"),
        format!("/media/{hash}/original.exe"),
        format!("/media/{hash}/thumb.png"),
        format!("/media/{hash}/poster.webp"),
        format!("/media/{}/original.png", hash.to_string().to_uppercase()),
        format!("/media/{}/original.png", &hash.to_string()[1..]),
        format!("/media/{hash}"),
        format!("/media/{hash}/original.png/more"),
        "/media/staging".to_owned(),
        "/media/".to_owned(),
    ] {
        served
            .get(&format!("{path}?{query}"), &[])
            .await
            .assert_problem(404, "not_found");
        served
            .get(&served.signed(&path), &[])
            .await
            .assert_problem(404, "not_found");
    }
    assert_eq!(
        served.world.steps.taken(),
        Vec::<&str>::new(),
        "the storage was asked"
    );
}
