#![allow(clippy::unwrap_used)]

use std::{fs, path::Path as File};

use super::*;
use crate::http::testing::{Browser, House};

#[tokio::test]
async fn files_are_kept_for_ever_under_their_hash() {
    let mut browser = Browser::new().await;
    for name in ["style.css", "status.js", "form.js", "menu.js", "logo.svg"] {
        let address = Assets::embedded().address(name).to_owned();
        let answer = browser.get(&address).await;
        assert_eq!(answer.status, 200, "{name}");
        assert_eq!(answer.header("cache-control"), "public, max-age=31536000, immutable");
        assert_eq!(answer.header("vary"), "accept-encoding");
        assert!(!answer.text.is_empty());
    }
    let old = browser.get("/static/style.000000000000.css").await;
    assert_eq!((old.status, old.header("cache-control").as_str()), (200, "no-cache"));
    for missing in ["/static/style.css", "/static/other.000000000000.css", "/static/..%2f..%2fCargo.toml"] {
        assert_eq!(browser.get(missing).await.status, 404, "{missing}");
    }
}

#[test]
fn every_built_in_text_is_smaller_packed_and_the_same_unpacked() {
    for (name, asset) in EMBEDDED.iter() {
        let packed = |wanted: &str, encoding| {
            let headers = [(header::ACCEPT_ENCODING, wanted.parse().unwrap())].into_iter().collect();
            let (used, content) = asset.content(Accepted::of(&headers));
            assert_eq!(used, encoding, "{name}");
            content.clone()
        };
        let (gzip, brotli) = (packed("gzip", Encoding::Gzip), packed("br, gzip", Encoding::Brotli));
        let mut unpacked = Vec::new();
        brotli::BrotliDecompress(&mut brotli.as_ref(), &mut unpacked).unwrap();
        assert_eq!(unpacked, asset.plain, "{name}");
        let mut unpacked = Vec::new();
        std::io::copy(&mut flate2::read::GzDecoder::new(gzip.as_ref()), &mut unpacked).unwrap();
        assert_eq!(unpacked, asset.plain, "{name}");
        assert!(brotli.len() <= gzip.len(), "{name}");
    }
}

/// A site with these settings of `[site]`, written with `$DIR` for a folder with these files.
async fn house(site: &str, files: &[(&str, &[u8])]) -> (House, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    for (name, content) in files {
        fs::write(folder.path().join(name), content).unwrap();
    }
    let house = House::with_site(&placed(site, folder.path())).await;
    (house, folder)
}

fn placed(settings: &str, folder: &File) -> String {
    settings.replace("$DIR", folder.to_str().unwrap())
}

#[tokio::test]
async fn the_accent_reaches_the_page_by_the_style_sheet_alone() {
    let (house, _folder) = house("accent = \"#1a4f8b\"", &[]).await;
    let mut browser = Browser::at(house);
    let page = browser.get("/en").await;
    let address = page.attribute("link[rel=stylesheet]", "href");
    assert_ne!(address, Assets::embedded().address(SHEET), "what has changed has another address");
    let sheet = browser.get(&address).await.text;
    assert!(sheet.contains(":root{--accent:#1a4f8b;") && sheet.contains("dark){:root{--accent:#"), "{sheet}");
    let logo = browser.get(&page.attribute("header img", "src")).await.text;
    assert!(logo.contains("#1a4f8b") && !logo.contains(LOGO_GREEN), "{logo}");
}

const LOGO_GREEN: &str = "#0d6b62";

#[tokio::test]
async fn logo_and_icon_are_the_operators() {
    let (house, _folder) = house(
        "logo = \"$DIR/our-mark.svg\"\nfavicon = \"$DIR/icon.png\"",
        &[("our-mark.svg", b"<svg><style>a{}</style></svg>"), ("icon.png", b"\x89PNG\r\n\x1a\nrest")],
    )
    .await;
    let mut browser = Browser::at(house);
    let page = browser.get("/en").await;
    let (logo, icon) = (page.attribute("header img", "src"), page.attribute("link[rel=icon]", "href"));
    assert!(logo.starts_with("/static/logo.") && logo.ends_with(".svg"), "{logo}");
    assert!(icon.starts_with("/static/favicon.") && icon.ends_with(".png"), "{icon}");
    assert_eq!(page.attribute("link[rel=icon]", "type"), "image/png");
    let logo = browser.get(&logo).await;
    assert_eq!(logo.text, "<svg><style>a{}</style></svg>");
    assert!(logo.header("content-security-policy").ends_with("style-src 'unsafe-inline'; sandbox"));
}

#[tokio::test]
async fn a_folder_goes_over_the_built_in_files_and_adds_others() {
    let (house, folder) = house(
        "static_dir = \"$DIR\"\naccent = \"#1a4f8b\"",
        &[
            ("style.css", b"@font-face{src:url('our.woff2')}"),
            ("our.woff2", b"wOF2..."),
            (".style.css.swp", b"x"),
            ("style.css~", b"x"),
        ],
    )
    .await;
    let site = house.site.clone();
    let mut browser = Browser::at(house);
    let address = browser.get("/en").await.attribute("link[rel=stylesheet]", "href");
    let sheet = browser.get(&address).await.text;
    assert!(sheet.starts_with("@font-face{src:url(our.") && sheet.contains("--accent:#1a4f8b"), "{sheet}");
    let font = sheet.split(['(', ')']).nth(1).unwrap();
    let font = browser.get(&format!("/static/{font}")).await;
    assert_eq!((font.header("content-type").as_str(), font.text.as_str()), ("font/woff2", "wOF2..."));
    assert_eq!(font.header("vary"), "", "it is not compressed again");

    fs::write(folder.path().join("evil.html"), "<p>").unwrap();
    let faults = Assets::read(&site.config.site).err().unwrap().to_string();
    assert!(
        faults.starts_with("site.static_dir: `") && faults.contains("evil.html` is not a file"),
        "{faults}"
    );
}
