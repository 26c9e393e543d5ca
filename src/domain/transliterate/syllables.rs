//! Scripts that write syllables: Hangul, kana, Thai and those of India.

use super::plain;

/// Revised Romanisation, each syllable of a name by itself.
pub(super) fn hangul(run: &[char], out: &mut String) {
    const FIRST: [&str; 19] =
        ["g", "kk", "n", "d", "tt", "r", "m", "b", "pp", "s", "ss", "", "j", "jj", "ch", "k", "t", "p", "h"];
    const MIDDLE: [&str; 21] = [
        "a", "ae", "ya", "yae", "eo", "e", "yeo", "ye", "o", "wa", "wae", "oe", "yo", "u", "wo", "we", "wi",
        "yu", "eu", "ui", "i",
    ];
    const LAST: [&str; 28] = [
        "", "k", "k", "k", "n", "n", "n", "t", "l", "k", "m", "l", "l", "l", "p", "l", "m", "p", "p", "t",
        "t", "ng", "t", "t", "k", "t", "p", "t",
    ];
    let mut after_l = false;
    for c in run {
        let place = (u32::from(*c) - 0xAC00) as usize;
        let (first, middle, last) = (FIRST[place / 588], MIDDLE[place % 588 / 28], LAST[place % 28]);
        out.push_str(if after_l && first == "r" { "l" } else { first });
        out.push_str(middle);
        out.push_str(last);
        after_l = last == "l";
    }
}

/// Hepburn, as Japanese passports have it: long o and u are not marked, and n is m before b, m and p.
pub(super) fn kana(run: &[char], out: &mut String) {
    let mut word = String::new();
    let mut doubles = false;
    for c in run {
        let sound = plain(*c);
        match c {
            'っ' | 'ッ' => doubles = true,
            'ー' | '・' => {}
            'ゃ' | 'ゅ' | 'ょ' | 'ャ' | 'ュ' | 'ョ' if word.ends_with('i') => {
                word.pop();
                let is_palatal = word.ends_with("sh") || word.ends_with("ch") || word.ends_with('j');
                word.push_str(if is_palatal { &sound[1..] } else { sound });
            }
            'ぁ' | 'ぃ' | 'ぅ' | 'ぇ' | 'ぉ' | 'ァ' | 'ィ' | 'ゥ' | 'ェ' | 'ォ' => {
                let is_after_vowel = word.ends_with(['a', 'e', 'i', 'o', 'u']);
                if is_after_vowel && word.len() > 1 {
                    word.pop();
                }
                word.push_str(sound);
            }
            _ => {
                if std::mem::take(&mut doubles) {
                    word.push_str(if sound.starts_with("ch") { "t" } else { sound.get(..1).unwrap_or("") });
                }
                if sound.starts_with(['b', 'm', 'p']) && word.ends_with('n') && after_syllabic_n(run, c) {
                    word.pop();
                    word.push('m');
                }
                word.push_str(sound);
            }
        }
    }
    let mut rest = &word[..];
    while let Some(c) = rest.chars().next() {
        out.push(c);
        // In いのうえ (Inoue) and まつうら (Matsuura) the u begins the next part.
        let is_long = rest.starts_with("oo")
            || (rest.starts_with("ou") && !rest.starts_with("oue"))
            || (rest.starts_with("uu")
                && ["yu", "shu", "chu", "ju", "fu"].iter().any(|end| out.ends_with(end)));
        rest = &rest[if is_long { 2 } else { c.len_utf8() }..];
    }
}

/// Returns whether the letter before this one is the syllable n: no other syllable ends with a consonant.
fn after_syllabic_n(run: &[char], c: &char) -> bool {
    run.windows(2).any(|pair| std::ptr::eq(&raw const pair[1], c) && matches!(pair[0], 'ん' | 'ン'))
}

/// Consonants have the vowel a unless another follows or a virama takes it; at the end of a word the northern languages
/// do not say it.
pub(super) fn indic(run: &[char], out: &mut String) {
    /// The place of a letter in its block: all blocks are laid out alike.
    const fn place(c: char) -> u32 {
        (c as u32 - 0x0900) % 0x80
    }
    const fn is_consonant(c: char) -> bool {
        matches!(place(c), 0x15..=0x39 | 0x58..=0x5F)
    }
    for (at, c) in run.iter().enumerate() {
        out.push_str(match place(*c) {
            0x01 | 0x02 => "n",
            0x03 | 0x3C | 0x4D => "",
            0x1A => "ch",
            0x1B => "chh",
            0x36 | 0x37 => "sh",
            _ => plain(*c),
        });
        if !is_consonant(*c) {
            continue;
        }
        let next = run[at + 1..].iter().find(|next| place(**next) != 0x3C);
        let is_northern = u32::from(*c) < 0x0B00;
        let has_own = match next {
            None => !is_northern,
            Some(next) => !matches!(place(*next), 0x3E..=0x4D | 0x55..=0x57 | 0x62 | 0x63),
        };
        if has_own {
            out.push('a');
        }
    }
}

