//! The gateway over real sockets, before a service that notes what reaches it.
#![allow(clippy::unwrap_used, reason = "a test may")]

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::body::Body;
use axum::extract::ws::{Message, WebSocketUpgrade};
use axum::extract::{Request, State};
use axum::response::sse::{Event, Sse};
use axum::routing::{any, get, post};
use axum::{Json, Router};
use futures::{SinkExt, StreamExt, stream};
use http::{HeaderMap, StatusCode};
use photure_common::config::Env;
use photure_common::peer::Peer;
use photure_common::service::Kit;
use photure_gateway::{GatewayConfig, Upstreams, router};
use photure_testkit::Issuer;
use reqwest::{Client, Response};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tower::ServiceExt;
use url::Url;

const ISSUER: &str = "http://photos.test";

/// A gateway and the one service behind it, which stands for all three.
struct World {
    base: String,
    issuer: Arc<Issuer>,
    seen: Arc<AtomicU64>,
    gone: mpsc::UnboundedReceiver<()>,
    client: Client,
}

#[derive(Clone)]
struct Behind {
    issuer: Arc<Issuer>,
    /// Bytes of uploads so far.
    seen: Arc<AtomicU64>,
    /// Told when an upload broke off.
    gone: mpsc::UnboundedSender<()>,
}

fn behind(state: Behind) -> Router {
    let echo = |request: Request| async move {
        let headers: Value = request
            .headers()
            .iter()
            .map(|(name, value)| (name.to_string(), json!(value.to_str().unwrap())))
            .collect();
        Json(json!({"path": request.uri().to_string(), "headers": headers}))
    };
    let upload = |State(state): State<Behind>, body: Body| async move {
        let mut body = body.into_data_stream();
        while let Some(chunk) = body.next().await {
            match chunk {
                Ok(bytes) => state.seen.fetch_add(bytes.len() as u64, Ordering::SeqCst),
                Err(_) => {
                    let _ = state.gone.send(());
                    return (StatusCode::BAD_REQUEST, "broken off".to_owned());
                }
            };
        }
        (StatusCode::CREATED, state.seen.load(Ordering::SeqCst).to_string())
    };
    let events = || async {
        Sse::new(stream::iter(
            ["one", "two"].map(|text| Ok::<_, Infallible>(Event::default().data(text))),
        ))
    };
    let socket = |upgrade: WebSocketUpgrade| async {
        upgrade.on_upgrade(|mut socket| async move {
            while let Some(Ok(Message::Text(text))) = socket.recv().await {
                let _ = socket.send(Message::Text(format!("heard {text}").into())).await;
            }
        })
    };
    let document = |name: &'static str| {
        move || async move {
            Json(json!({"openapi": "3.1.0", "info": {"title": name, "version": "1"}, "paths": {}}))
        }
    };
    Router::new()
        .route(
            "/.well-known/jwks.json",
            get(|State(state): State<Behind>| async move { Json(state.issuer.jwks()) }),
        )
        .route(
            "/health/ready",
            get(|| async { Json(json!({"status": "ok", "checks": {}})) }),
        )
        .route("/internal/openapi.json", get(document("part")))
        .route(
            "/api/v1/usage",
            get(|| async { Json(json!({"photos": 7, "bytes": 8, "quota_bytes": null})) }),
        )
        .route(
            "/api/v1/users/me",
            get(|| async { Json(json!({"id": "1", "usage": null})) }).patch(echo),
        )
        .route("/api/v1/photos", post(upload).get(echo))
        .route("/api/v1/photos/events", get(events))
        .route("/api/v1/photos/socket", any(socket))
        .route("/api/v1/photos/{id}", any(echo))
        .route("/api/v1/auth/login", post(echo))
        .route("/api/v1/auth/verify-token", get(echo))
        .with_state(state)
}

async fn listen(router: Router) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let app = router.into_make_service_with_connect_info::<SocketAddr>();
    tokio::spawn(async move { axum::serve(listener, app).await });
    address
}

