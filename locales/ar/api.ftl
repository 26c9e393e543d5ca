# What programs are told that use the API, or rather the people who write them.

## Requests that cannot be answered

api-not-found = لا يوجد شيء في هذا العنوان.
api-method = لا يقبل هذا العنوان هذه الطريقة. يذكر الترويس Allow الطرق التي يقبلها.
api-bad-request = تعذرت قراءة الطلب: كان جزء منه ناقصًا أو تالفًا.
api-too-large = المحتوى أكبر بكثير مما يمكن أن يكون عليه الطلب.
api-media-type = يجب إرسال المحتوى بصيغة JSON مع الترويسة Content-Type: application/json.
api-cross-site = لا يُسمح لصفحات الموقع الذي أرسل هذا الطلب باستخدام واجهة البرمجة.
api-not-json = المحتوى ليس JSON صالحًا.
api-key-malformed = يجب أن يتكون Idempotency-Key من 16 إلى 255 حرفًا أو رقمًا أو غيرها من رموز ASCII المرئية.
api-key-other-title = يعود Idempotency-Key هذا إلى طلب آخر
api-key-other-text = يحتاج الطلب الآخر إلى مفتاح خاص به.

## Requests with fields that cannot be used

api-invalid-title = لا يمكن استخدام الطلب بهذا الشكل
api-invalid-text = تذكر قائمة الأخطاء ما يجب تغييره.
api-not-object = يجب أن يكون المحتوى كائن JSON.
api-not-text = يجب أن يكون هذا الحقل نصًا.
api-unknown-field = لا يوجد حقل بهذا الاسم.
api-consent = يجب ذكر إصدار نصوص الموافقة التي وافق عليها الشخص. الإصدار الحالي هو { $version }.
api-username = يُرجى اختيار أحد أسماء المستخدمين التالية: { "\u200E" }{ $usernames }{ "\u200E" }.
