//! In which ways people look at the pages.

use std::fmt;

use crate::pseudo;

/// Who looks, and with what.
#[derive(Clone, Copy, Debug)]
pub struct Setting {
    /// The tag of the language.
    pub language: &'static str,
    pub device: Device,
    /// Whether scripts run.
    pub script: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Device {
    Desktop,
    Phone,
}

/// A window as the page sees it, in CSS pixels.
#[derive(Clone, Copy, Debug)]
pub struct View {
    pub width: u32,
    pub height: u32,
    /// Device pixels for each of them.
    pub scale: u32,
    pub mobile: bool,
}

impl Setting {
    /// The one that most people have who write tests.
    pub const ORDINARY: Self = Self { language: "en", device: Device::Desktop, script: true };

    /// Texts 40 % longer where there is least room for them.
    pub const STRETCHED: Self = Self { language: pseudo::TAG, device: Device::Phone, script: true };

    /// Every device with every language, with script and without.
    pub fn all() -> impl Iterator<Item = Self> {
        let combine = |language| {
            [Device::Desktop, Device::Phone]
                .into_iter()
                .flat_map(move |device| [true, false].map(|script| Self { language, device, script }))
        };
        ["en", "de", "ar"].into_iter().flat_map(combine).chain([Self::STRETCHED])
    }
}

impl fmt::Display for Setting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let script = if self.script { "" } else { "-noscript" };
        write!(f, "{}-{}{script}", self.language, self.device)
    }
}

impl Device {
    /// How it is held.
    pub const fn view(self) -> View {
        match self {
            Self::Desktop => View { width: 1280, height: 800, scale: 1, mobile: false },
            Self::Phone => View { width: 360, height: 740, scale: 2, mobile: true },
        }
    }

    /// How it may be held as well, without anything getting out of sight: a desktop window zoomed to 200 %
    /// (WCAG 2.2, 1.4.4), and one as narrow as 320 px (1.4.10).
    pub const fn tight_view(self) -> View {
        match self {
            Self::Desktop => View { width: 640, height: 400, scale: 2, mobile: false },
            Self::Phone => View { width: 320, height: 640, scale: 2, mobile: true },
        }
    }
}

impl fmt::Display for Device {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Desktop => "desktop",
            Self::Phone => "phone",
        })
    }
}
