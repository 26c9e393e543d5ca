//! Several spellings of one name, where its letters do not show which one a person uses: Arabic and Hebrew write no
//! short vowels, and Chinese characters have a reading in each language.

use unicode_normalization::UnicodeNormalization;

use super::{lower, plain, to_ascii_beside};

/// The part of a name that is spelled.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum NamePart {
    /// The given name.
    First,
    /// The family name.
    Last,
}

/// Returns whether the letters of a name leave its spelling open.
pub fn is_ambiguous(text: &str) -> bool {
    text.chars().any(|c| is_arabic(c) || is_hebrew(c) || is_han(c))
}

/// The spellings of a part of a name in ASCII and lower case, the most usual first; there is at least one.
pub fn spellings(part: &str, name: &str, kind: NamePart) -> Vec<String> {
    let mut found: Vec<String> = if part.chars().any(is_arabic) {
        spell_words(&arabic_words(part), spell_arabic)
    } else if part.chars().any(is_hebrew) {
        spell_words(&words(part), spell_hebrew)
    } else if part.chars().any(is_han) {
        spell_han(part, kind)
    } else if let Some(usual) = korean_family_name(part, kind) {
        vec![usual.to_owned(), to_ascii_beside(part, name)]
    } else {
        vec![to_ascii_beside(part, name)]
    };
    let mut seen = std::collections::BTreeSet::new();
    found.retain(|spelling| seen.insert(spelling.clone()));
    found
}

/// The name with its marks left out, and no letter written in their place (Muller for Müller).
pub fn without_added_letters(part: &str) -> String {
    let bare = part.nfd().filter(|c| !('\u{0300}'..='\u{036F}').contains(c));
    bare.map(|c| match c {
        'ø' => 'o',
        'Ø' => 'O',
        c => c,
    })
    .collect()
}

const fn is_arabic(c: char) -> bool {
    matches!(c, '\u{0600}'..='\u{06FF}' | '\u{0750}'..='\u{077F}')
}

const fn is_hebrew(c: char) -> bool {
    matches!(c, '\u{0590}'..='\u{05FF}')
}

const fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{20000}'..='\u{323AF}')
}

