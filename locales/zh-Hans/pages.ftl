## 各处

language-name = 简体中文
language-switch = 语言

page-skip = 跳至正文
page-title = { $title } – { $site }
page-title-error = 错误：{ $title }
page-help = 有疑问？请发邮件至 { $support }。
page-home = 前往申请表单

## 表单

form-title = 获取你的 Microsoft 365 帐户
form-lead = 我们会创建你的帐户，并把密码发送到你的大学邮箱，通常不超过一分钟。
form-lead-confirm = 我们会向你的大学邮箱发送验证码。你输入验证码后，我们会创建你的帐户并把密码发给你。
form-required = 所有项均为必填。

form-section-name = 你的姓名
form-section-consent = 同意事项

form-email = 大学邮箱地址
form-email-hint = 学校分配给你的地址。
form-email-hint-example = 例如 { $example }
form-first-name = 名
form-last-name = 姓
form-name-hint = 请填写你希望其他人在 Microsoft 365 中看到的姓名，可用任何文字。
form-one-name-twice = 如果你只有一个名字，请在两栏中都填写它。
form-one-name-once = 如果你只有一个名字，请将另一栏留空。
form-consent-microsoft = 可以将我的姓名和新用户名发送给 Microsoft，用于创建帐户。
form-consent-terms = 我接受使用条款：帐户用于我的学业，仅限我本人使用，密码由我本人保管。

form-submit = 创建我的帐户
form-sending = 正在提交…

form-about = 相关说明
form-about-get = 你会得到什么
form-about-get-text = 一个 Microsoft 365 帐户，包含学校为学生选定的许可证和组。
form-about-sent = 哪些内容会发送给 Microsoft
form-about-sent-text = 你的姓名、由此生成的用户名，以及学校为学生帐户设定的信息。不会向其他任何人发送任何内容。
form-about-kept = 这里会保留什么，保留多久
form-kept-password = 密码一经发出，你的姓名和密码就会被删除。
form-kept-address = 你的地址和用户名会在 { $after }删除，从你的申请最后一次变更算起。
form-kept-address-for-good = 你的地址和用户名会保留到你要求删除为止，以免有人用该地址获取第二个帐户。
form-kept-code = 如果你要求删除数据，会留下一个无法还原出地址的代码。该代码会在 { $after }删除。
form-kept-code-for-good = 如果你要求删除数据，会永久留下一个无法还原出地址的代码。
form-kept-unconfirmed = 从未确认的申请会在 { $after }删除。
form-kept-unconfirmed-for-good = 从未确认的申请会保留到你要求删除为止。
form-kept-further = 为已有帐户的地址再次提交的申请会在 { $after }删除。
form-kept-further-for-good = 为已有帐户的地址再次提交的申请会保留到你要求删除为止。
form-kept-steps = 处理你的申请时所做操作的记录不含姓名和地址，会在 { $after }删除。
form-kept-steps-for-good = 处理你的申请时所做操作的记录不含姓名和地址，会永久保留。
form-kept-years = { $years } 年后
form-kept-days = { $days } 天后
form-kept-hours = { $hours } 小时后
form-about-ask = 向谁咨询
form-about-ask-text = 如有疑问，或希望删除你的数据，请发邮件至 { $support }。

## 填写表单时

form-preview-blank = 你的用户名由你的姓名生成。
form-preview = 你的用户名很可能是 { $username }，也可能会加上数字。
form-username-choice = 你想使用哪个用户名？
form-username-choice-hint = 如果用户名已被占用，会加上数字。
form-trap = 请将此项留空
form-noscript = 你的浏览器已关闭 JavaScript。没关系：我们会先通过邮件向你发送验证码，请在下一页输入。

## 状态页面

status-title-confirm = 确认你的地址
status-title-working = 正在准备你的帐户
status-title-done = 你的帐户已准备就绪
status-title-attention = 需要人工处理
status-title-erased = 此申请已删除
status-title-voided = 此申请已关闭
status-title-gone = 此帐户已不存在
status-title-undelivered = 邮件被退回

