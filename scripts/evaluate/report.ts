/** What `npm run evaluate` says: lines for the person who waits, and the result as a table. */

import type { EngineEvent } from '../../src/contract/engine.ts';
import {
  type EvaluationRecord,
  modelInWords,
} from '../../src/contract/evaluation/evaluation-records.ts';
import { hasGroups } from '../../src/contract/evaluation/evaluation-settings.ts';
import { inUnit, unitName } from '../../src/contract/evaluation/evaluation-tables.ts';
import { seeingInWords } from '../../src/contract/settings/seeing.ts';
import { CLEAR } from '../../src/world/seeing.ts';
import { timeText } from '../experiment/estimate.ts';
import { engineLine } from '../headless/engine-line.ts';

/** A line for standard error, or null where there is nothing to say. */
export function progressLine(event: EngineEvent): string | null {
  switch (event.type) {
    case 'evaluation.progress': {
      const { answers, leakage, leftMs } = event.progress;
      const parts = [`${answers.done} of ${answers.total} answers`];
      if (leakage.total > 0) parts.push(`PALR of ${leakage.done} of ${leakage.total} rollouts`);
      const { teachers } = event.progress;
      if (teachers.total > 0)
        parts.push(`teachers on ${teachers.done} of ${teachers.total} groups`);
      if (leftMs !== null && leftMs > 0) parts.push(`about ${timeText(leftMs / 1000)} left`);
      return parts.join(', ');
    }
    default:
      return engineLine(event);
  }
}

/** Lines of text: what was asked of whom, then every figure with its interval. */
export function resultText(record: EvaluationRecord): string {
  const { model, settings, figures, backend, ms } = record;
  const { set, facts, responses, seeds, sampling } = settings;
  const { temperature, topP, topK, maxNewTokens } = sampling;
  const head = [
    `model     ${model.student === null ? modelInWords(model) : `${model.student.label}, of ${modelInWords(model)}`} on ${backend}`,
    `set       ${set.name === 'file' ? set.file : set.name}, ${set.count} ${hasGroups(set) ? 'groups of three pictures' : 'pictures'}${[...seeingInWords(settings.seeing ?? CLEAR)].map((words) => `, ${words}`).join('')}`,
    `asked     setting ${facts.join(' and ')}, ${responses} response${responses === 1 ? '' : 's'} each, seed ${seeds.join(', ')}, temperature ${temperature}, top-p ${topP}, top-k ${topK}, at most ${maxNewTokens} tokens`,
    `time      ${(ms / 1000).toFixed(1)} s`,
    '',
  ];
  const rows = figures.map(({ label, unit, value, interval, pictures, responses: n, why }) => {
    const said = value === null ? '–' : `${inUnit(value, unit)} ${unitName(unit)}`;
    const range =
      interval === null ? '' : `${inUnit(interval.low, unit)} to ${inUnit(interval.high, unit)}`;
    const behind =
      value === null ? (why ?? '') : n === pictures ? String(n) : `${n} of ${pictures} pictures`;
    return [label, said, range, behind];
  });
  const table = [['figure', 'value', '95 % interval', 'responses'], ...rows];
  const widths = [0, 1, 2].map((c) => Math.max(...table.map((cells) => cells[c].length)));
  const lines = table.map((cells) =>
    cells
      .map((cell, c) =>
        c === 0 ? cell.padEnd(widths[c]) : c < 3 ? cell.padStart(widths[c]) : cell,
      )
      .join('  ')
      .trimEnd(),
  );
  return `${[...head, ...lines].join('\n')}\n`;
}
