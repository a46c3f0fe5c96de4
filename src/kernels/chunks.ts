/** Cuts a list of rows into chunks that fit the device's binding size and grid limits. */

import { entryBytes, refuse, rowStart } from './check.ts';
import type { GpuMatrix } from './types.ts';

/** A matrix and which of its rows each listed item touches. */
export interface RowAccess {
  readonly name: string;
  readonly matrix: GpuMatrix;
  readonly rowOf: (index: number) => number;
}

/** The part of a matrix's buffer that a chunk binds, in bytes. */
export interface RowWindow {
  readonly offset: number;
  readonly size: number;
}

export interface RowChunk {
  readonly first: number;
  readonly count: number;
  /** One a matrix, in the order given. */
  readonly windows: readonly RowWindow[];
}

/** Limits that a chunk must respect. */
export type ChunkLimits = Pick<
  GPUSupportedLimits,
  | 'maxStorageBufferBindingSize'
  | 'minStorageBufferOffsetAlignment'
  | 'maxComputeWorkgroupsPerDimension'
>;

/** Consecutive chunks of items `[0, count)`; rows far apart in a buffer end a chunk early. */
export function chunkRows(
  limits: ChunkLimits,
  accesses: readonly RowAccess[],
  count: number,
): RowChunk[] {
  const chunks: RowChunk[] = [];
  let first = 0;
  while (first < count) {
    const low = accesses.map((access) => access.rowOf(first));
    const high = [...low];
    let windows = accesses.map((access, a) => rowWindow(limits, access, low[a], high[a]));
    accesses.forEach((access, a) => {
      if (windows[a].size <= limits.maxStorageBufferBindingSize) return;
      refuse(
        'binding-limit',
        access.name,
        `One row of the ${access.name} takes ${windows[a].size} bytes, more than this device binds at once (${limits.maxStorageBufferBindingSize}).`,
        'Request the device with the full limits of its adapter.',
        { bytes: windows[a].size, limit: limits.maxStorageBufferBindingSize },
      );
    });
    let next = first + 1;
    while (next < count && next - first < limits.maxComputeWorkgroupsPerDimension) {
      accesses.forEach((access, a) => {
        low[a] = Math.min(low[a], access.rowOf(next));
        high[a] = Math.max(high[a], access.rowOf(next));
      });
      const wider = accesses.map((access, a) => rowWindow(limits, access, low[a], high[a]));
      if (wider.some((window) => window.size > limits.maxStorageBufferBindingSize)) break;
      windows = wider;
      next++;
    }
    chunks.push({ first, count: next - first, windows });
    first = next;
  }
  return chunks;
}

function rowWindow(limits: ChunkLimits, access: RowAccess, low: number, high: number): RowWindow {
  const { matrix } = access;
  const align = limits.minStorageBufferOffsetAlignment;
  const bytes = entryBytes(matrix);
  const offset = Math.floor((rowStart(matrix, low) * bytes) / align) * align;
  const end = (rowStart(matrix, high) + matrix.cols) * bytes;
  // Bindings are whole words, even where half floats end within one.
  return { offset, size: Math.ceil((end - offset) / 4) * 4 };
}

/** Element index of an item's row inside its chunk's window. */
export function startInWindow(access: RowAccess, window: RowWindow, index: number): number {
  const { matrix } = access;
  return rowStart(matrix, access.rowOf(index)) - window.offset / entryBytes(matrix);
}
