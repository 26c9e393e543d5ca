## 退回的表单上方

error-summary = 有 { $count } 个问题
error-prefix = 错误：
error-form-expired = 表单打开时间过长，已重新生成。你填写的内容还在：请检查后再次提交。
error-form-foreign = 我们无法确认这份表单来自你的浏览器。请允许本网站使用 Cookie，然后再次提交表单。你填写的内容还在。
error-not-recorded = 刚才未能保存你的申请。你填写的内容还在：请稍后再次提交。
error-closed-kept = 申请在此期间已暂停，因此你的申请没有保存。你填写的内容仍在此处：请稍后重新发送。

## 可能由程序提交的表单上方

error-too-fast = 提交得非常快，就像由程序填写的一样。你填写的内容还在：请再提交一次。
error-hidden-field = 有一项人们看不到的内容被填写了，可能是浏览器自动填写的。该项现已清空。你填写的其他内容还在：请再提交一次。

## 字段旁边

error-email-empty = 请输入你的大学邮箱地址。
error-email-too-long = 请输入不超过 { $max } 个字符的地址。
error-email-malformed = 请输入类似 name@example.edu 的地址。
error-email-unsafe = 请使用 @ 前只含字母、数字和 . _ - + ' 且不以连字符开头的地址。
error-email-not-admitted = 这个地址不能在这里使用。请输入学校分配给你的地址；如果就是这个地址，请发邮件至 { $support }。
error-email-registered = 这个地址已有帐户。如果你无法登录，请发邮件至 { $support }。
error-first-name-empty = 请输入你的名。
error-first-name-too-long = 请输入不超过 { $max } 个字符的名。
error-first-name-forbidden = “名”中有一个不能用于姓名的字符。请删除它。
error-first-name-no-letter = “名”中至少要有一个字母或汉字。
error-last-name-empty = 请输入你的姓。
error-last-name-too-long = 请输入不超过 { $max } 个字符的姓。
error-last-name-forbidden = “姓”中有一个不能用于姓名的字符。请删除它。
error-last-name-no-letter = “姓”中至少要有一个字母或汉字。
error-name-one = { $field }：这一栏也要填写。如果你只有一个名字，请在两栏中都填写它。
error-name-sign = { $field }：请删除 = + @ : / \ | < > # 之类的符号和开头的连字符，姓名中没有这些符号。
error-name-digit = { $field }：请删除数字。需要时请用罗马数字（如 III）或 2nd 的形式。
error-name-web-address = { $field }：这看起来像网址。请只填写你的姓名，并在每个句点后加一个空格。
error-name-word = { $field }：其中有一个词不能用于姓名，因为它会让人联想到某个部门或公司。请只填写你自己的姓名；如果你的姓名确实如此，请发邮件至 { $support }。
error-name-no-username = 无法用这个姓名生成用户名。请用拉丁字母（如拼音）填写，或发邮件至 { $support }。
error-name-reserved = 用这个姓名生成的用户名已被保留。请发邮件至 { $support }。
error-username-choose = 请选择一个用户名。
error-consent-microsoft = 请勾选此项：未经你同意，我们不能在 Microsoft 创建帐户。
error-consent-terms = 请勾选此项：否则我们不能创建帐户。

error-code-malformed = 请输入邮件中的六位数字。
error-code-wrong = 验证码不正确。你还可以再试 { $left } 次。
error-code-too-many = 验证码输错次数过多。请在下方重新获取。
error-code-expired = 验证码已过期。请在下方重新获取。

## 单独的页面

error-reference = 错误编号：
error-reference-hint = 发邮件至 { $support } 时，请注明此编号：我们可以由此了解发生了什么。

error-not-found-title = 此页面不存在
error-not-found-text = 地址可能不完整或有误。如果你想查看自己的申请，请使用完整的地址，或重新填写表单：不会因此产生第二个帐户。
error-method-title = 此页面不能这样使用
error-method-text = 请打开表单，并从那里提交。
error-bad-request-title = 我们无法读取提交的内容
error-bad-request-text = 其中有不完整或损坏的部分。请打开表单，再次提交。
error-too-large-title = 提交的内容太多
error-too-large-text = 提交的内容远远超出这份表单的大小。请打开表单，再次提交。
error-media-type-title = 我们无法读取提交的内容
error-media-type-text = 这里只能提交本页面的表单。请打开表单，再次提交。
error-cross-site-title = 内容来自其他页面
error-cross-site-text = 为了你的安全，我们只接受从本网站提交的表单。请在这里打开表单，再次提交。
error-unavailable-title = 请稍等
error-unavailable-text = 目前无法访问我们的数据。你之前提交的内容没有丢失：请一分钟后再试。
error-internal-title = 出错了
error-internal-text = 问题出在我们这边，已记录下来。请稍后再试。

## 限制

error-too-many-title = 尝试次数过多
error-too-many-text = 短时间内的尝试次数过多，也可能来自与你共用同一网络的其他人。请在 { $minutes } 分钟后再试。
error-too-many-kept = 短时间内收到的请求过多，也可能来自与你共用同一网络的其他人。你填写的内容还在：请在 { $minutes } 分钟后再次提交。
