/** What the page says, in both languages. */
import clauses from "../contract/clauses.json";
import kinds from "../contract/kinds.json";
import reasons from "../contract/reasons.json";

export type Language = "zh" | "en";

const en = {
  title: "Floor",
  ready: "Ready",
  degraded: "Degraded",
  lost: "Lost",
  unknown: "Unknown",
  silent: "Silent",
  desks: (n: number) => `${n} ${n === 1 ? "desk" : "desks"}`,
  all: "All floors",
  floor: (name: string) => `Floor ${name}`,
  search: "Find a desk",
  problems: "Only what needs attention",
  next: "Next desk that needs attention",
  arrange: "Arrange",
  arranging:
    "Drag desks to where they stand. By keyboard: space picks up and puts down, arrows move.",
  done: "Done",
  export: "Export",
  import: "Import",
  reset: "Reset",
  badLayout: "This file is no layout of desks.",
  compact: "Compact",
  language: "中文",
  theme: "Light or dark",
  supervisor: "Supervisor",
  leaveSupervisor: "Leave",
  supervising: "Single desks' events are shown. Agents can contest each of them.",
  help: "Keys",
  live: "live",
  connecting: "connecting",
  lostSince: (age: string) => `no connection for ${age}`,
  lastHeard: (age: string) => `last word ${age} ago`,
  stale: (age: string) => `Not connected. What you see is ${age} old; the page keeps trying.`,
  digestSilent:
    "Nobody publishes the desks' condition and the counts: is deskcue fleet digest running?",
  malformed: (n: number) => `${n} malformed`,
  malformedWhy: "Messages that are not as the contract says; the last one:",
  counts: "Findings by clause and hour",
  countsOf: (age: string) => `counted ${age} ago`,
  noCounts: "No counts yet.",
  calls: (n: number) => `${n} calls`,
  contestedCount: (n: number) => `${n} contested`,
  hiddenHours: (n: number, k: number) =>
    `Hatched: ${n} ${n === 1 ? "hour" : "hours"} in which fewer than ${k} desks of a floor sent anything; these are not counted.`,
  total: "total",
  clause: "clause",
  numbers: "Numbers",
  bars: "Bars",
  stream: "What happens",
  noStream: "Nothing has changed since this page was opened.",
  becomes: { ready: "is ready", degraded: "is degraded", lost: "is lost", unknown: "is unknown" },
  contested: "contested",
  replayed: "late",
  details: "Desk",
  close: "Close",
  since: (age: string) => `for ${age}`,
  spoke: "spoke",
  ago: (age: string) => `${age} ago`,
  never: "not yet",
  version: "software",
  rulebook: "rulebook",
  clock: "clock",
  clocks: { set: "set", unset: "not set", unknown: "unknown" },
  outbox: "events wait",
  yes: "yes",
  no: "no",
  ear: "sound heard",
  faults: "Faults",
  noFaults: "No fault.",
  plan: "Floor plan",
  noDesks: "No desk has spoken yet.",
  noMatch: "No desk matches.",
  login: "Sign in",
  loginAs: {
    page: "How desks are, and counts of floors. No single agent's events.",
    supervisor: "Single events of every desk, for at most ten minutes without a touch.",
  },
  broker: "Broker",
  name: "Name",
  password: "Password",
  stay: "Stay signed in on this screen",
  signOut: "Sign out",
  cancel: "Cancel",
  refused: "The broker refuses this name and password.",
  unreachable: "The broker does not answer. Does this browser trust its certificate?",
  keys: [
    ["← → ↑ ↓", "go from desk to desk"],
    ["Enter", "show a desk"],
    ["Esc", "close, or put back"],
    ["/", "find a desk"],
    ["n", "next desk that needs attention"],
    ["p", "only what needs attention"],
    ["a", "arrange; then Space picks a desk up and puts it down"],
    ["c", "compact or roomy"],
    ["t", "light or dark"],
    ["l", "中文 / English"],
    ["?", "these keys"],
  ],
  codes: {} as Record<string, string>,
  cues: { red: "red", amber: "amber", none: "no light" },
  units: { s: " s", min: " min", h: " h", d: " d" },
};

export type Words = typeof en;

