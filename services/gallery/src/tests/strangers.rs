//! Not yours is not found, and a token reaches no further than it says: every route, walked.

use http::Method;
use photure_common::identity::AccessClaims;
use photure_testkit::{sha256, user};
use serde_json::{Value, json};

use super::World;
use super::world::{Client, assert_problem};

pub(super) struct Route {
    method: Method,
    path: String,
    body: Option<Value>,
    /// Whom it is for: people who may read or write, or a service with a scope.
    pub(super) asks: &'static str,
}

fn route(asks: &'static str, method: Method, path: impl Into<String>, body: Option<Value>) -> Route {
    Route {
        method,
        path: path.into(),
        body,
        asks,
    }
}

/// All there are; those with an id name `photo` and `segment`.
pub(super) fn routes(photo: &str, segment: &str) -> Vec<Route> {
    // The document has no one in mind.
    let somebody = if photo == "{id}" {
        photo.to_owned()
    } else {
        user(7).to_string()
    };
    let photo = format!("/api/v1/photos/{photo}");
    let released = format!("/internal/released/{}", sha256(1));
    let storage = format!("/api/v1/admin/storage/{somebody}");
    let claim = Some(json!({"claim_id": user(7)}));
    let items = Some(json!({"items": [{"ref": "a", "sha256": sha256(1), "bytes": 1000}]}));
    vec![
        route("read", Method::GET, "/api/v1/photos", None),
        route("read", Method::GET, photo.as_str(), None),
        route("read", Method::GET, format!("{photo}/metadata"), None),
        route("read", Method::GET, format!("{photo}/original"), None),
        route("read", Method::POST, "/api/v1/photos/check", items),
        route("read", Method::GET, "/api/v1/timeline", None),
        route("read", Method::GET, "/api/v1/timeline?favorite=true", None),
        route(
            "read",
            Method::GET,
            format!("/api/v1/timeline/segments/{segment}"),
            None,
        ),
        route("read", Method::GET, "/api/v1/trash", None),
        route("read", Method::GET, "/api/v1/usage", None),
        route(
            "read",
            Method::POST,
            "/internal/selection",
            Some(json!({"photo_ids": [user(7)]})),
        ),
        route(
            "write",
            Method::PATCH,
            photo.as_str(),
            Some(json!({"title": "x"})),
        ),
        route("write", Method::DELETE, photo.as_str(), None),
        route("write", Method::POST, format!("{photo}/restore"), None),
        route("write", Method::DELETE, format!("{photo}?permanent=true"), None),
        route("write", Method::POST, "/api/v1/trash/empty", None),
        route("sweep", Method::GET, "/internal/released", None),
        route("sweep", Method::POST, format!("{released}/claim"), claim.clone()),
        route("sweep", Method::POST, format!("{released}/confirm"), claim),
        route("sweep", Method::GET, "/internal/purged", None),
        route(
            "sweep",
            Method::POST,
            "/internal/purged/confirm",
            Some(json!({"sha256": sha256(1), "owner_id": user(1), "purged_at": "2024-07-28T19:04:05.000Z"})),
        ),
        route("compare", Method::GET, "/internal/catalogue", None),
        route("administer", Method::GET, "/api/v1/admin/storage", None),
        route("administer", Method::GET, storage.as_str(), None),
        route(
            "administer",
            Method::PUT,
            storage,
            Some(json!({"quota": "limited", "quota_bytes": 5000})),
        ),
    ]
}

pub(super) async fn ask(client: &Client<'_>, route: &Route) -> axum_test::TestResponse {
    let request = client.request(route.method.clone(), &route.path);
    match &route.body {
        Some(body) => request.json(body).await,
        None => request.await,
    }
}

/// A photo of the first person, and the segment it is in.
async fn belongings(world: &World) -> (String, String) {
    let photo = world.upload(1, 1, "2024-07-28T19:04:05Z").await;
    let timeline = world.person(1).see("/api/v1/timeline").await;
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    (text(&photo["id"]), text(&timeline["segments"][0]["id"]))
}

#[tokio::test]
async fn the_walk_misses_no_route_of_the_document() {
    let document = serde_json::to_value(crate::openapi()).unwrap();
    let walked: Vec<_> = routes("{id}", "{id}")
        .into_iter()
        .map(|route| (route.path, route.method))
        .collect();
    for (path, item) in document["paths"].as_object().unwrap() {
        for method in item.as_object().unwrap().keys() {
            let method: Method = method.to_uppercase().parse().unwrap();
            assert!(
                walked.contains(&(path.clone(), method.clone())),
                "{method} {path}"
            );
        }
    }
}

