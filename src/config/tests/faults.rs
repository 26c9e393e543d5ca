//! Tests of every kind of fault: its key, the problem, and the remedy.

use rstest::rstest;

use super::*;

#[rstest]
#[case::unknown_section("[servr]\n", "servr: is not a known key; did you mean `server`?")]
#[case::unknown_key(
    "[server]\nlistn = \"x\"",
    "server.listn: is not a known key; did you mean `server.listen`?"
)]
#[case::unknown_key_far(
    "[site]\ncolour = 1",
    "site.colour: is not a known key; remove it; known here: name, languages"
)]
#[case::unknown_in_tenant(
    "[tenants.main]\nclientid = \"x\"",
    "tenants.main.clientid: is not a known key; did you mean `tenants.main.client_id`?"
)]
#[case::wrong_type(
    "[server]\nlisten = 8080",
    "server.listen: is a number, not an IP address and a port, or `unix:` and a whole path; write an IP address"
)]
#[case::not_an_address("[server]\nlisten = \"localhost\"", "server.listen: `localhost` is not an IP address")]
#[case::relative_socket(
    "[server]\nlisten = \"unix:a.sock\"",
    "server.listen: `unix:a.sock` is not an IP address"
)]
#[case::socket_mode("[server]\nsocket_mode = \"0o660\"", "server.socket_mode: `0o660` is not a file mode")]
#[case::base_path("[server]\nbase_path = \"signup\"", "server.base_path: `signup` is not a path of letters")]
#[case::two_base_paths(
    "[server]\npublic_url = \"https://a.example/x/\"\nbase_path = \"/y\"",
    "server.base_path: /y is not the path of server.public_url, which is /x; remove it"
)]
#[case::odd_public_path(
    "[server]\npublic_url = \"https://a.example/x%20y\"",
    "server.public_url: has a path that is not plain"
)]
#[case::section_is_text("server = \"x\"", "server: is text, not a table; write a section [server]")]
#[case::quoted_number(
    "[worker]\nconcurrency = \"16\"",
    "worker.concurrency: is text, not a whole number; write a whole number from 1 to 256"
)]
#[case::too_many(
    "[worker]\nconcurrency = 257",
    "worker.concurrency: 257 is out of bounds; write a whole number from 1 to 256"
)]
#[case::none("[worker]\nconcurrency = 0", "worker.concurrency: 0 is out of bounds")]
#[case::number_for_duration("[worker]\nlease = 60", "worker.lease: is a number, not a duration")]
#[case::no_duration(
    "[worker]\nlease = \"soon\"",
    "worker.lease: `soon` is not a duration; write a duration from 2s to 1h, such as"
)]
#[case::duration_too_long("[worker]\nlease = \"2d\"", "worker.lease: `2d` is out of bounds")]
#[case::filter_without_level(
    "[log]\nfilter = \"inof\"",
    "log.filter: `inof` is no level; did you mean \"info\"? write one of off, error"
)]
#[case::filter_with_a_bare_target(
    "[log]\nfilter = \"info,sqlx\"",
    "log.filter: `sqlx` is no level; write one of"
)]
#[case::example_of_no_profile(
    "[site]\nemail_example = \"st1@stud.example.edu\"",
    "site.email_example: no profile admits it"
)]
#[case::lease_for_graph(
    "[worker]\nlease = \"1m\"",
    "worker.lease: 1m is shorter than two calls of Graph may take; write \"1m 10s\" or more"
)]
#[case::time_after_data(
    "[mail.smtp]\ntimeout_after_data = \"2h\"",
    "mail.smtp.timeout_after_data: `2h` is out of bounds"
)]
#[case::sender_not_ascii(
    "[mail]\nbounce_to = \"zurück@example.edu\"",
    "mail.bounce_to: the part before the @ has letters that are not ASCII"
)]
#[case::retries("[worker]\nretry_base = \"20m\"", "worker.retry_base: is longer than `worker.retry_max`")]
#[case::flag(
    "[graph]\ndry_run = \"yes\"",
    "graph.dry_run: is text, not true or false; write true or false, without quotes"
)]
#[case::marker(
    "[graph]\nmarker_attribute = 16",
    "graph.marker_attribute: 16 is out of bounds; write a whole number from 1 to 15"
)]
#[case::choice(
    "[log]\nformat = \"jsn\"",
    "log.format: `jsn` is not known; write one of \"text\", \"json\"; did you mean \"json\"?"
)]
#[case::closed_uncounted(
    "[seats]\nwhen_none = \"close\"",
    "seats.when_none: \"close\" has no effect while nobody counts the seats; write seats.watch = true"
)]
#[case::seldom("[seats]\ncheck_every = \"2d\"", "seats.check_every: `2d` is out of bounds")]
#[case::nobody(
    "[alerts]\nto = [\"it\"]",
    "alerts.to[0]: `it` is not an email address; write an email address"
)]
#[case::alerted_twice(
    "[alerts]\nto = [\"it@example.edu\", \"IT@example.edu\"]",
    "alerts.to[1]: stands there twice"
)]
#[case::no_language("[alerts]\nlanguage = \"d\"", "alerts.language: `d` is not a language tag")]
#[case::filter("[log]\nfilter = \"accountcreator=loud\"", "log.filter: is no log filter")]
#[case::empty("[site]\nname = \" \"", "site.name: is empty")]
#[case::control("[mail]\nfrom = \"A\\r\\nBcc: x <a@b.de>\"", "mail.from: has a line break")]
#[case::reply_control("[mail]\nreply_to = \"a@b\\r\\nBcc: c@d\"", "mail.reply_to: has a line break")]
#[case::reply("[mail]\nreply_to = \"Help\"", "mail.reply_to: `Help` is not an address")]
#[case::sender("[mail]\nfrom = \"Accounts\"", "mail.from: `Accounts` is not a sender")]
#[case::list_is_text(
    "[site]\nlanguages = \"de\"",
    "site.languages: is text, not a list; write a list, such as [\"de\"]"
)]
#[case::list_item("[site]\nlanguages = [\"de\", \"?\"]", "site.languages[1]: `?` is not a language tag")]
#[case::list_twice(
    "[site]\nlanguages = [\"de\", \"de\"]",
    "site.languages[1]: stands there twice; remove one"
)]
#[case::no_colour("[site]\naccent = \"teal\"", "site.accent: `teal` is not a colour")]
#[case::pale_accent(
    "[site]\naccent = \"#ffcc00\"",
    "site.accent: `#ffcc00` has a contrast of 1.39:1 as a link on the ground of the light scheme, 4.5:1 is needed; write a darker colour, such as \"#"
)]
#[case::dark_accent(
    "[site]\naccent = \"#1a4f8b\"\naccent_dark = \"#1a4f8b\"",
    "site.accent_dark: `#1a4f8b` has a contrast of 1.9:1 as a link on the surface of the dark scheme, 4.5:1 is needed; write a lighter colour, such as \"#"
)]
#[case::dark_accent_alone("[site]\naccent_dark = \"#7dd3c3\"", "site.accent_dark: is given without `accent`")]
#[case::logo("[site]\nlogo = \"/nowhere/logo.svg\"", "site.logo: `/nowhere/logo.svg` cannot be read (")]
#[case::logo_kind(
    "[site]\nlogo = \"/nowhere/logo.tiff\"",
    "site.logo: `/nowhere/logo.tiff` is not a file that pages can use; name it in plain letters with one of these ends: svg, png, webp"
)]
#[case::static_dir("[site]\nstatic_dir = \"/nowhere\"", "site.static_dir: `/nowhere` cannot be read (")]
#[case::link(
    "[site]\nimprint_url = \"javascript:x\"",
    "site.imprint_url: `javascript:x` is not a web address"
)]
#[case::link_place(
    "[site]\nterms_url = \"https://x.de/{language}\"",
    "site.terms_url: `https://x.de/{language}` is not a web address"
)]
#[case::url_scheme("[server]\npublic_url = \"ftp://x.de\"", "server.public_url: is not http or https")]
#[case::url_query("[server]\npublic_url = \"https://x.de/?a\"", "server.public_url: has a query or fragment")]
#[case::url_text("[server]\npublic_url = \"x.de\"", "server.public_url: is not a web address")]
#[case::proxy(
    "[server]\ntrusted_proxies = [\"10.0.0.0/33\"]",
    "server.trusted_proxies[0]: `10.0.0.0/33` is not an address or a network; write an address or a network, such as"
)]
#[case::hops("[server]\nproxy_hops = -1", "server.proxy_hops: -1 is out of bounds")]
#[case::limit(
    "[limits]\nsubmissions_in_total = \"6 per hour\"",
    "limits.submissions_in_total: `6 per hour` is not a number and a time up to a week; write a number and a time up to a week, such as \"20/1h\", or \"off\""
)]
#[case::mail_limit(
    "[limits]\nmails_per_address = [\"4 per hour\"]",
    "limits.mails_per_address[0]: `4 per hour` is not a number of mails and a time up to a week; write a number of mails and a time up to a week, such as \"4/1h\""
)]
#[case::metrics_address("[metrics]\nlisten = \":9464\"", "metrics.listen: `:9464` is not an IP address")]
#[case::links_without_host(
    "[signup]\nconfirm_email = true",
    "server.public_url: is missing, and signup.confirm_email mails links to it"
)]
#[case::links_of_the_fallback(
    "[bots]\nproof_of_work = true",
    "server.public_url: is missing, and bots.proof_of_work mails links to it where no proof comes"
)]
#[case::too_long_to_wait("[bots]\nmin_time = \"2m\"", "bots.min_time: `2m` is out of bounds")]
#[case::no_work("[bots]\nproof_cost = 0", "bots.proof_cost: 0 is out of bounds")]
#[case::database(
    "[database]\nurl = \"mysql://u:hush@h/d\"",
    "database.url: names no database that is supported"
)]
#[case::cloud(
    "[tenants.main]\ncloud = \"globl\"",
    "tenants.main.cloud: `globl` is not known; write one of \"global\", \"us-gov-l4\", \"us-gov-l5\", \"china\"; did you mean \"global\"?"
)]
#[case::tenant_id(
    "[tenants.main]\ntenant_id = \"common\"",
    "tenants.main.tenant_id: `common` is not the directory's id"
)]
#[case::tokens_in_the_clear(
    "[tenants.main]\nauthority = \"http://login.example.edu\"",
    "tenants.main.authority: would send tokens in the clear"
)]
#[case::alias("[tenants.\"a b\"]\n", "tenants.a b: a tenant's alias has 1 to 40 letters")]
#[case::password_length(
    "[signup]\npassword_length = 8",
    "signup.password_length: 8 is out of bounds; write a whole number from 12 to 64"
)]
#[case::smtp_host("[mail.smtp]\nhost = \"smtp://x\"", "mail.smtp.host: `smtp://x` is not the name of a host")]
#[case::login_without_password(
    "[mail.smtp]\nuser = \"x\"",
    "mail.smtp.password: is missing, but `user` is given"
)]
#[case::password_without_login(
    "[mail.smtp]\npassword = \"x\"",
    "mail.smtp.user: is missing, but a password is given"
)]
#[case::password_in_the_clear(
    "[mail.smtp]\nuser = \"x\"\npassword = \"y\"\nsecurity = \"plain\"",
    "mail.smtp.security: would send the password in the clear"
)]
#[case::token_in_the_clear(
    "[mail.smtp]\nauth = \"xoauth2\"\nsecurity = \"plain\"",
    "mail.smtp.security: would send the access token in the clear"
)]
#[case::password_beside_a_token(
    "[mail.smtp]\nauth = \"xoauth2\"\npassword = \"hush\"",
    "mail.smtp.password: is given, but auth = \"xoauth2\" signs in by the tenant's certificate; remove it"
)]
#[case::mailbox_of_a_token(
    "[mail.smtp]\nauth = \"xoauth2\"\nuser = \"accounts\"",
    "mail.smtp.user: `accounts` is not the address of a mailbox"
)]
#[case::token_scope(
    "[mail.smtp]\nauth = \"xoauth2\"\ntoken_scope = \"SMTP.Send\"",
    "mail.smtp.token_scope: `SMTP.Send` is not the scope of a service"
)]
#[case::bounces_through_graph(
    "[mail]\ntransport = \"graph\"\nbounce_to = \"bounces@example.edu\"",
    "mail.bounce_to: has no effect with transport = \"graph\": bounces go to the mailbox; leave it out"
)]
#[case::mail_tenant(
    "[mail]\ntenant = \"mian\"",
    "mail.tenant: there is no tenant `mian`; write the alias of a section [tenants.…]; did you mean \"main\"?"
)]
#[case::bounce_to(
    "[mail]\nbounce_to = \"Bounces <b@example.edu>\"",
    "mail.bounce_to: `Bounces <b@example.edu>` is not an address without a name"
)]
#[case::mailbox(
    "[mail.graph]\nmailbox = \"accounts\"",
    "mail.graph.mailbox: `accounts` is not the address of a mailbox"
)]
#[case::no_profiles("profiles = []", "profiles: there is none, so nobody could sign up")]
#[case::profiles_are_text(
    "profiles = \"x\"",
    "profiles: is text, not a list of tables; write one or more [[profiles]]"
)]
fn a_fault_names_its_key_and_what_to_write(#[case] addition: &str, #[case] expected: &str) {
    let found = faults(Folder::new().with(addition));
    assert!(found.iter().any(|fault| fault.starts_with(expected)), "{expected}\nnot in {found:#?}");
    assert!(found.iter().all(|fault| !fault.contains("hush") && !fault.contains('\n')), "{found:#?}");
}

