/** The runtime's bytes on their way, counted where the line is slow: there a person waits for them. */

/** Told of the bytes so far, and of all of them; 0 where a build does not know. */
export type BytesListener = (loaded: number, total: number) => void;

/** Mbit/s; Chromium says 10 of every faster line. */
const SLOW_MBITS = 8;

/** What Chromium says of the line. */
interface Line {
  readonly connection?: { readonly downlink?: number };
}

/**
 * Whether bytes are worth counting. On a fast line they are not: the browser compiles the runtime while it comes, which
 * counting keeps it from. Browsers that say nothing of the line count nothing.
 */
export const isSlowLine = ({ connection }: Line): boolean =>
  (connection?.downlink ?? Number.POSITIVE_INFINITY) < SLOW_MBITS;

/** Bytes of the runtime's file once it is unpacked, which is what is counted; 0 where a build does not say. */
export const RUNTIME_BYTES = Number(import.meta.env.RUNTIME_BYTES ?? 0);

/** Fetches a file whole. Null where it does not come: who asks for it next has more to say. */
export async function fetchCounted(
  address: string,
  onBytes: (loaded: number) => void,
): Promise<ArrayBuffer | null> {
  try {
    const response = await fetch(address);
    if (!response.ok || response.body === null) return null;
    let loaded = 0;
    const counted = response.body.pipeThrough(
      new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
        transform(chunk, controller) {
          loaded += chunk.byteLength;
          onBytes(loaded);
          controller.enqueue(chunk);
        },
      }),
    );
    return await new Response(counted).arrayBuffer();
  } catch {
    return null;
  }
}
