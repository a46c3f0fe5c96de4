/** Weights beside a graph, handed to ONNX Runtime a tensor at a time. */

import { PlaygroundError } from '../../base/errors.ts';
import type { ExternalData } from './model-graphs.ts';

/**
 * A file of weights as the runtime mounts it. Its builds other than jspi's want all bytes in one array, of which they
 * then use nothing but the length and subarrays, one for each tensor: so an array that fetches these when they are
 * asked for is enough, and no more than one tensor of the file is in memory. What reading throws goes to `failures`, since
 * the runtime makes a number of it.
 */
export function mounted({ path, data }: ExternalData, failures: PlaygroundError[]) {
  const array = Object.defineProperties(new Uint8Array(0), {
    byteLength: { value: data.size },
    length: { value: data.size },
    subarray: {
      value: (begin: number, end: number) => {
        try {
          return data.read(begin, end);
        } catch (error) {
          if (error instanceof PlaygroundError) failures.push(error);
          throw error;
        }
      },
    },
  });
  return { path, data: array };
}