const zh: Words = {
  title: "楼层",
  ready: "正常",
  degraded: "异常",
  lost: "失联",
  unknown: "未知",
  silent: "无响应",
  desks: (n) => `${n} 个座席`,
  all: "全部楼层",
  floor: (name) => (/[\d一二三四五六七八九十]$/.test(name) ? `${name} 楼` : name),
  search: "查找座席",
  problems: "只看需要处理的",
  next: "下一个需要处理的座席",
  arrange: "排布",
  arranging: "把座席拖到实际位置。键盘：空格拿起或放下，方向键移动。",
  done: "完成",
  export: "导出",
  import: "导入",
  reset: "还原",
  badLayout: "这个文件不是座席排布。",
  compact: "紧凑",
  language: "English",
  theme: "浅色或深色",
  supervisor: "主管",
  leaveSupervisor: "结束查看",
  supervising: "正在显示单个座席的事件。话务员可以对每一条提出异议。",
  help: "快捷键",
  live: "在线",
  connecting: "连接中",
  lostSince: (age) => `断线 ${age}`,
  lastHeard: (age) => `${age}前有消息`,
  stale: (age) => `已断线。所见内容是 ${age}前的；页面会自动重连。`,
  digestSilent: "没有收到座席状况和计数：deskcue fleet digest 在运行吗？",
  malformed: (n) => `${n} 条格式错误`,
  malformedWhy: "不符合约定的消息；最近一条：",
  counts: "各条款每小时次数",
  countsOf: (age) => `${age}前统计`,
  noCounts: "还没有统计。",
  calls: (n) => `${n} 通电话`,
  contestedCount: (n) => `${n} 条有异议`,
  hiddenHours: (n, k) => `斜线：其中 ${n} 个小时，有楼层发来记录的座席不足 ${k} 个，未计入。`,
  total: "合计",
  clause: "条款",
  numbers: "数字",
  bars: "柱形",
  stream: "动态",
  noStream: "打开页面以来没有变化。",
  becomes: { ready: "恢复正常", degraded: "出现异常", lost: "失联", unknown: "未知" },
  contested: "有异议",
  replayed: "补发",
  details: "座席",
  close: "关闭",
  since: (age) => `已持续 ${age}`,
  spoke: "最近消息",
  ago: (age) => `${age}前`,
  never: "尚无",
  version: "软件",
  rulebook: "规则集",
  clock: "时钟",
  clocks: { set: "已校准", unset: "未校准", unknown: "未知" },
  outbox: "有事件待发",
  yes: "是",
  no: "否",
  ear: "听到声音",
  faults: "故障",
  noFaults: "没有故障。",
  plan: "楼层平面",
  noDesks: "还没有座席发来消息。",
  noMatch: "没有符合的座席。",
  login: "登录",
  loginAs: {
    page: "座席状况与楼层计数，看不到单个话务员的事件。",
    supervisor: "每个座席的单条事件；十分钟无操作即退出。",
  },
  broker: "服务器",
  name: "用户名",
  password: "密码",
  stay: "在这块屏幕上保持登录",
  signOut: "退出登录",
  cancel: "取消",
  refused: "服务器拒绝了这个用户名和密码。",
  unreachable: "服务器没有应答。浏览器信任它的证书吗？",
  keys: [
    ["← → ↑ ↓", "在座席间移动"],
    ["Enter", "查看座席"],
    ["Esc", "关闭，或放回原处"],
    ["/", "查找座席"],
    ["n", "下一个需要处理的座席"],
    ["p", "只看需要处理的"],
    ["a", "排布；再按空格拿起或放下"],
    ["c", "紧凑或宽松"],
    ["t", "浅色或深色"],
    ["l", "中文 / English"],
    ["?", "这些快捷键"],
  ],
  codes: {
    microphone: "麦克风",
    model: "模型",
    disk: "磁盘",
    detector: "检测器",
    rulebook: "规则集",
    load: "负载",
    ear: "监听",
    clock: "时钟",
    denied: "无权限",
    refused: "被拒收",
  },
  cues: { red: "红灯", amber: "琥珀灯", none: "不亮灯" },
  units: { s: " 秒", min: " 分钟", h: " 小时", d: " 天" },
};

export const WORDS: Record<Language, Words> = { en, zh };

type Titles = Record<string, { readonly zh: string; readonly en: string }>;

/** Why an agent contests an event. */
export function reasonTitle(id: string, language: Language): string {
  return (reasons as Titles)[id]?.[language] ?? id;
}

/** What was measured; a kind that nobody knows stands for itself. */
export function kindTitle(kind: string, language: Language): string {
  return (kinds as Titles)[kind]?.[language] ?? kind;
}

/** A clause's title; empty where the standard has none of that id. */
export function clauseTitle(id: string, language: Language): string {
  return (clauses as Titles)[id]?.[language] ?? "";
}

/** Seconds or more, in the largest unit that fits. */
export function age(ms: number, words: Words): string {
  const s = Math.max(0, Math.floor(ms / 1000));
  if (s < 60) return `${s}${words.units.s}`;
  if (s < 3600) return `${Math.floor(s / 60)}${words.units.min}`;
  if (s < 86_400) return `${Math.floor(s / 3600)}${words.units.h}`;
  return `${Math.floor(s / 86_400)}${words.units.d}`;
}
