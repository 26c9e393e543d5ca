//! Style sheet, scripts, logo and the operator's files. Their addresses carry a hash of their content, so browsers
//! may keep them; each is compressed once, when it is first asked for.

mod sheet;

use std::{
    collections::BTreeMap,
    sync::{Arc, LazyLock, OnceLock},
};

use axum::{
    body::Bytes,
    extract::{Path, State, rejection::PathRejection},
    http::{HeaderValue, header},
    response::Response,
};
use flate2::Compression;
use rust_embed::RustEmbed;

use super::{
    compress::{brotli, gzip},
    encoding::{Accepted, Encoding, mark},
    error::Error,
};
use crate::config::{self, Faults, StaticFile};

#[derive(RustEmbed)]
#[folder = "static/"]
struct Files;

/// All files; cheap to clone.
#[derive(Clone)]
pub struct Assets(Arc<Inner>);

struct Inner {
    files: BTreeMap<String, Arc<Asset>>,
    logo: String,
    favicon: String,
}

struct Asset {
    /// Without the base path of the site.
    address: String,
    kind: &'static str,
    /// True if it can be made smaller.
    is_text: bool,
    plain: Bytes,
    gzip: OnceLock<Bytes>,
    brotli: OnceLock<Bytes>,
}

const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
const CHECK_FIRST: HeaderValue = HeaderValue::from_static("no-cache");

/// An image may have styles of its own, which the policy for pages forbids, and may do nothing else.
const IMAGE_POLICY: HeaderValue =
    HeaderValue::from_static("default-src 'none'; style-src 'unsafe-inline'; sandbox");

const SHEET: &str = "style.css";
const LOGO: &str = "logo.svg";

/// The built-in files as they are.
static EMBEDDED: LazyLock<BTreeMap<String, Arc<Asset>>> = LazyLock::new(|| {
    let content = |name: &str| Files::get(name).map(|file| file.data.into_owned()).unwrap_or_default();
    Files::iter().map(|name| (name.to_string(), Arc::new(Asset::new(&name, content(&name))))).collect()
});

impl Assets {
    /// The built-in files alone.
    #[must_use]
    pub fn embedded() -> Self {
        Self::of(EMBEDDED.clone(), None, None)
    }

    /// The built-in files in the site's colours, with the operator's over them.
    ///
    /// # Errors
    /// All [`Faults`] of the operator's files.
    pub fn read(site: &config::Site) -> Result<Self, Faults> {
        let own = site.static_files()?;
        let mut files = EMBEDDED.clone();
        if let Some(accent) = &site.accent {
            let logo = sheet::coloured_logo(&EMBEDDED[LOGO].plain, accent);
            files.insert(LOGO.to_owned(), Arc::new(Asset::new(LOGO, logo)));
        }
        let (sheets, others): (Vec<_>, Vec<_>) =
            own.files.into_iter().partition(|file| file.name.ends_with(".css"));
        for StaticFile { name, content } in others {
            files.insert(name.clone(), Arc::new(Asset::new(&name, content)));
        }
        let addresses: Vec<_> =
            files.iter().map(|(name, file)| (name.clone(), file.address.clone())).collect();
        for StaticFile { name, content } in sheets {
            let content = sheet::with_addresses(content, &addresses);
            files.insert(name.clone(), Arc::new(Asset::new(&name, content)));
        }
        if let Some(accent) = &site.accent {
            let content = sheet::in_colours(&files[SHEET].plain, accent);
            files.insert(SHEET.to_owned(), Arc::new(Asset::new(SHEET, content)));
        }
        Ok(Self::of(files, own.logo, own.favicon))
    }

    fn of(files: BTreeMap<String, Arc<Asset>>, logo: Option<String>, favicon: Option<String>) -> Self {
        let logo = logo.unwrap_or_else(|| LOGO.to_owned());
        let favicon = favicon.unwrap_or_else(|| logo.clone());
        Self(Arc::new(Inner { files, logo, favicon }))
    }

