/** A run as a folder for a trainer elsewhere: launch script, configuration, data set, and what carries over. */

import { PlaygroundError } from '../../base/errors.ts';
import type { OutwardTrainer } from '../../contract/train/runs.ts';
import type { TrainSettings } from '../../contract/train/train-settings.ts';
import { type ExportFile, textFile } from '../../storage/zip-write.ts';
import type { ExampleSource } from '../data/example-source.ts';
import { stepQuestions } from '../data/questions.ts';
import { splitBatch } from './batch.ts';
import { type Carried, type OptionValue, optionsOf } from './carried.ts';
import { type DrawnItems, drawnItems, MOST_ITEMS } from './data-set.ts';
import { forTrlDistillation, TRL_VERSION } from './trl-distillation.ts';
import { completionsOf, forTrlGrpo, REWARDS_FILE } from './trl-grpo.ts';
import { forVigosTrainer, VIGOS_COMMIT } from './vigos-trainer.ts';

interface Destination {
  readonly title: string;
  /** Rollouts of a step; a question is answered once unless it says otherwise. */
  readonly completions?: (settings: TrainSettings) => number;
  readonly rows: (settings: TrainSettings) => Carried[];
  readonly files: (options: Record<string, OptionValue>, settings: TrainSettings) => ExportFile[];
  /** What a person does with the folder. */
  readonly start: string;
}

/** Trained there: the built-in model is one of two million parameters, and the settings go to one that is worth a cluster. */
const STUDENT = 'Qwen/Qwen2.5-VL-3B-Instruct';
const TEACHER = 'Qwen/Qwen2.5-VL-7B-Instruct';

const DESTINATIONS: Readonly<Record<OutwardTrainer | 'grpo', Destination>> = {
  vigos: {
    title: `the released ViGOS trainer (OedoSoldier/ViGOS, ${VIGOS_COMMIT.slice(0, 7)})`,
    rows: forVigosTrainer,
    files: (options, settings) => [
      textFile('train.sh', vigosScript(options, settings)),
      textFile('accelerate.yaml', accelerateYaml(settings)),
    ],
    start: `\`\`\`sh
git clone https://github.com/OedoSoldier/ViGOS && git -C ViGOS checkout ${VIGOS_COMMIT}
(cd ViGOS && uv sync --python 3.11)
VIGOS=$PWD/ViGOS bash train.sh
\`\`\`

\`MODEL\` names another student, \`PROCESSES\` and \`PER_DEVICE\` split a step’s rollouts otherwise, \`OUT\` is where adapters go. Rollouts are written by vLLM beside the training, at 0.45 of each GPU’s memory, as released.`,
  },
  trl: {
    title: `TRL ${TRL_VERSION}, \`trl distillation\``,
    rows: forTrlDistillation,
    files: (options, settings) => [
      textFile('config.yaml', yamlOf(options)),
      textFile('train.sh', trlScript(settings)),
    ],
    start: `\`\`\`sh
pip install "trl[peft]==${TRL_VERSION}"
TEACHER=${TEACHER} bash train.sh
\`\`\`

\`TEACHER\` has to be named: see “Teachers” below. \`MODEL\` names another student, \`PROCESSES\` splits a step’s rollouts otherwise, \`OUT\` is where adapters go.`,
  },
  grpo: {
    title: `TRL ${TRL_VERSION}, \`trl grpo\``,
    completions: completionsOf,
    rows: forTrlGrpo,
    files: (options, settings) => [
      textFile('config.yaml', yamlOf(options)),
      textFile('rewards.py', REWARDS_FILE),
      textFile('train.sh', grpoScript(settings)),
    ],
    start: `\`\`\`sh
pip install "trl[peft]==${TRL_VERSION}"
bash train.sh
\`\`\`

\`rewards.py\` has the rewards: 1 for a right answer and 1 for a valid form, weighed in \`config.yaml\`. \`MODEL\` names another student, \`PROCESSES\` splits a step’s rollouts otherwise, \`OUT\` is where adapters go.`,
  },
};

