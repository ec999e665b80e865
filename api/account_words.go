package api

import (
	"strings"

	"lowsky"
)

// refusals are the words for what identity and store refuse, by what they say in English.
var refusals = words(
	lowsky.Text{ZH: "不是有效的文本", EN: "must be UTF-8 text"},
	lowsky.Text{ZH: "至少 10 个字符", EN: "must have at least 10 characters"},
	lowsky.Text{ZH: "最多 256 字节", EN: "must have at most 256 bytes"},
	lowsky.Text{ZH: "太容易猜到", EN: "is one of those that are tried first"},
	lowsky.Text{ZH: "不是当前密码", EN: "is not the present password"},
	lowsky.Text{ZH: "与当前密码相同", EN: "is the present one"},
	lowsky.Text{ZH: "该账号通过统一身份认证登录，在本平台没有密码", EN: "this account signs in at the identity provider and has no password here"},
	lowsky.Text{ZH: "该账号通过统一身份认证登录，在本平台没有密码", EN: "signs in at the identity provider and has no password here"},
	lowsky.Text{ZH: "程序账号没有密码，以令牌登录", EN: "an API client has none; it signs in with a token"},
	lowsky.Text{ZH: "程序账号没有密码，以令牌登录", EN: "an API client has no password; it signs in with a token"},
	lowsky.Text{ZH: "须为 1–64 个 a–z、0–9、点、下划线或连字符", EN: "must be 1 to 64 of a-z 0-9 . _ -"},
	lowsky.Text{ZH: "是平台自身的名称，不能用作账号", EN: "is what the platform calls itself"},
	lowsky.Text{ZH: "角色与单位由统一身份认证决定", EN: "roles and organisation of this account come from the identity provider"},
	lowsky.Text{ZH: "最多 64 个字，不含控制字符", EN: "must be at most 64 characters of text"},
	lowsky.Text{ZH: "没有这个单位", EN: "is not known"},
	lowsky.Text{ZH: "至少选择一个角色", EN: "must name at least one"},
	lowsky.Text{ZH: "没有这个角色", EN: "is not a role"},
	lowsky.Text{ZH: "重复", EN: "is named twice"},
	lowsky.Text{ZH: "程序账号不能兼有其他角色", EN: "a program has no other role"},
	lowsky.Text{ZH: "须写明用途，1–128 字节，不含控制字符", EN: "must be 1 to 128 bytes of text: what the token is for"},
	lowsky.Text{ZH: "须晚于现在", EN: "must lie in the future"},
	lowsky.Text{ZH: "没有这项权限", EN: "is not a permission"},
	lowsky.Text{ZH: "该用户没有这项权限", EN: "is not one of the user's"},
	lowsky.Text{ZH: "须为 1–64 个字母、数字、点、下划线或连字符", EN: "must be 1 to 64 of A-Z a-z 0-9 . _ -"},
	lowsky.Text{ZH: "须为 aircraft、gateway、weather 或 traffic", EN: "must be aircraft, gateway, weather or traffic"},
	lowsky.Text{ZH: "不超过 128 字节，不含控制字符", EN: "must be at most 128 bytes of text"},
	lowsky.Text{ZH: "气象站与有人机侦测设备只能属于市或县区", EN: "weather stations and traffic receivers belong to the city or a county"},
	lowsky.Text{ZH: "市级单位不能停用", EN: "the city's own organisation cannot be disabled"},
	lowsky.Text{ZH: "单位类别不能更改：其人员的角色以此为准", EN: "cannot change: the roles of its people rest on it"},
)

func words(texts ...lowsky.Text) map[string]lowsky.Text {
	m := make(map[string]lowsky.Text, len(texts))
	for _, t := range texts {
		m[t.EN] = t
	}
	return m
}

// folded is a user name as it is kept.
func folded(name string) string { return strings.ToLower(strings.TrimSpace(name)) }
