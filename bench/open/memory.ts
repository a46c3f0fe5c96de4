/** The memory of a browser, by the processes that descend from this one (Linux). */

import { readdirSync, readFileSync } from 'node:fs';

const EVERY_MS = 250;

/** Watches all descendants until `stop`; `peak` is the most they held together in bytes, null where nothing tells. */
export function watchMemory(root: number): { peak: () => number | null; stop: () => void } {
  let most: number | null = null;
  const look = () => {
    const held = descendantsBytes(root);
    if (held !== null) most = Math.max(most ?? 0, held);
  };
  const timer = setInterval(look, EVERY_MS);
  return { peak: () => most, stop: () => clearInterval(timer) };
}

function descendantsBytes(root: number): number | null {
  let ids: number[];
  try {
    ids = readdirSync('/proc').map(Number).filter(Number.isInteger);
  } catch {
    return null;
  }
  const parents = new Map(ids.map((id) => [id, field(id, 'PPid')]));
  const isBelow = (id: number): boolean => {
    const parent = parents.get(id);
    return parent !== undefined && parent > 0 && (parent === root || isBelow(parent));
  };
  // Not the pages of files, the browser's own among them, which all processes share.
  const own = (id: number) => field(id, 'RssAnon') + field(id, 'RssShmem');
  return ids.filter(isBelow).reduce((sum, id) => sum + 1024 * own(id), 0);
}

/** A number of `/proc/ID/status`; 0 where the process has ended or has none. */
function field(id: number, name: string): number {
  try {
    const text = readFileSync(`/proc/${id}/status`, 'utf8');
    return Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(text)?.[1] ?? 0);
  } catch {
    return 0;
  }
}
