# E-postalar. Burada biçim işareti yok: templates/mail altındaki şablonlarda.

mail-greeting = Merhaba { $name },

## Parolayı içeren e-posta

mail-password-subject = Microsoft 365 hesabınız – { $site }
mail-password-intro = Microsoft 365 hesabınız hazır. İlk kez oturum açmak için gerekenler:
mail-username = Kullanıcı adı
mail-password = Parola
mail-password-hint = Parola yalnızca harf ve rakamlardan oluşur. Karışıklık olmasın diye O, o, l, I, B, S ve Z harfleri ile 0 ve 1 rakamları kullanılmaz.
mail-steps-title = Nasıl oturum açarsınız
mail-step-open = Şu sayfayı açın:
mail-step-sign-in = Yukarıdaki kullanıcı adı ve parolayla oturum açın. Kullanıcı adı, üniversite adresiniz değildir.
mail-step-change = İstendiğinde yeni bir parola belirleyin. Ardından bu e-postayı silin.
mail-licence-note = Bazı hizmetleri kullanabilmeniz birkaç dakika daha sürebilir.
mail-not-you = Bu hesabı siz istemediniz mi? O hâlde biri sizin adresinizi girmiş. Lütfen { $support } adresine yazın, hesabı kaldıralım.

## Zaten hesabı olana giden e-posta

mail-reminder-subject = Zaten bir hesabınız var – { $site }
mail-reminder-greeting = Merhaba,
mail-reminder-intro = Biri, büyük olasılıkla siz, az önce bu adresle bir Microsoft 365 hesabı istedi. Zaten bir hesap olduğu için hiçbir şey oluşturulmadı ve hiçbir şey değiştirilmedi.
mail-reminder-password = Parolayı unuttuysanız { $url } adresinde oturum açarken “Parolamı unuttum” seçeneğini kullanın ya da { $support } adresine yazın.
mail-reminder-not-you = İsteyen siz değilseniz bir şey yapmanız gerekmez.

# The same where the account is no longer in the tenant.
mail-gone-subject = Hesabınız artık yok – { $site }
mail-gone-intro = Biri, büyük olasılıkla siz, az önce bu adresle bir Microsoft 365 hesabı istedi. Bu adrese ait hesap artık yok ve hiçbir şey oluşturulmadı.
mail-gone-ask = Hâlâ bir hesaba ihtiyacınız varsa { $support } adresine yazın.
## The mail to someone whose data were erased

mail-notice-subject = Yeni hesap oluşturulmadı – { $site }
mail-notice-intro = Biri, büyük olasılıkla siz, az önce bu adresle bir Microsoft 365 hesabı istedi. Daha önce bir hesap vardı ve hesaba ait veriler istek üzerine buradan silindi. Kimse ikinci bir hesap alamasın diye hiçbir şey oluşturulmadı, bu talep de silindi.
mail-notice-ask = Yeniden bir hesap istiyorsanız { $support } adresine yazın.

## Doğrulama kodunu içeren e-posta

mail-code-subject = { $code } doğrulama kodunuz – { $site }
mail-code-subject-only = Doğrulama kodunuz – { $site }
mail-code-greeting = Merhaba,
mail-code-who = { $name } şu hesabı istiyor: { $username }. Kullanıcı adı alınmışsa sonuna bir sayı ekleriz.
mail-code-intro = Bu siz misiniz? Öyleyse şu kodu açık olan sayfaya yazın:
mail-code = Doğrulama kodu
mail-code-link = Ya da bu bağlantıyı açıp oradaki düğmeye basın:
mail-code-minutes =
    { $minutes ->
        [one] Kod ve bağlantı bir dakika geçerlidir.
       *[other] Kod ve bağlantı { $minutes } dakika geçerlidir.
    }
mail-code-hours = Kod ve bağlantı { $hours } saat geçerlidir.
mail-code-not-you = Bu siz değilseniz bağlantıyı açıp talebi reddedin ya da bu e-postayı dikkate almayın. Onayınız olmadan hiçbir şey oluşturulmaz.

