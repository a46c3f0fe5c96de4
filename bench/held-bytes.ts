/** What a page and its workers hold, as the browser measures it. */

interface MemoryMeasurement {
  readonly breakdown: readonly {
    readonly bytes: number;
    readonly attribution: readonly { readonly url: string }[];
  }[];
}

/**
 * What the page and the engine's worker hold after a garbage collection, the memories of WebAssembly included;
 * null where the browser does not measure. The helpers of jax-js (workers from a `blob:`) are left out: they
 * hold nothing but the same shared memory, which is reported for each of them anew.
 */
export async function heldBytes(): Promise<number | null> {
  const measure: unknown = Reflect.get(performance, 'measureUserAgentSpecificMemory');
  if (typeof measure !== 'function') return null;
  const { breakdown }: MemoryMeasurement = await measure.call(performance);
  return breakdown
    .filter(({ attribution }) => !attribution.some(({ url }) => url.startsWith('blob:')))
    .reduce((sum, { bytes }) => sum + bytes, 0);
}
