//! Style sheet, scripts and logo. Their addresses carry a hash of their content, so browsers may keep them.

use std::collections::BTreeMap;

use axum::{
    body::Bytes,
    extract::{Path, State, rejection::PathRejection},
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use rust_embed::{EmbeddedFile, RustEmbed};

use super::{error::Error, web::Shared};

#[derive(RustEmbed)]
#[folder = "static/"]
struct Files;

/// The files by name, each with its address.
pub(super) struct Assets(BTreeMap<String, Asset>);

struct Asset {
    address: String,
    kind: HeaderValue,
    content: Bytes,
}

const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
const CHECK_FIRST: HeaderValue = HeaderValue::from_static("no-cache");

impl Assets {
    pub(super) fn embedded() -> Self {
        let files = Files::iter().filter_map(|name| Some((name.to_string(), Files::get(&name)?)));
        Self(files.map(|(name, file)| (name.clone(), Asset::new(&name, file))).collect())
    }

    /// The address of a file. The tests ask for every name the templates use.
    pub(super) fn address(&self, name: &str) -> &str {
        self.0.get(name).map_or("", |asset| asset.address.as_str())
    }

    /// The file behind the last part of an address, and whether the hash is that of its content.
    fn find(&self, file: &str) -> Option<(&Asset, bool)> {
        let (stem, extension) = file.rsplit_once('.')?;
        let (stem, _hash) = stem.rsplit_once('.')?;
        let asset = self.0.get(&format!("{stem}.{extension}"))?;
        Some((asset, asset.address.ends_with(&format!("/{file}"))))
    }
}

impl Asset {
    fn new(name: &str, file: EmbeddedFile) -> Self {
        let hash: String =
            file.metadata.sha256_hash()[..6].iter().map(|byte| format!("{byte:02x}")).collect();
        let (stem, extension) = name.rsplit_once('.').unwrap_or((name, ""));
        let kind = HeaderValue::from_static(match extension {
            "css" => "text/css; charset=utf-8",
            "js" => "text/javascript; charset=utf-8",
            "svg" => "image/svg+xml",
            _ => "application/octet-stream",
        });
        let address = format!("/static/{stem}.{hash}.{extension}");
        Self { address, kind, content: Bytes::from_owner(file.data) }
    }
}

/// Serves a file. While two versions of the program run side by side, the other's hash gets our file too.
pub(super) async fn serve(
    State(web): State<Shared>,
    file: Result<Path<String>, PathRejection>,
) -> Result<Response, Error> {
    let Path(file) = file.map_err(|_| Error::NotFound)?;
    let (asset, current) = web.assets.find(&file).ok_or(Error::NotFound)?;
    let caching = if current { FOR_EVER } else { CHECK_FIRST };
    let headers = [(header::CONTENT_TYPE, asset.kind.clone()), (header::CACHE_CONTROL, caching)];
    Ok((headers, asset.content.clone()).into_response())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::http::testing::Browser;

    #[tokio::test]
    async fn files_are_kept_for_ever_under_their_hash() {
        let mut browser = Browser::new().await;
        for name in ["style.css", "status.js", "form.js", "logo.svg"] {
            let address = Assets::embedded().address(name).to_owned();
            let answer = browser.get(&address).await;
            assert_eq!(answer.status, 200, "{name}");
            assert_eq!(answer.header("cache-control"), "public, max-age=31536000, immutable");
            assert!(!answer.text.is_empty());
        }
        let old = browser.get("/static/style.000000000000.css").await;
        assert_eq!((old.status, old.header("cache-control").as_str()), (200, "no-cache"));
        for missing in ["/static/style.css", "/static/other.000000000000.css", "/static/..%2f..%2fCargo.toml"]
        {
            assert_eq!(browser.get(missing).await.status, 404, "{missing}");
        }
    }
}
