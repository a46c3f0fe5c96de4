/**
 * The shapes of records that trainers and tools write, a row each: how one is recognised, and where the fields of a
 * rollout stand in it. Field names are those of the versions named; a key with dots leads inwards, `-1` to the last of a
 * list.
 */

import { isRecord } from '../base/parsed-json.ts';
import type { RolloutField, RolloutLook, RolloutMapping } from '../contract/rollouts/rollouts.ts';

interface Shape {
  /** Completes "These are …". */
  readonly what: string;
  /** Keys that all of its records have. */
  readonly keys: readonly string[];
  readonly mapping: RolloutMapping;
  /** Its keys are those of many tables: what else such a one has is found by its names. */
  readonly open?: true;
}

type Values = Readonly<Record<string, unknown>>;

/** The first row whose keys a record has counts. */
const SHAPES: readonly Shape[] = [
  {
    what: 'traces of this page (vigos-trace/1)',
    keys: ['format', 'model', 'method', 'tokens', 'text'],
    mapping: {
      completion: 'text',
      ids: 'tokens',
      question: 'input.question',
      reference: 'input.answer',
      image: 'picture',
      model: 'model.name',
    },
  },
  {
    // completion_samples/completions_step000025.jsonl, and the W&B table rollout/completion_samples: OedoSoldier/ViGOS
    // d5d2525, vigos/trainer.py. Decoded without special tokens.
    what: 'completion samples of the released ViGOS trainer',
    keys: ['global_step', 'problem', 'reference', 'completion', 'answer_correct'],
    mapping: {
      completion: 'completion',
      question: 'problem',
      reference: 'reference',
      step: 'global_step',
      id: 'sample_id',
    },
  },
  {
    // {step}.jsonl of trainer.rollout_data_dir and validation_data_dir: verl 0.3 to 0.7, `_dump_generations`; gts from 0.5.
    what: 'generations as verl dumps them',
    keys: ['input', 'output', 'score', 'step'],
    mapping: {
      completion: 'output',
      prompt: 'input',
      reference: 'gts',
      step: 'step',
      id: 'uid',
      ids: 'output_ids',
    },
  },
  {
    // rollouts/step_N/train_rollouts.jsonl: prime-rl 0.5, a RolloutOutput of verifiers with its trajectory.
    what: 'rollouts as prime-rl writes them',
    keys: ['trajectory', 'completion'],
    mapping: {
      completion: 'completion',
      ids: 'trajectory.-1.tokens.completion_ids',
      prompt: 'prompt',
      reference: 'answer',
      step: 'step',
      id: 'example_id',
    },
  },
  {
    // completions/completions_00025.parquet and the W&B table `completions`: TRL 0.16 to 0.29, GRPOTrainer.log; a column
    // more for each reward function.
    what: 'completions as TRL logs them',
    keys: ['prompt', 'completion', 'advantage'],
    mapping: { completion: 'completion', prompt: 'prompt', step: 'step', image: 'image' },
    open: true,
  },
  {
    // generations/generations_step_25.json: OPSD (siyan-zhao/OPSD d75fcc7) and what grew from TRL's GOLD trainer.
    what: 'generations as OPSD saves them',
    keys: ['step', 'prompt', 'completion'],
    mapping: { completion: 'completion', prompt: 'prompt', step: 'step' },
    open: true,
  },
];

/** Names that a field goes by where no shape is known, the likelier first. */
const NAMES: Readonly<Record<RolloutField, readonly string[]>> = {
  completion: [
    'completion',
    'response',
    'output',
    'generated_text',
    'generation',
    'rollout',
    'model_output',
    'completions',
    'responses',
    'outputs',
    'messages',
    'conversations',
    'conversation',
  ],
  ids: [
    'completion_ids',
    'completion_token_ids',
    'response_ids',
    'output_ids',
    'output_token_ids',
    'token_ids',
  ],
  prompt: ['prompt', 'input', 'prompts', 'query'],
  question: ['question', 'problem'],
  reference: [
    'reference',
    'reference_answer',
    'ground_truth',
    'gts',
    'gold',
    'target',
    'answer',
    'solution',
    'reward_model.ground_truth',
  ],
  image: ['image', 'images', 'image_path', 'picture'],
  step: ['step', 'global_step', 'global_steps', 'training_step', 'iteration'],
  model: ['model', 'model_name', 'model_path', 'model_id', 'policy', 'checkpoint'],
  id: ['id', 'problem_id', 'sample_id', 'example_id', 'uid', 'question_id', 'index'],
};

