# E-postalar. Burada biçim işareti yok: templates/mail altındaki şablonlarda.

mail-greeting = Merhaba { $name },

## Parolayı içeren e-posta

mail-password-subject = Microsoft 365 hesabınız – { $site }
mail-password-intro = Microsoft 365 hesabınız hazır. İlk kez oturum açmak için gerekenler:
mail-username = Kullanıcı adı
mail-password = Parola
mail-password-hint = Karışıklık olmasın diye parolada O, l ve I harfleri ile 0 ve 1 rakamları kullanılmaz.
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

## Doğrulama kodunu içeren e-posta

mail-code-subject = Doğrulama kodunuz: { $code } – { $site }
mail-code-greeting = Merhaba,
mail-code-intro = Lütfen bu adresin size ait olduğunu doğrulayın. Şu kodu açık olan sayfaya yazın:
mail-code = Doğrulama kodu
mail-code-link = Ya da bu bağlantıyı açıp oradaki düğmeye basın:
mail-code-minutes =
    { $minutes ->
        [one] Kod ve bağlantı bir dakika geçerlidir.
       *[other] Kod ve bağlantı { $minutes } dakika geçerlidir.
    }
mail-code-hours = Kod ve bağlantı { $hours } saat geçerlidir.
mail-code-not-you = Microsoft 365 hesabı istemediyseniz bu e-postayı dikkate almayın. Kod olmadan hiçbir şey oluşturulmaz.

## Bütün e-postalar

# What stands before a value in a plain mail.
mail-label = { $label }:
mail-footer = Bu e-posta { $site } tarafından otomatik olarak gönderildi. Sorularınız için: { $support }

## The mail with a new password

mail-renewed-subject = Yeni parolanız – { $site }
mail-renewed-intro = Talebinizin sayfasında Microsoft 365 hesabınız için yeni bir parola istendi. Eski parola artık geçerli değil. Şu parolayla oturum açın:
mail-renewed-not-you = Bunu siz istemediniz mi? O hâlde o sayfanın adresini başka biri biliyor. Hemen oturum açın, kendi parolanızı belirleyin ve { $support } adresine yazın.
