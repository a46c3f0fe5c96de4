/** The benchmark: every contender on the same logits, in one page, each checked against float64. */

import { PlaygroundError } from '../base/errors.ts';
import type {
  BenchEvent,
  BenchFailure,
  BenchReport,
  BenchRequest,
  BenchResult,
  QueuedRate,
} from './contract.ts';
import { copyRate, queuedRate, type Uploaded, uploadPair } from './device-rates.ts';
import { measureGroup } from './group.ts';
import { makeLogitPair } from './logits.ts';
import { describeMachine, findGpu } from './machine.ts';
import { checkRequest } from './request.ts';

const SEED = 1;

/**
 * Runs the whole request. A contender that fails is reported with its reason and stops nobody else.
 *
 * @throws PlaygroundError `bench.request` for a request that cannot be measured.
 */
export async function runBench(
  request: BenchRequest,
  onEvent: (event: BenchEvent) => void,
): Promise<BenchReport> {
  checkRequest(request);
  const { ops, shapes, contenders, repeats } = request;
  const found = await findGpu();
  const machine = describeMachine(found);
  onEvent({ type: 'machine', machine });

  const results: BenchResult[] = [];
  const failures: BenchFailure[] = [];
  const queued: QueuedRate[] = [];
  let copyGBps: number | null = null;
  let largest = 0;
  let done = 0;
  const total = ops.length * shapes.length * contenders.length * (repeats + 1);

  for (const [tokens, vocab] of shapes) {
    const shape = { tokens, vocab };
    const none = { op: null, contender: null, run: 0 };
    onEvent({ type: 'step', done, total, doing: { what: 'logits', ...shape, ...none } });
    const logits = makeLogitPair(tokens, vocab, SEED);
    const uploaded = await uploadPair(found, logits);
    if (uploaded.logits !== null) {
      if (tokens * vocab > largest) {
        largest = tokens * vocab;
        copyGBps = await copyRate(uploaded.logits, repeats);
      }
      if (contenders.includes('ours')) queued.push(await queuedRate(uploaded.logits, repeats));
      onEvent({ type: 'device', copyGBps, queued });
    }
    for (const op of ops) {
      const groupEnd = done + contenders.length * (repeats + 1);
      const measured = await measureGroup(
        { op, logits, gpu: () => logitsOf(uploaded) },
        contenders,
        repeats,
        {
          onStep(contender, run) {
            const what = run === 0 ? 'prepare' : 'measure';
            const doing = { what, op, ...shape, contender, run } as const;
            onEvent({ type: 'step', done, total, doing });
            done++;
          },
          onFailure(contender, error) {
            const failure = { op, ...shape, contender, error };
            failures.push(failure);
            onEvent({ type: 'failure', failure });
          },
        },
      );
      done = groupEnd;
      results.push(...measured);
      onEvent({ type: 'results', results: measured });
    }
    uploaded.logits?.student.buffer.destroy();
    uploaded.logits?.teacher.buffer.destroy();
  }
  found.context?.device.destroy();
  return { ...machine, copyGBps, request, results, failures, queued };
}

function logitsOf({ logits, error }: Uploaded) {
  if (logits === null) throw new PlaygroundError(error);
  return logits;
}
