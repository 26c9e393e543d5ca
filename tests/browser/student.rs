//! Who signs up.

use std::sync::atomic::{AtomicU32, Ordering};

use crate::rig::settings::MAIL_DOMAIN;

/// A student with an address of their own.
pub struct Student {
    /// What the address starts with, and what the account is found by.
    pub id: String,
    pub email: String,
    pub first_name: &'static str,
    pub last_name: &'static str,
}

impl Student {
    /// Another one, with a name in the script of a language.
    pub fn another(language: &str) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(100_001);
        let id = format!("st{}", COUNT.fetch_add(1, Ordering::Relaxed));
        let (first_name, last_name) = match language {
            "ar" => ("ليلى", "حداد"),
            "de" => ("Jürgen", "Groß-Weißenfels"),
            _ => ("Zoë", "Ångström"),
        };
        Self { email: format!("{id}@{MAIL_DOMAIN}"), id, first_name, last_name }
    }
}
