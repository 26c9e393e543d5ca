//! Bad input: what people and programs may type into the fields, and that nothing comes of it.

use super::{Log, TestApp};

/// Stands in all that is sent, and nowhere afterwards.
pub const MARK: &str = "Zebra7Mark";

/// Nothing was recorded, sent to the tenant, mailed or logged.
pub async fn assert_untouched(app: &TestApp, log: &Log) {
    app.settle().await;
    assert!(app.all_signups().await.is_empty());
    assert!(app.sandbox.requests().is_empty() && app.sandbox.mails().is_empty());
    log.assert_without(&[MARK, "zebra", "example.edu"]);
    assert!(log.text().contains("a request was"), "the log is there to be looked at");
}

fn huge() -> String {
    format!("{MARK}{}", "x".repeat(10_000))
}

/// No address that is admitted.
pub fn emails() -> Vec<Vec<u8>> {
    let long_email = format!("{}@stud.example.edu", huge());
    let emails: &[&[u8]] = &[
        b"",
        b" \t\r\n ",
        b"Zebra7Mark",
        b"Zebra7Mark@",
        b"@stud.example.edu",
        b"zebra7mark@stud.example.edu",
        b"st000001@stud.example.edu.zebra7mark.example",
        b"st000001@studXexample.edu",
        b"st000001@stud.example.edu,zebra7mark@example.org",
        b"st000001@stud.example.edu\r\nBcc: zebra7mark@example.org",
        b"st000001@stud.example.edu\nZebra7Mark",
        b"st000001\0@stud.example.edu",
        b"st000001@stud.example.edu\0Zebra7Mark",
        b"<script>alert('Zebra7Mark')</script>@stud.example.edu",
        b"\"Zebra7Mark <st000001@stud.example.edu>\"@example.org",
        b"Zebra7Mark <st000001@stud.example.edu>",
        b"st000001%00@stud.example.edu",
        "st000001@stud.example.edu\u{202e}Zebra7Mark".as_bytes(),
        b"zebra7mark%attacker.example@stud.example.edu",
        b"attacker.example!zebra7mark@stud.example.edu",
        b"zebra7mark/../x@stud.example.edu",
        b"|zebra7mark@stud.example.edu",
        b"`zebra7mark`@stud.example.edu",
        b"-zebra7mark@stud.example.edu",
        b"\"zebra7mark\"@stud.example.edu",
        b"st000001(zebra7mark)@stud.example.edu",
        "zebra7mark\u{FF05}attacker.example@stud.example.edu".as_bytes(),
        "st000001@stud.exаmple.edu".as_bytes(),
        "\u{1F600}@stud.example.edu".as_bytes(),
        b"\xFF\xFE\xC3\x28@stud.example.edu",
        long_email.as_bytes(),
    ];
    emails.iter().map(|email| email.to_vec()).collect()
}

/// No name of a person.
pub fn names() -> Vec<Vec<u8>> {
    let (huge, long_name) = (huge(), format!("{MARK}{}", "x".repeat(60)));
    let names: &[&[u8]] = &[
        b"",
        b"  \t ",
        b"...",
        b"12345",
        b"Zebra7Mark\0",
        b"Zebra7Mark\r\nBcc: a@example.org",
        b"Zebra7Mark\x1b[31m",
        b"Zebra7Mark\x7f",
        b"<b>Zebra7Mark</b>",
        b"Zebra7Mark<img src=x onerror=alert(1)>",
        "Zebra7Mark\u{202e}gpj.exe".as_bytes(),
        "\u{2067}Zebra7Mark\u{2069}".as_bytes(),
        "Zebra7Mark\u{200b}".as_bytes(),
        "Zebra7Mark\u{feff}".as_bytes(),
        "Zebra7\u{2028}Mark".as_bytes(),
        "Zebra7\u{85}Mark".as_bytes(),
        "\u{1F600}\u{1F680}".as_bytes(),
        "Zebra7Mark \u{1F600}".as_bytes(),
        "Zebra7Mark\u{2764}\u{fe0f}".as_bytes(),
        b"Zebra7Mark\xFF\xFE",
        b"\xC3\x28",
        b"\xED\xA0\x80Zebra7Mark",
        long_name.as_bytes(),
        huge.as_bytes(),
    ];
    names.iter().map(|name| name.to_vec()).collect()
}