#[test]
fn static_files_are_what_their_names_say_and_small() {
    let folder = Folder::new();
    folder.write("logo.png", "no picture");
    folder.write("big.svg", &format!("<svg>{}</svg>", " ".repeat(64 * 1024)));
    let here = folder.path("");
    let here = here.display();
    let found =
        faults(folder.with(&format!("[site]\nlogo = \"{here}logo.png\"\nfavicon = \"{here}big.svg\"")));
    assert!(found[0].contains("logo.png` is no png file inside; save it in that format"), "{found:#?}");
    assert!(found[1].contains("big.svg` is too large; make it one of at most 64 kB"), "{found:#?}");
}

#[rstest]
#[case("secret_key = \"", "site.name = \"", "secret_key: is missing; write 32 random bytes")]
#[case(
    "Zm9yIHRlc3RzIG9ubHksIDMyIGJ5dGVzIG9yIG1vcmU",
    "short",
    "secret_key: is too weak; write 32 random bytes"
)]
#[case(
    "secret_key = \"",
    "secret_key_previous = \"hush\"\nsecret_key = \"",
    "secret_key_previous: is too weak; write what secret_key was"
)]
#[case(
    "secret_key = \"",
    "secret_key_previous = \" Zm9yIHRlc3RzIG9ubHksIDMyIGJ5dGVzIG9yIG1vcmU\"\nsecret_key = \"",
    "secret_key_previous: is the same as secret_key; write the new key as secret_key and the one before as"
)]
#[case(
    "support_email = \"help@example.edu\"",
    "",
    "support_email: is missing; write an email address, such as"
)]
#[case("help@example.edu", "help", "support_email: `help` is not an email address")]
#[case("client_id = \"0f4f3a0e-61a8-4a0b-8f7e-5d2c6c1b9a77\"", "", "tenants.main.client_id: is missing")]
#[case("0f4f3a0e-61a8-4a0b-8f7e-5d2c6c1b9a77", "app", "tenants.main.client_id: `app` is not the application")]
#[case("certificate.pem", "gone.pem", "tenants.main.certificate_path: the file")]
#[case("certificate.pem", "key.pem", "tenants.main.certificate_path: the file has no certificate")]
#[case("key.pem", "certificate.pem", "tenants.main.key_path: the file has no private key")]
#[case("name = \"students\"", "", "profiles[0].name: is missing")]
#[case("(?P<id>", ")", "profiles[0].email: the regular expression cannot be read: unopened group")]
#[case("stud\\.", "stud.", "profiles[0].email: a bare dot after the @")]
#[case(
    "tenant = \"main\"",
    "tenant = \"mian\"",
    "profiles[0].tenant: there is no tenant `mian`; write a section [tenants.mian], or another alias; did you mean \"main\"?"
)]
#[case("domain = \"example.edu\"", "domain = \"example\"", "profiles[0].domain: `example` is not a domain")]
#[case(
    "domain = \"example.edu\"",
    "domain = \"example.edu\"\nlicences = [\"E1\"]",
    "profiles[0].licences[0]: `E1` is not a SKU id"
)]
#[case(
    "domain = \"example.edu\"",
    "domain = \"example.edu\"\nlicences = [\"314c4481-f395-4525-be8b-2ec4bb1e9d91\"]",
    "profiles[0].usage_location: is missing, but licences need it"
)]
#[case(
    "domain = \"example.edu\"",
    "domain = \"example.edu\"\nusage_location = \"GER\"",
    "profiles[0].usage_location: `GER` is not a country"
)]
#[case(
    "domain = \"example.edu\"",
    "domain = \"example.edu\"\nusername = \"{name}\"",
    "profiles[0].username: `{name}` is neither a known field nor a named group of the profile's email rule; write one of {first}, {last}, {first_initial}, {last_initial}, {id}"
)]
#[case(
    "email = '(?P<id>",
    "username = \"{last}\"\nemail = '(?P<last>",
    "profiles[0].username: `{last}` is a field of the name and also a named group of the profile's email rule; rename the group in `email`, such as to `(?P<email_last>…)`; its field is then `{email_last}`"
)]
#[case(
    "domain = \"example.edu\"",
    "domain = \"example.edu\"\nusername = \"{id\"",
    "profiles[0].username: a template has fields in braces"
)]
#[case(
    "domain = \"example.edu\"",
    "domain = \"example.edu\"\nattributes.jobTitel = \"x\"",
    "profiles[0].attributes.jobTitel: `jobTitel` is no attribute that can be set on an account; did you mean `jobTitle`?"
)]
#[case(
    "domain = \"example.edu\"",
    "domain = \"example.edu\"\nattributes.city = \"{town}\"",
    "profiles[0].attributes.city: `{town}` is neither a known field"
)]
#[case(
    "email = '(?P<id>",
    "attributes.city = \"{username}\"\nemail = '(?P<username>",
    "profiles[0].attributes.city: `{username}` is a field of the account and also a named group of the profile's email rule; rename the group in `email`, such as to `(?P<email_username>…)`"
)]
#[case(
    "domain = \"example.edu\"",
    "domain = \"example.edu\"\nattributes.city = 1",
    "profiles[0].attributes.city: is a number, not text"
)]
#[case(
    "domain = \"example.edu\"",
    "domain = \"example.edu\"\nattributes.city = \"a\"\nattributes.CITY = \"b\"",
    "profiles[0].attributes.city: stands there twice"
)]
#[case(
    "domain = \"example.edu\"",
    "domain = \"example.edu\"\nattributes.extensionAttribute15 = \"x\"",
    "profiles[0].attributes.extensionAttribute15: marks the accounts of this tenant"
)]
#[case(
    "[mail]",
    "[[profiles]]\nname = \"students\"\n[mail]",
    "profiles[1].name: another profile has this name"
)]
#[case(
    "[mail]",
    "[privacy]\nkeep_duplicates = \"13d\"\n[mail]",
    "privacy.keep_duplicates: ends before the status page does; write a longer time"
)]
#[case(
    "[mail]",
    "[privacy]\nkeep_finished = \"never\"\n[mail]",
    "privacy.keep_finished: `never` is not a time from an hour to ten years; write a time"
)]
#[case("host = \"smtp.example.edu\"", "", "mail.smtp.host: is missing; write the mail server's name")]
#[case("from = \"Accounts <accounts@example.edu>\"", "", "mail.from: is missing")]
#[case(
    "domain = \"example.edu\"",
    "domain = \"münchen.example\"",
    "profiles[0].domain: `münchen.example` is not a domain of at most 48 characters; write \"xn--mnchen-3ya.example\""
)]
#[case(
    "help@example.edu",
    "help@münchen.example",
    "support_email: `help@münchen.example` is not an email address; write \"help@xn--mnchen-3ya.example\""
)]
#[case(
    "@stud\\.example\\.edu'",
    "@stud\\.münchen\\.example'",
    "profiles[0].email: no address can match: it asks for `"
)]
#[case(
    "@stud\\.example\\.edu'",
    "@stud\\.münchen\\.example'",
    "write '(?P<id>st\\d{6})@stud\\.xn--mnchen-3ya\\.example'"
)]
#[case(
    "(?P<id>st\\d{6})@stud\\.example\\.edu",
    ".*",
    "profiles[0].email: it admits addresses of every domain, so anybody could sign up"
)]
fn a_fault_in_what_is_required_names_its_key(#[case] from: &str, #[case] to: &str, #[case] expected: &str) {
    let found = faults(Folder::new().changed(from, to));
    let is_expected = |fault: &String| match expected.strip_prefix("write ") {
        Some(_) => fault.contains(expected),
        None => fault.starts_with(expected),
    };
    assert!(found.iter().any(is_expected), "{expected}\nnot in {found:#?}");
}

