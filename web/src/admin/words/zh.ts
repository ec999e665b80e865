// zh-CN words of the administration and account pages. They come with the pages, not with the console; en.ts has the same keys.

import base from "../../i18n/zh";

const zh = {
  sections: { organisations: "组织", people: "人员", aircraft: "航空器", pilots: "飞手", sites: "机巢与起降点", devices: "设备", expiring: "到期", import: "导入", audit: "审计" },
  noRight: "没有打开这一页的权限", noRightHint: "需要的话，请本单位管理员授予相应角色。",
  search: "查找", count: "{{n}} 条", countOf: "{{n}} / {{all}} 条", more: "再显示，还有 {{n}} 条",
  notRead: "没有读到", notRefreshed: "没有刷新，显示的是先前读到的", filtered: "筛选藏起了全部 {{n}} 条", filteredHint: "清除查找词或筛选。", gone: "没有找到", goneHint: "可能已被移除，或不在您的数据范围内。",
  edit: "修改", save: "保存", saving: "正在保存…", remove: "移除", notSaved: "没有保存", notRemoved: "没有移除", notOwned: "不是您管理的单位的数据，只能查看。",
  form: {
    required: "必须填写", needed: "必填", pattern: "格式不对", notSame: "两次输入不一致", id: "字母、数字、点、下划线、连字符，最多 64 个", username: "小写字母、数字、点、下划线、连字符，最多 64 个", organisationId: "小写字母、数字、连字符，最多 64 个",
    icao: "6 位十六进制数", creditCode: "18 位字母和数字",
  },
  failure: {
    "0": "没有连上服务器。检查网络后重试；输入已保留。", "401": "会话已结束，请重新登录。", "403": "没有这项权限，或者不是您管理的单位的数据。", "404": "没有找到：可能已被移除，或不在您的数据范围内。", "409": "与当前状态冲突。", "412": "已被他人先行修改，请看最新内容再改。",
    "413": "内容过大。", "429": "尝试过多，请稍后再试。", "503": "服务器暂时不能处理，请稍后再试。", invalid: "服务器不接受：{{detail}}", other: "没有完成：{{detail}}",
  },
  validity: { unknown: "未登记", ended: "已过期 {{n}} 天", today: "今天到期", left: "剩 {{n}} 天" },
  secret: { copy: "复制", copied: "已复制", copyFailed: "浏览器不允许复制，请手工抄录。", done: "已保存，不再显示", once: "只显示这一次。离开此处后平台也无法再取出，遗失只能重新生成。" },
  phone: { none: "未登记", hidden: "已登记，无权查看", has: "已登记", look: "查看", recorded: "此次查看会记入审计", left: "{{n}} s 后隐藏", failed: "没有取到电话", keep: "已登记，不改则留空" },
  kind: base.kind,
  siteKind: { dock: "机巢", pad: "起降点" },
  deviceKind: { aircraft: "航空器", gateway: "网关", weather: "气象站", traffic: "有人机监视" },
  role: base.role,
  permission: {
    flights_read: "查看飞行", sources_read: "查看数据来源", zones_read: "查看空域", zones_write: "维护空域", alerts_read: "查看告警", alerts_handle: "处置告警", alerts_transfer: "分派与移交告警", register_read: "查看登记", register_write: "维护登记",
    personal_read: "查看电话", people_read: "查看账号", people_write: "维护账号", devices_read: "查看设备", devices_write: "维护设备", audit_read: "查看审计", platform_read: "查看平台状态", simulations_read: "查看仿真", simulations_run: "运行仿真",
  },
  field: {
    id: "编号", name: "名称", name_zh: "中文名称", name_en: "英文名称", kind: "类型", organisation_id: "单位", organisation: "单位", jurisdiction_id: "所在地", jurisdiction_ids: "所在地", scenario: "应用场景", scenarios: "可见场景", class: "级别", classes: "可操控级别", model: "型号", agricultural: "常规农用",
    empty_mass_kg: "空机重量", takeoff_mass_kg: "最大起飞重量", masses: "空机 / 最大起飞", insured_until: "责任险至", serial: "序列号", registration_mark: "登记标志", remote_ids: "远程识别编号", icao_address: "ICAO 地址", contact_name: "联系人", contact_phone: "联系电话", phone: "电话",
    licence: "执照号", licence_until: "执照至", username: "账号", display_name: "姓名", roles: "角色", password: "密码", position: "位置", longitude: "经度", latitude: "纬度", longitude_deg: "经度", latitude_deg: "纬度", altitude: "海拔", device_id: "设备账号", credit_code: "统一社会信用代码", certified_until: "运营合格证至",
    disabled: "停用", demo: "演示", updated_at: "更新于", until: "到期日", permissions: "权限", expires_at: "到期", zh: "中文", en: "英文", must_change: "须改密码", version: "版本", reason: "原因", row: "行", old: "现密码", new: "新密码",
  },
  what: { insurance: "责任险", licence: "执照", certificate: "运营合格证" },
  organisations: {
    none: "没有可见的单位", create: "新建单位", people: "人员", aircraft: "航空器", pilots: "飞手", devices: "设备", counts: "人员 {{people}} · 航空器 {{aircraft}} · 飞手 {{pilots}} · 设备 {{devices}}", state: "状态", active: "正常", disabled: "已停用",
    enable: "启用", disable: "停用", disableAsk: "停用后，本单位所有人员立即退出且不能登录；设备和数据不变。", enableAsk: "启用后，本单位人员可以重新登录。", fold: "收起 {{name}}", unfold: "展开 {{name}}",
  },
  people: {
    none: "没有可见的账号", create: "新建人员", allRoles: "全部角色", state: "状态", active: "正常", disabled: "已停用", mustChange: "待改密码", last: "上次登录", by: "登录方式", external: "统一认证", local: "本地账号", made: "建立于", passwordAt: "密码改于",
    rolesHint: "只列出适合所选单位的角色。", lacking: "您自己没有：{{list}}", password: "{{name}} 的初始密码", passwordHint: "只显示这一次。请当面或电话告知本人；首次登录须改成自己的密码。",
    reset: "重置密码", resetAsk: "现有密码立即失效，所有会话结束，生成新密码。", notReset: "密码没有重置", end: "结束会话", endAsk: "此人的所有会话立即结束，须重新登录。", notEnded: "会话没有结束", ended: "会话已全部结束。",
    disable: "停用", disableAsk: "停用后立即退出，不能登录，令牌失效。", enable: "启用", enableAsk: "启用后可以重新登录。",
  },
  aircraft: {
    none: "没有登记的航空器", noneHint: "逐架新建，或从 CSV、XLSX 文件导入。", create: "新建航空器", removeAsk: "移除后，平台把它当作未登记航空器；历史记录保留。", idHint: "它上报时使用的编号；序列号、登记标志和远程识别编号也归到这一架。", remoteHint: "输入后按回车，可有几个。",
    byMass: "按重量为{{name}}（暂行条例第六十二条）。", instead: "以此为准，而不是所选的{{name}}。", massesWrong: "重量不成立：须大于 0，且最大起飞重量不小于空机重量。", massesNeeded: "填写两项重量后按法规判定级别；缺少时用所选级别。",
    show: { all: "责任险：全部", soon: "30 天内到期", ended: "已过期", unknown: "未登记" },
  },
  pilots: { none: "没有登记的飞手", noneHint: "逐个新建，或从 CSV、XLSX 文件导入。", create: "新建飞手", removeAsk: "移除后，执照和电话从登记中删除；账号不受影响。", usernameHint: "有登录账号时填写。" },
  sites: { none: "没有登记的机巢和起降点", noneHint: "逐个新建，或从 CSV、XLSX 文件导入。", create: "新建站点", removeAsk: "移除后，地图和登记中不再有它。", deviceHint: "机巢上报所用的网关。" },
  devices: {
    none: "没有设备账号", noneHint: "新建后，设备用显示一次的密钥通过 MQTT 登录。", create: "新建设备", username: "MQTT 用户名", state: "连接", since: "自", address: "地址", refused: "被拒报文", refusedN: "{{n}} 条被拒", connected: "已连接", away: "未连接", never: "未连接过", revoked: "已吊销",
    made: "建立于", renewed: "密钥生成于", mismatch: "此设备发布过其他设备的主题，已拒绝并记为身份不符告警。", secret: "设备密钥", idHint: "也是其主题中的编号，建立后不能改。", notMade: "设备没有建立", renew: "换发密钥", again: "重新启用并换发密钥", renewAsk: "旧密钥立即失效，设备断开，直到换上新密钥。", notRenewed: "密钥没有换发",
    revoke: "吊销", revokeAsk: "设备 1 s 内断开，此后不能登录。", notRevoked: "没有吊销", example: "连接示例", theSecret: "（设备密钥）",
    mqtt: { host: "主机", port: "端口", user: "用户名", password: "密码", topic: "主题" },
    show: { all: "全部", connected: "已连接", away: "未连接", refused: "有被拒报文", revoked: "已吊销" },
  },
  expiring: { within: "期限", days: "{{n}} 天内", none: "{{n}} 天内没有到期的证件", noneHint: "检查了责任险、执照和运营合格证。未登记日期的不在此列。", what: "证件", of: "对象", kind: { aircraft: "航空器", pilot: "飞手", organisation: "企业" } },
  import: {
    kind: { aircraft: "航空器", pilots: "飞手", companies: "企业", sites: "机巢与起降点" }, choose: "选择文件，或拖到这里", formats: "CSV（UTF-8、GB18030）或 XLSX，不超过 16 MB、20000 行", template: "模板", export: "导出现有", reading: "正在检查…", storing: "正在导入…",
    none: "先检查，后导入", noneHint: "文件先由服务器逐行检查，不保存；确认后整批导入，要么全部成功，要么什么都不改。", notRead: "没有读取文件", notStored: "没有导入，登记未变", tooLarge: "文件超过 16 MB，请分成几个文件。", stored: "已导入 {{n}} 条。",
    rows: "文件各行", row: "行", becomes: "结果", problems: "问题与变更", differs: "变更：{{list}}", change: { new: "新", changed: "变更", same: "未变", refused: "拒绝" }, without: "略去被拒绝的 {{n}} 行", store: "导入 {{n}} 条", blocked: "有 {{n}} 行被拒绝：修正文件后重选，或明确略去这些行。", nothing: "没有新的或变更的行。",
    code: {
      needed: "必须填写", too_long: "过长", id_invalid: "编号格式不对", number_invalid: "不是数字", day_invalid: "不是有效的日期", phone_invalid: "不是有效的电话号码", formula_cell: "单元格是公式", formula_text: "会被当作公式的文字", duplicate_id: "编号重复", organisation_unknown: "没有这个单位",
      organisation_not_owned: "不是您管理的单位", alias_taken: "已是另一航空器的编号",
    },
  },
  audit: {
    none: "没有审计记录", noneFound: "没有符合条件的记录", noneFoundHint: "放宽人员、操作、对象或时间。", countMore: "最近 {{n}} 条", by: "操作人", action: "操作", allActions: "全部操作", group: "{{name}}：全部", object: "对象", objectHint: "对象，如 aircraft/l-12", range: "时间范围", zone: "UTC+8", clear: "清除", at: "时间", detail: "说明", from: "来自", seq: "序号",
    request: "请求编号", hash: "散列", field: "字段", before: "之前", after: "之后", sealed: "已加密", yes: "是", no: "否", noChange: "没有记录前后内容。", more: "更早的记录", verify: "校验链条", verifying: "正在校验…", notVerified: "没有校验", intact: "链条完整，至第 {{n}} 条", anchor: "把这个散列保存在平台之外，可证明此前记录没有被改动。",
    broken: "链条在第 {{n}} 条断开", brokenHint: "此条起的记录可能被改动。保全数据库，并与平台外保存的散列比对。",
  },
  group: { session: "登录", person: "人员", token: "令牌", device: "设备", organisation: "单位", pilot: "飞手", site: "站点", aircraft: "航空器", zone: "空域", alert: "告警", personal: "个人信息", access: "越权", register: "登记导入", simulation: "仿真" },
  object: { user: "账号", person: "账号", session: "会话", token: "令牌", device: "设备", organisation: "单位", pilot: "飞手", site: "站点", aircraft: "航空器", zone: "区域", alert: "告警", register: "登记", simulation: "仿真" },
  action: {
    session_begin: "登录", session_end: "退出", session_refused: "登录被拒", person_create: "新建人员", person_change: "修改人员", person_password: "改密码", person_disable: "停用人员", token_issue: "签发令牌", token_revoke: "吊销令牌", device_create: "新建设备", device_renew: "换发密钥", device_revoke: "吊销设备",
    organisation_save: "保存单位", pilot_save: "保存飞手", pilot_remove: "移除飞手", site_save: "保存站点", site_remove: "移除站点", aircraft_save: "保存航空器", aircraft_remove: "移除航空器", zone_publish: "发布空域", zone_end: "终止空域", alert_acknowledge: "确认告警", alert_comment: "告警备注", alert_log_call: "记录通话",
    alert_close: "关闭告警", alert_assign: "分派告警", alert_hand_over: "移交告警", alert_pull_up: "上收告警", personal_look: "查看电话", access_denied: "越权访问", register_import: "导入登记", register_export: "导出登记", simulation_start: "启动仿真", simulation_cancel: "取消仿真",
  },
  tokens: {
    title: "接口令牌", create: "签发令牌", none: "没有令牌。", name: "用途", expires: "有效至", expiresHint: "留空：直到吊销。", permissions: "权限", permissionsHint: "不选：与账号相同。", notMade: "令牌没有签发", secret: "令牌", hint: "只显示这一次。程序在请求头中使用：Authorization: Bearer …", until: "有效至 {{when}}", forever: "直到吊销", expired: "{{when}} 已过期",
    revoked: "{{when}} 已吊销", made: "签发于 {{when}}", used: "上次使用 {{when}}", neverUsed: "未使用过", all: "与账号相同的权限", revoke: "吊销", revokeAsk: "使用它的程序立即失去访问。", notRevoked: "没有吊销",
  },
  account: {
    who: "本人", method: "登录方式", by: { password: "密码", oidc: "统一认证", token: "令牌" }, permissions: "拥有 {{n}} 项权限", password: "密码", external: "由统一认证登录，密码在那里修改。", old: "现密码", new: "新密码", again: "再输一次新密码", newHint: "至少 {{n}} 个字符。", short: "至少 {{n}} 个字符", change: "修改密码", changed: "密码已修改，其他会话已结束。",
    notChanged: "密码没有修改", sessions: "会话", current: "当前会话", unknownAgent: "未知浏览器", began: "登录 {{when}}", used: "最近使用 {{when}}", ends: "至 {{when}}", end: "结束", endAsk: "那里须重新登录。", notEnded: "没有全部结束", endOthers: "结束其他会话", endOthersAsk: "其他 {{n}} 个会话须重新登录。",
    first: "{{name}}，请先设置自己的密码", firstWhy: "现在的密码由管理员生成，他人可能知道。设置后进入值班台。",
  },
};

export default zh;
export type AdminWords = typeof zh;
