//! Bad input: what people and programs may type into the fields, and that nothing comes of it.

use super::{Log, TestApp};

/// Stands in all that is sent, and nowhere afterwards.
pub const MARK: &str = "ZebraQMark";

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
        b"ZebraQMark",
        b"ZebraQMark@",
        b"@stud.example.edu",
        b"zebraqmark@stud.example.edu",
        b"st000001@stud.example.edu.zebraqmark.example",
        b"st000001@studXexample.edu",
        b"st000001@stud.example.edu,zebraqmark@example.org",
        b"st000001@stud.example.edu\r\nBcc: zebraqmark@example.org",
        b"st000001@stud.example.edu\nZebraQMark",
        b"st000001\0@stud.example.edu",
        b"st000001@stud.example.edu\0ZebraQMark",
        b"<script>alert('ZebraQMark')</script>@stud.example.edu",
        b"\"ZebraQMark <st000001@stud.example.edu>\"@example.org",
        b"ZebraQMark <st000001@stud.example.edu>",
        b"st000001%00@stud.example.edu",
        "st000001@stud.example.edu\u{202e}ZebraQMark".as_bytes(),
        b"zebraqmark%attacker.example@stud.example.edu",
        b"attacker.example!zebraqmark@stud.example.edu",
        b"zebraqmark/../x@stud.example.edu",
        b"|zebraqmark@stud.example.edu",
        b"`zebraqmark`@stud.example.edu",
        b"-zebraqmark@stud.example.edu",
        b"\"zebraqmark\"@stud.example.edu",
        b"st000001(zebraqmark)@stud.example.edu",
        "zebraqmark\u{FF05}attacker.example@stud.example.edu".as_bytes(),
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
        b"ZebraQMark: https://evil.example/login?id=1",
        b"ZebraQMark evil.example",
        b"www.ZebraQMark",
        b"=cmd|'/c ZebraQMark'!A1",
        b"-ZebraQMark",
        b"ZebraQMark 365",
        b"ZebraQMark IT Help-desk",
        "ZebraQMark \u{410}dministrator".as_bytes(),
        "\u{115F}\u{3164}".as_bytes(),
        "Zebra\u{3164}QMark".as_bytes(),
        b"ZebraQMark\0",
        b"ZebraQMark\r\nBcc: a@example.org",
        b"ZebraQMark\x1b[31m",
        b"ZebraQMark\x7f",
        b"<b>ZebraQMark</b>",
        b"ZebraQMark<img src=x onerror=alert(1)>",
        "ZebraQMark\u{202e}gpj.exe".as_bytes(),
        "\u{2067}ZebraQ\u{2069}Mark".as_bytes(),
        "ZebraQ\u{200b}Mark".as_bytes(),
        "ZebraQ\u{feff}Mark".as_bytes(),
        "ZebraQ\u{2028}Mark".as_bytes(),
        "ZebraQ\u{85}Mark".as_bytes(),
        "\u{1F600}\u{1F680}".as_bytes(),
        "ZebraQMark \u{1F600}".as_bytes(),
        "ZebraQMark\u{2764}\u{fe0f}".as_bytes(),
        b"ZebraQMark\xFF\xFE",
        b"\xC3\x28",
        b"\xED\xA0\x80ZebraQMark",
        long_name.as_bytes(),
        huge.as_bytes(),
    ];
    names.iter().map(|name| name.to_vec()).collect()
}
