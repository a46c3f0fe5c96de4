/** The flags of `npm run evaluate`. */

import path from 'node:path';
import type { PlaygroundError } from '../../src/base/errors.ts';
import type { BackendChoice } from '../../src/contract/backend.ts';
import {
  EVALUATION_MEASURES,
  EVALUATION_PRESETS,
  type EvaluationSettings,
  FACT_SETTINGS,
  TEACHER_DEFAULTS,
  validateEvaluation,
  WORLD_SETS,
  type WorldSetName,
} from '../../src/contract/evaluation/evaluation-settings.ts';
import { EXPORT_PRECISIONS, type ExportPrecision } from '../../src/contract/models/model.ts';
import { DEFAULT_HUB } from '../../src/contract/models/model-hosts.ts';
import { EVALUATION_BOUNDS } from '../../src/contract/settings/evaluation-bounds.ts';
import { MEASURES } from '../../src/method/grading.ts';
import { CLEAR } from '../../src/world/seeing.ts';
import { Flags, SWITCH, TEXT } from '../flags.ts';
import { BUILT_IN_HELP, BUILT_IN_NAMES } from '../given-files.ts';

export const FLAGS = new Flags('evaluate');

const named = (names: readonly string[]) => names.join(', ');
const SET_NAMES = WORLD_SETS.map(({ name }) => name);
const MEASURE_NAMES = EVALUATION_MEASURES.map(({ id }) => id);
const PRESET_NAMES = EVALUATION_PRESETS.map(({ id }) => id);

export const USAGE = `npm run -s evaluate -- [--preset NAME] [--set NAME --count N] [--measures LIST] [options] [--json]

Asks the model in a headless browser, as the Evaluate page does, and prints its figures with 95 % intervals as a
table. Progress goes to standard error.

  --preset NAME        what is not given comes from it: ${named(PRESET_NAMES)} (looks)
  --set NAME           ${named(SET_NAMES)}
  --file PATH          a set of your own instead, as the Data page takes it: JSON Lines, Parquet or CSV with a question and an
                       answer a row, in a zip file beside their pictures (as world:export writes them, zipped), or with
                       pictures as bytes, Base64 or data: addresses; three pictures a row are groups
  --count N            groups of three pictures (prior sets), or pictures
  --noise X            of the world’s pictures: standard deviation added to each value, in levels of 0 to 255 (0)
  --picture-edge N     they are drawn with N pixels an edge and enlarged (${CLEAR.pictureEdge})
  --occlusion X        share of things that are covered by half (0)
  --measures LIST      ${named(MEASURE_NAMES)}; validity and lengths come with every answer
  --facts LIST         F, P or both: with the fact sentence before a prior question, without it
  --seeds LIST         one evaluation of every question for each, such as 1,2
  --responses K        responses to each question: the k of Pass@k and Avg@k
  --temperature X      0 for greedy
  --top-p X, --top-k N
  --max-new-tokens N   where an answer is cut off
  --grading NAME       ${named(MEASURES)}
  --rollouts N         valid rollouts that PALR is measured on, the first ones
  --wrong-answers K    of PALR
  --epsilon X          of PALR
  --teacher-groups N   groups whose pictures teachers are asked about, the first ones
  --model DIR          folder of a Qwen-VL in the Hugging Face layout, or of its ONNX graphs, or
                       ${BUILT_IN_NAMES}; or
                       hub:OWNER/NAME[@REVISION], or the address of a folder: fetched once, HF_TOKEN is used
  --hub ADDRESS        the hub that hub: means (${DEFAULT_HUB})
  --precision NAME     of its weights, or of a folder with ONNX graphs in several: ${EXPORT_PRECISIONS.join(', ')}
  --adapter PATH       a PEFT adapter for it, as a folder or a zip file; none where its folder holds some
  --run PATH           a run for it: the folder of npm run train, or a run exported by the page
  --backend NAME       webgpu, wasm or auto, the faster one (auto)
  --out DIR            writes evaluation.json and lines.jsonl, item by item, and goes on from what is there
  --json               print the result as JSON (vigos-evaluation/1) instead of a table
${BUILT_IN_HELP}`;

export interface EvaluateOptions {
  readonly settings: EvaluationSettings;
  readonly model?: string;
  readonly hub?: string;
  readonly precision?: ExportPrecision;
  readonly adapter?: string;
  readonly run?: string;
  readonly backend: BackendChoice;
  readonly file?: string;
  readonly out?: string;
  readonly json: boolean;
}

/** Reads the flags. Throws {@link PlaygroundError} `evaluate.bad-argument` naming the flag, and `evaluation.invalid-setting`. */
export function readArguments(args: readonly string[]): EvaluateOptions | 'help' {
  const values = parse(args);
  if (values.help) return 'help';
  const { model, adapter, run, out, hub, file } = values;
  for (const [flag, value] of Object.entries({ model, adapter, run, out, file }))
    if (value === '') throw FLAGS.bad(`--${flag}`, `--${flag} is empty.`, 'Give a path.');
  if (adapter !== undefined && run !== undefined)
    throw FLAGS.bad('--run', '--adapter and --run exclude each other.', 'Leave one of them out.');
  return {
    settings: settingsOf(values),
    backend: FLAGS.backend(values.backend),
    json: values.json ?? false,
    ...(model === undefined ? {} : { model }),
    ...(hub === undefined ? {} : { hub }),
    ...precisionOf(values),
    ...(adapter === undefined ? {} : { adapter }),
    ...(run === undefined ? {} : { run }),
    ...(out === undefined ? {} : { out }),
    ...(file === undefined ? {} : { file }),
  };
}

