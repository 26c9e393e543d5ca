## Her yerde

language-name = Türkçe
language-switch = Dil

page-skip = İçeriğe geç
page-title = { $title } – { $site }
page-title-error = Hata: { $title }
page-help = Sorularınız mı var? { $support } adresine yazın.
page-home = Forma git

## Form

form-title = Microsoft 365 hesabınızı alın
form-lead = Hesabınızı oluşturur, parolayı genellikle bir dakika içinde üniversite adresinize göndeririz.
form-lead-confirm = Üniversite adresinize bir kod göndeririz. Kodu girdiğinizde hesabınızı oluşturur ve parolayı size göndeririz.
form-required = Tüm alanlar zorunludur.

form-section-name = Adınız ve soyadınız
form-section-consent = Onayınız

form-email = Üniversite e‑posta adresi
form-email-hint = Üniversitenizin size verdiği adres.
form-email-hint-example = Örneğin { $example }
form-first-name = Ad
form-last-name = Soyad
form-name-hint = Başkalarının Microsoft 365’te görmesini istediğiniz biçimde, dilediğiniz alfabeyle yazın.
form-one-name-twice = Tek bir adınız varsa onu iki alana da yazın.
form-one-name-once = Tek bir adınız varsa diğer alanı boş bırakın.
form-consent-microsoft = Adım, soyadım ve yeni kullanıcı adım, hesabı oluşturmak için Microsoft’a iletilebilir.
form-consent-terms = Kullanım koşullarını kabul ediyorum: hesap öğrenimim içindir, yalnızca bana aittir ve parolasını kimseyle paylaşmam.

form-submit = Hesabımı oluştur
form-sending = Gönderiliyor…

form-about = Bilmenizde yarar var
form-about-get = Size neler sunuluyor
form-about-get-text = Üniversitenizin öğrencileri için belirlediği lisanslara ve gruplara sahip bir Microsoft 365 hesabı.
form-about-sent = Microsoft’a ne iletiliyor
form-about-sent-text = Adınız ve soyadınız, bunlardan oluşturulan kullanıcı adı ve üniversitenizin öğrenci hesapları için belirlediği bilgiler. Başka hiç kimseye bir şey iletilmez.
form-about-kept = Burada neler, ne kadar süreyle saklanıyor
form-kept-password = Adınız, soyadınız ve parola, parola gönderilir gönderilmez silinir.
form-kept-address = Adresiniz ve kullanıcı adınız, talebinizdeki son değişiklikten { $after } silinir.
form-kept-address-for-good = Adresiniz ve kullanıcı adınız, kimse bu adresle ikinci bir hesap alamasın diye, siz sildirene kadar saklanır.
form-kept-code = Verilerinizi sildirirseniz, adresin okunamadığı bir kod kalır. Bu kod { $after } silinir.
form-kept-code-for-good = Verilerinizi sildirirseniz, adresin okunamadığı bir kod kalıcı olarak saklanır.
form-kept-unconfirmed = Hiç onaylanmayan bir talep { $after } silinir.
form-kept-unconfirmed-for-good = Hiç onaylanmayan bir talep, siz sildirene kadar saklanır.
form-kept-further = Zaten hesabı olan bir adres için yapılan başka bir talep { $after } silinir.
form-kept-further-for-good = Zaten hesabı olan bir adres için yapılan başka bir talep, siz sildirene kadar saklanır.
form-kept-steps = Talebiniz için yapılanların ad ve adres içermeyen kaydı { $after } silinir.
form-kept-steps-for-good = Talebiniz için yapılanların ad ve adres içermeyen kaydı kalıcı olarak saklanır.
form-kept-years =
    { $years ->
        [one] bir yıl sonra
       *[other] { $years } yıl sonra
    }
form-kept-days =
    { $days ->
        [one] bir gün sonra
       *[other] { $days } gün sonra
    }
form-kept-hours =
    { $hours ->
        [one] bir saat sonra
       *[other] { $hours } saat sonra
    }