#[test]
fn binary_files_are_named_with_the_command_that_converts_them() {
    let folder = Folder::new();
    let key = rcgen::KeyPair::generate().unwrap();
    let certificate = rcgen::CertificateParams::default().self_signed(&key).unwrap();
    let cases: [(&str, &[u8], &str); 3] = [
        ("x.cer", certificate.der(), "openssl x509 -inform DER -in"),
        ("x.key", key.serialized_der(), "openssl pkey -inform DER -in"),
        ("x.pfx", &[0x30, 0x82, 0x0A, 0x10, 0x02, 0x01, 0x03, 0x30], "openssl pkcs12 -nodes -in"),
    ];
    for (name, content, remedy) in cases {
        fs::write(folder.path(name), content).unwrap();
        let found = faults(folder.changed("certificate.pem", name));
        let told = |fault: &String| {
            fault.starts_with("tenants.main.certificate_path: the file is") && fault.contains(remedy)
        };
        assert!(found.iter().any(told), "{remedy}\nnot in {found:#?}");
    }
}

#[test]
fn a_variable_that_lacks_an_underscore_is_a_fault() {
    let base = Folder::new();
    let valid = base.write("base.toml", &base.valid());
    let environment = variables(&[("ACCOUNTCREATOR_MAIL__FROM", "x"), ("ACCOUNTCREATOR_CONFIG_DIR", "y")]);
    let Err(found) = Sources::new([valid], None, environment).merge() else { panic!("it is a fault") };
    let found: Vec<_> = found.iter().map(ToString::to_string).collect();
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].contains("the variable ACCOUNTCREATOR_MAIL__FROM: is not read"), "{found:?}");
    assert!(found[0].contains("name it ACCOUNTCREATOR__MAIL__FROM"), "{found:?}");
}

