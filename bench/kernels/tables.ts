/** The benchmark's report as Markdown tables: one an operation, a row a contender, a column a shape. */

import type { BenchReport, BenchResult, Op, ScaleReport } from '../../src/kernel-bench/contract.ts';

const TITLES: Record<Op, string> = {
  forwardKl: 'Forward KL',
  jsd: 'JSD, β = 0.5',
  lossAndGradient: 'Forward KL and its gradient',
};

/** Cells are median milliseconds and, in brackets, how many times ours; a dagger marks wrong results. */
export function markdownOf({ request, results, failures }: BenchReport): string {
  const tables = request.ops.map((op) => {
    const head = [
      `${TITLES[op]}, ms`,
      ...request.shapes.map(([tokens, vocab]) => `[${tokens}, ${vocab}]`),
    ];
    const rows = request.contenders.map((contender) => [
      contender,
      ...request.shapes.map(([tokens, vocab]) => {
        const isHere = (entry: Pick<BenchResult, 'op' | 'tokens' | 'vocab' | 'contender'>) =>
          entry.op === op &&
          entry.tokens === tokens &&
          entry.vocab === vocab &&
          entry.contender === contender;
        const result = results.find(isHere);
        if (result !== undefined) return cellOf(result);
        return failures.find(isHere)?.error.code ?? '';
      }),
    ]);
    return tableOf([head, ...rows]);
  });
  return tables.join('\n\n');
}

function cellOf({ ms, timesOurs, correct, contender }: BenchResult): string {
  const times = timesOurs === null || contender === 'ours' ? '' : ` (${digits(timesOurs)}×)`;
  return `${digits(ms)}${times}${correct ? '' : ' †'}`;
}

/** Points and fits of the scale runs. */
export function scaleMarkdownOf({ byTokens, byVocab }: ScaleReport): string {
  return (
    [
      [byTokens, 'tokens'],
      [byVocab, 'vocab'],
    ] as const
  )
    .map(([{ points, fit }, x]) => {
      const head = ['tokens', 'vocab', 'ms', 'µs a row'];
      const rows = points.map(({ tokens, vocab, ms, msPerRow }) => [
        String(tokens),
        String(vocab),
        digits(ms),
        digits(1000 * msPerRow),
      ]);
      const line = `ms = ${digits(fit.intercept)} + ${fit.slope.toPrecision(3)} · ${x}, R² = ${fit.r2.toFixed(4)}`;
      return `${tableOf([head, ...rows])}\n\n${line}`;
    })
    .join('\n\n');
}

function tableOf([head, ...rows]: readonly string[][]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const rule = head.map((_, i) => (i === 0 ? '---' : '---:'));
  return [head, rule, ...rows].map(line).join('\n');
}

/** Three significant digits at least for what is small, no decimals for what is large. */
const digits = (value: number): string =>
  value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
