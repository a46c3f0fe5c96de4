/** Runs in the headless browser: the same benchmark as the page's worker. */

import { outcomeOf } from '../../src/base/outcome.ts';
import type { BenchEvent, BenchRequest } from '../../src/kernel-bench/contract.ts';
import { runBench } from '../../src/kernel-bench/run.ts';
import { runScale } from '../../src/kernel-bench/scale.ts';

export function bench(request: BenchRequest) {
  return outcomeOf(() => runBench(request, report), 'bench');
}

export function scale(repeats: number) {
  return outcomeOf(
    () =>
      runScale(repeats, ([tokens, vocab], share) =>
        console.info(`${percent(share)} [${tokens}, ${vocab}]`),
      ),
    'bench',
  );
}

function report(event: BenchEvent): void {
  if (event.type !== 'step' || event.doing.what === 'measure') return;
  const { what, op, tokens, vocab, contender } = event.doing;
  const words = [op, contender, what].filter((word) => word !== null).join(' ');
  console.info(`${percent(event.done / event.total)} [${tokens}, ${vocab}] ${words}`);
}

const percent = (share: number) => `${Math.round(100 * share)} %`;