fn config(said: &[(&str, &str)]) -> GatewayConfig {
    let mut variables =
        std::collections::BTreeMap::from([("PHOTURE_PUBLIC_URL".to_owned(), ISSUER.to_owned())]);
    variables.extend(
        said.iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned())),
    );
    let env = Env::new(&variables);
    let config = GatewayConfig::from_env(&env);
    env.check().unwrap();
    config
}

async fn world(said: &[(&str, &str)]) -> World {
    let (gone, told) = mpsc::unbounded_channel();
    let state = Behind {
        issuer: Arc::default(),
        seen: Arc::default(),
        gone,
    };
    let (issuer, seen) = (state.issuer.clone(), state.seen.clone());
    let address = listen(behind(state)).await;
    let peer = Peer::remote(Url::parse(&format!("http://{address}")).unwrap());
    let base = gateway(said, peer).await;
    World {
        base,
        issuer,
        seen,
        gone: told,
        client: Client::new(),
    }
}

async fn gateway(said: &[(&str, &str)], peer: Peer) -> String {
    let upstreams = Upstreams {
        auth: peer.clone(),
        gallery: peer.clone(),
        media: peer,
        more_media: Vec::new(),
    };
    let router = router(config(said), upstreams, None, &Kit::default())
        .await
        .unwrap();
    format!("http://{}", listen(router).await)
}

