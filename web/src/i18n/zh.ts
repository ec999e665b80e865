// zh-CN, the default. English (en.ts) has the same keys; a test compares them.

const zh = {
  app: { name: "Lowsky", title: "低空实时监视", loading: "正在读取", retry: "重试", close: "关闭", cancel: "取消", undo: "撤销", problemId: "编号 {{id}}" },
  demo: { mark: "演示", data: "演示数据" },
  signIn: {
    title: "登录值班台", username: "用户名", password: "密码", submit: "登录", submitting: "正在登录…",
    wrong: "用户名或密码不正确。", wait: "尝试过多。请等 {{time}} 再试，其间输入正确也不会登录。", again: "现在可以再试。", or: "或", oidc: "用 {{name}} 登录",
    ended: "会话已结束，请重新登录。", endedWhy: "会话已过期、在别处被结束，或账号已停用、改了密码。仍不能登录时请联系本单位管理员。", note: "不作为认证系统，不用于感知与避让。",
  },
  error: {
    unreachable: "没有连上服务器。检查网络后重试；输入已保留。",
    unauthenticated: "会话已结束，请重新登录。",
    forbidden: "没有这项权限。",
    conflict: "已被他人先行处理，请看最新状态。",
    tooMany: "尝试过多，请稍后再试。",
    unavailable: "服务器暂时不能处理，请稍后再试。",
    other: "没有完成：{{detail}}",
    acknowledge: "确认没有保存", close: "关闭没有保存", comment: "备注没有保存", call: "通话记录没有保存", look: "没有读到电话", assign: "分派没有保存", handOver: "移交没有保存", pullUp: "上收没有保存", heldBy: "现由{{holder}}处置。", assignees: "没有读到可分派的单位和人员",
    region: "没有读到地区数据", map: "地图无法显示：浏览器没有 WebGL2",
    action: "操作没有保存", signIn: "没有登录", session: "没有读到会话",
  },
  nav: { live: "实时", zones: "空域", simulation: "仿真", admin: "管理", account: "账户", console: "值班台" },
  role: {
    city_administrator: "市级管理员", city_reviewer: "市级审核员", city_duty_officer: "市级值班员", county_administrator: "县级管理员", county_duty_officer: "县级值班员", department: "行业部门", company_administrator: "企业管理员", pilot: "飞手",
    auditor: "审计员", tester: "测试员", api_client: "接口接入方", device: "设备",
  },
  kind: { city: "市级", county: "县区", department: "部门", company: "企业" },
  top: {
    live: "实时", age: "画面龄", late: "画面迟", stopped: "画面停", waiting: "等待画面", reporting: "上报",
    warning: "红", caution: "橙", advisory: "黄", info: "蓝", openAlerts: "待处理告警",
    zone: "UTC+8", menu: "用户菜单", signOut: "退出登录", language: "English", unjudged: "无法判断 {{n}}",
    djiMissing: "大疆未授权", djiMissingHint: "没有配置大疆应用编号和许可证：大疆机场和遥控器不会上线。设置 LOWSKY_DJI_APP_ID、_APP_KEY、_LICENSE。",
    own: "本企业航空器", inScope: "可见航空器", nearby: "附近其他", changed: "您的权限或可见范围已变更，画面已按新的范围重新读取", overload: "积压 {{n}}", resyncing: "正在补齐",
  },
  sound: {
    on: "声音 红·橙", muted: "静音至 {{time}}", blocked: "声音未启用", arm: "点一下启用声音", hint: "红：三声，每 10 s 重复直到确认；橙：两声",
  },
  storage: { down: "数据库断开，尚未保存", backlog: "待写 {{n}} 条", journalSlow: "日志写入慢", journalFull: "日志已满：新数据可能丢失", safe: "实时画面和告警不受影响", unsaved: "未保存" },
  banner: {
    stopped: "画面已停 {{age}}", reconnecting: "正在重连，第 {{n}} 次", silent: "连接还在，但没有新画面", last: "最后画面 {{time}}", never: "还没有收到画面",
    reconnect: "立即重连",
  },
  map: {
    zoomIn: "放大", zoomOut: "缩小", home: "全区", homeOwn: "本辖区", nearby: "附近其他航空器，不显示名称", trails: "航迹", search: "航空器、区域、地名", noHit: "没有找到“{{q}}”",
    schematic: "界线示意，非法定边界", credit: "© OpenStreetMap contributors", legend: "真高 m · 架数", openLimit: "120 m 适飞上限",
    north: "北", kind: { aircraft: "航空器", zone: "区域", place: "地名", alert: "告警" },
  },
  filter: {
    title: "筛选", none: "无", shown: "显示 {{shown}} / {{all}}", severity: "级别", scenario: "场景", clear: "清除筛选",
    hides: "筛选藏起了 {{n}} 条告警", hidesRed: "其中 {{n}} 条红",
  },
  triage: {
    pending: "待处理", resolved: "已恢复", fresh: "{{n}} 条新告警", more: "展开", empty: "没有待处理告警",
    watching: "正在监视 {{aircraft}} 架、{{rules}} 条规则", judged: "最近一次判定 {{age}} 前", notJudged: "还没有判定",
    emptyResolved: "没有已恢复的告警", next: "下一条", locate: "定位", keys: "全部按键", panel: "告警",
    blind: "画面不是最新：列表可能不全",
  },
  alert: {
    suspected: "疑似", firing: "触发中", resolved: "已恢复", closedFiring: "已关闭，仍在触发", why: "为什么告警", rule: "规则", clause: "依据", zone: "区域版本",
    reports: "所用报告", reportsValue: "{{n}} 条，{{from}}–{{to}}", reportsNone: "无", height: "高度来源", note: "说明", advice: "处置建议", contact: "联系人",
    assign: "分派", handOver: "移交", pullUp: "上收", holder: "处置单位", city: "市级", since: "{{time}} 起", heldBy: "由{{holder}}处置，本单位不能操作", assignee: "分派给", assignTo: "分派给谁", handTo: "移交到哪里",
    findAssignee: "输入名称查找", noAssignee: "没有可分派的单位或人员", noTarget: "没有可移交的地方", handedOver: "{{by}} 移交：{{from}} → {{to}}", pulledUp: "{{by}} 上收：{{from}} → {{to}}",
    lookRecorded: "本次查看已留痕，{{n}} s 后收起", lookHidden: "号码已收起；通过话请点“记录已通话”", looking: "正在读取电话…", noPhone: "没有登记电话", hasPhone: "已登记电话", noPersonal: "没有查看电话号码的权限", logHint: "通过话后再点一次，记录通话",
    acknowledgedAt: "已确认 {{time}}", closedAt: "已关闭 {{time}}：{{reason}}", callLoggedAt: "已记录通话 {{time}}", noContact: "没有登记联系人", pilot: "飞手位置", callLogged: "已记录通话 {{by}} {{time}}", acknowledgedBy: "已确认 {{by}} {{time}}",
    closedBy: "已关闭 {{by}} {{time}}：{{reason}}", frozen: "判定中断：{{reason}}；{{age}} 前最后判定", count: "第 {{n}} 次触发",
    previous: "接续此前告警", limit: "限 {{v}}", least: "至少 {{v}}", rim: "边界", entry: "进入", margin: "超出 {{v}}", under: "低于限值 {{v}}", accuracy: "±{{v}}", pack: "规则包 {{id}} {{version}}",
    acknowledge: "确认", close: "关闭", call: "联系飞手", logCall: "记录已通话", goTo: "定位", comment: "备注", commentSend: "保存备注", commentPlaceholder: "写一条备注，回车保存",
    closeWhy: "关闭原因", closing: "将以“{{reason}}”关闭，{{n}} s", trueNeedsResolved: "仍在触发，不能以属实关闭", saving: "正在保存…", unsaved: "尚未入库",
    folded: "已合并 {{n}} 架", notSilence: "不是航空器失联：其下航空器的失联已合并为这一条", version: "v{{n}}", now: "现在", resolvedWhy: "恢复原因", link: "复制链接", linkCopied: "链接已复制", foundLate: "迟到报告发现",
  },
  entry: { inside: "进入{{zone}}", predicted: "将进入{{zone}}", crossed: "穿过{{zone}}", possible: "可能穿过{{zone}}", near: "临近{{zone}}", zone: { prohibited: "禁飞区", requires_authorisation: "授权区", conditional: "条件区", no_restriction: "区域" } },
  figures: {
    limit: "{{measured}}，限 {{limit}}", floor: "{{measured}}，低于 {{limit}}", silence: "{{time}} 无报告", within: "{{seconds}} s 后进入", depth: "深入 {{depth}}", since: "持续 {{time}}",
    down: "离线 {{time}}", notEntered: "没有进入", blind: "{{n}} 架无数据",
  },
  card: {
    title: "航空器", agl: "真高", climb: "升降", speed: "地速", course: "航迹角", battery: "电量", link: "链路", age: "报告龄", accuracy: "水平 / 垂直",
    unjudged: "无法判断：{{list}}", unregistered: "未登记", noTrack: "等待报告", follow: "跟随", following: "跟随中", now: "现在", source: "来源 {{id}}", id: "编号 {{id}}", profile: "近 5 分钟真高",
    limit120: "120 m", close: "关闭",
  },
  state: { unknown: "未知", ground: "地面", airborne: "在空", emergency: "紧急", lost: "失联", offline: "离线", unconfirmed: "位置待证实", stale: "陈旧" },
  class: { unknown: "级别未知", micro: "微型", light: "轻型", small: "小型", medium: "中型", large: "大型", agricultural: "常规农用" },
  scenario: {
    wellness: "生态康养", rescue: "应急救援", city: "城市治理", logistics: "物流", agriculture: "农林植保", tourism: "文旅", none: "未分场景",
    mark: { wellness: "康", rescue: "救", city: "城", logistics: "物", agriculture: "农", tourism: "旅" },
  },
  severity: { none: "无", info: "蓝 信息", advisory: "黄 提示", caution: "橙 告诫", warning: "红 警告" },
  hazard: {
    zone_entry: "区域", height: "超限高", identity: "未识别", identity_mismatch: "身份不符", speed: "超限速", battery: "低电量", emergency: "紧急状态", silence: "失联", c2_loss: "指控链路中断",
    source_down: "网关离线", separation: "间隔不足", rule_fault: "规则失效", offline: "离线", none: "告警",
  },
  object: { aircraft: "航空器", pair: "航空器对", traffic: "有人机", source: "网关", station: "站点", zone: "区域", plan: "计划", rule: "规则", device: "设备" },
  unjudged: {
    no_position: "没有位置", no_height: "没有高度", no_terrain: "不知脚下地面高度", no_common_datum: "限高与所报高度基准不同", source_down: "网关离线",
    jump_unconfirmed: "位置跳变待证实", rule_fault: "规则失效", no_speed: "没有速度", no_battery: "没有电量", no_zones: "区域查询失败", no_qnh: "气压高度缺少 QNH", too_many: "同时接近的对数过多", silent: "没有新报告", other: "其他原因",
  },
  pack: { platform: "平台自身", base: "国家基础规则", wellness: "生态康养", rescue: "应急救援", city: "城市治理", logistics: "物流", agriculture: "农林植保", tourism: "文旅" },
  note: { class_unknown: "航空器级别未知，按 120 m 判断", flat_ground: "以起飞点高度计，假定地面平坦", agricultural: "常规农用，30 m" },
  close: { true: "属实", false_alarm: "误报", duplicate: "重复", drill: "演练" },
  resolve: {
    clear: "判定已正常", zone_ended: "区域已失效", zone_changed: "区域已变更", landed: "已降落", folded: "已并入网关告警", person: "人工结束", rule_removed: "规则已移除",
    found_late: "迟到报告，已成过去", removed: "航空器已移除", merged: "已并入同一架航空器",
  },
  handling: { new: "未确认", acknowledged: "已确认", assigned: "已分派", to: "派给 {{who}}", in_hand: "处置中", closed: "已关闭" },
  height: { reported_agl: "飞机上报真高", terrain: "海拔减地形", terrain_envelope: "海拔减所在区域地面高程范围", flat_ground: "起飞点高度，假定地面平坦", none: "无真高依据" },
  restriction: {
    prohibited: "禁飞", requires_authorisation: "须授权", conditional: "有条件", no_restriction: "无限制",
    mark: { prohibited: "禁", requires_authorisation: "授", conditional: "条", no_restriction: "无" },
  },
  datum: { ellipsoid: "大地高", amsl: "海拔", agl: "真高", above_takeoff: "起飞点以上", pressure_isa: "气压高度" },
  zone: {
    temporaryMark: "临", superiorMark: "上级", volumes: "等 {{n}} 层", left: "剩 {{time}}",
    ground: "地面", from: "{{low}}以上，不限高", starts: "{{when}} 起生效", ends: "至 {{when}}", ended: "已失效", blind: "盲",
  },
  zoneCard: {
    limits: "高度", more: "另有 {{n}} 层", buffer: "缓冲", band: "提示带", validity: "适用", always: "始终", applies: "现在适用", not: "现在不适用", events: "日出日落等时刻没有计算，按始终适用", conditions: "条件", message: "告示",
    reason: "原因", authority: "管理", source: "来源", version: "版本", open: "在空域中打开",
  },
  grid: {
    title: "北斗网格密度", now: "网格：现在架数", minutes: "网格：近 {{n}} 分钟架·分", short: "现在", hover: "指向一格看编码", aircraft: "{{n}} 架", aircraftMinutes: "{{n}} 架·分", failed: "没有读到网格，显示的不是最新",
  },
  traffic: { anonymous: "有人机（未示名）", height: "高度", seen: "由谁看到", category: "类别" },
  pair: {
    soon: "{{seconds}} s 后 {{apart}}，限 {{minima}}", now: "{{apart}}，限 {{minima}}", noHeight: "高差不明", closest: "最近点", atFinding: "判定时", in: "{{seconds}} s 后", horizontal: "水平", vertical: "垂直",
    beside: "{{v}}，限 {{limit}}", unjudged: "无法判断",
  },
  zoneImport: {
    title: "导入区域", back: "改选项", choose: "选择文件，或拖到这里", formats: "GeoJSON、ED-269、ED-318、KML/KMZ、OpenAir，不超过 16 MB", tooLarge: "文件超过 16 MB，服务器不读取。请分成几个文件。", emptyFile: "文件是空的。",
    crs: "文件里的坐标系（必选，选错会整体偏移）", format: "格式", source: "来源", sourceHint: "文件从哪里来", superior: "上级平台", superiorHint: "是上级平台的副本时填写，此后只读",
    system: { wgs84: "WGS-84", cgcs2000: "CGCS2000", gcj02: "GCJ-02", bd09: "BD-09" },
    systemHint: {
      wgs84: "GPS 坐标；ED-269、ED-318、OpenAir 和多数 GeoJSON、KML", cgcs2000: "国家大地坐标系；测绘和空管数据，与 WGS-84 相差不到 1 m",
      gcj02: "高德、腾讯等地图的加密坐标，偏移约 300–700 m", bd09: "百度地图坐标，在 GCJ-02 上再次加密",
    },
    formatName: { auto: "自动识别", geojson: "GeoJSON", ed269: "ED-269", ed318: "ED-318", kml: "KML", kmz: "KMZ", openair: "OpenAir" },
    read: "读取并预览", needFile: "先选择文件", needCrs: "还要选坐标系", dryHint: "只读取，不发布", reading: "正在读取…", publishing: "正在发布…", notRead: "没有读取文件", notPublished: "没有发布，区域未变",
    accepted: "可发布 {{accepted}} / 共 {{read}} 个区域", published: "已发布 {{n}} 项变更", zones: "区域", remarks: "说明", noId: "无编号", byReason: "全部理由",
    change: { new: "新", changed: "变更", same: "未变" }, kind: { refused: "拒绝", repaired: "修复", noted: "提示" },
    without: "明确略去被拒绝的 {{n}} 个区域", reason: "发布原因", reasonHint: "发布原因，记入版本", needReason: "填写发布原因", blocked: "有区域被拒绝：修正文件，或明确略去", nothing: "没有新的或变更的区域",
    publish: "发布 {{n}} 项变更", endMissing: "结束该上级不在文件中的区域", ended: "将结束",
  },
  weekday: { "0": "周日", "1": "周一", "2": "周二", "3": "周三", "4": "周四", "5": "周五", "6": "周六" },
  keys: {
    title: "全部按键", space: "空格", off: "输入文字时不起作用", acknowledge: "确认告警", close: "关闭告警（选原因，5 s 内可撤销）", call: "联系飞手（查看留痕）", goTo: "定位到地图", assign: "分派", handOver: "移交（县↔市）", pullUp: "上收到市级",
    next: "下一条、上一条告警", search: "查找", trails: "显示或隐藏航迹", sound: "静音 15 分钟、恢复", follow: "跟随所选航空器", link: "复制当前画面的链接", clear: "清除筛选",
    severity: "按级别筛选", escape: "收起、取消选择", help: "本页",
  },
};

export default zh;
export type Words = typeof zh;
