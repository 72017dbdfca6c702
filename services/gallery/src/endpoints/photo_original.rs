use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header::{ACCEPT, LOCATION, VARY};
use http::{HeaderMap, StatusCode};
use photure_common::Problem;
use photure_common::extract::{Json, Path, Query};
use photure_common::identity::{Permit, ReadPhotos};
use photure_domain::PhotoId;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::documentation::{Always, InvalidQuery, NotFound};
use crate::library::Library;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct OriginalQuery {
    /// An address under which a browser saves the file, by its own name, instead of showing it.
    #[serde(default)]
    download: bool,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OriginalAddress {
    /// Signed, good for at least 12 hours.
    url: String,
}

/// Fetch the original
///
/// Leads to the signed address of the bytes. A page, whose sign-in is no cookie, asks with `Accept: application/json`
/// and is told the address instead.
#[utoipa::path(
    get,
    path = "/api/v1/photos/{id}/original",
    tag = "photos",
    security(("bearer" = [])),
    params(("id" = PhotoId, Path), OriginalQuery),
    responses(
        (status = 302, description = "Where the bytes are", headers(("Location" = String))),
        (status = 200, description = "The same, for `Accept: application/json`", body = OriginalAddress),
        Always, NotFound, InvalidQuery
    )
)]
pub(crate) async fn photo_original(
    permit: Permit<ReadPhotos>,
    State(library): State<Arc<Library>>,
    Path(id): Path<PhotoId>,
    Query(query): Query<OriginalQuery>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let facts = library.photo(permit.library()?, id).await?.facts;
    let addresses = library.addresses();
    let url = if query.download {
        addresses.download(&facts)
    } else {
        addresses.original(&facts.sha256, facts.media_type)
    };
    let varies = [(VARY, "accept, authorization, photure-library")];
    if names_json(&headers) {
        return Ok((varies, Json(OriginalAddress { url })).into_response());
    }
    Ok((StatusCode::FOUND, varies, [(LOCATION, url)]).into_response())
}

/// `*/*`, which every client sends, does not name it.
fn names_json(headers: &HeaderMap) -> bool {
    let lists = headers
        .get_all(ACCEPT)
        .iter()
        .filter_map(|value| value.to_str().ok());
    let mut ranges = lists.flat_map(|list| list.split(','));
    ranges.any(|range| {
        range
            .split(';')
            .next()
            .unwrap_or_default()
            .trim()
            .eq_ignore_ascii_case("application/json")
    })
}

#[cfg(test)]
mod tests {
    use photure_domain::Clock;
    use photure_domain::media_address::Variant;
    use photure_domain::photo::MediaType;
    use photure_testkit::sha256;
    use serde_json::{Value, json};

    use crate::tests::World;

    const NAME: &str = "Größe & 1.png";

    async fn uploaded(world: &World) -> String {
        let mut registration = world.registration(1, 1, "2024-07-28T19:04:05Z");
        registration.facts.media_type = MediaType::Png;
        registration.facts.filename = NAME.into();
        let photo: Value = world
            .person(1)
            .post("/internal/photos")
            .json(&registration)
            .await
            .json();
        format!("/api/v1/photos/{}/original", photo["id"].as_str().unwrap())
    }

    #[tokio::test]
    async fn it_leads_to_the_signed_address() {
        let world = World::new().await;
        let path = uploaded(&world).await;
        let sign = |name| {
            world.key().sign(
                &sha256(1),
                Variant::Original,
                Some("png"),
                name,
                world.clock.now(),
            )
        };
        for (query, url) in [
            ("", sign(None)),
            ("?download=false", sign(None)),
            ("?download=true", sign(Some(NAME))),
        ] {
            for accept in [
                "*/*",
                "text/html,application/xhtml+xml,*/*;q=0.8",
                "image/*",
                "application/jsonp",
            ] {
                let answer = world
                    .person(1)
                    .get(&format!("{path}{query}"))
                    .add_header("Accept", accept)
                    .await;
                assert_eq!(
                    (answer.status_code().as_u16(), answer.header("location")),
                    (302, url.parse().unwrap())
                );
            }
        }
        assert!(sign(Some(NAME)).ends_with("&dl=Gr%C3%B6%C3%9Fe%20%26%201.png"));
    }

    #[tokio::test]
    async fn a_page_is_told_the_address() {
        let world = World::new().await;
        let path = uploaded(&world).await;
        let url = world.key().sign(
            &sha256(1),
            Variant::Original,
            Some("png"),
            Some(NAME),
            world.clock.now(),
        );
        for accept in ["application/json", "text/html, Application/JSON;q=0.9"] {
            let answer = world
                .person(1)
                .get(&format!("{path}?download=true"))
                .add_header("Accept", accept)
                .await;
            assert_eq!(
                (answer.status_code().as_u16(), answer.json::<Value>()),
                (200, json!({"url": url}))
            );
            assert_eq!(answer.header("vary"), "accept, authorization, photure-library");
        }
    }
}
