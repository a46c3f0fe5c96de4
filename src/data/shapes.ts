/** The shapes of records that hold a question, its picture and its answer: how one is recognised, and which key is which field. */

import {
  DATA_FIELD_NAMES,
  type DataField,
  type DataLook,
  type DataMapping,
} from '../contract/data/data-sets.ts';
import { keysOf, valueAt } from '../rollouts/shapes.ts';

type Values = Readonly<Record<string, unknown>>;

interface Shape {
  /** Completes "These are …". */
  readonly what: string;
  /** Keys that all of its records have. */
  readonly keys: readonly string[];
}

/** The first row whose keys a record has counts. */
const SHAPES: readonly Shape[] = [
  { what: 'items of the tiny world (world:export)', keys: ['problem', 'answer', 'world'] },
  {
    // One row of ViLP/ViLP: a question, three pictures, three answers.
    what: 'questions with three pictures each, as ViLP has them',
    keys: ['question', 'answer1', 'answer2', 'answer3'],
  },
  {
    what: 'questions as the released ViGOS trainer and Vision-SR1 have them',
    keys: ['problem', 'answer', 'problem_id'],
  },
];

/** Keys that hold a field, the likeliest first; in any case. */
const NAMES: Readonly<Record<DataField, readonly string[]>> = {
  question: ['problem', 'question', 'query', 'prompt', 'instruction', 'input'],
  picture: [
    ...[
      'file_names',
      'images',
      'image',
      'image1',
      'image1_file_name',
      'file_name',
      'image_path',
      'image_file',
    ],
    ...['img', 'img_path', 'picture', 'filename', 'path', 'image_bytes'],
  ],
  answer: [
    ...['answer', 'answer1', 'label', 'solution', 'ground_truth', 'target', 'reference', 'gt'],
    ...['gt_answer', 'reward_model.ground_truth', 'response'],
  ],
  id: ['source_id', 'problem_id', 'question_id', 'id', 'qid', 'idx', 'index', 'uid'],
  family: ['family', 'category', 'question_type', 'data_type', 'type', 'subject'],
  wrongAnswers: ['wrong_answers', 'distractors'],
  description: ['description', 'caption'],
  reasoning: ['reasoning', 'rationale', 'explanation'],
  picture2: ['image2', 'image2_file_name'],
  answer2: ['answer2'],
  picture3: ['image3', 'image3_file_name'],
  answer3: ['answer3'],
  world: ['world'],
};

/** What the first records are: a known shape, or questions with answers by the names of their keys, or nothing that is known. */
export function shapeOf(records: readonly Values[]): Pick<DataLook, 'shape' | 'mapping' | 'keys'> {
  const keys = keysOf(records);
  const [first] = records;
  const has = (key: string) => valueAt(first, key) !== undefined;
  const mapping = mappingBy(records);
  const known = SHAPES.find((shape) => shape.keys.every(has))?.what ?? null;
  const plain = mapping.question !== undefined && mapping.answer !== undefined;
  return { shape: known ?? (plain ? 'questions with answers' : null), mapping, keys };
}

function mappingBy(records: readonly Values[]): DataMapping {
  const given = new Map<string, string>();
  for (const record of records)
    for (const key of Object.keys(record)) given.set(key.toLowerCase(), key);
  const found: Partial<Record<DataField, string>> = {};
  const taken = new Set<string>();
  for (const field of DATA_FIELD_NAMES) {
    const key = NAMES[field]
      .map((name) => given.get(name) ?? (hasInner(records, name) ? name : undefined))
      .find(
        (own) =>
          own !== undefined && !taken.has(own) && (field === 'question' || isFilled(records, own)),
      );
    if (key === undefined) continue;
    found[field] = key;
    taken.add(key);
  }
  // A second and a third picture belong to a row of three alone.
  if (found.picture2 === undefined || found.picture3 === undefined) {
    for (const field of ['picture2', 'answer2', 'picture3', 'answer3'] as const)
      delete found[field];
  }
  return found;
}

const hasInner = (records: readonly Values[], name: string): boolean =>
  name.includes('.') && records.some((record) => valueAt(record, name) !== undefined);

/** A column that is empty in every record holds no field: `images` beside `file_names`, say. */
const isFilled = (records: readonly Values[], key: string): boolean =>
  records.some((record) => {
    const value = valueAt(record, key);
    return value !== null && value !== undefined && value !== '';
  });