status-lead-confirm = 我们已向 { $email } 发送验证码。
status-lead-withheld = 此地址最近已收到多封邮件，因此我们暂未再次发送。请打开其中一封邮件里的链接（也请查看垃圾邮件文件夹）：它会显示此地址所有未处理的申请，包括这一份。
status-demo-inbox = 这是演示：打开它的邮件收件箱
status-lead-working = 通常不到一分钟。你可以关闭此页面：密码一定会发送到 { $email }。
status-lead-waiting = 这次需要的时间比平时长。你可以关闭此页面：密码一定会发送到 { $email }。
status-lead-done = 密码已发送到 { $email }。
status-lead-attention = 遇到了需要我们人工解决的问题。你的申请已妥善保存，你不需要做任何事。如果两个工作日内没有收到消息，请发邮件至 { $support }。
status-lead-voided = 此地址的另一份申请已被确认，或地址所有者拒绝了这份申请。填写的内容已删除。如果你需要帐户，请重新填写表单。
status-lead-gone = 此申请的帐户已从 Microsoft 365 中删除。如果你仍需要帐户，或对此感到意外，请发邮件至 { $support }。
status-lead-undelivered = 我们上次发送到 { $email } 的邮件无法投递，已被退回。如果你无法在此地址收到邮件，请发邮件至 { $support }。

status-wrong-address = 地址填错了？
status-wrong-address-running = 此地址的帐户已在创建中。你可以用正确的地址重新提交表单，然后发邮件至 { $support }，我们会移除这个帐户。
status-lead-erased = 此申请的所有数据均已删除。如果你需要重新获得帐户，请发邮件至 { $support }。

status-steps = 步骤
status-step-confirm = 确认地址
status-step-create = 创建帐户
status-step-access = 分配许可证和组
status-step-mail = 发送密码
status-state-waiting = 等待中
status-state-running = 进行中
status-state-yours = 请你操作
status-state-done = 已完成
status-state-stuck = 受阻

status-wait-seats = 目前所有许可证均已用完。一有空余就会分配给你。
status-wait-throttled = Microsoft 目前非常繁忙，要求我们放慢速度。稍后会自动继续。
status-wait-tenant = 目前与 Microsoft 的连接不正常。我们会继续尝试。
status-wait-lag = Microsoft 仍在将你的新帐户同步到其所有服务器。这可能需要几分钟。
status-wait-mail = 邮件服务器目前不接收我们的邮件。我们会继续尝试。
status-wait-earlier = 较早的申请优先处理。之后会自动轮到你。

status-username = 你的用户名
status-sign-in = 登录页面
status-sign-in-submit = 登录
status-sign-in-hint = 使用邮件中的用户名和密码。之后你需要设置自己的密码。
sign-in-private = 如果你已经用其他帐户（例如个人帐户）登录了 Microsoft，请在无痕窗口中打开该页面。
sign-in-authenticator = 如果 Microsoft 要求提供更多信息，请按页面提示在手机上设置 Authenticator 应用。
status-no-mail = 没收到邮件？
status-no-mail-text = 邮件可能需要几分钟才能送达。也请查看垃圾邮件文件夹。如果一直没有收到，请发邮件至 { $support }。
status-no-mail-sender = 发件人是 { $sender }。
status-address-note = 你可以用任何设备返回此页面。请勿把页面地址告诉他人：有这个地址的人都能看到你在这里看到的内容。

## 确认地址

code-label = 邮件中的验证码
code-hint = 六位数字。也可以使用邮件中的链接。
code-hint-minutes = 六位数字，{ $minutes } 分钟内有效。也可以使用邮件中的链接。
code-hint-hours = 六位数字，{ $hours } 小时内有效。也可以使用邮件中的链接。
code-submit = 确认
code-again = 没收到邮件？请查看垃圾邮件文件夹，或让我们重新发送。
code-again-submit = 重新发送邮件
code-sent = 新邮件已发出。只有最新的验证码有效。
code-too-often = 已为此申请发送过多验证码，不会再发送。请稍后重新填写表单。
code-too-soon = 刚刚发送过一封邮件。请稍等片刻再重新获取。
code-withheld = 此地址最近已收到多封邮件，因此没有发送新邮件。最近一次的验证码和之前邮件中的链接在有效期内仍然有效。