#[tokio::test]
async fn another_persons_things_are_not_found_and_stay_as_they_are() {
    let world = World::new().await;
    let (photo, segment) = belongings(&world).await;
    let before = world.person(1).see(&format!("/api/v1/photos/{photo}")).await;
    let timeline = world.person(1).see("/api/v1/timeline").await;
    let other = world.person(2);
    for route in routes(&photo, &segment)
        .iter()
        .filter(|route| !matches!(route.asks, "sweep" | "compare" | "administer"))
    {
        let answer = ask(&other, route).await;
        let names_a_thing = route.path.contains(&photo) || route.path.contains(&segment);
        if names_a_thing {
            assert_problem(&answer, 404, "not_found");
        } else {
            assert!(
                answer.status_code().is_success(),
                "{} {}",
                route.method,
                route.path
            );
            assert!(!answer.text().contains(&photo), "{} {}", route.method, route.path);
        }
    }
    let verdict: Value = ask(&other, &routes(&photo, &segment)[4]).await.json();
    assert_eq!(
        verdict["items"][0]["result"], "accept",
        "whether somebody else has these bytes is nobody's business"
    );
    assert_eq!(
        world.person(1).see(&format!("/api/v1/photos/{photo}")).await,
        before
    );
    assert_eq!(world.person(1).see("/api/v1/timeline").await, timeline);
}

#[tokio::test]
async fn a_token_reaches_no_further_than_its_scopes() {
    let world = World::new().await;
    let (photo, segment) = belongings(&world).await;
    for route in routes(&photo, &segment) {
        let (mine, others): (&[_], [&str; 2]) = match route.asks {
            "read" => (&["photos:read"], ["photos:write admin", ""]),
            "write" => (&[], ["photos:read admin", "nonsense"]),
            "administer" => (&["admin"], ["photos:read photos:write", "catalogue:read"]),
            _ => (
                &[],
                [
                    "photos:read photos:write admin",
                    "blobs:sweep photos:register catalogue:read",
                ],
            ),
        };
        for scope in others {
            let answer = ask(&world.person_with(1, scope), &route).await;
            assert_problem(&answer, 403, "forbidden");
        }
        for scope in mine {
            let answer = ask(&world.person_with(1, scope), &route).await;
            assert!(
                !answer.status_code().is_client_error(),
                "{} {}",
                route.method,
                route.path
            );
        }
        let others = match route.asks {
            "sweep" => "photos:register photos:read photos:write catalogue:read",
            "compare" => "photos:register photos:read photos:write blobs:sweep",
            _ => "photos:read photos:write blobs:sweep photos:register catalogue:read admin",
        };
        assert_problem(&ask(&world.service(others), &route).await, 403, "forbidden");
    }
    assert_eq!(
        world.person(1).see("/api/v1/photos").await["items"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

#[tokio::test]
async fn without_a_good_token_nothing_is_answered() {
    let world = World::new().await;
    let (photo, segment) = belongings(&world).await;
    let good = world.claims(user(1));
    let claims = |change: fn(AccessClaims) -> AccessClaims| world.client(&change(good.clone())).token;
    let tampered = || {
        let token = world.person(1).token.unwrap();
        let (signed, _) = token.rsplit_once('.').unwrap();
        format!("{signed}.{}", "A".repeat(86))
    };
    let unsigned = "eyJhbGciOiJub25lIiwia2lkIjoidGVzdC1rZXkifQ.e30.".to_owned();
    let bad = [
        (None, "unauthenticated"),
        (Some(String::new()), "token_invalid"),
        (Some("not a token".into()), "token_invalid"),
        (Some(unsigned), "token_invalid"),
        (Some(tampered()), "token_invalid"),
        (
            claims(|good| AccessClaims {
                exp: good.iat,
                ..good
            }),
            "token_expired",
        ),
        (
            claims(|good| AccessClaims {
                iss: "https://elsewhere.example".into(),
                ..good
            }),
            "token_invalid",
        ),
        (
            claims(|good| AccessClaims {
                aud: "media".into(),
                ..good
            }),
            "token_invalid",
        ),
        (
            claims(|good| AccessClaims {
                aud: "gallery".into(),
                ..good
            }),
            "token_invalid",
        ),
        (
            claims(|good| AccessClaims {
                sub: "{\"$gt\":\"\"}".into(),
                ..good
            }),
            "token_invalid",
        ),
        (
            claims(|good| AccessClaims {
                sub: "service:media".into(),
                ..good
            }),
            "token_invalid",
        ),
    ];
    for (token, code) in bad {
        let client = Client {
            token,
            ..world.stranger()
        };
        for route in routes(&photo, &segment) {
            let answer = ask(&client, &route).await;
            assert_problem(&answer, 401, code);
            assert!(answer.contains_header("www-authenticate"));
        }
        let answer = client
            .post("/internal/photos")
            .json(&world.registration(1, 2, "2024-07-28T19:04:05Z"))
            .await;
        assert_problem(&answer, 401, code);
    }
}
