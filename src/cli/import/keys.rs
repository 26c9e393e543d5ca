//! The original's settings, and what each is called here. The page for those who change over shows this table.

/// One of the original's settings.
pub(super) struct Key {
    pub(super) name: &'static str,
    /// Our key; empty if there is no counterpart.
    pub(super) ours: &'static str,
    pub(super) note: &'static str,
}

const fn key(name: &'static str, ours: &'static str, note: &'static str) -> Key {
    Key { name, ours, note }
}

const PYTHON: &str = "a matter of the Python framework";
const ACCOUNTS: &str = "the public API has no login";

/// All of them. A name that ends with `_` covers all that begin so.
pub(super) const KEYS: [Key; 42] = [
    key(
        "MODE",
        "log.filter, graph.dry_run",
        "from the environment alone: `DEBUG` logs more and creates nothing",
    ),
    key("CONFIG_FILE", "", "from the environment alone: `--config` or `ACCOUNTCREATOR_CONFIG`"),
    key("JWT_SECRET_KEY", "secret_key_file", "into a file of mode 0600, if it has 32 characters or more"),
    key("SUPPORT_EMAIL", "support_email", ""),
    key("REVERSE_PROXY_COUNT", "server.proxy_hops", "better: name the proxies in `server.trusted_proxies`"),
    key("SQLALCHEMY_DATABASE_URI", "database.url", "an SQLite file is left alone, ours is made beside it"),
    key("DEBUG_DONT_CONNECT_TO_API", "graph.dry_run", ""),
    key(
        "GRAPH_API_AUTH_AUTHORITY",
        "tenants.main.tenant_id",
        "and `cloud`, or `authority` for an address of its own",
    ),
    key("GRAPH_API_AUTH_CLIENT_ID", "tenants.main.client_id", ""),
    key(
        "GRAPH_API_AUTH_PUBKEY_THUMBPRINT",
        "tenants.main.certificate_path",
        "the certificate itself, looked for beside the key",
    ),
    key("GRAPH_API_AUTH_PRIVKEY_PATH", "tenants.main.key_path", ""),
    key(
        "EMAIL_ADDRESS_FILTER",
        "profiles.email",
        "in any case of letters; a bare dot in the domain becomes a dot",
    ),
    key("GRAPH_API_USER_MAIL_DOMAIN", "profiles.domain", ""),
    key("GRAPH_API_GROUPS_FOR_NEW_USERS", "profiles.groups", ""),
    key("MAIL_SENDING_ADDRESS", "mail.from", ""),
    key("DEBUG_DONT_SEND_MAIL", "mail.transport", "`\"file\"`"),
    key("MAIL_SERVER_HOST", "mail.smtp.host", ""),
    key("MAIL_SERVER_PORT", "mail.smtp.port", "25 where it is missing, as before"),
    key("MAIL_SERVER_SSL", "mail.smtp.security", "`\"tls\"`"),
    key(
        "MAIL_SERVER_STARTTLS",
        "mail.smtp.security",
        "`\"starttls\"`, also where it is missing, as before; else `\"plain\"`",
    ),
    key("MAIL_SERVER_LOGIN", "mail.smtp.user", "`False` leaves user and password out"),
    key("MAIL_SERVER_USER", "mail.smtp.user", ""),
    key("MAIL_SERVER_PW", "mail.smtp.password_file", "into a file of mode 0600"),
    key("GENERATED_PASSWORD_BYTES", "signup.password_length", "as many characters as that gave, 16 to 64"),
    key("LOGGING_CONFIGS", "", "`log.filter` and `log.format`"),
    key("URI_BASE_PATH", "", "the path in `server.public_url`"),
    key("DEBUG", "", "`log.filter`"),
    key("TESTING", "", PYTHON),
    key("SECRET_KEY", "", "`secret_key_file` is what signs here"),
    key("JWT_", "", ACCOUNTS),
    key("BCRYPT_", "", ACCOUNTS),
    key("OPENAPI_", "", "the description of the API is fixed"),
    key("API_", "", "the description of the API is fixed"),
    key("VOUCHER_", "", "there are no vouchers"),
    key("VOUCHERS_", "", "there are no vouchers"),
    key("BABEL_", "", "`site.languages`"),
    key("RESTPLUS_", "", PYTHON),
    key("RESTX_", "", PYTHON),
    key("SQLALCHEMY_", "", PYTHON),
    key("JSON_", "", PYTHON),
    key("JSONIFY_", "", PYTHON),
    key("DB_UNIQUE_CONSTRAIN_FAIL", "", PYTHON),
];

/// The entry for a setting, if it is known.
pub(super) fn of(name: &str) -> Option<&'static Key> {
    let exact = KEYS.iter().find(|key| key.name == name);
    exact.or_else(|| KEYS.iter().find(|key| key.name.ends_with('_') && name.starts_with(key.name)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_setting_is_found_by_its_name_or_its_beginning() {
        assert_eq!(of("JWT_SECRET_KEY").map(|key| key.ours), Some("secret_key_file"));
        assert_eq!(of("JWT_TOKEN_LOCATION").map(|key| key.note), Some(ACCOUNTS));
        assert_eq!(of("OPENAPI_VERSION").map(|key| key.ours), Some(""));
        assert!(of("OTHER").is_none());
    }

    /// The page is a table of these, row by row.
    #[test]
    fn the_page_for_those_who_change_over_has_the_same_table() {
        let page = include_str!("../../../config/coming-from-ms365-accountcreator.md");
        let table = page.lines().skip_while(|line| !line.starts_with("| old |")).skip(2);
        let shown: Vec<_> = table.take_while(|line| line.starts_with('|')).collect();
        let row = |key: &Key| {
            let name = if key.name.ends_with('_') { format!("{}…", key.name) } else { key.name.to_owned() };
            let ours: Vec<_> = key.ours.split(", ").map(|ours| format!("`{ours}`")).collect();
            let ours = if key.ours.is_empty() { "–".to_owned() } else { ours.join(", ") };
            format!("| `{name}` | {ours} | {} |", key.note).replace("|  |", "| |")
        };
        let rows: Vec<_> = KEYS.iter().map(row).collect();
        assert_eq!(shown, rows, "write:\n{}", rows.join("\n"));
    }
}
