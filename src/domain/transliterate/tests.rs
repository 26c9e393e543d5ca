use super::{NamePart, is_ambiguous, spellings, to_ascii};

#[test]
fn names_are_written_as_passports_have_them() {
    let mut wrong = Vec::new();
    for (name, ascii) in [
        // Latin letters as their speakers write them without the key.
        ("Müller", "mueller"),
        ("Jörg Weiß", "joerg weiss"),
        ("Øystein Ødegård", "oeystein oedegaard"),
        ("Ægir", "aegir"),
        ("Łukasz Wiśniewski", "lukasz wisniewski"),
        ("Nguyễn Đặng", "nguyen dang"),
        ("Đoković", "djokovic"),
        ("Gülşen Yağmur", "gulsen yagmur"),
        ("Erdős", "erdos"),
        ("Zoe\u{308}", "zoe"),
        ("İpek", "ipek"),
        // Greek, ELOT 743.
        ("Παπαδόπουλος", "papadopoulos"),
        ("Λουκάς Ιωάννου", "loukas ioannou"),
        ("Ευαγγελία", "evangelia"),
        ("Παύλος", "pavlos"),
        ("Ευθύμιος", "efthymios"),
        ("Ελευθερία", "eleftheria"),
        ("Αύρα", "avra"),
        ("Μπάμπης", "bampis"),
        ("Αντώνης", "antonis"),
        ("Γκίκας", "gkikas"),
        ("Χρήστος Ψαρρός", "christos psarros"),
        ("Μαΐου", "maiou"),
        ("Ταΰγετος", "taygetos"),
        ("Άγγελος", "angelos"),
        ("Σφίγξ", "sfinx"),
        // Ukraine, resolution 55 of 2010.
        ("Згурський", "zghurskyi"),
        ("Ґалаґан", "galagan"),
        ("Гончаренко Олексій", "honcharenko oleksii"),
        ("Єнакієве Гаєвич", "yenakiieve haievych"),
        ("Їжакевич Мар’їна Знам'янка", "yizhakevych marina znamianka"),
        ("Юрій Крюківка", "yurii kriukivka"),
        ("Яготин Костянтин Щербухі", "yahotyn kostiantyn shcherbukhi"),
        // Russian.
        ("Дмитрий Иванов", "dmitriy ivanov"),
        ("Игорь Хрущёв", "igor khrushchev"),
        ("Юлия Васильева", "yuliya vasilyeva"),
        // Belarus, Bulgaria, Serbia, North Macedonia.
        ("Аляксандр Быкаў", "aliaksandr bykau"),
        ("Първан Щерев", "parvan shterev"),
        ("Ђоковић", "djokovic"),
        ("Ђорђе Живковић", "djordje zivkovic"),
        ("Јована Љубичић", "jovana ljubicic"),
        ("Ѓорѓи Стојановски", "gjorgji stojanovski"),
        // Kazakhstan and Kyrgyzstan.
        ("Гүлмира Сейіт", "gulmira seiit"),
        ("Әлия Қасымғали", "aliya kasymgali"),
        ("Өмірбек Жаңабай", "omirbek zhanabai"),
        ("Бөкөн Айбек", "bokon aibek"),
        // Armenian and Georgian.
        ("Հարություն Մխիթարյան", "harutyun mkhitaryan"),
        ("Գևորգ Խաչատրյան", "gevorg khachatryan"),
        ("Ոսկան Երեմյան", "voskan yeremyan"),
        ("გიორგი ჭავჭავაძე", "giorgi chavchavadze"),
        ("თამარ წერეთელი", "tamar tsereteli"),
        // Korean and Japanese.
        ("철수", "cheolsu"),
        ("복남", "boknam"),
        ("한빛나", "hanbitna"),
        ("たろう", "taro"),
        ("ゆうこ", "yuko"),
        ("いのうえ", "inoue"),
        ("おおうち", "ouchi"),
        ("まつうら", "matsuura"),
        ("りゅういち", "ryuichi"),
        ("じゅんいちろう", "junichiro"),
        ("ふうか", "fuka"),
        ("しょうへい おおたに", "shohei otani"),
        ("なんば", "namba"),
        ("はっとり", "hattori"),
        ("きょうこ", "kyoko"),
        ("ジェシカ", "jeshika"),
        // Thai.
        ("สมชาย", "somchai"),
        ("ธนกร", "thanakon"),
        ("เกษม", "kasem"),
        ("เกษมสุข", "kasemsuk"),
        ("เกษร", "keson"),
        ("เสถียร", "sathian"),
        ("แสวง", "sawaeng"),
        ("เสมอ", "samoe"),
        ("แสงดาว", "saengdao"),
        ("โสภา", "sopha"),
        ("ไพโรจน์", "phairot"),
        ("ประยุทธ์", "prayut"),
        ("ปรีชา", "pricha"),
        ("สุดารัตน์", "sudarat"),
        ("วิชัย", "wichai"),
        ("ทักษิณ", "thaksin"),
        ("ยิ่งลักษณ์", "yinglak"),
        ("กิตติพงษ์", "kittiphong"),
        ("พรทิพย์", "phonthip"),
        ("จันทร์", "chan"),
        ("กมล", "kamon"),
        ("อรุณ", "arun"),
        ("โกวิท", "kowit"),
        ("เกรียงไกร", "kriangkrai"),
        ("เพลินพิศ", "phloenphit"),
        ("เฉลิมชัย", "chaloemchai"),
        // India.
        ("अमित शर्मा", "amit sharma"),
        ("राम", "ram"),
        ("अनिल", "anil"),
        ("लक्ष्मी", "lakshmi"),
        ("রহমান", "rahaman"),
    ] {
        wrong.extend(Some(to_ascii(name)).filter(|found| found != ascii).map(|found| (name, found, ascii)));
    }
    assert!(wrong.is_empty(), "name, found, expected: {wrong:#?}");
}

