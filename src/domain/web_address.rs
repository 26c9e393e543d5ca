//! Texts that mail programs and chats turn into a link although no one has made one of them.

/// Endings by which programs recognise the name of a host, apart from the two letters of countries.
const ENDINGS: &str = "com net org edu gov mil int info biz name pro mobi app dev page web site website online store shop \
    tech xyz top club live life world today news media link click help support email mail cloud host hosting space zone \
    center company services solutions systems network digital agency group team work works academy school university \
    college education institute training science social chat video blog wiki games game fun win vip icu buzz monster cyou \
    sbs rest bond cfd quest lol ink one new now zip mov foo bar day how phd prof esq google microsoft azure office windows \
    bing xbox skype hotmail apple amazon youtube gmail example invalid test localhost local lan home internal onion berlin \
    hamburg koeln cologne bayern ruhr saarland wien tirol swiss paris london nyc amsterdam brussels moscow tokyo asia eus \
    cat gal bzh scot wales bank finance money credit loan loans insurance tax legal law security protection domains \
    download software tools codes direct express international global earth plus red blue green black pink care health \
    med clinic doctor dental fitness studio design photo photos graphics gallery events email cash pay shopping sale \
    рф рус укр бел срб мкд қаз онлайн сайт дети москва орг ком 中国 中國 公司 网络 網絡 在线 网址 香港 台湾 台灣 한국 닷컴 \
    コム みんな भारत امارات السعودية مصر شبكة موقع بازار ایران ελ გე հայ קום ไทย";

/// Returns whether a text in compatibility form (NFKC) has a URL or the name of a host in it.
pub(super) fn is_in(text: &str) -> bool {
    let text = text.to_lowercase().replace(['\u{3002}', '\u{FF61}'], ".");
    text.contains("://") || text.split(|c: char| !is_of_host(c)).any(is_host)
}

fn is_of_host(c: char) -> bool {
    c.is_alphanumeric() || c == '.' || c == '-'
}

fn is_host(word: &str) -> bool {
    let Some((rest, ending)) = word.trim_matches(['.', '-']).rsplit_once('.') else { return false };
    let is_country = ending.len() == 2 && ending.bytes().all(|b| b.is_ascii_lowercase());
    let is_ending =
        is_country || ending.starts_with("xn--") || ENDINGS.split_whitespace().any(|known| known == ending);
    rest == "www" || rest.starts_with("www.") || is_ending
}

/// The name with a blank after each dot that two letters follow: `St.John` is read as `St. John`, and no program takes
/// it for a host with an ending that is not known here.
pub(super) fn with_blanks_after_dots(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    let mut rest = name.chars();
    while let Some(c) = rest.next() {
        out.push(c);
        let mut following = rest.clone();
        let are_letters = (0..2).all(|_| following.next().is_some_and(char::is_alphabetic));
        if c == '.' && are_letters {
            out.push(' ');
        }
    }
    out
}