impl World {
    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    async fn get(&self, path: &str, headers: &[(&'static str, &str)]) -> Response {
        let all: HeaderMap = headers
            .iter()
            .map(|(name, value)| (http::HeaderName::from_static(name), value.parse().unwrap()))
            .collect();
        self.client.get(self.url(path)).headers(all).send().await.unwrap()
    }

    fn token(&self, change: impl FnOnce(&mut Value)) -> String {
        let mut claims = json!({
            "iss": ISSUER, "aud": "photure", "sub": "0197f000-0000-7000-8000-000000000001",
            "sid": "0197f000-0000-7000-8000-000000000002", "scope": "photos:read", "iat": 1, "exp": 99_999_999_999_i64,
        });
        change(&mut claims);
        format!("Bearer {}", self.issuer.token(&claims))
    }
}

async fn code(response: Response) -> (u16, String) {
    let status = response.status().as_u16();
    assert_eq!(response.headers()["content-type"], "application/problem+json");
    (
        status,
        response.json::<Value>().await.unwrap()["code"]
            .as_str()
            .unwrap()
            .to_owned(),
    )
}

#[tokio::test]
async fn a_request_arrives_as_it_was_sent_with_its_id() {
    let world = world(&[]).await;
    let answer = world
        .get(
            "/api/v1/photos/17?size=a%20b",
            &[("x-request-id", "abcdefgh-1"), ("x-odd", "kept")],
        )
        .await;
    assert_eq!(answer.headers()["x-request-id"], "abcdefgh-1");
    assert_eq!(answer.headers()["x-content-type-options"], "nosniff");
    let seen: Value = answer.json().await.unwrap();
    assert_eq!(seen["path"], "/api/v1/photos/17?size=a%20b");
    assert_eq!(
        (&seen["headers"]["x-request-id"], &seen["headers"]["x-odd"]),
        (&json!("abcdefgh-1"), &json!("kept"))
    );
}

#[tokio::test]
async fn what_a_stranger_says_of_its_address_goes_no_further() {
    let forged = [
        ("x-forwarded-for", "1.2.3.4"),
        ("x-real-ip", "1.2.3.4"),
        ("forwarded", "for=1.2.3.4"),
        ("x-forwarded-host", "evil"),
    ];
    let seen: Value = world(&[])
        .await
        .get("/api/v1/photos/17", &forged)
        .await
        .json()
        .await
        .unwrap();
    assert_eq!(seen["headers"]["x-forwarded-for"], "127.0.0.1");
    assert!(
        !seen.to_string().contains("1.2.3.4") && !seen.to_string().contains("evil"),
        "{seen}"
    );
    let behind_proxy = world(&[("PHOTURE_TRUSTED_PROXIES", "127.0.0.0/8")]).await;
    let seen: Value = behind_proxy
        .get("/api/v1/photos/17", &forged)
        .await
        .json()
        .await
        .unwrap();
    assert_eq!(seen["headers"]["x-forwarded-for"], "1.2.3.4");
}

#[tokio::test]
async fn a_bad_token_goes_no_further_and_a_missing_one_does() {
    let world = world(&[]).await;
    let good = world.token(|_| ());
    assert_eq!(
        world
            .get("/api/v1/photos/1", &[("authorization", &good)])
            .await
            .status(),
        200
    );
    assert_eq!(
        world.get("/api/v1/photos/1", &[]).await.status(),
        200,
        "the service decides"
    );
    let unsigned = format!("{}.", good.rsplit_once('.').unwrap().0);
    for (bad, expected) in [
        (world.token(|claims| claims["exp"] = json!(1)), "token_expired"),
        (
            world.token(|claims| claims["iss"] = json!("http://elsewhere.test")),
            "token_invalid",
        ),
        (
            world.token(|claims| claims["aud"] = json!("gallery")),
            "token_invalid",
        ),
        (unsigned, "token_invalid"),
        ("Bearer nonsense".into(), "token_invalid"),
        ("Basic YTpi".into(), "token_invalid"),
    ] {
        let refused = world.get("/api/v1/photos/1", &[("authorization", &bad)]).await;
        assert_eq!(code(refused).await, (401, expected.to_owned()), "{bad}");
        let asked = world
            .get("/api/v1/auth/verify-token", &[("authorization", &bad)])
            .await;
        assert_eq!(asked.status(), 200, "whether it is bad may be asked");
    }
}

#[tokio::test]
async fn who_one_is_comes_with_what_one_has() {
    let world = world(&[]).await;
    let me: Value = world
        .get("/api/v1/users/me/", &[("authorization", &world.token(|_| ()))])
        .await
        .json()
        .await
        .unwrap();
    assert_eq!(
        me,
        json!({"id": "1", "usage": {"photos": 7, "bytes": 8, "quota_bytes": null}})
    );
}

#[tokio::test]
async fn a_large_upload_streams_through() {
    let world = world(&[]).await;
    let chunks = (0..50).map(|_| Ok::<_, Infallible>(vec![7_u8; 1 << 20]));
    let body = reqwest::Body::wrap_stream(stream::iter(chunks));
    let answer = world
        .client
        .post(world.url("/api/v1/photos"))
        .body(body)
        .send()
        .await
        .unwrap();
    assert_eq!(
        (answer.status().as_u16(), answer.text().await.unwrap()),
        (201, (50 << 20).to_string())
    );
}

#[tokio::test]
async fn an_upload_reaches_the_service_before_it_is_whole() {
    let mut world = world(&[]).await;
    let (sender, receiver) = mpsc::unbounded_channel::<Result<Vec<u8>, std::io::Error>>();
    let body = stream::unfold(receiver, |mut receiver| async move {
        receiver.recv().await.map(|chunk| (chunk, receiver))
    });
    let request = world
        .client
        .post(world.url("/api/v1/photos"))
        .body(reqwest::Body::wrap_stream(body))
        .send();
    let sending = tokio::spawn(request);
    sender.send(Ok(vec![7; 1000])).unwrap();
    while world.seen.load(Ordering::SeqCst) < 1000 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    sending.abort();
    // The client is gone: so is the upload behind the gateway.
    tokio::time::timeout(Duration::from_secs(10), world.gone.recv())
        .await
        .unwrap()
        .unwrap();
}

#[tokio::test]
async fn a_body_longer_than_is_taken_is_refused_whether_it_says_so_or_not() {
    let world = world(&[("PHOTURE_MAX_UPLOAD_BYTES", "1000")]).await;
    let too_long = (1 << 20) + 1001;
    for path in ["/api/v1/photos", "/api/v1/auth/login"] {
        let said = world
            .client
            .post(world.url(path))
            .body(vec![7; too_long])
            .send()
            .await
            .unwrap();
        assert_eq!(code(said).await, (413, "payload_too_large".into()), "{path}");
    }
    assert_eq!(world.seen.load(Ordering::SeqCst), 0);
    let chunks = (0..4).map(|_| Ok::<_, Infallible>(vec![7_u8; 1 << 19]));
    let unsaid = reqwest::Body::wrap_stream(stream::iter(chunks));
    let unsaid = world
        .client
        .post(world.url("/api/v1/photos"))
        .body(unsaid)
        .send()
        .await
        .unwrap();
    assert_eq!(code(unsaid).await, (413, "payload_too_large".into()));
}

#[tokio::test]
async fn events_and_sockets_pass() {
    let world = world(&[]).await;
    let events = world
        .get("/api/v1/photos/events", &[])
        .await
        .text()
        .await
        .unwrap();
    assert_eq!(events.matches("data: ").count(), 2, "{events}");
    let url = world.url("/api/v1/photos/socket").replace("http://", "ws://");
    let (mut socket, _) = tokio_tungstenite::connect_async(url).await.unwrap();
    socket.send("hello".into()).await.unwrap();
    assert_eq!(
        socket.next().await.unwrap().unwrap().into_text().unwrap(),
        "heard hello"
    );
}

#[tokio::test]
async fn a_service_that_is_away_is_a_503_problem() {
    let unused = TcpListener::bind("127.0.0.1:0")
        .await
        .unwrap()
        .local_addr()
        .unwrap();
    let base = gateway(
        &[],
        Peer::remote(Url::parse(&format!("http://{unused}")).unwrap()),
    )
    .await;
    let client = Client::new();
    for path in [
        "/api/v1/photos",
        "/api/v1/timeline",
        "/api/v1/users/me",
        "/api/v1/auth/verify-token",
        "/api/openapi.json",
    ] {
        let answer = client.get(format!("{base}{path}")).send().await.unwrap();
        assert_eq!(code(answer).await, (503, "unavailable".into()), "{path}");
    }
    let health = client.get(format!("{base}/api/health")).send().await.unwrap();
    assert_eq!(health.status(), 503);
    assert_eq!(
        health.json::<Value>().await.unwrap()["services"]["media"]["status"],
        "failing"
    );
}

/// All lines of one header.
fn told(response: &reqwest::Response, header: &str) -> Vec<String> {
    let lines = response.headers().get_all(header).iter();
    lines.map(|line| line.to_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn rates_are_counted_by_address_and_cannot_be_talked_away() {
    let world = world(&[
        ("PHOTURE_SIGN_IN_BURST", "3"),
        ("PHOTURE_SIGN_IN_PER_MINUTE", "1"),
    ])
    .await;
    let mut last = None;
    for n in 0..4 {
        let request = world
            .client
            .post(world.url("/api/v1/auth/login"))
            .header("x-forwarded-for", format!("10.0.0.{n}"));
        last = Some(request.send().await.unwrap());
    }
    let refused = last.unwrap();
    let wait: u32 = refused.headers()["retry-after"]
        .to_str()
        .unwrap()
        .parse()
        .unwrap();
    assert!((1..=60).contains(&wait), "{wait}");
    // Of two limits the first is the nearer one.
    assert_eq!(
        told(&refused, "ratelimit-policy"),
        ["\"sign-in\";q=3;w=180", "\"requests\";q=500;w=10"]
    );
    assert_eq!(
        told(&refused, "ratelimit")[0],
        format!("\"sign-in\";r=0;t={wait}")
    );
    assert_eq!(code(refused).await, (429, "rate_limited".into()));
    assert_eq!(
        world.get("/api/v1/photos", &[]).await.status(),
        200,
        "only signing in is slowed down"
    );
}

#[tokio::test]
async fn one_users_rate_is_not_anothers() {
    let world = world(&[("PHOTURE_RATE_BURST", "2"), ("PHOTURE_RATE_PER_SECOND", "1")]).await;
    let one = world.token(|_| ());
    let other = world.token(|claims| claims["sub"] = json!("0197f000-0000-7000-8000-00000000000f"));
    let (mut statuses, mut left) = (Vec::new(), Vec::new());
    for token in [&one, &one, &one, &other] {
        let answer = world.get("/api/v1/photos", &[("authorization", token)]).await;
        statuses.push(answer.status().as_u16());
        left.extend(told(&answer, "ratelimit"));
        assert_eq!(told(&answer, "ratelimit-policy"), ["\"requests\";q=2;w=2"]);
        assert!(
            answer
                .headers()
                .keys()
                .all(|name| !name.as_str().starts_with("x-ratelimit"))
        );
    }
    assert_eq!(statuses, [200, 200, 429, 200]);
    let told = |left, wait| format!("\"requests\";r={left};t={wait}");
    assert_eq!(left, [told(1, 1), told(0, 2), told(0, 1), told(1, 1)]);
}

#[tokio::test]
async fn other_pages_may_use_it_only_where_they_are_named() {
    let world = world(&[("PHOTURE_CORS_ORIGINS", "https://app.example")]).await;
    let friend = world
        .get("/api/v1/photos", &[("origin", "https://app.example")])
        .await;
    assert_eq!(
        friend.headers()["access-control-allow-origin"],
        "https://app.example"
    );
    let stranger = world
        .get("/api/v1/photos", &[("origin", "https://evil.example")])
        .await;
    assert!(!stranger.headers().contains_key("access-control-allow-origin"));
}

#[tokio::test]
async fn what_is_inside_has_no_address_here() {
    let world = world(&[]).await;
    for path in [
        "/internal/room",
        "/api/v1/internal",
        "/api/v2/photos",
        "/api",
        "/media/a/b",
    ] {
        assert_eq!(
            code(world.get(path, &[]).await).await,
            (404, "not_found".into()),
            "{path}"
        );
    }
}

#[tokio::test]
async fn the_documents_of_all_are_one() {
    let world = world(&[]).await;
    let whole: Value = world.get("/api/openapi.json", &[]).await.json().await.unwrap();
    assert_eq!(whole["info"]["title"], "Photure");
    assert!(
        whole["info"]["description"]
            .as_str()
            .unwrap()
            .contains("payload_too_large")
    );
    assert!(whole["paths"]["/api/health"].is_object());
    let docs = world.get("/api/docs/", &[]).await;
    assert!(docs.text().await.unwrap().contains("swagger-ui"));
}

/// In one process the same requests are handed from router to router.
#[tokio::test]
async fn without_sockets_between_them_the_answers_are_the_same() {
    let (gone, _told) = mpsc::unbounded_channel();
    let state = Behind {
        issuer: Arc::default(),
        seen: Arc::default(),
        gone,
    };
    let base = gateway(&[], Peer::Local(behind(state))).await;
    let client = Client::new();
    let echoed: Value = client
        .get(format!("{base}/api/v1/photos/17?a=b"))
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert_eq!(echoed["path"], "/api/v1/photos/17?a=b");
    let upload = client
        .post(format!("{base}/api/v1/photos"))
        .body(vec![1; 10])
        .send()
        .await
        .unwrap();
    assert_eq!(
        (upload.status().as_u16(), upload.text().await.unwrap().as_str()),
        (201, "10")
    );
    let url = format!("{base}/api/v1/photos/socket").replace("http://", "ws://");
    let (mut socket, _) = tokio_tungstenite::connect_async(url).await.unwrap();
    socket.send("hello".into()).await.unwrap();
    assert_eq!(
        socket.next().await.unwrap().unwrap().into_text().unwrap(),
        "heard hello"
    );
}

/// Auth answers at once; gallery takes the request and says nothing.
#[tokio::test(start_paused = true)]
async fn a_gallery_that_hangs_costs_the_usage_and_nothing_else() {
    let issuer = Issuer::default();
    let keys = issuer.jwks();
    let auth = Router::new()
        .route(
            "/api/v1/users/me",
            get(|| async { Json(json!({"id": "1", "usage": null})) }),
        )
        .route("/.well-known/jwks.json", get(|| async { Json(keys) }));
    let hanging = Router::new().fallback(std::future::pending::<()>);
    let upstreams = Upstreams {
        auth: Peer::Local(auth),
        gallery: Peer::Local(hanging.clone()),
        media: Peer::Local(hanging),
        more_media: Vec::new(),
    };
    let router = router(config(&[]), upstreams, None, &Kit::default())
        .await
        .unwrap();
    let token = issuer.token(&json!({
        "iss": ISSUER, "aud": "photure", "sub": "0197f000-0000-7000-8000-000000000001",
        "sid": "0197f000-0000-7000-8000-000000000002", "scope": "photos:read", "iat": 1, "exp": 99_999_999_999_i64,
    }));
    let request = Request::get("/api/v1/users/me").header("authorization", format!("Bearer {token}"));
    let answer = router
        .clone()
        .oneshot(request.body(Body::empty()).unwrap())
        .await
        .unwrap();
    assert_eq!(answer.status(), 200);
    let body = axum::body::to_bytes(answer.into_body(), 1000).await.unwrap();
    assert_eq!(
        serde_json::from_slice::<Value>(&body).unwrap(),
        json!({"id": "1", "usage": null})
    );
    let health = router
        .oneshot(Request::get("/api/health").body(Body::empty()).unwrap())
        .await
        .unwrap();
    assert_eq!(health.status(), 503, "they are waited for in bounds");
}

/// A length that belongs to the caller's request must not be said of the question to auth.
#[tokio::test]
async fn who_one_is_can_be_asked_with_a_body_that_nobody_reads() {
    let world = world(&[]).await;
    let token = world.token(|_| ());
    let asked = world
        .client
        .get(world.url("/api/v1/users/me"))
        .header("authorization", token)
        .body("a body of some length");
    let answer: Value = asked.send().await.unwrap().json().await.unwrap();
    assert_eq!(answer["usage"]["photos"], 7);
}

#[tokio::test]
async fn pictures_and_the_page_are_beyond_the_rate_limit() {
    let (gone, _told) = mpsc::unbounded_channel();
    let behind = behind(Behind {
        issuer: Arc::default(),
        seen: Arc::default(),
        gone,
    })
    .route("/media/{sha256}/{file}", get(|| async { "a picture" }));
    let peer = Peer::Local(behind);
    let upstreams = Upstreams {
        auth: peer.clone(),
        gallery: peer.clone(),
        media: peer,
        more_media: Vec::new(),
    };
    let page = Router::new().fallback(|| async { "the page" });
    let slow = config(&[("PHOTURE_RATE_BURST", "2"), ("PHOTURE_RATE_PER_SECOND", "1")]);
    let router = router(slow, upstreams, Some(page), &Kit::default())
        .await
        .unwrap();
    let ask = async |path: &str| {
        let request = Request::get(path).body(Body::empty()).unwrap();
        router.clone().oneshot(request).await.unwrap().status().as_u16()
    };
    let mut api = Vec::new();
    for _ in 0..5 {
        assert_eq!(ask("/media/ab/thumb.webp").await, 200);
        assert_eq!(ask("/timeline").await, 200);
        api.push(ask("/api/v1/photos/17").await);
    }
    assert_eq!(api, [200, 200, 429, 429, 429]);
}
