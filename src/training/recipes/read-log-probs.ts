/** What readers of rollouts give their tokens, under the student's own prompt: the frozen base of a step, and the Lab's student beside it. */

import { LogitOps } from '../../inference/logit-ops.ts';
import {
  type ReadCompletion,
  type ReadOptions,
  readInRounds,
} from '../../inference/read-rounds.ts';
import type { ModelNetwork } from '../../model/runtime/network.ts';
import { badToken } from '../faults.ts';
import type { ObjectiveBatch } from './objective.ts';

/** The student that is updated, and the frozen model that it is held near. */
export type PolicyReader = 'policy' | 'base';

export interface LogProbOptions extends ReadOptions {
  readonly temperature: number;
  /** Where the networks compute; null for memory. */
  readonly device: ModelNetwork['device'];
  /** For the words of a fault. */
  readonly textOf: (completion: number, token: number) => string;
}

/**
 * log p of every token under every reader, [completions][tokens] nats at a temperature. Throws `train.not-finite`, and
 * what the networks throw.
 */
export async function readLogProbs<Name extends PolicyReader>(
  completions: readonly ReadCompletion<Name>[],
  names: readonly Name[],
  { temperature, device, textOf, ...options }: LogProbOptions,
): Promise<Record<Name, number[][]>> {
  const ops = new LogitOps(device);
  const empty = () => completions.map(({ ids }) => new Array<number>(ids.length).fill(Number.NaN));
  const found = Object.fromEntries(names.map((name) => [name, empty()])) as Record<
    Name,
    number[][]
  >;
  await readInRounds(completions, options, async (covers, rowOf) => {
    const places = covers.flatMap(({ completion, from, to }) =>
      Array.from({ length: to - from }, (_, i) => ({ completion, token: from + i })),
    );
    for (const name of names) {
      const rows = places.map(({ completion, token }) => ({
        ...rowOf(completion, name, token),
        id: completions[completion].ids[token],
      }));
      const logProbs = await ops.logProbs(rows, temperature);
      for (const [i, { completion, token }] of places.entries()) {
        const { logProb, nonFinite } = logProbs[i];
        if (nonFinite !== null) {
          const text = textOf(completion, token);
          const place = { sequence: completion, position: token, text, row: rows[i].row };
          const bad = { kind: 'rollout', teacher: null, loss: logProb, ...place } as const;
          throw badToken(bad, { ...nonFinite, side: name === 'base' ? 'teacher' : 'student' });
        }
        found[name][completion][token] = logProb;
      }
    }
  });
  return found;
}

/** Rollouts of one question stand beside each other, `groupSize` of them. */
type GroupedBatch = Pick<ObjectiveBatch, 'examples' | 'completions'> & {
  readonly groupSize: number;
};

/** The same of the frozen base alone, for the rollouts of a step. */
export async function readBase(
  network: ModelNetwork,
  { examples, completions, groupSize }: GroupedBatch,
  temperature: number,
  padId: number,
): Promise<number[][]> {
  const wanted = completions.map((ids, i) => {
    const { prompt, features } = examples[i].student;
    const reader = {
      ...{ network, prompt, offset: 0, features: async () => features },
      // What a group shares is read once.
      picture: String(Math.floor(i / groupSize)),
    };
    return { ids, wanted: [{ name: 'base', reader, from: 0, to: ids.length } as const] };
  });
  const textOf = (completion: number, token: number) =>
    examples[completion].plan(completions[completion]).texts[token];
  const options = { temperature, padId, device: network.device, textOf };
  const { base } = await readLogProbs(wanted, ['base'], options);
  return base;
}