type Values = ReturnType<typeof parse>;

function precisionOf({ model, precision }: Values): Pick<EvaluateOptions, 'precision'> {
  if (precision === undefined) return {};
  if (model === undefined)
    throw FLAGS.bad('--precision', '--precision goes with --model.', 'Give a model.');
  return { precision: FLAGS.oneOf('--precision', precision, EXPORT_PRECISIONS) };
}

function settingsOf(values: Values): EvaluationSettings {
  const id = FLAGS.oneOf('--preset', values.preset ?? 'looks', PRESET_NAMES);
  const preset: EvaluationSettings | undefined = EVALUATION_PRESETS.find(
    (one) => one.id === id,
  )?.settings;
  if (preset === undefined) throw FLAGS.bad('--preset', `There is no preset “${id}”.`, '');
  const given = <T>(text: string | undefined, read: (text: string) => T, otherwise: T): T =>
    text === undefined ? otherwise : read(text);
  const amount = (flag: keyof Values & string, otherwise: number) =>
    given(values[flag] as string | undefined, (text) => number(`--${flag}`, text), otherwise);
  const name: WorldSetName = given<WorldSetName>(
    values.set,
    (text) => FLAGS.oneOf('--set', text, SET_NAMES),
    preset.set.name === 'file' ? 'test' : preset.set.name,
  );
  const measures = given(values.measures, (text) => list('--measures', text, MEASURE_NAMES), [
    ...preset.measures,
  ]);
  const { sampling, leakage } = preset;
  return validateEvaluation({
    set:
      values.file === undefined
        ? { name, count: amount('count', preset.set.count) }
        : {
            name: 'file',
            file: path.basename(values.file),
            fingerprint: '',
            count: amount('count', EVALUATION_BOUNDS.count.max),
          },
    seeing: {
      noise: amount('noise', CLEAR.noise),
      pictureEdge: amount('picture-edge', CLEAR.pictureEdge),
      occlusion: amount('occlusion', CLEAR.occlusion),
    },
    measures,
    facts: given(
      values.facts,
      (text) => list('--facts', text, FACT_SETTINGS),
      // Settings F and P are one question of Prior and Score; elsewhere the second would cost time and show nowhere.
      values.measures === undefined || measures.includes('vilp')
        ? [...preset.facts]
        : [preset.facts[0]],
    ),
    grading: FLAGS.oneOf('--grading', values.grading ?? preset.grading, MEASURES),
    sampling: {
      temperature: amount('temperature', sampling.temperature),
      topP: amount('top-p', sampling.topP),
      topK: amount('top-k', sampling.topK),
      maxNewTokens: amount('max-new-tokens', sampling.maxNewTokens),
    },
    responses: amount('responses', preset.responses),
    seeds: given(values.seeds, (text) => text.split(',').map((seed) => number('--seeds', seed)), [
      ...preset.seeds,
    ]),
    leakage: {
      rollouts: amount('rollouts', leakage.rollouts),
      wrongAnswers: amount('wrong-answers', leakage.wrongAnswers),
      epsilon: amount('epsilon', leakage.epsilon),
    },
    teachers: { groups: amount('teacher-groups', (preset.teachers ?? TEACHER_DEFAULTS).groups) },
  });
}

function parse(args: readonly string[]) {
  return FLAGS.read({
    args: [...args],
    options: {
      preset: TEXT,
      set: TEXT,
      file: TEXT,
      count: TEXT,
      noise: TEXT,
      'picture-edge': TEXT,
      occlusion: TEXT,
      measures: TEXT,
      facts: TEXT,
      seeds: TEXT,
      responses: TEXT,
      temperature: TEXT,
      'top-p': TEXT,
      'top-k': TEXT,
      'max-new-tokens': TEXT,
      grading: TEXT,
      rollouts: TEXT,
      'wrong-answers': TEXT,
      epsilon: TEXT,
      'teacher-groups': TEXT,
      model: TEXT,
      hub: TEXT,
      precision: TEXT,
      adapter: TEXT,
      run: TEXT,
      backend: TEXT,
      out: TEXT,
      json: SWITCH,
      help: SWITCH,
    },
  }).values;
}

function number(flag: string, text: string): number {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (Number.isFinite(value)) return value;
  throw FLAGS.bad(flag, `${flag} is "${text}".`, 'Give a number.');
}

function list<T extends string>(flag: string, text: string, known: readonly T[]): T[] {
  return text.split(',').map((name) => FLAGS.oneOf(flag, name.trim(), known));
}