form-about-ask = Kime sorabilirsiniz
form-about-ask-text = Sorularınız için ya da verilerinizi sildirmek için { $support } adresine yazın.

## Form doldurulurken

form-preview-blank = Kullanıcı adınız, adınız ve soyadınızdan oluşturulur.
form-preview = Kullanıcı adınız büyük olasılıkla { $username } olacak, belki sonuna bir sayı eklenecek.
form-username-choice = Hangi kullanıcı adını istiyorsunuz?
form-username-choice-hint = Kullanıcı adı alınmışsa sonuna bir sayı eklenir.
form-trap = Bu alanı boş bırakın
form-noscript = Tarayıcınızda JavaScript kapalı. Sorun değil: önce size e‑postayla bir kod göndeririz, bu kodu sonraki sayfaya yazarsınız.

## Durum sayfası

status-title-confirm = Adresinizi doğrulayın
status-title-working = Hesabınız hazırlanıyor
status-title-done = Hesabınız hazır
status-title-attention = Bununla ilgilenmemiz gerekiyor
status-title-erased = Bu talep silindi
status-title-voided = Bu talep kapatıldı
status-title-gone = Bu hesap artık yok
status-title-undelivered = E‑posta bize geri döndü

status-lead-confirm = { $email } adresine bir kod gönderdik.
status-lead-withheld = Bu adrese yakın zamanda birkaç e‑posta gönderildi, bu yüzden henüz yenisini göndermedik. Bunlardan birindeki bağlantıyı açın, istenmeyen posta klasörüne de bakın: bağlantı, bu talep de dahil adres için açık olan bütün talepleri gösterir.
status-demo-inbox = Bu bir demo: e‑postaların bulunduğu gelen kutusunu açın
status-lead-working = Bu genellikle bir dakikadan kısa sürer. Bu sayfayı kapatabilirsiniz: parola her durumda { $email } adresine gönderilir.
status-lead-waiting = Her zamankinden uzun sürüyor. Bu sayfayı kapatabilirsiniz: parola her durumda { $email } adresine gönderilir.
status-lead-done = Parola { $email } adresine gönderildi.
status-lead-attention = Bizim elle çözmemiz gereken bir sorun var. Talebiniz güvende ve sizin bir şey yapmanız gerekmiyor. İki iş günü içinde haber almazsanız { $support } adresine yazın.
status-lead-voided = Bu adres için başka bir talep onaylandı ya da adresin sahibi bu talebi reddetti. Girilen bilgiler silindi. Hesap istiyorsanız formu yeniden doldurun.
status-lead-gone = Bu talebin hesabı Microsoft 365’ten silinmiş. Hâlâ bir hesaba ihtiyacınız varsa ya da bunu beklemiyorsanız { $support } adresine yazın.
status-lead-undelivered = { $email } adresine gönderdiğimiz son e‑posta teslim edilemedi ve bize geri döndü. Bu adresten e‑posta alamıyorsanız { $support } adresine yazın.

status-wrong-address = Adres yanlış mı?
status-wrong-address-running = Bu adres için hesap zaten oluşturuluyor. Formu doğru adresle yeniden gönderebilirsiniz: ardından bu hesabı kaldırmamız için { $support } adresine yazın.
status-lead-erased = Bu talebe ait bütün veriler silindi. Yeniden bir hesap istiyorsanız { $support } adresine yazın.

status-steps = Adımlar
status-step-confirm = Adresi doğrulama
status-step-create = Hesabı oluşturma
status-step-access = Lisans ve grupları atama
status-step-mail = Parolayı gönderme
status-state-waiting = sırada
status-state-running = sürüyor
status-state-yours = sıra sizde
status-state-done = tamamlandı
status-state-stuck = beklemede