/// One Thai consonant with what is written around it.
struct Onset {
    /// The consonant as it begins a syllable, with the second one of a cluster.
    first: String,
    /// The vowel; `None` if no vowel is written.
    vowel: Option<&'static str>,
    /// The consonant as it ends a syllable.
    last: &'static str,
    is_carrier: bool,
    /// True if the vowel is used in closed syllables alone.
    is_short: bool,
}

/// The Royal Thai General System, as well as letters alone allow: vowels follow their consonant, and the vowels that
/// are not written are a in open and o in closed syllables.
pub(super) fn thai(run: &[char], out: &mut String) {
    let onsets = thai_onsets(&without_silent(run));
    // True if the current syllable may, or must, take a consonant at its end.
    let (mut is_open, mut is_short) = (false, false);
    let mut at = 0;
    while let Some(onset) = onsets.get(at) {
        let next = onsets.get(at + 1);
        let bare = onsets[at..].iter().take_while(|onset| onset.vowel.is_none()).count();
        match onset.vowel {
            Some(vowel) => {
                out.push_str(&onset.first);
                out.push_str(vowel);
                is_open = !matches!(vowel, "ai" | "am" | "ao");
                is_short = onset.is_short;
                at += 1;
            }
            None if is_open && !onset.is_carrier && (bare != 2 || is_short) => {
                out.push_str(onset.last);
                is_open = false;
                at += 1;
            }
            None => {
                out.push_str(&onset.first);
                // Of the bare consonants up to the next vowel, the last two make a syllable of their own.
                match next {
                    Some(next) if bare == 2 && !next.is_carrier => {
                        out.push_str(if onset.is_carrier { "" } else { "o" });
                        out.push_str(next.last);
                        at += 2;
                    }
                    _ => {
                        out.push('a');
                        at += 1;
                    }
                }
                is_open = false;
            }
        }
    }
}

impl Onset {
    fn new(first: &str, vowel: Option<&'static str>, last: &'static str) -> Self {
        Self { first: first.to_owned(), vowel, last, is_carrier: false, is_short: false }
    }
}

/// Without tone marks, and without the letters that a thanthakhat silences.
fn without_silent(run: &[char]) -> Vec<char> {
    let mut letters: Vec<char> = Vec::with_capacity(run.len());
    for c in run {
        match c {
            '\u{0E47}'..='\u{0E4B}' | '\u{0E4D}'..='\u{0E4F}' | '\u{0E2F}' | '\u{0E46}' => {}
            '\u{0E4C}' => {
                if matches!(letters.last(), Some('\u{0E34}' | '\u{0E38}')) {
                    letters.pop();
                }
                let silenced = letters.pop();
                // In จันทร์ and ลักษณ์ it takes the letter before it along.
                let takes_another = match silenced {
                    Some('ร') => matches!(letters.last(), Some('ท' | 'ต' | 'ด')),
                    Some('ณ') => letters.last() == Some(&'ษ'),
                    _ => false,
                };
                if takes_another {
                    letters.pop();
                }
            }
            c => letters.push(*c),
        }
    }
    letters
}

/// Words whose first letter is the vowel of the second consonant, which their letters do not show: เกษร is keson, and
/// เกษม is kasem.
const LATE_VOWEL: [&str; 4] = ["เกษม", "เสถียร", "เสมอ", "แสวง"];

fn thai_onsets(letters: &[char]) -> Vec<Onset> {
    let mut onsets = Vec::new();
    let mut at = 0;
    while at < letters.len() {
        let is_late = LATE_VOWEL
            .iter()
            .any(|word| word.chars().eq(letters[at..].iter().copied().take(word.chars().count())));
        let lead = letters.get(at).copied().filter(|c| ('\u{0E40}'..='\u{0E44}').contains(c));
        at += usize::from(lead.is_some());
        let Some(c) = letters.get(at).copied().filter(|c| ('\u{0E01}'..='\u{0E2E}').contains(c)) else {
            at += usize::from(lead.is_none());
            continue;
        };
        if letters[at..].starts_with(&['ร', 'ร']) {
            let is_last = letters.get(at + 2).is_none_or(|next| !is_bare(letters, at + 2, *next));
            onsets.push(Onset::new("", Some("a"), ""));
            if is_last {
                onsets.push(Onset::new("n", None, "n"));
            }
            at += 2;
            continue;
        }
        let mut first = thai_first(c).to_owned();
        at += 1;
        // A silent h only changes the tone of the consonant that follows.
        let second = letters.get(at).copied();
        let sign = letters.get(at + 1).copied().filter(|sign| is_vowel_sign(*sign));
        let belongs_to_both = match lead {
            None => sign.is_some(),
            Some('เ') => sign.is_some() || letters.get(at + 1).is_some(),
            Some('แ' | 'โ') => sign.is_none() && letters.get(at + 1).is_some(),
            Some(_) => sign.is_none(),
        };
        if let Some(second) = second.filter(|_| belongs_to_both) {
            let is_cluster = "กขคตปผพ".contains(c) && "รลว".contains(second);
            let is_led = c == 'ห' && "งญนมยรลว".contains(second);
            if is_cluster || is_led {
                first = if is_led { thai_first(second).to_owned() } else { first + thai_first(second) };
                at += 1;
            }
        }
        // In เฉลิม the vowel around both belongs to the second.
        let is_around_both = lead == Some('เ')
            && letters.get(at + 1) == Some(&'ิ')
            && second.is_some_and(|second| "นมรล".contains(second));
        if is_late || is_around_both {
            onsets.push(Onset::new(&first, Some("a"), ""));
            (first, at) = (second.map_or("", thai_first).to_owned(), at + 1);
        }
        let is_short = letters.get(at) == Some(&'ั');
        let (vowel, taken) = thai_vowel(lead, &letters[at..]);
        at += taken;
        onsets.push(Onset { is_carrier: c == 'อ', is_short, ..Onset::new(&first, vowel, thai_last(c)) });
    }
    onsets
}