## Bütün e-postalar

# What stands before a value in a plain mail.
mail-label = { $label }:
mail-footer = Bu e-posta { $site } tarafından otomatik olarak gönderildi. Sorularınız için: { $support }
mail-reference = Destek için referans kodu: { $reference }

## The mail with a new password

mail-renewed-subject = Yeni parolanız – { $site }
mail-renewed-intro = Talebinizin sayfasında Microsoft 365 hesabınız için yeni bir parola istendi. Eski parola artık geçerli değil. Şu parolayla oturum açın:
mail-renewed-not-you = Bunu siz istemediniz mi? O hâlde o sayfanın adresini başka biri biliyor. Hemen oturum açın, kendi parolanızı belirleyin ve { $support } adresine yazın.

## Mails to admins

mail-alert-attention-subject =
    { $count ->
        [one] Bir talep müdahale bekliyor – { $site }
       *[other] { $count } talep müdahale bekliyor – { $site }
    }
mail-alert-attention-intro =
    { $count ->
        [one] Bir talep, biri nedenini giderene kadar bekliyor. Kimliği ve nedeni:
       *[other] { $count } talep, biri nedenlerini giderene kadar bekliyor. Kimlikleri ve nedenleri:
    }
mail-alert-attention-show = Bunlardan birine ne olduğu ve ne yapılacağı:
mail-alert-attention-retry = Neden giderildikten sonra bu komut hepsini sürdürür:
mail-alert-more =
    { $count ->
        [one] Ve bir tane daha.
       *[other] Ve { $count } tane daha.
    }

mail-alert-seats-low-subject = Az sayıda lisans kaldı – { $site }
mail-alert-seats-low-intro =
    { $count ->
        [one] Bu lisanslarda { $count } taneden az boş yer var:
       *[other] Bu lisanslarda { $count } taneden az boş yer var:
    }
mail-alert-seats-none-subject = Boş lisans kalmadı – { $site }
mail-alert-seats-none-intro = Bu lisansların bütün yerleri dolu:
mail-alert-seats-none-queue = Talepler alınmaya devam ediyor. Yer açılır açılmaz kendiliğinden sürmek üzere bekliyorlar.
mail-alert-seats-none-close = Bu lisanslardan birini gerektiren talepler alınmıyor. Yer açılır açılmaz form kendiliğinden açılır.
mail-alert-seats-line = { $tenant }: { $product } lisansında { $total } yerin { $free } tanesi boş
mail-alert-seats-unknown = { $tenant }: kiracıda { $product } için yer yok ya da böyle bir lisans yok. Profili düzeltin.
mail-alert-seats-buy = Microsoft 365 yönetim merkezinden yer satın alın ya da artık ihtiyacı olmayan hesaplardan lisansları geri alın.

mail-alert-certificate-subject = Bir sertifikanın yenilenmesi gerekiyor – { $site }
mail-alert-certificate-intro = Hizmet Entra’da bu sertifikalarla oturum açar. Bir kiracının geçerli son sertifikası sona erdiğinde orada artık hesap oluşturulamaz.
mail-alert-certificate-ends = { $tenant }: { $thumbprint } şu tarihte sona eriyor: { $date }
mail-alert-certificate-ended = { $tenant }: { $thumbprint } şu tarihte sona erdi: { $date }
mail-alert-certificate-renew = Bu komut yeni bir çift oluşturur ve sonraki adımları söyler:

mail-alert-refused-subject = Microsoft uygulamayı reddediyor – { $site }
mail-alert-refused-intro = Bu kiracılar uygulamayı reddediyor, bu yüzden orada hesap oluşturulamıyor. Başvurular bekliyor. Uygulama yeniden kabul edildiğinde kendiliğinden devam ederler.
mail-alert-refused-check = Bu komut neyin değiştirilmesi gerektiğini gösterir:
