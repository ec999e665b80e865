// The binary position frame of docs/stream.md ("LSP1", version 1).

export const HEADER_BYTES = 32;
export const MAX_COUNT = 1_000_000;

export const FLAG_FULL = 1;
export const FLAG_ALERTING = 2;

/** Names of the columns in wire order with the bytes of one value. */
const WIDTHS = [4, 4, 4, 2, 2, 2, 2, 2, 2, 1, 1] as const;

/**
 * One decoded frame. Columns are raw wire values and alias the received buffer where alignment allows; a column that
 * the frame does not carry is null. Absent values are ABSENT_U16 or ABSENT_I16.
 */
export interface Frame {
  flags: number;
  count: number;
  columns: number;
  sequence: bigint;
  timeMs: number;
  slot: Uint32Array;
  longitude: Int32Array;
  latitude: Int32Array;
  hae: Uint16Array | null;
  agl: Uint16Array | null;
  speed: Uint16Array | null;
  course: Uint16Array | null;
  climb: Int16Array | null;
  age: Uint16Array | null;
  state: Uint8Array | null;
  severity: Uint8Array | null;
}

export const ABSENT_U16 = 0xffff;
export const ABSENT_I16 = -32768;

const littleEndianHost = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

/** A frame that cannot be read; the connection is then re-synchronised, never guessed at. */
export class FrameError extends Error {}

/** Reads one frame. Throws FrameError for anything that is not exactly a version 1 frame. */
export function decodeFrame(buffer: ArrayBuffer): Frame {
  if (buffer.byteLength < HEADER_BYTES) throw new FrameError("shorter than its header");
  const view = new DataView(buffer);
  if (view.getUint32(0, false) !== 0x4c535031) throw new FrameError("does not begin with LSP1");
  const version = view.getUint8(4);
  if (version !== 1) throw new FrameError(`version ${version} is not known`);
  const count = view.getUint32(8, true);
  if (count > MAX_COUNT) throw new FrameError(`${count} aircraft are more than a frame may hold`);
  const columns = view.getUint32(12, true);
  if (columns >>> WIDTHS.length !== 0) throw new FrameError("has columns that version 1 does not know");
  if ((columns & 7) !== 7) throw new FrameError("lacks slot, longitude or latitude");

  let offset = HEADER_BYTES;
  const offsets: number[] = [];
  WIDTHS.forEach((width, bit) => {
    offsets.push(columns & (1 << bit) ? offset : -1);
    if (columns & (1 << bit)) offset += width * count;
  });
  if (offset !== buffer.byteLength) {
    throw new FrameError(`is ${buffer.byteLength} bytes long, its header says ${offset}`);
  }
  const at = (bit: number): number => offsets[bit] ?? -1;

  return {
    flags: view.getUint8(5),
    count,
    columns,
    sequence: view.getBigUint64(16, true),
    timeMs: Number(view.getBigInt64(24, true)),
    slot: u32(view, at(0), count),
    longitude: i32(view, at(1), count),
    latitude: i32(view, at(2), count),
    hae: u16(view, at(3), count),
    agl: u16(view, at(4), count),
    speed: u16(view, at(5), count),
    course: u16(view, at(6), count),
    climb: i16(view, at(7), count),
    age: u16(view, at(8), count),
    state: at(9) < 0 ? null : new Uint8Array(buffer, at(9), count),
    severity: at(10) < 0 ? null : new Uint8Array(buffer, at(10), count),
  };
}

// Typed-array views need an aligned offset and a little-endian host; otherwise values are copied out one by one.
function u32(view: DataView, offset: number, count: number): Uint32Array {
  if (littleEndianHost && offset % 4 === 0) return new Uint32Array(view.buffer as ArrayBuffer, offset, count);
  return Uint32Array.from({ length: count }, (_, i) => view.getUint32(offset + 4 * i, true));
}

function i32(view: DataView, offset: number, count: number): Int32Array {
  if (littleEndianHost && offset % 4 === 0) return new Int32Array(view.buffer as ArrayBuffer, offset, count);
  return Int32Array.from({ length: count }, (_, i) => view.getInt32(offset + 4 * i, true));
}

function u16(view: DataView, offset: number, count: number): Uint16Array | null {
  if (offset < 0) return null;
  if (littleEndianHost && offset % 2 === 0) return new Uint16Array(view.buffer as ArrayBuffer, offset, count);
  return Uint16Array.from({ length: count }, (_, i) => view.getUint16(offset + 2 * i, true));
}

function i16(view: DataView, offset: number, count: number): Int16Array | null {
  if (offset < 0) return null;
  if (littleEndianHost && offset % 2 === 0) return new Int16Array(view.buffer as ArrayBuffer, offset, count);
  return Int16Array.from({ length: count }, (_, i) => view.getInt16(offset + 2 * i, true));
}

/** Metres from a height column value, NaN where absent. */
export function heightMetres(raw: number): number {
  return raw === ABSENT_U16 ? NaN : raw * 0.5 - 1000;
}