/** Columns of numbers that are kept. */
const MOST_NUMBERS = 24;
const MOST_KEYS = 200;

/** What some records are, by their keys. */
export function lookAt(records: readonly Values[]): RolloutLook {
  const keys = keysOf(records);
  const has = (key: string) => records.some((record) => valueAt(record, key) !== undefined);
  const shape = SHAPES.find((row) => row.keys.every(has));
  const named = Object.fromEntries(
    Object.entries(NAMES).flatMap(([field, names]) => {
      const name = names.find(has);
      return name === undefined ? [] : [[field, name]];
    }),
  ) as RolloutMapping;
  const shaped = Object.fromEntries(
    Object.entries(shape?.mapping ?? {}).filter(([, key]) => has(key)),
  ) as RolloutMapping;
  const byName = shape === undefined || shape.open === true;
  const mapping: RolloutMapping = byName ? { ...named, ...shaped } : shaped;
  const plain = shape === undefined && mapping.completion !== undefined;
  const chat = plain && /messages|conversation/.test(mapping.completion ?? '');
  return {
    shape: shape?.what ?? (chat ? 'conversations' : plain ? 'plain completions' : null),
    mapping,
    keys,
    numbers: numbersOf(records, mapping),
    records: records.length,
  };
}

/** Top-level keys, and those one level in, with the beginning of a value. */
export function keysOf(records: readonly Values[]): RolloutLook['keys'] {
  const found = new Map<string, string>();
  const add = (key: string, value: unknown) => {
    if (found.size < MOST_KEYS && !found.get(key)) found.set(key, sampleOf(value));
  };
  for (const record of records)
    for (const [key, value] of Object.entries(record)) {
      add(key, value);
      if (isRecord(value))
        for (const [inner, more] of Object.entries(value)) add(`${key}.${inner}`, more);
    }
  return [...found].map(([key, sample]) => ({ key, sample }));
}

function sampleOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (value instanceof Uint8Array) return `${value.length} bytes`;
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}

/** Keys that hold a number in most records that have them: rewards, advantages, metrics. */
function numbersOf(records: readonly Values[], mapping: RolloutMapping): string[] {
  const mapped = new Set(Object.values(mapping));
  const keys = new Set<string>();
  for (const record of records)
    for (const [key, value] of Object.entries(record)) {
      if (numberOf(value) !== null) keys.add(key);
      if (key === 'metrics' && isRecord(value))
        for (const inner of Object.keys(value)) keys.add(`metrics.${inner}`);
    }
  return [...keys]
    .filter((key) => !mapped.has(key))
    .filter((key) => {
      const values = records
        .map((record) => valueAt(record, key))
        .filter((v) => v !== undefined && v !== null);
      const numbers = values.filter((value) => numberOf(value) !== null);
      return values.length > 0 && numbers.length > 0.8 * values.length;
    })
    .slice(0, MOST_NUMBERS);
}

/** A number, or a text that is one, as verl's older dumps and CSV have them; truth is 1. */
export function numberOf(value: unknown): number | null {
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value !== 'string' || value.trim() === '' || value.length > 40) return null;
  const number = Number(value);
  return Number.isFinite(number) ? number : null;
}

/** The value that a dotted key leads to; a key that has dots itself comes first. */
export function valueAt(record: Values, key: string): unknown {
  if (Object.hasOwn(record, key)) return record[key];
  let value: unknown = record;
  for (const part of key.split('.')) {
    if (Array.isArray(value)) value = value.at(Number(part));
    else if (isRecord(value) && Object.hasOwn(value, part)) value = value[part];
    else return undefined;
  }
  return value;
}
