/** What one does with a library that leaves logits on the device: read them back and loop. */

import type { Contestant, Problem } from '../contestant.ts';
import { emptyMatrix, readMatrix } from '../gpu-matrix.ts';
import { measureByLoop } from '../loop.ts';

export async function openReadback({ op, gpu }: Problem): Promise<Contestant> {
  const { context, student, teacher } = gpu();
  const { device } = context;
  const { rows, cols } = student;
  const wanted = op === 'lossAndGradient';
  const host = wanted ? new Float32Array(rows * cols) : undefined;
  const gradient = wanted ? emptyMatrix(device, rows, cols) : undefined;
  return {
    async run() {
      const s = { data: await readMatrix(device, student), rows, cols };
      const t = { data: await readMatrix(device, teacher), rows, cols };
      const values = measureByLoop(op, s, t, host);
      if (host !== undefined && gradient !== undefined) {
        device.queue.writeBuffer(gradient.buffer, 0, host);
        await device.queue.onSubmittedWorkDone();
      }
      return values;
    },
    gradient: async () => (gradient === undefined ? [] : readMatrix(device, gradient)),
    close: async () => gradient?.buffer.destroy(),
  };
}
