import type { Severity } from "../vocabulary";

const OCTAGON = "5.5,1.5 10.5,1.5 14.5,5.5 14.5,10.5 10.5,14.5 5.5,14.5 1.5,10.5 1.5,5.5";

/** Shape and colour of a severity: filled while nobody has the alert, hollow once acknowledged. */
export function SeverityMark({ severity, hollow = false, size = 16 }: { severity: Severity; hollow?: boolean; size?: number }) {
  const colour = severity === "none" ? "var(--text-3)" : `var(--sev-${severity})`;
  const fill = hollow ? "none" : colour;
  const ink = hollow ? colour : "var(--on-sev)";
  const bang = (top: number) => (
    <g stroke={ink} strokeWidth="1.7" strokeLinecap="round"><path d={`M8 ${top}v3.6`} /><path d={`M8 ${top + 6}v.01`} /></g>
  );
  return (
    <svg className="mark" width={size} height={size} viewBox="0 0 16 16" aria-hidden="true">
      {severity === "warning" && <><polygon points={OCTAGON} fill={fill} stroke={colour} strokeWidth="1.4" strokeLinejoin="round" />{bang(4.8)}</>}
      {severity === "caution" && <><polygon points="8,1.6 15,14 1,14" fill={fill} stroke={colour} strokeWidth="1.4" strokeLinejoin="round" />{bang(6)}</>}
      {severity === "advisory" && <polygon points="8,1.4 14.6,8 8,14.6 1.4,8" fill={fill} stroke={colour} strokeWidth="1.4" strokeLinejoin="round" />}
      {(severity === "info" || severity === "none") && <><circle cx="8" cy="8" r="6" fill="none" stroke={colour} strokeWidth="1.6" /><circle cx="8" cy="8" r={hollow ? 1.2 : 2.2} fill={colour} /></>}
    </svg>
  );
}