link-title = 确认你的地址
link-lead = 有人用你的地址、以下面的姓名申请 Microsoft 365 帐户。是你本人吗？请确认，我们随即创建帐户。
link-submit = 是的，是我本人
link-refuse-hint = 不是你本人？请拒绝：申请会被关闭并删除，不会创建任何帐户。
link-refuse = 不是，拒绝
link-list-title = 哪一份申请是你的？
link-list-lead = 你的地址收到了多份申请，有些可能来自他人。请选择你的那一份：我们会为它创建帐户，并关闭其他申请。
link-choose = 这份是我的
link-refuse-all-hint = 都不是你的？请拒绝：所有申请都会被关闭并删除，不会创建任何帐户。
link-refuse-all = 都不是我的，全部拒绝
link-asked = 收到时间
link-refused-title = 没有未处理的申请
link-refused-text = 你的地址已没有未处理的申请：它们已全部被拒绝，或另一份申请已被确认。其中填写的内容已删除。如果你需要帐户，请填写表单。

# Since when a request has been open.
age-minutes = { $minutes } 分钟前
age-hours = { $hours } 小时前
age-days = { $days } 天前
link-gone-title = 此链接已失效
link-gone-text = 它可能已过期，或其申请已被删除。如果你已经确认过，则一切正常，密码会通过邮件发给你。否则请使用最新的邮件，或重新填写表单。

## Following a signup: a further mail, the end of the page

status-title-renewing = 新密码即将发出
status-lead-renewing = 正在为你的帐户设置新密码，随后发送到 { $email }。你可以关闭此页面。
status-step-reset = 设置新密码
status-username-soon = 你的用户名将是
status-username-hint = 如果已有他人使用，我们会加上一个数字。
status-renewed = 你已请求新密码。收到含有新密码的邮件后，之前的密码即失效。如果十分钟后仍未收到，请发邮件至 { $support }。
status-forgotten = 以前登录过，但不记得密码了？请在登录时选择“忘记密码”。
status-expires = 此页面在 { $date }之前可以打开。
status-connection-lost = 连接已中断。你的申请仍在继续处理，此页面会不断尝试重新连接。

again-password-title = 发送新密码
again-password = 还是没收到？我们可以设置一个新密码并发送给你。之前的密码随即失效。
again-password-submit = 发送新密码
again-password-none = 此页面无法再发送密码。
again-undelivered = 如果地址正确，请让我们向该地址发送一封新邮件。
again-left = 还可以请求 { $left } 次。
again-left-until = 在 { $date }之前还可以请求 { $left } 次。
again-minutes = { $minutes } 分钟后可以请求下一封邮件。
again-hours = { $hours } 小时后可以请求下一封邮件。

# A day, as it is written in a sentence.
page-date = { $year }年{ $month }月{ $day }日

## At the foot of every page

page-imprint = 法律信息
page-privacy = 隐私保护
page-terms = 使用条款
page-accessibility = 无障碍

## When no licence is free

closed-title = 目前无法创建帐户
closed-lead = 目前所有 Microsoft 365 许可证均已用完，因此暂停申请。系统没有保存任何内容。
closed-again = 一旦有空余的许可证，此网址将重新显示申请表单：请明天再试。如果你需要尽快获得帐户，请发邮件至 { $support }。

closed-off-title = 申请已暂停
closed-off-lead = 目前无法申请新帐户。系统没有保存任何内容。之前提交的申请会继续处理，其邮件中的链接仍然有效。
closed-off-again = 申请表单稍后会重新出现在此网址：请稍后再试。如果你需要尽快获得帐户，请发邮件至 { $support }。
