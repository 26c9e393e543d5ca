//! The description of the API (OpenAPI 3.1), made of the handlers and what they answer with.

use axum::{extract::State, response::Response};
use utoipa::{
    OpenApi,
    openapi::{OpenApi as Document, RefOr, Schema, Server},
};

use super::{
    super::state::{Shared, Web},
    at,
    error::{self, FieldProblem, Problem},
    json, v1, v2,
};

/// Both versions.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "accountcreator API",
        description = "Ask for Microsoft 365 accounts and follow how they are created.",
    ),
    paths(
        v1::versions,
        v1::operations,
        v1::verify_email,
        v1::create_account,
        v2::service,
        v2::create,
        v2::show,
    ),
    components(schemas(Problem, FieldProblem, error::Message, error::FieldMessages, error::Errors)),
    tags(
        (name = "version 2", description = "A signup is made, has an address, and can be followed there. Errors are problem details (RFC 9457)."),
        (name = "version 1", description = "What MS365-Accountcreator has at the same addresses, for programs that are written for it."),
    )
)]
struct Api;

/// The description as it holds for this site.
pub(super) fn document(web: &Web) -> &Document {
    web.api_document.get_or_init(|| {
        let mut document = Api::openapi();
        if !web.config().api.v1 {
            document.paths.paths.retain(|path, _| !path.starts_with("/api/v1/"));
        }
        // Paths are appended to it, and begin with a slash.
        let server = at(web, "/");
        document.servers = Some(vec![Server::new(server.strip_suffix('/').unwrap_or_default())]);
        if let Some(email) = &web.config().site.email_example {
            show_email(&mut document, email);
        }
        document
    })
}

/// An address that this site admits is a better example than any other.
fn show_email(document: &mut Document, email: &str) {
    let schemas = document.components.iter_mut().flat_map(|components| components.schemas.values_mut());
    for schema in schemas {
        if let RefOr::T(Schema::Object(object)) = schema
            && let Some(RefOr::T(Schema::Object(field))) = object.properties.get_mut("email")
        {
            field.example = Some(email.into());
        }
    }
}

/// The description for programs.
pub(in crate::http) async fn serve(State(web): State<Shared>) -> Response {
    json("application/json", document(&web))
}
