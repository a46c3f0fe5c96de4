/** What the frozen base gives the tokens of rollouts, under the student's own prompt. */

import { LogitOps } from '../../inference/logit-ops.ts';
import { readInRounds } from '../../inference/read-rounds.ts';
import type { ModelNetwork } from '../../model/runtime/network.ts';
import { badToken } from '../faults.ts';
import type { ObjectiveBatch } from './objective.ts';

/** Rollouts of one question stand beside each other, `groupSize` of them. */
type GroupedBatch = Pick<ObjectiveBatch, 'examples' | 'completions'> & {
  readonly groupSize: number;
};

/** log p of every token, [completions][tokens] nats at a temperature. Throws `train.not-finite`, and what the network throws. */
export async function readBase(
  network: ModelNetwork,
  { examples, completions, groupSize }: GroupedBatch,
  temperature: number,
  padId: number,
): Promise<number[][]> {
  const ops = new LogitOps(network.device);
  const found = completions.map(({ length }) => new Array<number>(length).fill(Number.NaN));
  const wanted = completions.map((ids, i) => {
    const { prompt, features } = examples[i].student;
    const reader = {
      ...{ network, prompt, offset: 0, features: async () => features },
      // What a group shares is read once.
      picture: String(Math.floor(i / groupSize)),
    };
    return { ids, wanted: [{ name: 'base', reader, from: 0, to: ids.length } as const] };
  });
  await readInRounds(wanted, { padId }, async (covers, rowOf) => {
    const places = covers.flatMap(({ completion, from, to }) =>
      Array.from({ length: to - from }, (_, i) => ({ completion, token: from + i })),
    );
    const rows = places.map(({ completion, token }) => ({
      ...rowOf(completion, 'base', token),
      id: completions[completion][token],
    }));
    const logProbs = await ops.logProbs(rows, temperature);
    for (const [i, { completion, token }] of places.entries()) {
      const { logProb, nonFinite } = logProbs[i];
      if (nonFinite !== null) {
        const text = examples[completion].plan(completions[completion]).texts[token];
        const place = { sequence: completion, position: token, text, row: rows[i].row };
        const bad = { kind: 'rollout', teacher: null, loss: logProb, ...place } as const;
        throw badToken(bad, { ...nonFinite, side: 'teacher' });
      }
      found[completion][token] = logProb;
    }
  });
  return found;
}
