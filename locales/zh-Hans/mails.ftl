# 邮件。这里没有标记：标记在 templates/mail 的模板中。

mail-greeting = { $name }，你好：

## 含密码的邮件

mail-password-subject = 你的 Microsoft 365 帐户 – { $site }
mail-password-intro = 你的 Microsoft 365 帐户已准备就绪。以下是首次登录所需的信息：
mail-username = 用户名
mail-password = 密码
mail-password-hint = 密码只由字母和数字组成。为避免混淆，其中不含字母 O、o、l、I、B、S、Z，也不含数字 0 和 1。
mail-steps-title = 如何登录
mail-step-open = 打开此页面：
mail-step-sign-in = 用上面的用户名和密码登录。用户名不是你的大学邮箱地址。
mail-step-change = 按提示设置新密码。然后删除这封邮件。
mail-licence-note = 部分服务还需要几分钟才能使用。
mail-not-you = 这个帐户不是你申请的？那就是有人填写了你的地址。请发邮件至 { $support }，我们会删除该帐户。

## 发给已有帐户者的邮件

mail-reminder-subject = 你已有帐户 – { $site }
mail-reminder-greeting = 你好：
mail-reminder-intro = 刚刚有人（很可能是你）用这个地址申请了 Microsoft 365 帐户。这个地址已有帐户，因此没有创建或更改任何内容。
mail-reminder-password = 如果你不记得密码，请在 { $url } 登录时选择“忘记密码”，或发邮件至 { $support }。
mail-reminder-not-you = 如果不是你本人的操作，你不需要做任何事。

# The same where the account is no longer in the tenant.
mail-gone-subject = 你的帐户已不存在 – { $site }
mail-gone-intro = 刚刚有人（很可能是你）用这个地址申请了 Microsoft 365 帐户。这个地址对应的帐户已不存在，没有创建任何内容。
mail-gone-ask = 如果你仍需要帐户，请发邮件至 { $support }。
## The mail to someone whose data were erased

mail-notice-subject = 未创建新帐户 – { $site }
mail-notice-intro = 刚刚有人（很可能是你）用这个地址申请了 Microsoft 365 帐户。这个地址曾经有过帐户，其数据已应要求从这里删除。为避免有人获得第二个帐户，没有创建任何内容，此申请也已删除。
mail-notice-ask = 如果你需要重新获得帐户，请发邮件至 { $support }。

## 含验证码的邮件

mail-code-subject = { $code } 是你的验证码 – { $site }
mail-code-subject-only = 你的验证码 – { $site }
mail-code-greeting = 你好：
mail-code-who = { $name } 申请帐户 { $username }。如果该用户名已被使用，我们会加上一个数字。
mail-code-intro = 是你本人吗？请在已打开的页面中输入以下验证码：
mail-code = 验证码
mail-code-link = 或者打开以下链接，并点击页面上的按钮：
mail-code-minutes = 验证码和链接在 { $minutes } 分钟内有效。
mail-code-hours = 验证码和链接在 { $hours } 小时内有效。
mail-code-not-you = 如果不是你本人，请打开链接并拒绝申请，或忽略这封邮件。未经你确认，不会创建任何内容。

## 每封邮件

# What stands before a value in a plain mail.
mail-label = { $label }：
mail-footer = 此邮件由 { $site } 自动发送。如有疑问：{ $support }
mail-reference = 联系支持时请注明此编号：{ $reference }

## The mail with a new password

mail-renewed-subject = 你的新密码 – { $site }
mail-renewed-intro = 有人在你的申请页面上为你的 Microsoft 365 帐户请求了新密码。之前的密码已失效。请使用以下密码登录：
mail-renewed-not-you = 不是你请求的？那就是有其他人知道该页面的地址。请立即登录并设置自己的密码，然后发邮件至 { $support }。

## Mails to admins

mail-alert-attention-subject =
    { $count ->
       *[other] { $count } 个申请需要处理 – { $site }
    }
mail-alert-attention-intro =
    { $count ->
       *[other] { $count } 个申请已暂停，需要有人排除原因。编号和原因如下：
    }
mail-alert-attention-show = 查看其中一个申请的经过以及处理办法：
mail-alert-attention-retry = 排除原因后，用以下命令让所有申请继续：
mail-alert-more =
    { $count ->
       *[other] 另有 { $count } 个。
    }

mail-alert-seats-low-subject = 许可证所剩不多 – { $site }
mail-alert-seats-low-intro =
    { $count ->
       *[other] 以下许可证的空余席位少于 { $count } 个：
    }
mail-alert-seats-none-subject = 许可证已用完 – { $site }
mail-alert-seats-none-intro = 以下许可证的席位已全部用完：
mail-alert-seats-none-queue = 系统仍接受申请。申请会等待，一旦有空余席位就会自动继续。
mail-alert-seats-none-close = 系统不接受需要这些许可证的申请。一旦有空余席位，表单会自动开放。
mail-alert-seats-line = { $tenant }：{ $product } 共 { $total } 个席位，空余 { $free } 个
mail-alert-seats-unknown = { $tenant }：该租户没有 { $product } 的席位，或没有此许可证。请更正配置。
mail-alert-seats-buy = 请在 Microsoft 365 管理中心购买席位，或收回不再需要许可证的帐户的许可证。

mail-alert-certificate-subject = 有证书需要更新 – { $site }
mail-alert-certificate-intro = 本服务使用以下证书登录 Entra。某个租户的最后一个有效证书到期后，就无法再在其中创建帐户。
mail-alert-certificate-ends = { $tenant }：{ $thumbprint } 将于 { $date } 到期
mail-alert-certificate-ended = { $tenant }：{ $thumbprint } 已于 { $date } 到期
mail-alert-certificate-renew = 以下命令生成新的密钥和证书，并说明后续步骤：

mail-alert-refused-subject = Microsoft 拒绝了应用程序 – { $site }
mail-alert-refused-intro = 以下租户拒绝了本应用程序，因此无法在其中创建帐户。申请会等待，待应用程序重新被接受后自动继续。
mail-alert-refused-check = 以下命令会显示需要更改的内容：
