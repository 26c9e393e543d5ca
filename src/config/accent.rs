//! The accent colour of the pages, and whether it can be read.

use super::{
    section::{Section, Takes},
    words::quoted,
};
use crate::domain::Colour;

/// The colours that follow from the accent, for the light and the dark scheme.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Accent {
    /// On a light ground.
    pub light: Shades,
    /// On a dark ground.
    pub dark: Shades,
}

/// The colours of one scheme.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shades {
    /// Links, buttons, marks and the ring around what has the focus.
    pub accent: Colour,
    /// The same under the pointer.
    pub strong: Colour,
    /// The text of buttons.
    pub on_accent: Colour,
    /// The ground of notices.
    pub tint: Colour,
}

/// A colour scheme of the style sheet: the colours that surround the accent.
struct Scheme {
    name: &'static str,
    ground: Colour,
    surface: Colour,
    on_accent: Colour,
    /// The colour that an accent is mixed with so that it can be read better.
    away: Colour,
    better: &'static str,
}

/// The values of `--ground`, `--surface` and `--on-accent` in `static/style.css`; a test compares both.
const LIGHT: Scheme = Scheme {
    name: "light",
    ground: Colour::of(0xf5_f6_f4),
    surface: Colour::WHITE,
    on_accent: Colour::WHITE,
    away: Colour::BLACK,
    better: "a darker",
};
const DARK: Scheme = Scheme {
    name: "dark",
    ground: Colour::of(0x14_19_18),
    surface: Colour::of(0x1d_24_22),
    on_accent: Colour::of(0x06_20_1c),
    away: Colour::WHITE,
    better: "a lighter",
};

/// The contrast that text needs (WCAG 2.2, success criterion 1.4.3). It is more than the 3:1 that marks, borders and
/// the ring around the focus need (1.4.11).
const NEEDED: f64 = 4.5;

const ACCENT: Takes = Takes("a colour", "\"#0d6b62\"");
const ACCENT_DARK: Takes = Takes("a colour", "\"#7dd3c3\"");

impl Accent {
    /// Reads `accent` and `accent_dark`. A dark scheme that is not given follows from the light one.
    pub(super) fn read(section: &mut Section<'_>) -> Option<Self> {
        let light = LIGHT.read(section, "accent", ACCENT);
        let dark = DARK.read(section, "accent_dark", ACCENT_DARK);
        if light.is_none() && dark.is_some() && !section.has_fault("accent") {
            section.fault("accent_dark", "is given without `accent`", "write both, or `accent` alone");
        }
        let light = light?;
        Some(Self { light: LIGHT.shades(light), dark: DARK.shades(dark.unwrap_or(DARK.readable(light))) })
    }
}

impl Scheme {
    fn read(&self, section: &mut Section<'_>, name: &'static str, takes: Takes) -> Option<Colour> {
        let colour: Colour = section.maybe(name, takes)?;
        let (ratio, place) = self.worst(colour);
        if ratio >= NEEDED {
            return Some(colour);
        }
        // Rounded down: 4.499 is not enough and must not look as if it were.
        let ratio = (ratio * 100.0).floor() / 100.0;
        let (shown, scheme) = (quoted(&colour.to_string()), self.name);
        let problem = format!(
            "{shown} has a contrast of {ratio}:1 {place} of the {scheme} scheme, {NEEDED}:1 is needed"
        );
        let remedy = format!("write {} colour, such as \"{}\"", self.better, self.readable(colour));
        section.fault(name, problem, remedy);
        None
    }

    /// The lowest contrast, and the place that has it.
    fn worst(&self, accent: Colour) -> (f64, &'static str) {
        let places = [
            (accent.contrast(self.ground), "as a link on the ground"),
            (accent.contrast(self.surface), "as a link on the surface"),
            (accent.contrast(self.on_accent), "under the text of a button"),
        ];
        places.into_iter().min_by(|one, two| one.0.total_cmp(&two.0)).unwrap_or((0.0, ""))
    }

    /// The nearest colour of this hue that can be read.
    fn readable(&self, accent: Colour) -> Colour {
        let mut steps = (0..=100).map(|percent| accent.mixed(self.away, percent));
        steps.find(|colour| self.worst(*colour).0 >= NEEDED).unwrap_or(self.away)
    }

    fn shades(&self, accent: Colour) -> Shades {
        Shades {
            accent,
            strong: accent.mixed(self.away, 25),
            on_accent: self.on_accent,
            tint: self.surface.mixed(accent, 12),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_schemes_are_those_of_the_style_sheet() {
        let sheet = include_str!("../../static/style.css");
        let (light, rest) = sheet.split_once("prefers-color-scheme: dark").expect("there is a dark scheme");
        let dark = rest.split_once("\n}\n").expect("it ends").0;
        let value = |part: &str, name: &str| -> Colour {
            let value = part.split_once(&format!("--{name}: ")).expect(name).1.split(';').next();
            value.and_then(|value| value.parse().ok()).expect(name)
        };
        for (scheme, part) in [(LIGHT, light), (DARK, dark)] {
            assert_eq!(value(part, "ground"), scheme.ground);
            assert_eq!(value(part, "surface"), scheme.surface);
            assert_eq!(value(part, "on-accent"), scheme.on_accent);
            assert!(scheme.worst(value(part, "accent")).0 >= NEEDED, "the built-in accent is a good one");
            let text = value(part, "text");
            for ground in [scheme.ground, scheme.surface] {
                assert!(text.contrast(ground) >= 7.0 && value(part, "muted").contrast(ground) >= NEEDED);
                assert!(value(part, "fault").contrast(ground) >= NEEDED);
                assert!(value(part, "edge").contrast(ground) >= 3.0, "the border of a field");
            }
            assert!(value(part, "fault").contrast(value(part, "fault-tint")) >= NEEDED);
            assert!(text.contrast(value(part, "tint")) >= 7.0);
        }
    }

    #[test]
    fn what_follows_from_a_readable_accent_can_be_read_too() {
        for rgb in (0..0x100_0000).step_by(0x0d_0b) {
            for scheme in [LIGHT, DARK] {
                let shades = scheme.shades(scheme.readable(Colour::of(rgb)));
                assert!(scheme.worst(shades.accent).0 >= NEEDED, "{shades:?}");
                assert!(shades.strong.contrast(shades.tint) >= NEEDED, "{shades:?}");
                assert!(shades.strong.contrast(shades.on_accent) >= NEEDED, "{shades:?}");
                assert!(shades.accent.contrast(shades.tint) >= 3.0, "{shades:?}");
            }
        }
    }
}
