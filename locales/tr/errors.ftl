## Geri dönen formun üstünde

error-summary =
    { $count ->
        [one] Bir sorun var
       *[other] { $count } sorun var
    }
error-prefix = Hata:
error-form-expired = Form uzun süre açık kaldığı için yenilenmesi gerekti. Yazdıklarınız hâlâ burada: gözden geçirip yeniden gönderin.
error-form-foreign = Bu formun sizin tarayıcınızdan geldiğini doğrulayamadık. Bu site için çerezlere izin verin ve formu yeniden gönderin. Yazdıklarınız hâlâ burada.
error-not-recorded = Talebinizi şu anda kaydedemedik. Yazdıklarınız hâlâ burada: lütfen biraz sonra yeniden gönderin.
error-closed-kept = Bu arada başvurulara ara verildi, bu yüzden başvurunuz kaydedilmedi. Yazdıklarınız hâlâ burada: lütfen daha sonra yeniden gönderin.

## Bir programın göndermiş olabileceği formun üstünde

error-too-fast = Bu çok hızlı oldu; sanki formu bir program doldurmuş gibi. Yazdıklarınız hâlâ burada: lütfen bir kez daha gönderin.
error-hidden-field = İnsanların görmediği bir alan doldurulmuş; bunu belki tarayıcınız yaptı. Alan yeniden boş. Yazdığınız diğer her şey hâlâ burada: lütfen bir kez daha gönderin.

## Alanların yanında

error-email-empty = Üniversite e‑posta adresinizi girin.
error-email-too-long = En fazla { $max } karakterlik bir adres girin.
error-email-malformed = ad@example.edu gibi bir adres girin.
error-email-unsafe = @ işaretinden önce yalnızca harf, rakam ve . _ - + ' içeren ve kısa çizgiyle başlamayan bir adres kullanın.
error-email-not-admitted = Bu adres burada kullanılamaz. Üniversitenizin size verdiği adresi girin; o adres buysa { $support } adresine yazın.
error-email-registered = Bu adres için zaten bir hesap var. Artık oturum açamıyorsanız { $support } adresine yazın.
error-first-name-empty = Adınızı girin.
error-first-name-too-long = En fazla { $max } karakterlik bir ad girin.
error-first-name-forbidden = Adda, isimlerde bulunamayacak bir karakter var. Onu silin.
error-first-name-no-letter = Adda en az bir harf olmalıdır.
error-last-name-empty = Soyadınızı girin.
error-last-name-too-long = En fazla { $max } karakterlik bir soyadı girin.
error-last-name-forbidden = Soyadında, isimlerde bulunamayacak bir karakter var. Onu silin.
error-last-name-no-letter = Soyadında en az bir harf olmalıdır.
error-name-one = { $field }: bu alanı da doldurun. Tek bir adınız varsa onu iki alana da yazın.
error-name-sign = { $field }: = + @ : / \ | < > # gibi işaretleri ve baştaki kısa çizgiyi silin. Adlarda bunlar bulunmaz.
error-name-digit = { $field }: rakamları silin. Sayıyı III gibi Roma rakamıyla ya da 2nd biçiminde yazın.
error-name-web-address = { $field }: bu bir web adresine benziyor. Yalnızca adınızı, her noktadan sonra bir boşluk bırakarak yazın.
error-name-word = { $field }: bir birimi ya da şirketi çağrıştırdığı için burada adlarda izin verilmeyen bir sözcük var. Yalnızca kendi adınızı yazın; adınız gerçekten buysa { $support } adresine yazın.
error-name-no-username = Bu isimden bir kullanıcı adı oluşturulamıyor. Latin harfleriyle yazın ya da { $support } adresine e‑posta gönderin.
error-name-reserved = Bu isimden oluşan kullanıcı adı ayrılmış. Lütfen { $support } adresine yazın.
error-username-choose = Kullanıcı adlarından birini seçin.
error-consent-microsoft = Bu kutuyu işaretleyin: onayınız olmadan Microsoft’ta hesap oluşturamayız.
error-consent-terms = Bu kutuyu işaretleyin: aksi hâlde hesabı oluşturamayız.

error-code-malformed = E‑postadaki altı rakamı girin.
error-code-wrong =
    { $left ->
        [one] Kod bu değil. Bir deneme hakkınız kaldı.
       *[other] Kod bu değil. { $left } deneme hakkınız kaldı.
    }
error-code-too-many = Çok fazla yanlış kod girildi. Aşağıdan yeni bir kod isteyin.
error-code-expired = Bu kodun süresi geçmiş. Aşağıdan yeni bir kod isteyin.

## Kendi başına sayfalar

error-reference = Referans kodu:
error-reference-hint = { $support } adresine yazarken bu kodu belirtin: bize ne olduğunu gösterir.

error-not-found-title = Böyle bir sayfa yok
error-not-found-text = Adres eksik ya da yanlış yazılmış olabilir. Talebinize bakmak istiyorsanız adresin tamamını kullanın ya da formu yeniden doldurun: ikinci bir hesap açılmaz.
error-method-title = Bu sayfa bu şekilde kullanılamaz
error-method-text = Formu açın ve oradan gönderin.
error-bad-request-title = Gönderileni okuyamadık
error-bad-request-text = Bir kısmı eksik ya da bozuktu. Formu açıp yeniden gönderin.
error-too-large-title = Çok fazla veri gönderildi
error-too-large-text = Gönderilen, bu formun olabileceğinden çok daha büyük. Formu açıp yeniden gönderin.
error-media-type-title = Gönderileni okuyamadık
error-media-type-text = Buraya yalnızca bu sayfanın formu gönderilebilir. Formu açıp yeniden gönderin.
error-cross-site-title = Bu, başka bir sayfadan gönderildi
error-cross-site-text = Güvenliğiniz için formu yalnızca bu siteden gönderildiğinde kabul ediyoruz. Formu burada açıp yeniden gönderin.
error-unavailable-title = Biraz zamana ihtiyacımız var
error-unavailable-text = Kayıtlarımıza şu anda ulaşılamıyor. Daha önce gönderdiklerinizin hiçbiri kaybolmadı: lütfen bir dakika sonra yeniden deneyin.
error-internal-title = Bir şeyler ters gitti
error-internal-text = Hata bizden kaynaklanıyor ve kaydedildi. Lütfen biraz sonra yeniden deneyin.

## Sınırlar

error-too-many-title = Çok fazla deneme
error-too-many-text =
    { $minutes ->
        [one] Kısa sürede çok fazla deneme yapıldı; belki de aynı internet bağlantısını kullanan başkaları tarafından. Lütfen bir dakika sonra yeniden deneyin.
       *[other] Kısa sürede çok fazla deneme yapıldı; belki de aynı internet bağlantısını kullanan başkaları tarafından. Lütfen { $minutes } dakika sonra yeniden deneyin.
    }
error-too-many-kept =
    { $minutes ->
        [one] Kısa sürede çok fazla talep geldi; belki de aynı internet bağlantısını kullanan başkalarından. Yazdıklarınız hâlâ burada: lütfen bir dakika sonra yeniden gönderin.
       *[other] Kısa sürede çok fazla talep geldi; belki de aynı internet bağlantısını kullanan başkalarından. Yazdıklarınız hâlâ burada: lütfen { $minutes } dakika sonra yeniden gönderin.
    }