function refuseStages({ schedule, data, questions }: TrainSettings): void {
  if (schedule !== undefined)
    throw new PlaygroundError({
      code: 'outward.stages',
      message:
        'This run has stages, and trainers elsewhere have one recipe from the first step to the last.',
      fix: 'Start each stage as a run of its own, and take those out one by one.',
      where: 'schedule',
    });
  if (questions !== undefined)
    throw new PlaygroundError({
      code: 'outward.own-data',
      message: `This run draws from the set “${questions.name}”, and only the world’s items are drawn into such a folder.`,
      fix: 'Export the set on the Data page: the folder in its zip file is what the trainers read as their data set.',
      where: 'questions',
    });
  if (data.source !== 'pictures')
    throw new PlaygroundError({
      code: 'outward.words',
      message:
        'This run asks without pictures, and the data set of a trainer elsewhere has one for each question.',
      fix: 'Take out a run on questions about pictures.',
      where: 'data.source',
    });
}

const HOW: Readonly<Record<Carried['how'], string>> = {
  option: 'as here',
  data: 'in the data set',
  differs: '**differs**',
  absent: '**not there**',
};

/**
 * The files of the folder. Its data set has the items that the run draws, at most `most`.
 * @throws PlaygroundError `outward.method` for a recipe that the trainer does not know, `outward.stages` for a run with
 * stages, and `outward.words` for questions without pictures, which it does not know either.
 */
export function outwardFiles(
  trainer: OutwardTrainer,
  settings: TrainSettings,
  source: ExampleSource,
  most = MOST_ITEMS,
): ExportFile[] {
  refuseStages(settings);
  const destination =
    DESTINATIONS[trainer === 'trl' && settings.grpo !== undefined ? 'grpo' : trainer];
  const rows = destination.rows(settings);
  const { steps, rolloutsPerStep: perStep } = settings;
  const drawn: ExampleSource =
    settings.items === undefined
      ? source
      : { ...source, example: (step, index) => stepQuestions(settings, step)[index] };
  const data = drawnItems(drawn, {
    count: Math.min(most, steps * perStep),
    perStep,
    folder: 'data',
  });
  return [
    textFile('README.md', readme(destination, rows, data, settings)),
    ...destination.files(optionsOf(rows), settings),
    textFile('settings.json', `${JSON.stringify(settings, null, 2)}\n`),
    ...data.files,
  ];
}

/** Options as a shell array's words. */
const words = (options: Record<string, OptionValue>): string =>
  Object.entries(options)
    .map(([name, value]) => `  --${name} ${quoted(String(value))}`)
    .join('\n');

const quoted = (text: string): string =>
  /^[\w.,:/-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;

/** The batch is split when the script runs, since who runs it knows the GPUs. */
function split(rollouts: number): string {
  return `PROCESSES=\${PROCESSES:-${splitBatch(rollouts).processes}}
PER_DEVICE=\${PER_DEVICE:-1}
BATCH=${rollouts} # rollouts of a step
if (( BATCH % (PROCESSES * PER_DEVICE) )); then
  echo "$BATCH rollouts a step do not split over $PROCESSES processes of $PER_DEVICE: set PROCESSES or PER_DEVICE." >&2
  exit 2
fi`;
}

const HEAD = `#!/usr/bin/env bash
# Written by the ViGOS Playground; README.md beside it says what carries over.
set -euo pipefail
HERE="$(cd "$(dirname "\${BASH_SOURCE[0]}")" && pwd -P)"
MODEL=\${MODEL:-${STUDENT}}
OUT=\${OUT:-$HERE/out}`;

/** The script sets these itself. */
const SPLIT = ['per_device_train_batch_size', 'gradient_accumulation_steps'];

const withoutSplit = (options: Record<string, OptionValue>): Record<string, OptionValue> =>
  Object.fromEntries(Object.entries(options).filter(([name]) => !SPLIT.includes(name)));

function vigosScript(options: Record<string, OptionValue>, settings: TrainSettings): string {
  return `${HEAD}
VIGOS=\${VIGOS:?a clone of https://github.com/OedoSoldier/ViGOS at ${VIGOS_COMMIT.slice(0, 7)}}
${split(settings.rolloutsPerStep)}

OPTIONS=(
${words(withoutSplit(options))}
)

cd "$VIGOS"
exec uv run accelerate launch --config_file "$HERE/accelerate.yaml" --num_processes "$PROCESSES" \\
  --gradient_accumulation_steps "$((BATCH / PROCESSES / PER_DEVICE))" vigos/train_vigos.py \\
  --model_name_or_path "$MODEL" --dataset_name "$HERE/data" --dataset_split train --output_dir "$OUT" \\
  --per_device_train_batch_size "$PER_DEVICE" --gradient_accumulation_steps "$((BATCH / PROCESSES / PER_DEVICE))" \\
  --bf16 --gradient_checkpointing --use_vllm true --vllm_mode colocate --vllm_gpu_memory_utilization 0.45 \\
  --logging_steps 1 --report_to "\${REPORT_TO:-none}" "\${OPTIONS[@]}" "$@"
`;
}

function trlScript(settings: TrainSettings): string {
  return `${HEAD}
TEACHER=\${TEACHER:?a model that knows more, such as ${TEACHER}: it is given the student’s own prompt, so a copy of the student would agree with it everywhere}
${split(settings.rolloutsPerStep)}

exec trl distillation --config "$HERE/config.yaml" --num_processes "$PROCESSES" \\
  --model_name_or_path "$MODEL" --teacher_model_name_or_path "$TEACHER" \\
  --dataset_name "$HERE/data" --output_dir "$OUT" \\
  --per_device_train_batch_size "$PER_DEVICE" --gradient_accumulation_steps "$((BATCH / PROCESSES / PER_DEVICE))" "$@"
`;
}

/** The rewards are found from the folder that it is started in. */
const grpoScript = (settings: TrainSettings): string => `${HEAD}
${split(completionsOf(settings))}

cd "$HERE"
exec trl grpo --config config.yaml --num_processes "$PROCESSES" \\
  --model_name_or_path "$MODEL" --dataset_name "$HERE/data" --output_dir "$OUT" \\
  --per_device_train_batch_size "$PER_DEVICE" --gradient_accumulation_steps "$((BATCH / PROCESSES / PER_DEVICE))" "$@"
`;

/** YAML 1.2 takes JSON's values. */
const yamlOf = (options: Record<string, OptionValue>): string =>
  [
    '# Written by the ViGOS Playground; README.md beside it says what carries over.',
    ...Object.entries({
      ...withoutSplit(options),
      bf16: true,
      gradient_checkpointing: true,
      logging_steps: 1,
      report_to: 'none',
    }).map(([name, value]) => `${name}: ${JSON.stringify(value)}`),
    '',
  ].join('\n');

/** Accelerate with DeepSpeed's ZeRO 2 in bfloat16, as the paper trained. */
const accelerateYaml = ({ optimizer }: TrainSettings): string => `compute_environment: LOCAL_MACHINE
distributed_type: DEEPSPEED
deepspeed_config:
  zero_stage: 2
  gradient_clipping: ${optimizer.maxGradNorm}
mixed_precision: bf16
num_machines: 1
machine_rank: 0
use_cpu: false
`;

function readme(
  { title, start, completions }: Destination,
  rows: readonly Carried[],
  { items, pictures, wrong }: DrawnItems,
  settings: TrainSettings,
): string {
  const { steps, rolloutsPerStep, recipe } = settings;
  const drawn = steps * rolloutsPerStep;
  const table = rows.map(({ label, value, how, options = {}, note = '' }) => {
    const named = Object.entries(options).map(([name, own]) => `\`--${name} ${String(own)}\``);
    return `| ${[label, value, HOW[how], named.join(' '), note].map(cell).join(' | ')} |`;
  });
  return `# A run of the ViGOS Playground for ${title}

Recipe \`${recipe}\`, ${steps} steps of ${completions?.(settings) ?? rolloutsPerStep} rollouts. \`settings.json\` has every setting as the playground keeps it.

## Start

${start}

## The data set

\`data/\` is an image folder of the \`datasets\` library: ${items} items with ${pictures} pictures, in the order in which the run draws them${
    items < drawn ? ` (the first ${items} of ${drawn}; a trainer goes over them again)` : ''
  }; trainers shuffle them. \`answer\` is the reference that teachers are given${
    wrong === 0 ? '' : `, ${wrong} of them wrong on purpose`
  }, \`true_answer\` what is true, \`prompt\` the question in TRL’s form. The pictures are those of the playground’s drawn world: put your own data in their place with the same columns.

## What carries over

| setting | here | there | option | |
|---|---|---|---|---|
${table.join('\n')}

Not settings: the student is a released model, not the built-in one; prompts are worded by the trainer (released ViGOS) or are in the data set (TRL, without the prefilled \`<description>\`); numbers are bfloat16 there and float32 here.
`;
}

const cell = (text: string): string => text.replaceAll('|', '\\|');
