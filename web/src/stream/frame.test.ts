import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { ABSENT_I16, ABSENT_U16, FrameError, decodeFrame, heightMetres, type Frame } from "./frame";

interface Row {
  slot: number; longitude_deg: number; latitude_deg: number; altitude_hae_m: number | null; height_agl_m: number | null; ground_speed_mps: number | null;
  course_deg: number | null; vertical_speed_mps: number | null; age_s: number | null; state: number; severity: number;
}
interface Vector {
  name: string;
  hex: string;
  frame: { flags: number; sequence: number; time_ms: number; rows: Row[] };
}

const contract = readFileSync(new URL("../../../docs/stream.md", import.meta.url), "utf8");
const block = contract.match(/```json vectors\n([\s\S]*?)```/)?.[1] ?? "";
const vectors = JSON.parse(block) as Vector[];

function bytes(hex: string): ArrayBuffer {
  const out = new Uint8Array(hex.length / 2);
  for (let i = 0; i < out.length; i++) out[i] = parseInt(hex.slice(2 * i, 2 * i + 2), 16);
  return out.buffer;
}

function rows(f: Frame): Row[] {
  const unsigned = (c: Uint16Array | null, i: number, unit: number) => (c && c[i] !== ABSENT_U16 ? c[i]! * unit : null);
  const height = (c: Uint16Array | null, i: number) => (c && c[i] !== ABSENT_U16 ? heightMetres(c[i]!) : null);
  return Array.from({ length: f.count }, (_, i) => ({
    slot: f.slot[i]!, longitude_deg: f.longitude[i]! / 1e7, latitude_deg: f.latitude[i]! / 1e7, altitude_hae_m: height(f.hae, i), height_agl_m: height(f.agl, i),
    ground_speed_mps: unsigned(f.speed, i, 0.01), course_deg: unsigned(f.course, i, 0.01),
    vertical_speed_mps: f.climb && f.climb[i] !== ABSENT_I16 ? f.climb[i]! * 0.01 : null, age_s: unsigned(f.age, i, 0.1), state: f.state![i]!, severity: f.severity![i]!,
  }));
}

describe("LSP1 frames", () => {
  it("has vectors to read", () => expect(vectors.length).toBeGreaterThan(3));

  for (const v of vectors) {
    it(`reads the contract's vector: ${v.name}`, () => {
      const f = decodeFrame(bytes(v.hex));
      expect(f.flags).toBe(v.frame.flags);
      expect(Number(f.sequence)).toBe(v.frame.sequence);
      expect(f.timeMs).toBe(v.frame.time_ms);
      const got = rows(f);
      expect(got.length).toBe(v.frame.rows.length);
      got.forEach((row, i) => {
        const want = v.frame.rows[i]!;
        for (const key of Object.keys(row) as (keyof Row)[]) {
          if (want[key] === null || row[key] === null) expect(row[key], key).toBe(want[key]);
          else expect(row[key], key).toBeCloseTo(want[key]!, 6);
        }
      });
    });

    it(`refuses every damaged length of: ${v.name}`, () => {
      const whole = bytes(v.hex);
      for (let n = 0; n < whole.byteLength; n++) expect(() => decodeFrame(whole.slice(0, n))).toThrow(FrameError);
      const longer = new Uint8Array(whole.byteLength + 1);
      longer.set(new Uint8Array(whole));
      expect(() => decodeFrame(longer.buffer)).toThrow(FrameError);
    });
  }

  it("refuses another magic, another version, unknown columns and a count that cannot be", () => {
    const good = bytes(vectors[1]!.hex);
    const changed = (at: number, value: number): ArrayBuffer => {
      const copy = good.slice(0);
      new Uint8Array(copy)[at] = value;
      return copy;
    };
    for (const bad of [changed(0, 0x58), changed(4, 2), changed(13, 0x0f), changed(12, 0xfe), changed(11, 0x7f)]) {
      expect(() => decodeFrame(bad)).toThrow(FrameError);
    }
  });
});