#[test]
fn a_file_without_end_is_a_fault_for_every_key_that_names_one() {
    for (from, to) in [
        ("secret_key = \"$SECRET\"", "secret_key_file = \"/dev/zero\""),
        ("certificate_path = \"$DIR/certificate.pem\"", "certificate_path = \"/dev/zero\""),
        ("key_path = \"$DIR/key.pem\"", "key_path = \"/dev/zero\""),
    ] {
        let folder = Folder::new();
        let from = from.replace("$SECRET", SECRET).replace("$DIR", folder.0.path().to_str().unwrap());
        let found = faults(folder.changed(&from, to));
        assert!(found.iter().any(|fault| fault.contains("more than 4096 kB")), "{found:#?}");
    }
}

#[test]
fn all_faults_come_at_once_in_the_order_of_the_sections() {
    let found =
        Folder::new().with("colour = 1\n[worker]\nlease = 1\n[server]\nlisten = 1\nport = 2\n[[profiles]]\n");
    let keys: Vec<_> = found.expect_err("faults").iter().map(|fault| fault.key.clone()).collect();
    assert_eq!(
        keys,
        [
            "server.listen",
            "server.port",
            "profiles[0].name",
            "profiles[0].email",
            "profiles[0].tenant",
            "profiles[0].domain",
            "worker.lease",
            "colour"
        ]
    );
}
