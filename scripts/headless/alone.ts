/** Lets one process of this machine do a thing while the others wait: package managers refuse to run twice at once. */
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** A lock of an owner that cannot be asked is left behind after so many ms: nothing is installed for so long. */
const STALE_MS = 1_800_000;
const LOOK_EVERY_MS = 250;

/** Runs `work` while no other process runs one under this name. Blocks; throws what `work` throws. */
export function alone<T>(name: string, work: () => T): T {
  const folder = path.join(tmpdir(), `vigos-playground-${process.getuid?.() ?? 'user'}`);
  mkdirSync(folder, { recursive: true });
  const lock = path.join(folder, `${name}.lock`);
  while (!take(lock)) {
    if (isLeftBehind(lock)) rmSync(lock, { force: true });
    else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, LOOK_EVERY_MS);
  }
  try {
    return work();
  } finally {
    rmSync(lock, { force: true });
  }
}

function take(lock: string): boolean {
  try {
    writeFileSync(lock, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

/** Whether the lock's owner has died. One that has gone meanwhile is taken the next time. */
function isLeftBehind(lock: string): boolean {
  try {
    const age = Date.now() - statSync(lock).mtimeMs;
    const owner = Number(readFileSync(lock, 'utf8'));
    return age > STALE_MS || (owner > 0 && !isAlive(owner));
  } catch {
    return false;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
