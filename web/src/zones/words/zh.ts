// zh-CN words of the page of zones. They come with the page, not with the console; en.ts has the same keys.

const zh = {
  title: "空域", count: "{{n}} 个", of: "{{n}} / {{all}} 个", back: "返回列表", close: "关闭空域页", search: "名称、编号、类别、单位、来源", sortBy: "排序", filterBy: "有效性",
  all: "全部", none: "没有区域在用", noneHint: "画一个区域，或导入文件。", hidden: "筛选藏起了全部 {{n}} 个区域", waiting: "正在读取区域",
  create: "新建区域", import: "导入", export: "导出", select: "多选", selectDone: "结束多选", selected: "已选 {{n}} 个", selectAll: "全选", ofList: "列表", change: "编辑", locate: "定位", copyOf: "另存为新区域",
  noRight: "没有编辑权限", version: "v{{n}}", buffer: "缓冲 {{v}}", unknown: "–",
  facet: { now: "生效中", today: "今日稍后生效", scheduled: "已排期", ending: "24 h 内结束", ended: "已失效", temporary: "临时", superior: "上级（只读）", demo: "演示" },
  sort: { name: "名称", restriction: "限制", published: "最近发布", ends: "先结束", ceiling: "上限低者先" },
  valid: { now: "生效中", left: "生效中，剩 {{time}}", until: "生效至 {{when}}", from: "{{when}} 起", ended: "已失效" },
  own: "本平台", temporaryMark: "临", readOnly: "只读",
  limits: { ground: "地面", unlimited: "不限高", band: "{{low}}–{{high}}", above: "{{low}}以上，不限高", all: "地面起，不限高", volumes: "{{n}} 个体积" },
  unit: { m: "m", ft: "ft" },
  geoid: { cn1985: "1985 国家高程基准", egm96: "EGM96", egm2008: "EGM2008" },
  event: { BMCT: "民用晨光始", SR: "日出", SS: "日落", EECT: "民用昏影终" },
  schedule: {
    always: "长期有效", daily: "每天", range: "{{from}}至{{to}}", and: "、", from: "{{from}} 起", until: "至 {{to}}", fromTo: "{{from}} 至 {{to}}", between: "{{from}}至{{to}}", nextDay: "次日 {{time}}",
    events: "日出、日落等时刻照原样保留，本平台未计算：起止日期内按全天有效判断。", clock: "时刻为北京时间（UTC+8）",
  },
  field: {
    name: "名称", restriction: "限制", kind: "对象类别", shape: "范围", floor: "下限", ceiling: "上限", further: "其他体积", applicability: "生效时间", temporary: "临时", buffer: "缓冲", warningBand: "提示带",
    reasons: "原因代码", reason: "原因", conditions: "进入条件", message: "对外说明", authority: "管理单位", contacts: "联系人", exemptions: "豁免", source: "来源", superior: "上级平台",
    organisation: "所属机构", jurisdictions: "所在辖区", demo: "演示", ed: "ED-269/318 附加数据", id: "编号", published: "发布", area: "面积", vertices: "顶点", other: "其他", limits: "高度范围",
  },
  card: {
    height: "高度范围", always: "不随时间变化", who: "联系人", noContact: "没有登记联系人：没有可以询问的人", noAuthority: "没有登记管理单位", noReason: "没有写明原因", edKept: "按原样保留，不参与判断", bufferNone: "0 m，没有缓冲", warningNone: "没有提示带：接近时不提示",
    own: "本平台绘制", superior: "{{name}} 发布的副本，只读；只有再次从那里导入才能更改或结束", demoNote: "虚构区域，关闭演示时删除", hot: "正有航空器在内", exempt: "豁免", exemptNone: "没有豁免",
    before: "提前 {{v}}", unlimitedNote: "没有上限：任何高度都在区内", groundNote: "没有下限：从地面起", more: "全部 {{n}} 项", gone: "这个区域不在用：已结束，或不在可见范围",
  },
  purpose: { AUTHORIZATION: "申请授权", NOTIFICATION: "通知", INFORMATION: "询问" },
  reasonCode: {
    AIR_TRAFFIC: "空中交通", SENSITIVE: "敏感地点", PRIVACY: "隐私", POPULATION: "人群密集", NATURE: "自然保护", NOISE: "噪声", EMERGENCY: "应急", DAR: "动态空域", FOREIGN_TERRITORY: "境外", OTHER: "其他",
  },
  versions: {
    title: "版本", current: "现行", first: "首次发布", by: "{{by}} 发布", ended: "{{when}} 结束", noReason: "没有写明理由", noDiff: "内容相同", restore: "恢复此版本…", restoring: "恢复 v{{n}}：照它的内容发布新的一版", view: "在图上看", unread: "没有读到版本", moved: "范围有改动", before: "原", after: "新", unknownBefore: "上一版没有保存，无从比较",
  },
  shape: { vertices: "{{n}} 个顶点", circle: "圆", corridor: "走廊", polygon: "多边形", parts: "{{n}} 块", holes: "{{n}} 个洞", about: "约 {{v}}" },
  act: {
    reason: "理由", reasonHint: "写进版本记录，他人可见", publish: "发布…", publishAs: "发布 v{{n}}…", confirm: "确认发布", cancel: "先不发布", restore: "确认恢复", end: "结束区域…", endConfirm: "确认结束", ending: "结束后不再判断；因它而起的告警随之恢复。",
    inSeconds: "{{what}}，{{n}} s", now: "立即", undo: "撤销", willPublish: "将发布{{name}}", willEnd: "将结束{{name}}", willRestore: "将恢复 v{{n}}", published: "已发布 {{name}} v{{n}}", ended: "已结束 {{name}}", restored: "已恢复为 v{{n}}", dropped: "离开了页面：没有{{what}}",
    publishing: "正在发布", failedPublish: "没有发布", failedEnd: "区域没有结束", failedRestore: "没有恢复", failedExport: "没有导出", noReason: "先写理由", publishWord: "发布", endWord: "结束", restoreWord: "恢复",
  },
  exports: { format: "格式", one: "此区域", chosen: "已选 {{n}} 个", all: "全部在用", tooMany: "一次最多按编号导出 {{n}} 个；可以导出全部", saved: "已存为 {{name}}" },
  draft: {
    title: "草稿", mark: "草稿", saved: "{{time}} 已自动保存", unsaved: "草稿没有存进本机：浏览器存储已满或被禁用，离开前请发布", resume: "继续", discard: "放弃草稿", discarded: "草稿已放弃", undo: "撤销放弃", leave: "存草稿并返回", leaveClean: "返回",
    noName: "未命名区域", of: "改自 v{{n}}", fresh: "新区域", stale: "现行已是 v{{n}}",
  },
  edit: {
    newTitle: "新建区域", title: "编辑 {{name}}", undo: "撤销", redo: "重做", what: "名称与限制", where: "范围", height: "高度", when: "生效时间", margins: "缓冲与提示带", why: "原因、条件与联系", exempt: "豁免",
    nameZh: "中文名", nameEn: "英文名", id: "编号", idHint: "发布后不能更改", kind: "对象类别", kindNone: "未指定", kindOther: "{{kind}}（未登记的类别）", volume: "体积 {{n}}", addVolume: "添加体积", removeVolume: "删除体积 {{n}}",
    floor: "下限", ceiling: "上限", value: "高度值", unit: "单位", datum: "基准", geoid: "大地水准面", fromGround: "空着为从地面起", unlimited: "空着为不限高",
    always: "长期", schedule: "按时段", temporary: "临时", addPeriod: "添加时段", removePeriod: "删除时段 {{n}}", period: "时段 {{n}}", from: "起始日期时间", until: "结束日期时间", weekdays: "星期", start: "每日起", end: "每日止", event: "按天象", eventNone: "按时刻", instantHint: "2026-10-15 14:30", clockHint: "08:30",
    ttl: "自现在起", minutes: "{{n}} 分钟", hours: "{{n}} 小时", temporaryHint: "到时自动结束，发布记录写明", overMidnight: "过午夜，归起始那天",
    buffer: "缓冲 m", bufferHint: "空着取类别默认值 {{v}}", bufferNone: "空着为 0 m：没有缓冲", warningBand: "提示带 m", warningHint: "接近到这个距离时提示；空着不提示",
    reasonCodes: "原因代码", reasonZh: "原因（中文）", reasonEn: "原因（英文）", conditionsZh: "进入条件（中文）", conditionsEn: "进入条件（英文）", messageZh: "对外说明（中文）", messageEn: "对外说明（英文）", authority: "管理单位",
    contacts: "联系人", addContact: "添加联系人", contactName: "单位或名称", contactPerson: "姓名", contactPhone: "电话", contactEmail: "邮箱", contactUrl: "网址", contactPurpose: "用途", contactBefore: "提前（PT4H）", remove: "删除",
    addExemption: "添加豁免", organisation: "机构编号", scenario: "场景", plan: "计划编号", anyScenario: "任何场景", exemptHint: "同一行内各项须同时符合；符合的航空器在内不告警", required: "必填",
  },
  draw: {
    polygon: "多边形", circle: "圆", corridor: "走廊", part: "添加一块", hole: "挖洞", paste: "粘贴坐标", again: "重画会替换现有范围", removeRing: "删除", ringPart: "第 {{n}} 块", ringHole: "第 {{n}} 块的洞 {{k}}",
    hintPolygon: "在图上逐点点击；点第一点、双击或按 Enter 完成，Backspace 退一点，Esc 取消", hintCircle: "点圆心，再点边上一点", hintCorridor: "沿中线逐点点击；双击或按 Enter 完成", hintHole: "在一块之内逐点点击；点第一点或按 Enter 完成", hintEdit: "拖动顶点；点边中点插入；方向键移动 1 m（Shift 10 m），Delete 删除", snap: "靠近邻区顶点时吸附，按住 Alt 不吸附",
    finish: "完成", cancel: "取消", few: "点还不够", fewest: "已是最少的顶点；可以重画", outside: "洞要画在一块之内", length: "长 {{v}}", radius: "半径 {{v}}", area: "面积 {{v}}",
    vertex: "顶点", longitude: "经度", latitude: "纬度", centre: "圆心", radiusM: "半径 m", widthM: "宽度 m", insert: "在其后插入顶点", delete: "删除顶点", most: "只列出前 {{n}} 个顶点，共 {{all}} 个；其余在图上改，或整体粘贴", notEditable: "这个形状不能在图上改；可以重画或粘贴",
    pasteHint: "每行一个“经度, 纬度”（WGS-84，十进制或度分秒），或一个 GeoJSON 几何体", pasteAs: "作为", take: "采用", small: "屏幕太小，不便在图上画：请粘贴坐标，或在更大的屏幕上画。",
    problem: { empty: "没有内容", pairs: "有一行不是“经度, 纬度”", range: "坐标超出范围", swapped: "像是纬度在前：请改为经度在前", few: "点太少", geojson: "不是单个可用的 GeoJSON 几何体" },
  },
  problem: {
    noName: "写上名称", badId: "编号为 1 到 64 个字符，不含空格", noShape: "还没有范围", crosses: "边线自相交", noNumber: "不是数值", floorAbove: "下限高于上限", noPeriod: "添加至少一个时段", noInstant: "写成 2026-10-15 14:30", noClock: "写成 08:30", needsEnd: "临时区域须有结束时间",
    endsFirst: "结束不晚于起始", endedAlready: "已经过去", blankExemption: "至少填一项",
  },
  server: {
    crosses: "边线自相交", neverApplies: "这个时段永远不会生效", floorAbove: "下限高于上限", tooLong: "太长", badDatum: "高度基准不可用", tooFar: "数值超出范围", empty: "是空的", notClosed: "没有闭合", tooMany: "太多", tooLarge: "太大", missing: "缺失", untilFirst: "结束不晚于起始", belowGround: "低于地面", notKnown: "不认识", needsEnd: "临时区域的每个时段都须有结束时间",
  },
  check: {
    title: "预检", waiting: "补全后自动预检", running: "正在检查", ok: "可以发布", not: "还不能发布", problems: "{{n}} 处要改", area: "面积 {{v}}", inside: "现有 {{n}} 架在内", insideNone: "现在没有航空器在内", near: "附近 {{n}} 架", failed: "没有检查成", age: "{{age}} 前", noJurisdiction: "不在任何辖区内", jurisdictions: "辖区 {{list}}",
    within: "在高度范围内", above: "在其上方", below: "在其下方", unknown: "高度无法判断", depth: "深入 {{v}}", away: "相距 {{v}}", volume: "体积 {{n}}", notEnforced: "发布前不判断、不告警", field: "{{field}}：{{problem}}", noPlace: "整体",
    cannotTell: "{{n}} 架位置不明，可能在内", cut: "列表没有列全", lost: "位置不明", exempt: "已豁免", notNow: "此刻不在生效时间内；以上按生效时列出",
    prohibitedAll: "发布后，在内且没有豁免的航空器会立即告警",
  },
  conflict: { title: "已有人先发布", who: "{{by}} 于 {{when}} 发布了 v{{n}}，改了：{{fields}}。", unknown: "现行版本已不是 v{{n}}。", keep: "您的输入都还在。", look: "看最新版", rebase: "以 v{{n}} 为基础继续", rebaseHint: "保留您的全部内容；他人的改动会被覆盖" },
};

export default zh;
export type ZoneWords = typeof zh;
