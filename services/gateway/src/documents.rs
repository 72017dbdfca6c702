//! `/api/openapi.json` and `/api/docs`: one document for the whole platform, gathered from its services.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use bytes::Bytes;
use http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use http::{HeaderValue, Request};
use photure_common::extract::Path;
use photure_common::peer::{Peer, PeerError};
use photure_common::{PROBLEM_CODES, Problem};
use serde_json::{Map, Value, json};
use tokio::sync::Mutex;
use utoipa::OpenApi;
use utoipa::openapi::Info;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityScheme};

use crate::Upstreams;

/// A service that was replaced by a newer one is asked again after this.
const FRESH: Duration = Duration::from_secs(60);

/// What the gateway itself answers.
#[derive(OpenApi)]
#[openapi(
    paths(crate::health::health),
    components(schemas(crate::health::PlatformHealth))
)]
struct Own;

/// One document of those of the services. As JSON, because utoipa's types do not read all that they write.
pub fn merge(documents: Vec<Value>) -> Value {
    let mut own = Own::openapi();
    own.info = Info::builder()
        .title("Photure")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(description()))
        .build();
    let bearer = SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer));
    let api_key = SecurityScheme::ApiKey(ApiKey::Header(ApiKeyValue::new("X-Api-Key")));
    let components = own.components.get_or_insert_default();
    components.add_security_scheme("bearer", bearer);
    components.add_security_scheme("api_key", api_key);
    let mut whole = serde_json::to_value(own).unwrap_or_default();
    for mut document in documents {
        // Two services may answer one path, each by other methods.
        if let Value::Object(paths) = document["paths"].take() {
            for (path, methods) in paths {
                take_in(&mut whole["paths"][path], methods);
            }
        }
        if let Value::Object(kinds) = document["components"].take() {
            for (kind, named) in kinds {
                take_in(&mut whole["components"][kind], named);
            }
        }
    }
    let paths = whole["paths"].as_object_mut().into_iter().flatten();
    paths
        .filter_map(|(_, methods)| methods.as_object_mut())
        .flatten()
        .for_each(|(_, operation)| as_at_the_door(operation));
    whole
}

/// What holds for every operation because it passes nginx and the gateway: these may refuse it by themselves, and an API key may stand in the
/// place of a token, in `Authorization` as well as in a header of its own.
fn as_at_the_door(operation: &mut Value) {
    let refused = |description: &str| {
        let schema = json!({ "$ref": "#/components/schemas/Problem" });
        json!({ "description": description, "content": { "application/problem+json": { "schema": schema } } })
    };
    let refusals = json!({
        "400": refused("bad_request: the address is no address, such as one with `..` in it"),
        "429": refused("rate_limited"),
    });
    take_in(&mut operation["responses"], refusals);
    if let Some(ways) = operation.get_mut("security").and_then(Value::as_array_mut)
        && ways.iter().any(|way| way.get("bearer").is_some())
    {
        ways.push(json!({ "api_key": [] }));
    }
}

/// What is there already stays: the services share their problems and schemas.
fn take_in(whole: &mut Value, part: Value) {
    let Value::Object(part) = part else { return };
    if whole.is_null() {
        *whole = Value::Object(Map::new());
    }
    if let Value::Object(whole) = whole {
        for (name, value) in part {
            whole.entry(name).or_insert(value);
        }
    }
}

fn description() -> String {
    let codes: String = PROBLEM_CODES
        .iter()
        .map(|(code, meaning)| format!("| `{code}` | {meaning} |\n"))
        .collect();
    format!(
        "Ids are UUIDv7, times RFC 3339 in UTC, lists `{{items, next_cursor}}`. Errors are `application/problem+json` (RFC 9457) \
         with one of these stable codes:\n\n| code | meaning |\n| --- | --- |\n{codes}"
    )
}

/// The services' documents, as they were when last asked.
#[derive(Clone, Debug)]
pub(crate) struct Documents {
    upstreams: Upstreams,
    gathered: Arc<Mutex<Option<(Instant, Bytes)>>>,
}

impl Documents {
    pub(crate) fn new(upstreams: Upstreams) -> Self {
        Self {
            upstreams,
            gathered: Arc::default(),
        }
    }

    /// The merged document, written once for many readers.
    async fn gather(&self) -> Result<Bytes, PeerError> {
        let mut gathered = self.gathered.lock().await;
        if let Some((_, whole)) = gathered.as_ref().filter(|(since, _)| since.elapsed() < FRESH) {
            return Ok(whole.clone());
        }
        let Upstreams {
            auth, gallery, media, ..
        } = &self.upstreams;
        let (auth, gallery, media) = tokio::try_join!(document(auth), document(gallery), document(media))?;
        let whole = merge(vec![auth, gallery, media]);
        let whole = Bytes::from(serde_json::to_vec(&whole).map_err(PeerError::request)?);
        *gathered = Some((Instant::now(), whole.clone()));
        Ok(whole)
    }
}

async fn document(peer: &Peer) -> Result<Value, PeerError> {
    let ask = || {
        Request::get(photure_common::chassis::OPENAPI_PATH)
            .body(Body::empty())
            .map_err(PeerError::request)
    };
    peer.json_retrying(ask).await
}

pub(crate) async fn openapi(State(documents): State<Documents>) -> Result<impl IntoResponse, Problem> {
    let whole = documents
        .gather()
        .await
        .map_err(|error| Problem::unavailable("documents", &error))?;
    Ok(([(CONTENT_TYPE, "application/json")], whole))
}

/// `/api/docs` itself leads to the page, whose links are relative.
pub(crate) async fn docs() -> Redirect {
    Redirect::temporary("/api/docs/index.html")
}

pub(crate) async fn docs_file(Path(name): Path<String>) -> Result<Response, Problem> {
    let config = Arc::new(utoipa_swagger_ui::Config::from("/api/openapi.json"));
    let file = utoipa_swagger_ui::serve(&name, config).map_err(|error| Problem::internal(&*error))?;
    let file = file.ok_or_else(Problem::not_found)?;
    let mut response = ([(CONTENT_TYPE, file.content_type)], file.bytes.into_owned()).into_response();
    if file.gzpipped {
        response
            .headers_mut()
            .insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    Ok(response)
}
