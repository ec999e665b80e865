import type { ScoreResult } from "./types";

const OCTAGON = "-2.9,-7 2.9,-7 7,-2.9 7,2.9 2.9,7 -2.9,7 -7,2.9 -7,-2.9";

/**
 * A result by shape and colour: missed a red octagon, false a yellow cross, double two orange bars, late an orange arrow to a bar at
 * its right, early one to a bar at its left. About (0, 0), 14 across.
 */
export function MarkShape({ result }: { result: ScoreResult }) {
  switch (result) {
    case "missed":
      return <g><polygon points={OCTAGON} fill="var(--sev-warning)" /><path d="M0 -3.8v4.2M0 3.4v.01" stroke="var(--on-sev)" strokeWidth="1.8" strokeLinecap="round" fill="none" /></g>;
    case "false":
      return <path d="M-4 -4L4 4M4 -4L-4 4" stroke="var(--sev-advisory)" strokeWidth="2.4" strokeLinecap="round" fill="none" />;
    case "double":
      return <path d="M-2.4 -5v10M2.4 -5v10" stroke="var(--sev-caution)" strokeWidth="2.6" strokeLinecap="round" fill="none" />;
    case "late_clear":
      return <path d="M-6 0h7M-2 -4L2 0L-2 4M5 -5v10" stroke="var(--sev-caution)" strokeWidth="2" strokeLinecap="round" strokeLinejoin="round" fill="none" />;
    case "early_clear":
      return <path d="M6 0h-7M2 -4L-2 0L2 4M-5 -5v10" stroke="var(--sev-caution)" strokeWidth="2" strokeLinecap="round" strokeLinejoin="round" fill="none" />;
    default:
      return <path d="M-4 0l3 3l5 -6" stroke="var(--text-3)" strokeWidth="1.6" strokeLinecap="round" strokeLinejoin="round" fill="none" />;
  }
}

export function ResultMark({ result, size = 14 }: { result: ScoreResult; size?: number }) {
  return <svg className="mark" width={size} height={size} viewBox="-8 -8 16 16" aria-hidden="true"><MarkShape result={result} /></svg>;
}
