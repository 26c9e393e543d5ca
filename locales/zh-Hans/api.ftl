# What programs are told that use the API, or rather the people who write them.

## Requests that cannot be answered

api-not-found = 此地址没有任何内容。
api-method = 此地址不接受该方法。Allow 标头列出了它接受的方法。
api-bad-request = 无法读取该请求：其中有内容不完整或已损坏。
api-too-large = 正文远远超过了请求允许的大小。
api-media-type = 请以 JSON 发送正文，并带上标头 Content-Type: application/json。
api-cross-site = 发送此请求的网站的页面不得使用此 API。
api-not-json = 正文不是有效的 JSON。
api-key-malformed = Idempotency-Key 必须由 16 到 255 个字母、数字或其他可见 ASCII 字符组成。
api-key-other-title = 此 Idempotency-Key 属于另一个请求
api-key-other-text = 请为另一个请求使用单独的键。

## Requests with fields that cannot be used

api-invalid-title = 请求按现在的样子无法使用
api-invalid-text = 错误列表说明了需要修改的内容。
api-not-object = 正文必须是一个 JSON 对象。
api-not-text = 此字段必须是文本。
api-unknown-field = 没有这个字段。
api-consent = 请填写本人已同意的同意书文本的版本。当前版本为 { $version }。
api-username = 请从以下用户名中选择一个：{ $usernames }。