#[test]
fn where_letters_do_not_tell_there_are_the_usual_spellings() {
    let spelled = |part: &str, kind| spellings(part, part, kind);
    let mut wrong = Vec::new();
    for (part, kind, expected) in [
        ("محمد", NamePart::First, &["mohammed", "muhammad", "mohamed"][..]),
        ("مُحَمَّد", NamePart::First, &["mohammed", "muhammad", "mohamed"]),
        ("عبد الله", NamePart::First, &["abdullah", "abdallah"]),
        ("عبد اللطيف", NamePart::First, &["abdullatif", "abdelletif"]),
        ("فاطمة", NamePart::First, &["fatima", "fatma", "fatemeh"]),
        ("الأحمد", NamePart::Last, &["alahmed", "elahmad"]),
        ("نیلوفر", NamePart::First, &["nilufar", "nilufer"]),
        ("יוסף", NamePart::First, &["yosef", "joseph", "yossef"]),
        ("כהן", NamePart::Last, &["cohen", "kohen"]),
        ("小明", NamePart::First, &["xiaoming", "hsiaoming"]),
        ("王", NamePart::Last, &["wang"]),
        ("曾", NamePart::Last, &["zeng", "tseng"]),
        ("張", NamePart::Last, &["zhang", "chang"]),
        ("郭", NamePart::Last, &["guo", "kuo"]),
        ("英文", NamePart::First, &["yingwen"]),
        ("김", NamePart::Last, &["kim", "gim"]),
        ("이", NamePart::First, &["i"]),
        ("Müller", NamePart::Last, &["mueller"]),
    ] {
        let found = spelled(part, kind);
        wrong.extend(Some(found).filter(|found| found != expected).map(|found| (part, found, expected)));
    }
    assert!(wrong.is_empty(), "name, found, expected: {wrong:#?}");
    assert!(is_ambiguous("محمد") && is_ambiguous("王") && is_ambiguous("כהן"));
    assert!(
        !is_ambiguous("Ada") && !is_ambiguous("김철수") && !is_ambiguous("Ελένη") && !is_ambiguous("たろう")
    );
}