status-wait-seats = Şu anda bütün lisanslar kullanımda. Biri boşalır boşalmaz sizinki atanır.
status-wait-throttled = Microsoft şu anda çok yoğun ve yavaşlamamızı istiyor. İşlem kendiliğinden devam edecek.
status-wait-tenant = Şu anda Microsoft’a bağlanmakta sorun yaşıyoruz. Denemeyi sürdürüyoruz.
status-wait-lag = Microsoft, yeni hesabınızı hâlâ bütün sunucularında hazırlıyor. Bu birkaç dakika sürebilir.
status-wait-mail = Posta sunucusu şu anda e‑postalarımızı kabul etmiyor. Denemeyi sürdürüyoruz.
status-wait-earlier = Önce daha eski talepler işleniyor. Sıra kendiliğinden sizinkine gelecek.

status-username = Kullanıcı adınız
status-sign-in = Oturum açma sayfası
status-sign-in-submit = Oturum aç
status-sign-in-hint = E‑postadaki kullanıcı adı ve parolayla. Ardından kendi parolanızı belirlersiniz.
sign-in-private = Microsoft’ta başka bir hesapla, örneğin kişisel hesabınızla oturum açık mı? O hâlde sayfayı gizli bir pencerede açın.
sign-in-authenticator = Microsoft daha fazla bilgi isterse telefonunuzda Authenticator uygulamasını sayfada gösterildiği gibi ayarlayın.
status-no-mail = E‑posta gelmedi mi?
status-no-mail-text = Bir e‑postanın gelmesi birkaç dakika sürebilir. İstenmeyen posta klasörüne de bakın. Hiçbir şey gelmezse { $support } adresine yazın.
status-no-mail-sender = Gönderen: { $sender }.
status-address-note = Bu sayfaya her cihazdan dönebilirsiniz. Adresini kimseyle paylaşmayın: adresi bilen, burada gördüğünüzü görür.

## Adresin doğrulanması

code-label = E‑postadaki kod
code-hint = Altı rakam. E‑postadaki bağlantıyı da kullanabilirsiniz.
code-hint-minutes =
    { $minutes ->
        [one] Altı rakam, bir dakika daha geçerli. E‑postadaki bağlantıyı da kullanabilirsiniz.
       *[other] Altı rakam, { $minutes } dakika daha geçerli. E‑postadaki bağlantıyı da kullanabilirsiniz.
    }
code-hint-hours = Altı rakam, { $hours } saat daha geçerli. E‑postadaki bağlantıyı da kullanabilirsiniz.
code-submit = Doğrula
code-again = E‑posta gelmedi mi? İstenmeyen posta klasörüne bakın ya da yeniden gönderilmesini isteyin.
code-again-submit = E‑postayı yeniden gönder
code-sent = Yeni bir e‑posta yolda. Yalnızca en yeni kod geçerlidir.
code-too-often = Bu talep için o kadar çok kod gönderildi ki artık yenisi gönderilmeyecek. Formu daha sonra yeniden doldurun.
code-too-soon = Az önce bir e‑posta gönderildi. Yenisini istemeden önce lütfen biraz bekleyin.
code-withheld = Bu adrese yakın zamanda birkaç e‑posta gönderildi, bu yüzden yenisi gönderilmedi. Son kod ve önceki e‑postalardaki bağlantılar süreleri dolana kadar geçerlidir.

link-title = Adresinizi doğrulayın
link-lead = Birisi sizin adresinizle, bu adla bir Microsoft 365 hesabı istiyor. Bu siz misiniz? Öyleyse onaylayın, hesabı oluşturalım.
link-submit = Evet, bu benim
link-refuse-hint = Siz değil misiniz? Öyleyse reddedin: talep kapatılıp silinir ve hesap oluşturulmaz.
link-refuse = Hayır, reddet
link-list-title = Hangi talep sizin?
link-list-lead = Adresiniz için, belki başka kişilerden, birden çok talep geldi. Sizinkini seçin: onun için hesap oluşturur, diğerlerini kapatırız.
link-choose = Bu benim talebim
link-refuse-all-hint = Hiçbiri sizin değil mi? Öyleyse reddedin: hepsi kapatılıp silinir ve hesap oluşturulmaz.
link-refuse-all = Hiçbiri benim değil, hepsini reddet
link-asked = Geliş zamanı
link-refused-title = Açık talep yok
link-refused-text = Adresiniz için artık açık talep yok: hepsi reddedildi ya da başka bir talep onaylandı. Taleplerde girilen bilgiler silindi. Hesap istiyorsanız formu doldurun.

