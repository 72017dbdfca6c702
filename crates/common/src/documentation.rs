//! What the OpenAPI document says of every route alike: the problems it may answer with, and how a caller is known.

use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::path::{Operation, ParameterBuilder, ParameterIn};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{
    ContentBuilder, KnownFormat, ObjectBuilder, OpenApi, Ref, RefOr, Response, ResponseBuilder, SchemaFormat,
    Type,
};
use utoipa::{PartialSchema, ToSchema};

use crate::ProblemBody;

/// Names sets of problems for `#[utoipa::path(responses(Set, …))]`: a status and a sentence that names its codes.
///
/// ```text
/// problems! {
///     /// Of a route that names a thing.
///     NotFound { "404" "There is no such thing: `not_found`." }
/// }
/// ```
#[macro_export]
macro_rules! problems {
    ($($(#[$doc:meta])* $name:ident { $($status:literal $said:literal),+ $(,)? })+) => {$(
        $(#[$doc])*
        pub(crate) struct $name;

        impl ::utoipa::IntoResponses for $name {
            fn responses() -> ::std::collections::BTreeMap<String, ::utoipa::openapi::RefOr<::utoipa::openapi::Response>> {
                ::std::collections::BTreeMap::from([
                    $(($status.to_owned(), $crate::documentation::problem($said).into())),+
                ])
            }
        }
    )+};
}

/// A response that is a problem document.
pub fn problem(description: &str) -> Response {
    let schema = Ref::from_schema_name(ProblemBody::name());
    let content = ContentBuilder::new().schema(Some(schema)).build();
    let request_id = HeaderBuilder::new()
        .schema(Some(String::schema()))
        .description(Some("What to quote to an operator"))
        .build();
    ResponseBuilder::new()
        .description(description)
        .content("application/problem+json", content)
        .header("X-Request-Id", request_id)
        .build()
}

/// Adds what routes refer to: the problem document, and the security scheme `bearer`.
#[must_use]
pub fn complete(mut document: OpenApi) -> OpenApi {
    let components = document.components.get_or_insert_default();
    components
        .schemas
        .insert(ProblemBody::name().into_owned(), ProblemBody::schema());
    let mut fields = Vec::new();
    ProblemBody::schemas(&mut fields);
    components.schemas.extend(fields);
    let bearer = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .bearer_format("JWT")
        .build();
    components.add_security_scheme("bearer", SecurityScheme::Http(bearer));
    document
}

/// Of a service whose routes are about libraries: each operation that wants a token takes the header that names a shared one, but for those of administrators.
#[must_use]
pub fn in_libraries(mut document: OpenApi) -> OpenApi {
    for (path, item) in &mut document.paths.paths {
        if path.starts_with("/api/v1/admin/") {
            continue;
        }
        let operations = [
            &mut item.get,
            &mut item.head,
            &mut item.post,
            &mut item.put,
            &mut item.patch,
            &mut item.delete,
        ];
        for operation in operations.into_iter().flatten() {
            if operation
                .security
                .as_ref()
                .is_some_and(|wanted| !wanted.is_empty())
            {
                takes_library(operation);
            }
        }
    }
    document
}

fn takes_library(operation: &mut Operation) {
    let id = ObjectBuilder::new()
        .schema_type(Type::String)
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::Uuid)));
    let header = ParameterBuilder::new()
        .name("Photure-Library")
        .parameter_in(ParameterIn::Header)
        .description(Some(
            "The organization whose library is meant; without it, it is one's own.",
        ))
        .schema(Some(id))
        .build();
    operation.parameters.get_or_insert_default().push(header.into());
    for (status, said) in [
        (
            "400",
            "The header `Photure-Library` holds no id: `malformed_header`.",
        ),
        (
            "404",
            "The caller is not in that organization: `library_not_found`.",
        ),
    ] {
        match operation.responses.responses.get_mut(status) {
            Some(RefOr::T(response)) => {
                response.description = format!("{} {said}", response.description);
            }
            Some(RefOr::Ref(_)) => {}
            None => {
                let response = problem(said).into();
                operation.responses.responses.insert(status.to_owned(), response);
            }
        }
    }
}