    /// The address of a file. The tests ask for every name the templates use.
    pub(super) fn address(&self, name: &str) -> &str {
        self.0.files.get(name).map_or("", |asset| asset.address.as_str())
    }

    /// The address of the logo.
    pub(super) fn logo(&self) -> &str {
        self.address(&self.0.logo)
    }

    /// The address of the browser tab's icon, and its type.
    pub(super) fn favicon(&self) -> (&str, &str) {
        self.0.files.get(&self.0.favicon).map_or(("", ""), |asset| (asset.address.as_str(), asset.kind))
    }

    /// The file behind the last part of an address, and whether the hash is that of its content.
    fn find(&self, file: &str) -> Option<(&Asset, bool)> {
        let (stem, extension) = file.rsplit_once('.')?;
        let (stem, _hash) = stem.rsplit_once('.')?;
        let asset = self.0.files.get(&format!("{stem}.{extension}"))?;
        Some((asset, asset.address.ends_with(&format!("/{file}"))))
    }
}

impl Asset {
    fn new(name: &str, content: Vec<u8>) -> Self {
        let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &content);
        let hash: String = digest.as_ref()[..6].iter().map(|byte| format!("{byte:02x}")).collect();
        let (stem, extension) = name.rsplit_once('.').unwrap_or((name, ""));
        let (kind, is_text) = kind(extension);
        let address = format!("/static/{stem}.{hash}.{extension}");
        let plain = Bytes::from(content);
        Self { address, kind, is_text, plain, gzip: OnceLock::new(), brotli: OnceLock::new() }
    }

    /// The content as it is wanted, and compressed only where that makes it smaller.
    fn content(&self, accepted: Accepted) -> (Encoding, &Bytes) {
        let encoding = accepted.best(self.is_text, self.is_text);
        let packed = match encoding {
            Encoding::Identity => return (encoding, &self.plain),
            Encoding::Gzip => self.gzip.get_or_init(|| gzip(&self.plain, Compression::best()).into()),
            Encoding::Brotli => self.brotli.get_or_init(|| brotli(&self.plain).into()),
        };
        let is_smaller = !packed.is_empty() && packed.len() < self.plain.len();
        if is_smaller { (encoding, packed) } else { (Encoding::Identity, &self.plain) }
    }
}

/// The media type of a file, and whether it can be made smaller.
fn kind(extension: &str) -> (&'static str, bool) {
    match extension {
        "css" => ("text/css; charset=utf-8", true),
        "js" => ("text/javascript; charset=utf-8", true),
        "svg" => ("image/svg+xml", true),
        "txt" => ("text/plain; charset=utf-8", true),
        "ico" => ("image/x-icon", true),
        "png" => ("image/png", false),
        "webp" => ("image/webp", false),
        "avif" => ("image/avif", false),
        "jpg" | "jpeg" => ("image/jpeg", false),
        "woff" => ("font/woff", false),
        "woff2" => ("font/woff2", false),
        _ => ("application/octet-stream", false),
    }
}

/// Serves a file. While two versions of the program run side by side, an address with the other's hash gets our file
/// too.
pub(super) async fn serve(
    State(assets): State<Assets>,
    accepted: Accepted,
    file: Result<Path<String>, PathRejection>,
) -> Result<Response, Error> {
    let Path(file) = file.map_err(|_| Error::NotFound)?;
    let (asset, current) = assets.find(&file).ok_or(Error::NotFound)?;
    let (encoding, content) = asset.content(accepted);
    let mut response = Response::new(content.clone().into());
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(asset.kind));
    headers.insert(header::CACHE_CONTROL, if current { FOR_EVER } else { CHECK_FIRST });
    if asset.kind.starts_with("image/") {
        headers.insert(header::CONTENT_SECURITY_POLICY, IMAGE_POLICY);
    }
    if asset.is_text {
        mark(headers, encoding);
    }
    Ok(response)
}

#[cfg(test)]
mod tests;