# Since when a request has been open.
age-minutes = { $minutes } dakika önce
age-hours = { $hours } saat önce
age-days = { $days } gün önce
link-gone-title = Bu bağlantı artık geçerli değil
link-gone-text = Süresi geçmiş ya da talebi silinmiş olabilir. Daha önce doğruladıysanız her şey yolunda, parola e‑postayla gelir. Doğrulamadıysanız en yeni e‑postayı kullanın ya da formu yeniden doldurun.

## Following a signup: a further mail, the end of the page

status-title-renewing = Yeni bir parola yolda
status-lead-renewing = Hesabınız için ayarlanıyor, ardından { $email } adresine gönderilecek. Bu sayfayı kapatabilirsiniz.
status-step-reset = Yeni parolayı ayarlama
status-username-soon = Kullanıcı adınız şu olacak
status-username-hint = Bu ad başkasına aitse sonuna bir sayı eklenir.
status-renewed = Yeni bir parola istediniz. Parolanın bulunduğu e‑posta geldiğinde eski parola artık geçerli olmaz. On dakika içinde bir şey gelmezse { $support } adresine yazın.
status-forgotten = Daha önce oturum açtınız ama parolayı unuttunuz mu? Oturum açarken “Parolamı unuttum” seçeneğini kullanın.
status-expires = Sayfa { $date } tarihine kadar açılabilir.
status-connection-lost = Bağlantı koptu. Talebiniz yine de işleniyor; bu sayfa yeniden bağlanmayı deniyor.

again-password-title = Yeni parola iste
again-password = Hâlâ bir şey gelmedi mi? Yeni bir parola ayarlayıp size gönderebiliriz. O zaman eski parola artık geçerli olmaz.
again-password-submit = Yeni parola gönder
again-password-none = Bu sayfadan artık yeni parola gönderilmiyor.
again-undelivered = Adres doğruysa oraya yeni bir e‑posta gönderilmesini isteyin.
again-left = Bunu { $left } kez daha isteyebilirsiniz.
again-left-until = Bunu { $date } tarihine kadar { $left } kez daha isteyebilirsiniz.
again-minutes = Sonraki e‑postayı { $minutes } dakika sonra isteyebilirsiniz.
again-hours = Sonraki e‑postayı { $hours } saat sonra isteyebilirsiniz.

# A day, as it is written in a sentence.
page-date =
    { $day } { $month ->
        [1] Ocak
        [2] Şubat
        [3] Mart
        [4] Nisan
        [5] Mayıs
        [6] Haziran
        [7] Temmuz
        [8] Ağustos
        [9] Eylül
        [10] Ekim
        [11] Kasım
       *[12] Aralık
    } { $year }

## At the foot of every page

page-imprint = Yasal bilgiler
page-privacy = Gizlilik
page-terms = Kullanım koşulları
page-accessibility = Erişilebilirlik

## When no licence is free

closed-title = Şu anda hesap oluşturulamıyor
closed-lead = Şu anda bütün Microsoft 365 lisansları kullanımda olduğu için başvurulara ara verildi. Hiçbir şey kaydedilmedi.
closed-again = Lisanslar boşalır boşalmaz form yeniden bu adreste olacak: lütfen yarın tekrar deneyin. Hesaba daha önce ihtiyacınız varsa { $support } adresine yazın.

closed-off-title = Başvurulara ara verildi
closed-off-lead = Şu anda yeni hesap istenemiyor. Hiçbir şey kaydedilmedi. Daha önce yapılan başvurular sürüyor ve e‑postalarındaki bağlantılar çalışıyor.
closed-off-again = Form yeniden bu adreste olacak: lütfen daha sonra tekrar deneyin. Hesaba daha önce ihtiyacınız varsa { $support } adresine yazın.
