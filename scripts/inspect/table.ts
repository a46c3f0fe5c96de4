/** A trace as a table for a terminal. */
import type { TokenTrace, Trace } from '../../src/contract/trace/trace.ts';
import { methodDifferences } from '../../src/contract/train/train-differences.ts';
import { MEASURE_NAMES } from '../../src/method/grading.ts';
import { OPSD, VIGOS_PAPER } from '../../src/method/named-methods.ts';
import { PALR_GROUPS, type PalrGroup, palr } from '../../src/method/palr.ts';
import type { MethodConfig } from '../../src/method/types.ts';

/** Lines of text: what was asked, what came, and one line a token; figures in nats. */
export function traceTable(trace: Trace): string {
  const { input, text, valid, reason, tokens, model, backend, seed, method } = trace;
  const head = [
    `model     ${model.name} on ${backend}, seed ${seed ?? 'none'}, method ${method.name} (${method.reading}, ${method.validity})`,
    ...otherwise(method).map((line) => `          ${line}`),
    `question  ${input.question}`,
    `reference ${referenceText(trace)}`,
    `rollout   ${JSON.stringify(text)}`,
    `answer    ${answerText(trace)}`,
    `valid     ${valid ? 'yes' : `no: ${reason?.message}`}`,
    '',
  ];
  const mixed = tokens.some(({ jsd }) => jsd !== undefined);
  const columns = [
    '',
    'token',
    'segment',
    'teacher',
    'log p',
    'log q',
    'KL(q|p)',
    'KL(p|q)',
    ...(mixed ? ['JSD'] : []),
    'loss',
  ];
  const rows = [columns, ...tokens.map((token, i) => row(token, i, mixed))];
  const widths = columns.map((_, c) => Math.max(...rows.map((cells) => cells[c].length)));
  const lines = rows.map((cells) =>
    cells.map((cell, c) => (c === 0 || c > 3 ? cell.padStart(widths[c]) : cell.padEnd(widths[c]))),
  );
  const clipped = tokens.filter((token) => token.clipped).length;
  const loss = tokens.reduce((sum, token) => sum + (token.loss ?? 0), 0);
  const taught = tokens.filter(({ teacher }) => teacher !== null).length;
  const mean = taught === 0 ? 'none' : (loss / taught).toFixed(4);
  return [
    ...head,
    ...lines.map((cells) => cells.join('  ').trimEnd()),
    '',
    `${tokens.length} tokens, ${taught} with a teacher, ${clipped} clipped (*); mean loss before λ ${mean}`,
    ...leakageLines(trace),
    '',
  ].join('\n');
}

const GROUP_NAMES: Readonly<Record<PalrGroup, string>> = {
  description: 'description',
  reasoningAnswer: 'reasoning and answer',
  all: 'all supervised',
};

/** PALR of both methods, with the sums that each rate is made of. */
function leakageLines({ leakage }: Trace): string[] {
  if (leakage === undefined) return [];
  const { wrongAnswers, picture, epsilon, tokens } = leakage;
  const lines = [
    '',
    `PALR = Σ s·cA / (Σ s·cA + Σ s·cI + ε), at temperature 1, ε = ${epsilon}; wrong answers: ${wrongAnswers.join(', ')}; picture: ${picture}`,
  ];
  for (const name of ['vigos', 'opsd'] as const) {
    const rates = palr(tokens[name], { wrongAnswers: wrongAnswers.length, epsilon });
    for (const group of PALR_GROUPS) {
      const { tokens: count, answer, image } = rates.sums[group];
      const rate = rates[group];
      lines.push(
        `${name.padEnd(5)}  ${GROUP_NAMES[group].padEnd(20)}  ${rate === null ? 'none' : `${(100 * rate).toFixed(2)} %`.padStart(8)}  Σ s·cA ${answer.toExponential(3)}  Σ s·cI ${image.toExponential(3)}  ${count} tokens`,
      );
    }
  }
  return lines;
}

/** The reference answer as it was graded by, and what was given where that differs. */
function referenceText({ input, grading }: Trace): string {
  if (grading === undefined || grading.reference === input.answer) return input.answer;
  return `${grading.reference} (cleaned from ${JSON.stringify(input.answer)})`;
}

function answerText({ answer, grading }: Trace): string {
  if (answer === null) return 'none';
  if (grading === undefined) return answer;
  return `${answer} (${grading.correct ? 'right' : 'wrong'} by ${MEASURE_NAMES[grading.measure]})`;
}

/** Every setting that is not the paper's, since the figures depend on it. */
const otherwise = (method: MethodConfig): string[] =>
  methodDifferences(method, method.name === 'opsd' ? OPSD : VIGOS_PAPER);

function row(token: TokenTrace, index: number, mixed: boolean): string[] {
  return [
    String(index),
    JSON.stringify(token.text),
    token.segment,
    token.teacher ?? 'none',
    figure(token.studentLogProb),
    figure(token.teacherLogProb),
    figure(token.forwardKl),
    figure(token.reverseKl),
    ...(mixed ? [figure(token.jsd ?? null)] : []),
    figure(token.loss) + (token.clipped ? '*' : ' '),
  ];
}

function figure(value: number | null): string {
  return value === null ? '' : value.toFixed(4).replace(/^-(?=[0.]+$)/, '');
}
