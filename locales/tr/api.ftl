# What programs are told that use the API, or rather the people who write them.

## Requests that cannot be answered

api-not-found = Bu adreste hiçbir şey yok.
api-method = Bu adres bu yöntemi kabul etmiyor. Kabul ettikleri Allow başlığında yazar.
api-bad-request = İstek okunamadı: bir bölümü eksik veya bozuktu.
api-too-large = İçerik, bir isteğin olabileceğinden çok daha büyük.
api-media-type = İçeriği JSON olarak, Content-Type: application/json başlığıyla gönderin.
api-cross-site = Bu isteği gönderen sitenin sayfaları API’yi kullanamaz.
api-not-json = İçerik geçerli JSON değil.
api-key-malformed = Idempotency-Key 16 ile 255 arasında harf, rakam veya başka görünür ASCII karakterinden oluşmalıdır.
api-key-other-title = Bu Idempotency-Key başka bir isteğe ait
api-key-other-text = Başka bir isteği kendi anahtarıyla gönderin.

## Requests with fields that cannot be used

api-invalid-title = İstek bu hâliyle kullanılamaz
api-invalid-text = Neyin değiştirileceği hata listesinde yazar.
api-not-object = İçerik bir JSON nesnesi olmalıdır.
api-not-text = Bu alan metin olmalıdır.
api-unknown-field = Böyle bir alan yok.
api-consent = Kişinin onayladığı rıza metinlerinin sürümünü belirtin. Güncel sürüm: { $version }.
api-username = Şu kullanıcı adlarından birini seçin: { $usernames }.