/// Returns whether the consonant at this place has no vowel of its own.
fn is_bare(letters: &[char], at: usize, c: char) -> bool {
    ('\u{0E01}'..='\u{0E2E}').contains(&c) && letters.get(at + 1).is_none_or(|next| !is_vowel_sign(*next))
}

const fn is_vowel_sign(c: char) -> bool {
    matches!(c, '\u{0E30}'..='\u{0E3A}')
}

/// The vowel around a consonant, and how many letters after it belong to it.
fn thai_vowel(lead: Option<char>, rest: &[char]) -> (Option<&'static str>, usize) {
    let starts = |signs: &[char]| {
        // A consonant that has a vowel of its own begins the next syllable.
        let begins_next = signs.last().is_some_and(|last| *last == 'ย' || *last == 'ว')
            && rest.get(signs.len()).is_some_and(|next| is_vowel_sign(*next));
        rest.starts_with(signs) && !begins_next
    };
    match lead {
        Some('เ') if starts(&['ี', 'ย']) => (Some("ia"), 2),
        Some('เ') if starts(&['ื', 'อ']) => (Some("uea"), 2),
        Some('เ') if starts(&['า', 'ะ']) => (Some("o"), 2),
        Some('เ') if starts(&['า']) => (Some("ao"), 1),
        Some('เ') if starts(&['ิ']) || starts(&['อ']) => (Some("oe"), 1),
        Some('เ') if starts(&['ย']) => (Some("oei"), 1),
        Some('เ') if starts(&['ะ']) => (Some("e"), 1),
        Some('เ') => (Some("e"), 0),
        Some('แ') => (Some("ae"), usize::from(starts(&['ะ']))),
        Some('โ') => (Some("o"), usize::from(starts(&['ะ']))),
        Some('ไ') => (Some("ai"), usize::from(starts(&['ย']))),
        Some(_) => (Some("ai"), 0),
        None if starts(&['ั', 'ว']) => (Some("ua"), 2),
        None if starts(&['ั', 'ย']) => (Some("ai"), 2),
        None if starts(&['า', 'ย']) => (Some("ai"), 2),
        None if starts(&['ื', 'อ']) => (Some("ue"), 2),
        None => match rest.first() {
            Some('ะ' | 'ั' | 'า') => (Some("a"), 1),
            Some('ำ') => (Some("am"), 1),
            Some('ิ' | 'ี') => (Some("i"), 1),
            Some('ึ' | 'ื') => (Some("ue"), 1),
            Some('ุ' | 'ู') => (Some("u"), 1),
            _ => (None, 0),
        },
    }
}

fn thai_first(c: char) -> &'static str {
    match c {
        'อ' => "",
        'ฑ' => "th",
        'ฤ' => "rue",
        c => plain(c),
    }
}

const fn thai_last(c: char) -> &'static str {
    match c {
        'ก' | 'ข' | 'ค' | 'ฆ' => "k",
        'ง' => "ng",
        'จ' | 'ช' | 'ซ' | 'ฌ' | 'ฎ' | 'ฏ' | 'ฐ' | 'ฑ' | 'ฒ' | 'ด' | 'ต' | 'ถ' | 'ท' | 'ธ' | 'ศ' | 'ษ'
        | 'ส' => "t",
        'ญ' | 'ณ' | 'น' | 'ร' | 'ล' | 'ฬ' => "n",
        'บ' | 'ป' | 'พ' | 'ฟ' | 'ภ' => "p",
        'ม' => "m",
        'ย' => "i",
        'ว' => "o",
        _ => "",
    }
}
