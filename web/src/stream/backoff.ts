/**
 * Milliseconds to wait before reconnection attempt n (1, 2, 3 …): 0.5 s doubling to 8 s, less up to a third by chance
 * so that consoles do not all come back in one instant after a server restart.
 */
export function backoff(attempt: number, random: number = Math.random()): number {
  const full = Math.min(8000, 500 * 2 ** Math.min(10, Math.max(0, attempt - 1)));
  return full * (1 - random / 3);
}
