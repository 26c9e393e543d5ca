//! The style sheet and the logo in the site's colours, and the addresses in style sheets.

use std::fmt::Write;

use crate::{
    config::{Accent, Shades},
    domain::Colour,
};

/// The built-in logo's two colours.
const LOGO_GROUND: &str = "#0d6b62";
const LOGO_SIGN: &str = "#8fe3d4";

/// The sheet with the site's colours at its end, where they count more.
pub(super) fn in_colours(sheet: &[u8], accent: &Accent) -> Vec<u8> {
    let colours = |Shades { accent, strong, on_accent, tint }: Shades| {
        format!(":root{{--accent:{accent};--accent-strong:{strong};--on-accent:{on_accent};--tint:{tint}}}")
    };
    let mut sheet = String::from_utf8_lossy(sheet).into_owned();
    let (light, dark) = (colours(accent.light), colours(accent.dark));
    // Writing into memory does not fail.
    let _ = write!(sheet, "\n{light}\n@media (prefers-color-scheme:dark){{{dark}}}\n");
    sheet.into_bytes()
}

/// The built-in logo in the site's colour.
pub(super) fn coloured_logo(logo: &[u8], accent: &Accent) -> Vec<u8> {
    let ground = accent.light.accent;
    let logo = String::from_utf8_lossy(logo).replace(LOGO_GROUND, &ground.to_string());
    logo.replace(LOGO_SIGN, &ground.mixed(Colour::WHITE, 70).to_string()).into_bytes()
}

/// The sheet with each `url(name)` of a file leading to the file's address, as it is seen from the sheet's.
pub(super) fn with_addresses(sheet: Vec<u8>, addresses: &[(String, String)]) -> Vec<u8> {
    let Ok(mut sheet) = String::from_utf8(sheet) else { return Vec::new() };
    for (name, address) in addresses {
        let beside = address.rsplit('/').next().unwrap_or_default();
        for quote in ["", "\"", "'"] {
            let written = format!("url({quote}{name}{quote})");
            sheet = sheet.replace(&written, &format!("url({beside})"));
        }
    }
    sheet.into_bytes()
}
