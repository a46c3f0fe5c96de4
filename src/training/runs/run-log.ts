/** The log of a run, `metrics.jsonl`: text to lines and lines to figures. */

import { type LogLine, type RunLog, readLogLine } from '../../contract/train/run-log.ts';

/** Lines as text, each with its end of line, ready to be appended. */
export function writeLog(lines: readonly LogLine[]): string {
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('');
}

/**
 * The lines of a log. What follows the last end of line was being written when something broke off, and is left out.
 * Throws {@link PlaygroundError} `run.invalid` naming the line.
 */
export function readLog(text: string, where = 'metrics.jsonl'): LogLine[] {
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  return whole.split('\n').flatMap((line, index) => {
    if (line.trim() === '') return [];
    const place = `${where}, line ${index + 1}`;
    return [readLogLine(parsed(line), place)];
  });
}

/** The lines that were there after `step` steps. */
export function logUntil(lines: readonly LogLine[], step: number): LogLine[] {
  return lines.filter((line) => line.type === 'followed' || line.step <= step);
}

/** Figures by kind; where a step was measured twice, the later line counts. */
export function sortLog(lines: readonly LogLine[]): RunLog {
  const rollout = lines.findLast((line) => line.type === 'followed');
  const steps = lines.filter((line) => line.type === 'followed-step').map(withoutType);
  return {
    metrics: lastOfEachStep(lines.filter((line) => line.type === 'step').map(withoutType)),
    evaluations: lastOfEachStep(
      lines.filter((line) => line.type === 'evaluation').map(withoutType),
    ),
    followed:
      rollout === undefined
        ? null
        : { rollout: withoutType(rollout), steps: lastOfEachStep(steps) },
  };
}

/** All that either log holds; where both have a figure, the second's counts. */
export function joinedLogs(log: RunLog, over: RunLog | null): RunLog {
  return over === null ? log : sortLog([...logLines(log), ...logLines(over)]);
}

/** The lines of a log that holds these figures. */
export function logLines({ metrics, evaluations, followed }: RunLog): LogLine[] {
  const typed = <const T extends string, L extends object>(type: T, entries: readonly L[]) =>
    entries.map((entry) => ({ type, ...entry }));
  return [
    ...typed('followed', followed === null ? [] : [followed.rollout]),
    ...typed('step', metrics),
    ...typed('evaluation', evaluations),
    ...typed('followed-step', followed === null ? [] : followed.steps),
  ];
}

function withoutType<L extends { readonly type: string }>({
  type: _,
  ...line
}: L): Omit<L, 'type'> {
  return line;
}

function lastOfEachStep<L extends { readonly step: number }>(lines: readonly L[]): L[] {
  const byStep = new Map(lines.map((line) => [line.step, line]));
  return [...byStep.values()].sort((a, b) => a.step - b.step);
}

/** Text that is no JSON is no line either; the reader names it. */
function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
