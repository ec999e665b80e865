// zh-CN words of the simulation page. They come with the page, not with the console; en.ts has the same keys.

const zh = {
  noRight: "没有打开仿真页的权限", noRightHint: "需要的话，请本单位管理员授予相应角色。", readOnly: "可查看成绩；运行需要“运行仿真”权限。",
  scenario: {
    title: "场景", open: "打开文件", openHint: "YAML 场景文件，不超过 1 MB；也可拖到页面上", drop: "松开以打开场景文件", choose: "选择场景…", suite: "全部场景", own: "自己的文件", changed: "已修改", revert: "还原", view: "文件", check: "检查", checking: "正在检查…",
    notRead: "没有读到场景目录", notChecked: "没有检查", sound: "检查通过", unchecked: "未检查", problems: "{{n}} 处问题", none: "服务器没有附带场景", notSent: "目录没有带文件内容",
    fault: { empty: "文件是空的。", tooLarge: "文件超过 1 MB，服务器不读取。", notText: "不是 UTF-8 文本文件。" },
  },
  facts: { file: "文件", fleet: "机队", aircraft: "{{n}} 架", duration: "时长", virtual: "{{time}}，虚拟时钟", faults: "故障", noFaults: "无", rules: "涉及规则", lines: "内容", linesValue: "{{n}} 行，{{kb}} KB", files: "场景", filesValue: "{{n}} 个文件" },
  seeds: { first: "首个种子", count: "个数", hint: "{{runs}} 次飞行：{{first}} – {{last}}", one: "1 次飞行：{{first}}", wrong: "首个种子为非负整数；个数 1–50", tooMany: "{{runs}} 次飞行，一次最多 2000 次" },
  run: {
    button: "运行", starting: "正在提交…", cancel: "取消运行", cancelling: "正在取消…", notStarted: "没有开始运行", notCancelled: "没有取消", needFile: "先选择场景或打开文件", refused: "文件没有通过检查，没有开始运行", number: "第 {{n}} 次", same: "同种子、同版本，逐字节一致",
    again: "再选此文件", seeds: "{{n}} 个种子", oneSeed: "1 个种子", seed: "种子 {{n}}",
  },
  state: { waiting: "等待中", running: "运行中", done: "完成", failed: "失败", cancelled: "已取消" },
  failed: {
    restarted: "服务器在运行期间停止或重启，请重新运行。", timed_out: "超过一次运行的时限，已停止。减少种子或缩短场景。", memory: "超过一次运行的内存上限，已停止。减少机队或种子。", output: "没有得到成绩，或成绩过大。减少种子。",
    died: "运行进程没有给出成绩就结束了。", refused: "场景文件不能飞行。",
  },
  composition: { title: "构成", events: "应报事件", near_misses: "险些（不应报）", nuisance: "不确定窗口内的告警（不计分）", faults: "故障", faultKinds: "{{n}} 种", messages: "注入报告", lost: "无线丢失", rejected: "平台拒收", hours: "仿真时长", perHour: "每值班小时误扰" },
  history: { title: "历次", columns: "召回 · 精确", none: "还没有运行过", noneHint: "选一个场景，按“运行”。", notRead: "没有读到历次运行", refresh: "刷新" },
  tab: { score: "成绩", file: "文件" },
  head: { finished: "{{time}} 完成，用时 {{took}}", finishedFast: "{{time}} 完成，用时 {{took}}，{{times}}×", by: "启动人", packs: "规则包", version: "程序版本", stream: "数据流", streamSame: "与第 {{n}} 次相同", streamDiffers: "与第 {{n}} 次不同" },
  verdict: { passed: "通过门槛", failed: "未过门槛", of: "{{n}} 项过 {{kept}} 项", all: "{{n}} 项全部通过", interrupted: "中途停止：只计已飞部分", faults: "飞行中出错 {{n}} 处", failedGates: "未过的门槛", more: "另 {{n}} 项" },
  figure: {
    recall: "召回率", precision: "精确率", delay_p95: "延迟 p95", duplicates: "重复告警", near_false: "险些误报", limit: "须 {{limit}}", limitEach: "每条须 {{limit}}", noLimit: "不单设门槛",
    delayTitle: "p50 {{p50}} s，最大 {{max}} s，共 {{n}} 次", quiet: "{{value}} % 的险些没有告警",
  },
  gate: { recall: "召回率", precision: "精确率", delay_p95: "延迟 p95", duplicates: "重复告警", late_clears: "晚恢复", early_clears: "早恢复", false_alerts: "误报", nuisance: "每值班小时误扰", events: "应报事件", near_misses: "险些", expected: "文件要求的告警", forbidden: "文件禁止的告警" },
  gateFigures: "{{measured}}，须 {{limit}}",
  line: {
    title: "应报窗口与实际告警", which: "显示哪一次飞行", bad: "漏 {{missed}} 误 {{wrong}}", faults: "故障注入", none: "这张成绩单超过 20 次飞行，不带时间线；每个发现仍有小地图。", nothing: "这次飞行没有应报窗口，也没有告警。", empty: "没有飞行",
    legend: { event: "应报", near_miss: "险些", uncertain: "不确定", alert: "告警", missed: "漏报", false: "误报", double: "重复", late_clear: "晚恢复", early_clear: "早恢复" },
    item: "{{what}} {{about}}，{{from}} – {{until}}", alerts: "告警 {{list}}", noAlert: "没有告警", previous: "上一次飞行", next: "下一次飞行", faultItem: "{{fault}} {{about}}，{{from}} – {{until}}",
  },
  kind: { event: "应报事件", near_miss: "险些", uncertain: "不确定", nothing: "无事" },
  result: { hit: "命中", missed: "漏报", quiet: "未报（正确）", false: "误报", unscored: "不计分", late_clear: "晚恢复", early_clear: "早恢复", double: "重复" },
  table: {
    title: "各规则成绩", rule: "规则", level: "级别", events: "应报", tp: "命中", fn: "漏报", fp: "误报", precision: "精确率 %", recall: "召回率 %", p50: "延迟 p50 s", p95: "p95", max: "最大", duplicates: "重复", late: "晚恢复", early: "早恢复", versus: "较 {{n}}", versusNone: "对比",
    total: "合计", safetyHint: "安全规则：门槛逐级适用", interval: "{{value}} %，95 % 区间 {{low}} – {{high}} %（n = {{n}}）", noneCounted: "没有可计的", delayNote: "延迟自事件开始后的首份报告起，减去规则规定的持续时间；仅计至少每秒上报一次的航空器。单位秒",
    better: "漏报、误报、重复、晚恢复和早恢复共 {{was}} → {{is}}", notSame: "种子不同，只比较比率", notThere: "那次没有这一行", none: "没有可计分的规则", unmet: "另 {{n}} 级没有遇到事件、险些或告警，展开",
  },
  compare: { title: "与第 {{n}} 次相比", none: "没有可比的运行", pick: "对比", auto: "同一文件的上一次", off: "不对比", option: "第 {{n}} 次 {{name}}", same: "各项数字与第 {{n}} 次相同。", notSame: "种子不同：只比较比率和延迟。", notRead: "没有读到用来对比的运行", worse: "变差", perHour: "误扰 / 值班小时", more: "另 {{n}} 项" },
  changed: { fn: "漏报", fp: "误报", recall: "召回率 %", precision: "精确率 %", delay_p95: "延迟 p95 s", duplicates: "重复", late_clears: "晚恢复", early_clears: "早恢复", nuisance: "误扰" },
  finding: {
    title: "发现", of: "{{i}} / {{n}}", none: "没有漏报、误报、重复，恢复也不早不晚。", noneRow: "这一行没有发现。", noneShown: "还没有可看的发现。", all: "全部发现", clear: "显示全部", first: "只列出前 {{n}} 条，共 {{all}} 条", truth: "真值", alert: "告警", alertAt: "告警 {{at}}", noAlert: "没有告警", where: "场景", line: "文件第 {{n}} 行的要求", geometry: "由几何得出",
    json: "下载 JSON", report: "HTML 报告", link: "链接", noMap: "没有航迹", previous: "上一条", next: "下一条", mapTrue: "真实", mapReported: "上报", mapZone: "区域", pair: "最近 {{across}} / {{up}}", inside: "深入 {{v}}", outside: "距边界 {{v}}", highest: "最高 {{v}}（真高）", mapTitle: "发现的小地图：实线为真实航迹，虚线为上报航迹", window: "{{from}} – {{until}}", unknownFinding: "这张成绩单里没有该发现",
  },
  progress: { waiting: "排队等待：同时只飞一个，前面的完成后自动开始。", running: "正在飞行", done: "{{done}} / {{runs}} 次飞行", elapsed: "已用 {{time}}", left: "约剩 {{time}}", away: "进度停在最后读到的值，正在重试", hereSoon: "完成后成绩显示在这里。" },
  ended: { failed: "运行失败", cancelled: "运行已取消", partial: "取消前 {{done}} / {{runs}} 次飞行；没有成绩。", gone: "没有这次运行", goneHint: "可能已被清理（保留最近 200 次），或不在您的数据范围内。", notRead: "没有读到这次运行" },
  empty: { title: "飞一个场景，看告警有多准", hint: "漏报、误报、重复和延迟，都对照仿真机群的真实位置计算，不用被测的引擎。", start: "在左侧选择场景并运行。", startRead: "还没有人运行过。" },
  source: { title: "场景文件", problems: "问题", noLine: "不在这些行中", readOnly: "只读", editHint: "可以修改；修改后按自己的文件运行。", lineLabel: "第 {{n}} 行", nothing: "还没有选择文件", nothingHint: "在左侧选择场景，或打开文件。", suite: "全部场景不是一个文件。" },
  level: {
    near: "接近", predicted: "预计", inside: "已进入", crossed: "穿过", possible: "可能穿过", over: "超限", far_over: "远超限", low: "低", very_low: "很低", critical: "危险", below_return_need: "不足返航", unknown: "未登记", unknown_in_zone: "未登记且在区域内",
    two_places: "一号两处", declared: "已宣布", forced_landing: "迫降", hms: "最高等级故障", silent: "无报告", long_silent: "长时间无报告", lost: "中断", down: "离线", down_in_use: "离线，在用", broker: "消息服务器", broken: "间隔不足", broker_in_use: "消息服务器，在用", claimed: "冒用", conditional: "有条件区域",
  },
  fault: {
    gps_drift: "定位漂移", gps_jump: "定位跳变", accuracy_lie: "精度虚报", freeze: "位置冻结", link_loss: "断链", burst_after_loss: "断后补发", out_of_order: "乱序", duplicate: "重复上报", clock_skew: "时钟偏差", battery_drop: "掉电", wind_gust: "阵风", zone_breach: "闯入", graze: "贴边", altitude_bust: "超高",
    plan_overrun: "超时飞行", no_plan: "无计划", rogue: "未登记", id_clone: "冒用身份", gateway_down: "网关中断", broker_restart: "消息服务器重启", emergency: "紧急状态", c2_loss: "指控中断",
  },
};

export default zh;
export type SimulationWords = typeof zh;
