/** The report of an experiment as a document. Pure. */

import type { ExperimentReport } from '../../contract/experiment/experiment-report.ts';
import {
  answerSentence,
  claimSentence,
  equalTokensSentence,
  foundText,
  gainText,
  INTERVALS,
  labelOf,
  mapPlaces,
  markdownTable,
  overallText,
  placeLabel,
  placeTable,
  STEPS_HEADS,
  STEPS_NOTE,
  STEPS_TITLE,
  stateSentence,
  stepRows,
} from '../../contract/experiment/experiment-words.ts';
import {
  besidePictures,
  claimPicture,
  mapPicture,
  paperOf,
  placesOf,
  type ReportPicture,
} from './drawings.ts';

/** Every picture of the report. */
export function reportPictures(report: ExperimentReport): ReportPicture[] {
  const map = mapPicture(report);
  return [
    ...(map === null ? [] : [map]),
    ...report.claims
      .filter(({ found }) => found.length > 0)
      .map((claim) => claimPicture(report, claim)),
    ...besidePictures(report),
  ];
}

export function reportMarkdown(report: ExperimentReport): string {
  const { experiment } = report;
  const map = mapPicture(report);
  const lines = [
    `# ${experiment.title}`,
    '',
    experiment.question,
    '',
    `**${answerSentence(report)}**`,
    '',
    stateSentence(report),
    '',
    ...(map === null
      ? []
      : [`## ${map.title}`, '', image(map), '', map.caption, '', ...mapTable(report), '']),
    '## Claims of the paper',
    '',
    ...claimLines(report),
    '## Beside the paper',
    '',
    `${paperOf(report)}. Ours is a model of 2 million parameters on a drawn world: directions can be compared, sizes cannot.`,
    '',
    ...besidePictures(report).flatMap((picture) => [
      `### ${picture.title}`,
      '',
      image(picture),
      '',
      picture.caption,
      '',
    ]),
    ...stepLines(report),
    '## All figures',
    '',
    ...placesOf(report.cells).flatMap((place) => [
      `### ${placeLabel(report, place)}`,
      '',
      ...placeTable(
        report,
        report.cells.filter(
          ({ model, condition }) => model === place.model && condition === place.condition,
        ),
      ),
      '',
    ]),
    ...tuningLines(report),
    '## How it was made',
    '',
    ...madeLines(report),
    '',
    INTERVALS,
    '',
    ...failedLines(report),
  ];
  return `${lines.join('\n').trimEnd()}\n`;
}

const image = ({ id, title }: ReportPicture) => `![${title}](figures/${id}.svg)`;

function mapTable(report: ExperimentReport): string[] {
  const pairs = report.experiment.map?.pairs ?? [];
  const rows = mapPlaces(report).map((place) => [
    placeLabel(report, place),
    ...place.pairs.map((cell) =>
      cell === null ? '–' : `${foundText(cell)}: ${gainText(report, cell)}`,
    ),
  ]);
  return markdownTable(['condition', ...pairs.map(({ label }) => label)], rows);
}

function claimLines(report: ExperimentReport): string[] {
  const { experiment, claims } = report;
  const rows = claims.map((found) => {
    const claim = experiment.claims.find(({ id }) => id === found.id);
    return [claim?.label ?? found.id, claim?.published ?? '', overallText(found)];
  });
  return [
    `Seen where the interval of the difference leaves 0 out on the claimed side; not seen where it lies within ${(100 * experiment.margin).toFixed(0)} points on both sides; otherwise it cannot be told.`,
    '',
    ...markdownTable(['claim', 'published', 'here'], rows),
    '',
    ...claims.flatMap((found) => {
      const claim = experiment.claims.find(({ id }) => id === found.id);
      return [
        `### ${claim?.label ?? found.id}`,
        '',
        `${claim?.sentence ?? ''} Published: ${claim?.published ?? ''}. ${[claimSentence(report, found), equalTokensSentence(report, found)].filter(Boolean).join(' ')}`,
        '',
        ...(found.found.length > 0 ? [image(claimPicture(report, found)), ''] : []),
      ];
    }),
  ];
}

/** What the runs took and where their steps ended; nothing where none says it. */
function stepLines(report: ExperimentReport): string[] {
  const rows = stepRows(report);
  if (rows.length === 0) return [];
  return [`## ${STEPS_TITLE}`, '', STEPS_NOTE, '', ...markdownTable(STEPS_HEADS, rows), ''];
}

function tuningLines({ experiment, tuning }: ExperimentReport): string[] {
  const asked = experiment.tuning;
  if (asked === undefined) return [];
  const tried = asked.tries.map((set) =>
    Object.entries(set)
      .map(([path, value]) => `${path} = ${value}`)
      .join(', '),
  );
  const rows = tuning.map(({ recipe, chosen, values }) => [
    labelOf(experiment.recipes, recipe),
    ...values.map((value, i) => {
      const text = value === null ? '–' : `${(100 * value).toFixed(1)} %`;
      return i === chosen ? `**${text}**` : text;
    }),
  ]);
  return [
    '## What was tuned',
    '',
    `Every recipe has the same ${asked.tries.length} tries, seed ${asked.seed}, judged by the mean of ${asked.figures.join(' and ')} on ${asked.items} groups of validation pictures after the last step (${labelOf(experiment.models, asked.model)}, ${labelOf(experiment.conditions, asked.condition)}); the chosen one is bold and is used in every condition. No test picture was asked.`,
    '',
    ...markdownTable(['recipe', ...tried], rows),
    '',
  ];
}

function madeLines({ experiment, weights }: ExperimentReport): string[] {
  const item = ({ label, sentence }: { label: string; sentence: string }) =>
    `- **${label}**: ${sentence}`;
  return [
    ...experiment.models.map(
      (model) =>
        `${item(model)} (\`${model.model}\`, weights ${weights[model.id]?.slice(0, 12) ?? '?'}…)`,
    ),
    ...experiment.conditions.map(item),
    ...experiment.recipes.map(item),
    ...experiment.notes.map((note) => `- ${note}`),
    `- Training: preset ${experiment.training.preset}, ${Object.entries(experiment.training.set)
      .map(([path, value]) => `${path} = ${value}`)
      .join(', ')}.`,
    ...experiment.tests.map(
      ({ set, measures, facts, responses, rollouts }) =>
        `- Test: ${set.count} ${set.name === 'prior-test' ? 'groups of three pictures' : 'pictures'} of ${set.name}, ${measures.join(', ')}, setting ${facts.join(' and ')}, ${responses} response${responses === 1 ? '' : 's'} each${measures.includes('palr') ? `, PALR of the first ${rollouts} valid rollouts` : ''}; temperature 1.0, top-p 0.9, top-k 20, normalised exact match.`,
    ),
  ];
}

function failedLines(report: ExperimentReport): string[] {
  const failed = report.cells.flatMap((cell) =>
    cell.failed.map(
      ({ seed, code, message }) =>
        `- ${placeLabel(report, cell)}, ${labelOf(report.experiment.recipes, cell.recipe)}, seed ${seed}: ${code}: ${message}`,
    ),
  );
  return failed.length === 0 ? [] : ['## Runs that failed', '', ...failed, ''];
}