fn words(part: &str) -> Vec<String> {
    part.split([' ', '-', '\u{5BE}']).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// The spellings of all words side by side: the first of each, the second of each, the third.
fn spell_words(words: &[String], spell: fn(&str) -> Vec<String>) -> Vec<String> {
    let spelled: Vec<Vec<String>> = words.iter().map(|word| spell(word)).collect();
    let most = spelled.iter().map(Vec::len).max().unwrap_or(0);
    let nth = |n: usize| {
        let words: Vec<&str> =
            spelled.iter().filter_map(|word| word.get(n).or(word.first())).map(String::as_str).collect();
        words.join(" ")
    };
    (0..most.max(1)).map(nth).collect()
}

/// The words of an Arabic or Persian name in one form of each letter, without vowel signs; عبد with the name that it
/// belongs to.
fn arabic_words(part: &str) -> Vec<String> {
    let letters: String = part
        .nfc()
        .filter_map(|c| match c {
            '\u{0640}' | '\u{064B}'..='\u{065F}' | '\u{0670}' => None,
            'أ' | 'إ' | 'آ' | 'ٱ' => Some('ا'),
            'ى' | 'ی' | 'ئ' => Some('ي'),
            'ک' => Some('ك'),
            'ۀ' | 'ة' | 'ہ' => Some('ه'),
            'ؤ' => Some('و'),
            '\u{200C}' | '-' => Some(' '),
            c => Some(c),
        })
        .collect();
    words(&letters.replace("عبد ال", "عبدال"))
}

fn spell_arabic(word: &str) -> Vec<String> {
    if let Some(found) = look_up(ARABIC, word) {
        return found;
    }
    let with = |prefixes: [&str; 2], rest: &str| {
        let rest = spell_arabic(rest);
        let nth = |n: usize| rest.get(n).or(rest.first()).cloned().unwrap_or_default();
        vec![format!("{}{}", prefixes[0], nth(0)), format!("{}{}", prefixes[1], nth(1))]
    };
    for (prefix, spellings) in [("عبدال", ["abdul", "abdel"]), ("ال", ["al", "el"])] {
        if let Some(rest) = word.strip_prefix(prefix).filter(|rest| rest.chars().count() > 2) {
            return with(spellings, rest);
        }
    }
    vec![vowelled(word, arabic_letter, "a"), vowelled(word, arabic_letter, "e")]
}

fn spell_hebrew(word: &str) -> Vec<String> {
    let bare: String = word.chars().filter(|c| !matches!(c, '\u{0591}'..='\u{05C7}')).collect();
    look_up(HEBREW, &bare)
        .unwrap_or_else(|| vec![vowelled(&bare, hebrew_letter, "a"), vowelled(&bare, hebrew_letter, "e")])
}

fn look_up(table: &[(&str, &str)], word: &str) -> Option<Vec<String>> {
    let found = table.iter().find(|(written, _)| *written == word)?;
    Some(found.1.split(' ').map(str::to_owned).collect())
}

/// The sound of a letter by its place in the word: the letter before, itself, the letter after.
type Sound = fn(Option<char>, char, Option<char>) -> (&'static str, bool);

/// A word with `vowel` between each two consonants.
fn vowelled(word: &str, sound: Sound, vowel: &str) -> String {
    let letters: Vec<char> = word.chars().collect();
    let mut spelled = String::new();
    let mut after_consonant = false;
    for (at, c) in letters.iter().enumerate() {
        let before = at.checked_sub(1).map(|at| letters[at]);
        let (letter, is_consonant) = sound(before, *c, letters.get(at + 1).copied());
        if letter.is_empty() {
            continue;
        }
        if after_consonant && is_consonant {
            spelled.push_str(vowel);
        }
        spelled.push_str(letter);
        after_consonant = is_consonant;
    }
    spelled
}

fn arabic_letter(before: Option<char>, c: char, after: Option<char>) -> (&'static str, bool) {
    let beside_vowel = before.is_some_and(|c| "اوي".contains(c)) || after.is_some_and(|c| "اوي".contains(c));
    match c {
        'ا' => ("a", false),
        'ع' | 'ء' if before.is_none() => ("a", false),
        'ع' | 'ء' => ("", false),
        'و' if before.is_none() || beside_vowel => ("w", true),
        'و' => ("u", false),
        'ي' if after.is_none() => ("i", false),
        'ي' if before.is_none() || beside_vowel => ("y", true),
        'ي' => ("i", false),
        'ه' if after.is_none() => ("a", false),
        c => (plain(c), true),
    }
}

fn hebrew_letter(before: Option<char>, c: char, after: Option<char>) -> (&'static str, bool) {
    match c {
        'א' | 'ע' if before.is_none() => ("a", false),
        'א' | 'ע' => ("", false),
        'ב' if before.is_none() => ("b", true),
        'כ' if before.is_none() => ("k", true),
        'פ' if before.is_none() => ("p", true),
        'צ' | 'ץ' => ("tz", true),
        'ו' if before.is_none() || before == Some('ו') => ("v", true),
        'ו' if after == Some('ו') => ("", false),
        'ו' => ("o", false),
        'י' if before.is_none() => ("y", true),
        'י' => ("i", false),
        'ה' if after.is_none() => ("a", false),
        c => (plain(c), true),
    }
}

/// Pinyin, as passports of China have it, and Wade-Giles, as most of Taiwan have it.
fn spell_han(part: &str, kind: NamePart) -> Vec<String> {
    let letters: Vec<char> = part.nfc().collect();
    let readings: Vec<String> = letters
        .iter()
        .enumerate()
        .map(|(at, c)| {
            let family = FAMILY_READINGS
                .iter()
                .find(|(written, _)| at == 0 && kind == NamePart::Last && *written == *c);
            match family {
                Some((_, reading)) => (*reading).to_owned(),
                None if *c == '吕' || *c == '呂' => "lyu".to_owned(),
                None => lower(plain(*c)).into_iter().collect(),
            }
        })
        .collect();
    let wade_giles: Vec<String> = readings.iter().map(|reading| wade_giles(reading)).collect();
    vec![readings.concat(), wade_giles.concat()]
}

/// A syllable of pinyin in Wade-Giles, without apostrophes and diaereses, which passports leave out.
fn wade_giles(pinyin: &str) -> String {
    let initial = [
        "zh", "ch", "sh", "b", "p", "m", "f", "d", "t", "n", "l", "g", "k", "h", "j", "q", "x", "r", "z",
        "c", "s",
    ]
    .into_iter()
    .find(|initial| pinyin.starts_with(initial))
    .unwrap_or("");
    let rest = &pinyin[initial.len()..];
    let (new_initial, is_palatal) = match initial {
        "b" => ("p", false),
        "d" => ("t", false),
        "g" => ("k", false),
        "zh" => ("ch", false),
        "j" | "q" => ("ch", true),
        "x" => ("hs", true),
        "r" => ("j", false),
        "z" | "c" => ("ts", false),
        other => (other, false),
    };
    let last = match (initial, rest) {
        ("zh" | "ch" | "sh" | "r", "i") => "ih",
        ("z" | "c", "i") => return "tzu".to_owned(),
        ("s", "i") => return "ssu".to_owned(),
        ("", "yan") => "yen",
        ("", "ye") => "yeh",
        ("", "you") => "yu",
        ("", "yong") => "yung",
        ("", "yue") => "yueh",
        ("", "er") => "erh",
        ("", "e") => "o",
        ("g" | "k" | "h", "e") => "o",
        ("g" | "k", "ui") => "uei",
        (_, "uo") if !matches!(initial, "g" | "k" | "h" | "sh") => "o",
        (_, "ian") => "ien",
        (_, "ie") => "ieh",
        (_, "iong") => "iung",
        (_, "ong") => "ung",
        (_, "ue") if is_palatal || matches!(initial, "l" | "n") => "ueh",
        ("l", "yu") => "u",
        (_, rest) => rest,
    };
    format!("{new_initial}{last}")
}

/// The usual spelling of a Korean family name, where it is another than the romanisation of its syllable.
fn korean_family_name(part: &str, kind: NamePart) -> Option<&'static str> {
    const USUAL: [(&str, &str); 20] = [
        ("김", "kim"),
        ("이", "lee"),
        ("박", "park"),
        ("최", "choi"),
        ("정", "jung"),
        ("강", "kang"),
        ("조", "cho"),
        ("윤", "yoon"),
        ("임", "lim"),
        ("신", "shin"),
        ("권", "kwon"),
        ("안", "ahn"),
        ("유", "yoo"),
        ("고", "ko"),
        ("문", "moon"),
        ("배", "bae"),
        ("백", "baek"),
        ("구", "koo"),
        ("우", "woo"),
        ("노", "noh"),
    ];
    let is_family = kind == NamePart::Last;
    USUAL.iter().find(|(written, _)| is_family && *written == part).map(|(_, usual)| *usual)
}

/// Characters that are read differently as a family name.
const FAMILY_READINGS: [(char, &str); 14] = [
    ('曾', "zeng"),
    ('单', "shan"),
    ('單', "shan"),
    ('解', "xie"),
    ('仇', "qiu"),
    ('查', "zha"),
    ('区', "ou"),
    ('區', "ou"),
    ('朴', "piao"),
    ('翟', "zhai"),
    ('冼', "xian"),
    ('缪', "miao"),
    ('員', "yun"),
    ('员', "yun"),
];

/// Arabic and Persian names with their usual spellings, in the form of [`arabic_words`].
const ARABIC: &[(&str, &str)] = &[
    ("محمد", "mohammed muhammad mohamed"),
    ("احمد", "ahmed ahmad"),
    ("محمود", "mahmoud mahmud"),
    ("حامد", "hamed hamid"),
    ("حمد", "hamad"),
    ("حميد", "hamid hameed"),
    ("علي", "ali aly"),
    ("حسن", "hassan hasan"),
    ("حسين", "hussein hussain hossein"),
    ("عمر", "omar umar"),
    ("عثمان", "othman osman uthman"),
    ("خالد", "khaled khalid"),
    ("يوسف", "youssef yusuf yousef"),
    ("ابراهيم", "ibrahim ebrahim"),
    ("اسماعيل", "ismail esmail"),
    ("مصطفي", "mustafa mostafa"),
    ("كريم", "karim kareem"),
    ("سعيد", "said saeed"),
    ("سعد", "saad"),
    ("سالم", "salem salim"),
    ("سليم", "salim selim"),
    ("سليمان", "suleiman sulaiman soliman"),
    ("سلمان", "salman"),
    ("طارق", "tarek tariq"),
    ("فيصل", "faisal faysal"),
    ("فهد", "fahad fahd"),
    ("ماجد", "majed majid"),
    ("مجيد", "majid majeed"),
    ("جمال", "jamal gamal"),
    ("كمال", "kamal"),
    ("جابر", "jaber gaber"),
    ("ناصر", "nasser nasir"),
    ("نصر", "nasr"),
    ("رامي", "rami ramy"),
    ("سامي", "sami samy"),
    ("هاني", "hani hany"),
    ("زياد", "ziad ziyad"),
    ("زيد", "zaid zayd"),
    ("بلال", "bilal belal"),
    ("انس", "anas"),
    ("ايمن", "ayman aiman"),
    ("اشرف", "ashraf"),
    ("شريف", "sharif sherif"),
    ("وليد", "walid waleed"),
    ("وائل", "wael"),
    ("وايل", "wael"),
    ("باسم", "bassem basim"),
    ("بسام", "bassam"),
    ("حسام", "hussam hossam"),
    ("هشام", "hisham hesham"),
    ("عصام", "essam isam"),
    ("عادل", "adel adil"),
    ("عماد", "imad emad"),
    ("نبيل", "nabil nabeel"),
    ("جميل", "jamil gamil"),
    ("رشيد", "rashid rachid"),
    ("راشد", "rashed rashid"),
    ("صالح", "saleh salih"),
    ("صلاح", "salah"),
    ("طه", "taha"),
    ("يحيي", "yahya yehia"),
    ("موسي", "musa moussa"),
    ("عيسي", "issa isa"),
    ("داود", "dawood daoud"),
    ("ادم", "adam"),
    ("نوح", "nuh noah"),
    ("ياسر", "yasser yasir"),
    ("ياسين", "yassin yaseen"),
    ("مروان", "marwan"),
    ("لوي", "louay luay"),
    ("قاسم", "qasim kassem"),
    ("كاظم", "kazem kadhim"),
    ("جعفر", "jafar jaafar"),
    ("صادق", "sadiq sadegh"),
    ("باقر", "baqir bagher"),
    ("رضا", "reza rida"),
    ("مهدي", "mahdi mehdi"),
    ("حمزه", "hamza hamzeh"),
    ("اسامه", "osama usama"),
    ("معاذ", "muath moaz"),
    ("بدر", "badr bader"),
    ("فرح", "farah"),
    ("منصور", "mansour mansoor"),
    ("الله", "allah"),
    ("عبدالله", "abdullah abdallah"),
    ("عبدالرحمن", "abdulrahman abdelrahman"),
    ("عبدالعزيز", "abdulaziz abdelaziz"),
    ("عبدالكريم", "abdulkarim abdelkarim"),
    ("عبدالقادر", "abdulqader abdelkader"),
    ("عبدالرحيم", "abdulrahim abdelrahim"),
    ("عبد", "abd"),
    ("عبده", "abdo abdu"),
    ("عبيد", "obaid ubaid"),
    ("ابو", "abu abou"),
    ("بن", "bin ben"),
    ("ابن", "ibn"),
    ("بنت", "bint"),
    ("فاطمه", "fatima fatma fatemeh"),
    ("عائشه", "aisha aicha"),
    ("عايشه", "aisha aicha"),
    ("خديجه", "khadija khadijah"),
    ("مريم", "mariam maryam"),
    ("زينب", "zainab zeinab"),
    ("ليلي", "layla leila"),
    ("سلمي", "salma"),
    ("هند", "hind hend"),
    ("نور", "nour noor"),
    ("سميره", "samira sameera"),
    ("اميره", "amira ameera"),
    ("امير", "amir ameer"),
    ("امين", "amin ameen"),
    ("امينه", "amina ameena"),
    ("زهرا", "zahra"),
    ("زهره", "zahra"),
    ("زهراء", "zahra zahraa"),
    ("هدي", "huda hoda"),
    ("مني", "mona muna"),
    ("ريم", "reem rim"),
    ("رنا", "rana"),
    ("دينا", "dina"),
    ("ساره", "sara sarah"),
    ("ايمان", "iman eman"),
    ("اسماء", "asma asmaa"),
    ("شيماء", "shaima shaimaa"),
    ("هبه", "hiba heba"),
    ("ياسمين", "yasmin yasmeen"),
    ("نجلاء", "najla naglaa"),
    ("سهير", "suhair soheir"),
    ("خليل", "khalil khaleel"),
    ("حداد", "haddad"),
    ("خوري", "khoury khouri"),
    ("نجار", "najjar naggar"),
    ("مصري", "masri"),
    ("سوري", "souri"),
    ("عزيز", "aziz"),
    ("حسيني", "husseini hosseini"),
    ("احمدي", "ahmadi"),
    ("محمدي", "mohammadi"),
    ("رضايي", "rezaei rezai"),
    ("كريمي", "karimi"),
    ("زاده", "zadeh"),
    ("پور", "pour"),
    ("غامدي", "ghamdi"),
    ("عتيبي", "otaibi"),
    ("قحطاني", "qahtani"),
    ("حربي", "harbi"),
    ("شمري", "shammari"),
    ("زهراني", "zahrani"),
    ("سيد", "sayed sayyid"),
    ("شيخ", "sheikh shaikh"),
    ("مرتضي", "murtada morteza"),
    ("لينا", "lina"),
    ("لانا", "lana"),
    ("مها", "maha"),
    ("طالب", "taleb talib"),
    ("غازي", "ghazi"),
    ("جبر", "jabr gabr"),
    ("شادي", "shadi shady"),
    ("فادي", "fadi fady"),
    ("مازن", "mazen mazin"),
];

/// Hebrew names with their usual spellings.
const HEBREW: &[(&str, &str)] = &[
    ("יוסף", "yosef joseph yossef"),
    ("משה", "moshe moses"),
    ("דוד", "david dawid"),
    ("דויד", "david"),
    ("אברהם", "avraham abraham"),
    ("יצחק", "yitzhak isaac itzhak"),
    ("יעקב", "yaakov jacob yakov"),
    ("שרה", "sara sarah"),
    ("רחל", "rachel rahel"),
    ("לאה", "lea leah"),
    ("רבקה", "rivka rebecca"),
    ("מרים", "miriam miryam"),
    ("חנה", "hana chana hannah"),
    ("דניאל", "daniel"),
    ("מיכאל", "michael mikhael"),
    ("נועה", "noa noah"),
    ("תמר", "tamar"),
    ("יעל", "yael"),
    ("מיכל", "michal"),
    ("אסתר", "ester esther"),
    ("רות", "rut ruth"),
    ("אלון", "alon"),
    ("איתי", "itay itai"),
    ("עומר", "omer"),
    ("נועם", "noam"),
    ("אורי", "uri ori"),
    ("גיל", "gil"),
    ("רון", "ron"),
    ("עמית", "amit"),
    ("אריאל", "ariel"),
    ("אליהו", "eliyahu"),
    ("שמואל", "shmuel samuel"),
    ("שלמה", "shlomo solomon"),
    ("שמעון", "shimon simon"),
    ("אהרן", "aharon aaron"),
    ("בנימין", "binyamin benjamin"),
    ("יהודה", "yehuda judah"),
    ("ראובן", "reuven ruben"),
    ("חיים", "haim chaim"),
    ("צבי", "zvi tzvi"),
    ("אבי", "avi"),
    ("עידו", "ido"),
    ("יונתן", "yonatan jonathan"),
    ("גבריאל", "gabriel gavriel"),
    ("כהן", "cohen kohen"),
    ("לוי", "levi levy"),
    ("מזרחי", "mizrahi mizrachi"),
    ("פרץ", "peretz perez"),
    ("ביטון", "biton bitton"),
    ("פרידמן", "friedman fridman"),
    ("אזולאי", "azoulay azulay"),
    ("בן", "ben"),
    ("בר", "bar"),
    ("שפירא", "shapira"),
    ("גולן", "golan"),
    ("שלום", "shalom"),
    ("נתן", "natan nathan"),
    ("דן", "dan"),
    ("דנה", "dana"),
    ("שירה", "shira"),
    ("מאיה", "maya"),
    ("ליאור", "lior"),
    ("טל", "tal"),
];
