# الرسائل. لا ترميز هنا: هو في القوالب داخل templates/mail.

mail-greeting = مرحبًا { $name }،

## رسالة كلمة المرور

mail-password-subject = حسابك في Microsoft 365 { "\u200F" }– { $site }
mail-password-intro = حسابك في Microsoft 365 جاهز. هذا ما يلزمك لتسجيل الدخول أول مرة:
mail-username = اسم المستخدم
mail-password = كلمة المرور
mail-password-hint = منعًا للالتباس تتكوّن كلمة المرور من حروف وأرقام فقط، ولا تحتوي على O أو o أو l أو I أو B أو S أو Z ولا على الرقم 0 أو 1.
mail-steps-title = كيفية تسجيل الدخول
mail-step-open = فتح هذه الصفحة:
mail-step-sign-in = تسجيل الدخول باسم المستخدم وكلمة المرور المذكورين أعلاه. اسم المستخدم ليس عنوانك الجامعي.
mail-step-change = اختيار كلمة مرور جديدة عند طلب ذلك، ثم حذف هذه الرسالة.
mail-licence-note = قد تحتاج بعض الخدمات إلى بضع دقائق أخرى حتى تصبح متاحة لك.
mail-not-you = لم يصدر طلب هذا الحساب عنك؟ إذن فقد أدخل شخص ما عنوانك. يُرجى الكتابة إلى { $support } وسنزيل الحساب.

## الرسالة إلى من لديه حساب بالفعل

mail-reminder-subject = لديك حساب بالفعل – { $site }
mail-reminder-greeting = مرحبًا،
mail-reminder-intro = وصلنا للتو طلب، منك على الأرجح، للحصول على حساب Microsoft 365 بهذا العنوان. يوجد حساب بالفعل، ولذلك لم يُنشأ شيء ولم يتغيّر شيء.
mail-reminder-password = إذا نسيت كلمة المرور فيمكنك اختيار «نسيت كلمة المرور» عند تسجيل الدخول على { $url } أو الكتابة إلى { $support }.
mail-reminder-not-you = إذا لم يكن الطلب منك فلا حاجة إلى فعل أي شيء.

# The same where the account is no longer in the tenant.
mail-gone-subject = لم يعد حسابك موجودًا – { $site }
mail-gone-intro = وصلنا للتو طلب، منك على الأرجح، للحصول على حساب Microsoft 365 بهذا العنوان. لم يعد الحساب المرتبط بهذا العنوان موجودًا، ولم يُنشأ شيء.
mail-gone-ask = إذا كنت لا تزال بحاجة إلى حساب فيُرجى الكتابة إلى { $support }.
## The mail to someone whose data were erased

mail-notice-subject = لم يُنشأ حساب جديد – { $site }
mail-notice-intro = وصلنا للتو طلب، منك على الأرجح، للحصول على حساب Microsoft 365 بهذا العنوان. كان هناك حساب من قبل، وحُذفت بياناته من هنا بناءً على الطلب. كي لا يحصل أحد على حساب ثانٍ لم يُنشأ شيء، وحُذف هذا الطلب أيضًا.
mail-notice-ask = للحصول على حساب من جديد يُرجى الكتابة إلى { $support }.

## رسالة رمز التأكيد

mail-code-subject = { $code } هو رمز التأكيد – { $site }
mail-code-subject-only = رمز التأكيد – { $site }
mail-code-greeting = مرحبًا،
mail-code-who = طلب { $name } الحساب { $username }. إذا كان اسم المستخدم محجوزًا فسنضيف إليه رقمًا.
mail-code-intro = هل هذا الطلب منك؟ إذًا يُرجى إدخال هذا الرمز في الصفحة المفتوحة لديك:
mail-code = رمز التأكيد
mail-code-link = أو يمكنك فتح هذا الرابط والضغط على الزر هناك:
mail-code-minutes =
    { $minutes ->
        [one] الرمز والرابط صالحان لمدة دقيقة واحدة.
        [two] الرمز والرابط صالحان لمدة دقيقتين.
        [few] الرمز والرابط صالحان لمدة { $minutes } دقائق.
        [many] الرمز والرابط صالحان لمدة { $minutes } دقيقة.
       *[other] الرمز والرابط صالحان لمدة { $minutes } دقيقة.
    }
mail-code-hours =
    { $hours ->
        [two] الرمز والرابط صالحان لمدة ساعتين.
        [few] الرمز والرابط صالحان لمدة { $hours } ساعات.
        [many] الرمز والرابط صالحان لمدة { $hours } ساعة.
       *[other] الرمز والرابط صالحان لمدة { $hours } ساعة.
    }
mail-code-not-you = إذا لم يكن الطلب منك فيمكنك فتح الرابط ورفض الطلب، أو تجاهل هذه الرسالة. لا يُنشأ شيء من دون تأكيدك.

## كل رسالة

