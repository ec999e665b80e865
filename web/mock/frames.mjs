// LSP1 frames (docs/stream.md) for the mock server and the bench.

/** Encodes aircraft as one frame. Fields: slot lon lat hae agl speed course climb age state severity; undefined is absent. */
export function encodeFrame(list, { flags = 0, seq = 0, time = Date.now() } = {}) {
  const n = list.length;
  const b = Buffer.alloc(32 + 26 * n);
  b.write("LSP1", 0, "latin1");
  b.writeUInt8(1, 4);
  b.writeUInt8(flags, 5);
  b.writeUInt32LE(n, 8);
  b.writeUInt32LE(0x7ff, 12);
  b.writeBigUInt64LE(BigInt(seq), 16);
  b.writeBigInt64LE(BigInt(Math.floor(time)), 24);
  let o = 32;
  const column = (width, write) => {
    for (const a of list) {
      write(a, o);
      o += width;
    }
  };
  const u16 = (v, scale, shift = 0) => (v === undefined || Number.isNaN(v) ? 0xffff : Math.max(0, Math.min(65534, Math.round((v + shift) * scale))));
  column(4, (a, at) => b.writeUInt32LE(a.slot, at));
  column(4, (a, at) => b.writeInt32LE(Math.round(a.lon * 1e7), at));
  column(4, (a, at) => b.writeInt32LE(Math.round(a.lat * 1e7), at));
  column(2, (a, at) => b.writeUInt16LE(u16(a.hae, 2, 1000), at));
  column(2, (a, at) => b.writeUInt16LE(u16(a.agl, 2, 1000), at));
  column(2, (a, at) => b.writeUInt16LE(u16(a.speed, 100), at));
  column(2, (a, at) => b.writeUInt16LE(a.course === undefined ? 0xffff : Math.round(((a.course % 360) + 360) % 360 * 100) % 36000, at));
  column(2, (a, at) => b.writeInt16LE(a.climb === undefined ? -32768 : Math.max(-32767, Math.min(32767, Math.round(a.climb * 100))), at));
  column(2, (a, at) => b.writeUInt16LE(u16(a.age, 10), at));
  column(1, (a, at) => b.writeUInt8(a.state, at));
  column(1, (a, at) => b.writeUInt8(a.severity ?? 0, at));
  return b;
}