# What stands before a value in a plain mail.
mail-label = { $label }:
mail-footer = أُرسلت هذه الرسالة تلقائيًا من { $site }. للأسئلة: { $support }
mail-reference = الرمز المرجعي للدعم: { $reference }

## The mail with a new password

mail-renewed-subject = كلمة مرورك الجديدة – { $site }
mail-renewed-intro = طُلبت في صفحة طلبك كلمة مرور جديدة لحسابك في Microsoft 365. لم تعد كلمة المرور السابقة صالحة. يمكنك تسجيل الدخول بهذه:
mail-renewed-not-you = لم يصدر هذا الطلب عنك؟ إذن فهناك من يعرف عنوان تلك الصفحة. يُرجى تسجيل الدخول فورًا واختيار كلمة مرور خاصة بك والكتابة إلى { $support }.

## Mails to admins

mail-alert-attention-subject =
    { $count ->
        [one] طلب واحد يحتاج إلى تدخل – { $site }
        [two] طلبان يحتاجان إلى تدخل – { $site }
        [few] { $count } طلبات تحتاج إلى تدخل – { $site }
        [many] { $count } طلبًا يحتاج إلى تدخل – { $site }
       *[other] { $count } طلب يحتاج إلى تدخل – { $site }
    }
mail-alert-attention-intro =
    { $count ->
        [one] طلب واحد متوقف إلى أن يُزال السبب. معرّفه والسبب:
        [two] طلبان متوقفان إلى أن يُزال السبب. المعرّفان والأسباب:
        [few] { $count } طلبات متوقفة إلى أن يُزال السبب. معرّفاتها والأسباب:
        [many] { $count } طلبًا متوقفًا إلى أن يُزال السبب. معرّفاتها والأسباب:
       *[other] { $count } طلب متوقف إلى أن يُزال السبب. معرّفاتها والأسباب:
    }
mail-alert-attention-show = ما حدث لأحدها وما ينبغي فعله:
mail-alert-attention-retry = بعد إزالة السبب يستأنف هذا الأمر جميع الطلبات:
mail-alert-more =
    { $count ->
        [one] وطلب آخر.
        [two] وطلبان آخران.
        [few] و{ $count } طلبات أخرى.
        [many] و{ $count } طلبًا آخر.
       *[other] و{ $count } طلب آخر.
    }

mail-alert-seats-low-subject = لم يبقَ إلا القليل من التراخيص – { $site }
mail-alert-seats-low-intro =
    { $count ->
        [one] المقاعد الشاغرة من هذه التراخيص أقل من مقعد واحد:
        [two] المقاعد الشاغرة من هذه التراخيص أقل من مقعدين:
        [few] المقاعد الشاغرة من هذه التراخيص أقل من { $count } مقاعد:
        [many] المقاعد الشاغرة من هذه التراخيص أقل من { $count } مقعدًا:
       *[other] المقاعد الشاغرة من هذه التراخيص أقل من { $count } مقعد:
    }
mail-alert-seats-none-subject = لم يبقَ أي ترخيص شاغر – { $site }
mail-alert-seats-none-intro = جميع مقاعد هذه التراخيص مشغولة:
mail-alert-seats-none-queue = ما زالت الطلبات تُقبل، وهي تنتظر ثم تُستأنف تلقائيًا فور توفر مقاعد شاغرة.
mail-alert-seats-none-close = لا تُقبل الطلبات التي تحتاج إلى أحد هذه التراخيص. يُفتح النموذج تلقائيًا فور توفر مقاعد شاغرة.
mail-alert-seats-line = { $tenant }: المقاعد الشاغرة من { $product }: { $free } من { $total }
mail-alert-seats-unknown = { $tenant }: لا توجد لدى المستأجر مقاعد من { $product } أو لا يوجد هذا الترخيص. يُرجى تصحيح الملف.
mail-alert-seats-buy = يمكن شراء مقاعد في مركز إدارة Microsoft 365 أو سحب التراخيص من الحسابات التي لم تعد تحتاج إليها.

mail-alert-certificate-subject = يجب تجديد شهادة – { $site }
mail-alert-certificate-intro = بهذه الشهادات تسجّل الخدمة الدخول إلى Entra. وعند انتهاء آخر شهادة صالحة لأحد المستأجرين لا يعود إنشاء حسابات فيه ممكنًا.
mail-alert-certificate-ends = { $tenant }: تنتهي صلاحية { $thumbprint } في { $date }
mail-alert-certificate-ended = { $tenant }: انتهت صلاحية { $thumbprint } في { $date }
mail-alert-certificate-renew = ينشئ هذا الأمر زوجًا جديدًا ويذكر الخطوات التالية:

mail-alert-refused-subject = ترفض Microsoft التطبيق – { $site }
mail-alert-refused-intro = يرفض هؤلاء المستأجرون التطبيق، فلا يمكن إنشاء حسابات لديهم. الطلبات في الانتظار، وتُستأنف تلقائيًا متى قُبل التطبيق من جديد.
mail-alert-refused-check = يبيّن هذا الأمر ما يجب تغييره:
