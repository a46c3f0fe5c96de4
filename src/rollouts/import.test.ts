/** Imports: shapes are recognised, rows are read and planned as the Lab does, and a broken import leaves nothing. */

import { beforeAll, describe, expect, it } from 'vitest';
import { toErrorRecord } from '../base/errors.ts';
import { ROLLOUT_METHODS } from '../contract/rollouts/rollout-methods.ts';
import { ALL_ROWS, ROW_FAULTS } from '../contract/rollouts/rollouts.ts';
import { readCompletion } from '../inference/reading.ts';
import { readTyped, type TypedAssets } from '../inference/typed.ts';
import { VIGOS_CODE, VIGOS_PAPER } from '../method/named-methods.ts';
import { TEACHER_NAMES } from '../method/types.ts';
import { MemoryFiles } from '../storage/file-area.ts';
import { FaultyFiles } from '../storage/fixtures/faulty-files.ts';
import { readUnder, tokensOfRow } from './analysis.ts';
import { FLAGS, faultColumn, GRADE, teacherColumn } from './columns.ts';
import { generatedLines } from './fixtures/generated.ts';
import { fileOf, importOf, tinyAssets } from './fixtures/set-up.ts';
import { lookAtFiles } from './import.ts';
import { rowsOf, TextSearch } from './query.ts';
import { SetStore } from './set-store.ts';
import { statisticsOf } from './statistics.ts';

let assets: TypedAssets;
beforeAll(() => {
  assets = tinyAssets();
});

const BODY = ' a red leaf.</description>\n<think>It is red.</think>\n\\boxed{red}';
const lines = (...records: object[]) =>
  fileOf('a.jsonl', records.map((record) => `${JSON.stringify(record)}\n`).join(''));
const opened = async (...records: object[]) => {
  const { store, record } = await importOf([lines(...records)], { assets });
  return { store, record, set: await store.open(record.id) };
};

describe('shapes', () => {
  const prompt = 'What colour is the leaf?';
  it.each([
    [
      'completion samples of the released ViGOS trainer',
      {
        global_step: 25,
        epoch: 0.1,
        rank: 0,
        local_row: 3,
        sample_id: 17,
        problem: prompt,
        reference: 'red',
        completion: BODY,
        answer_correct: true,
        description_text: ' a red leaf.',
        has_think: true,
        description_available: true,
        reasoning_available: true,
      },
    ],
    [
      'generations as verl dumps them',
      { input: `user\n${prompt}\nassistant\n`, output: BODY, gts: 'red', score: 1, step: 25 },
    ],
    [
      'completions as TRL logs them',
      { step: '25', prompt, completion: BODY, accuracy_reward: 1, advantage: 0.5 },
    ],
    [
      'rollouts as prime-rl writes them',
      {
        example_id: 17,
        step: 25,
        prompt: [{ role: 'user', content: prompt }],
        completion: [{ role: 'assistant', content: BODY }],
        answer: 'red',
        reward: 1,
        metrics: { accuracy: 1 },
        trajectory: [{ tokens: { prompt_ids: [1], completion_ids: [151644, 5] } }],
      },
    ],
    ['generations as OPSD saves them', { step: 25, prompt, completion: BODY }],
    [
      'conversations',
      {
        step: 25,
        messages: [
          {
            role: 'user',
            content: [
              { type: 'image', image: 'leaf.png' },
              { type: 'text', text: prompt },
            ],
          },
          { role: 'assistant', content: BODY },
        ],
      },
    ],
    ['plain completions', { response: BODY, question: prompt, answer: 'red', global_step: 25 }],
  ])('%s', async (shape, given) => {
    const { record, set } = await opened(given, given);
    expect(record).toMatchObject({ shape, rows: 2, skipped: { total: 0 } });
    const { completion, fields } = await set.row(1);
    expect(completion).toBe(BODY);
    expect(`${fields.prompt} ${fields.question}`).toContain(prompt);
    expect(set.columns.get('step')[0]).toBe(25);
    expect(set.columns.get(faultColumn('vigos'))[0]).toBe(0);
    if (fields.reference !== undefined) expect(set.columns.get('grade')[0]).toBe(GRADE.right);
  });

  it('a table with more than its shape has keeps its references and pictures', async () => {
    const row = { step: 25, prompt, completion: BODY, reference: 'red', image: 'a.png' };
    for (const given of [row, { ...row, advantage: 0.5 }]) {
      const { set } = await opened(given);
      const { fields } = await set.row(0);
      expect(fields).toMatchObject({ reference: 'red', image: 'a.png' });
      expect(set.columns.get('grade')[0]).toBe(GRADE.right);
    }
  });

  it('none is guessed where no key is known, and a mapping by hand imports it', async () => {
    const given = lines({ what: { it: { said: BODY } }, other: 1 });
    const look = await lookAtFiles([given]);
    expect(look.shape).toBeNull();
    expect(look.keys.map(({ key }) => key)).toEqual(['what', 'what.it', 'other']);
    await expect(importOf([given], { assets })).rejects.toMatchObject({
      record: { code: 'rollouts.unmapped' },
    });
    const { record } = await importOf([given], {
      assets,
      mapping: { completion: 'what.it.said' },
    });
    expect(record).toMatchObject({ rows: 1, shape: null, numbers: ['other'] });
  });

  it('a rendered prompt gives its question', async () => {
    const { set } = await opened(
      { input: 'system\nHelp.\nuser\nWhat?\nassistant\n', output: BODY, score: 1, step: 1 },
      {
        input:
          '<|im_start|>user\n<|vision_start|><|image_pad|><|vision_end|>What?<|im_end|>\n<|im_start|>assistant\n<description>',
        output: BODY,
        score: 1,
        step: 1,
      },
    );
    expect((await set.row(0)).fields.question).toBe('What?');
    expect((await set.row(1)).fields.question).toBe('What?');
  });

  it('a file of one step gives its step to rows that have none', async () => {
    const row = `${JSON.stringify({ completion: BODY })}\n`;
    const { store, record } = await importOf(
      [fileOf('run/step_12/train_rollouts.jsonl', row), fileOf('7.jsonl', row)],
      { assets },
    );
    const set = await store.open(record.id);
    expect([...set.columns.get('step')]).toEqual([12, 7]);
  });
});

describe('reading and plan', () => {
  const texts = [
    BODY,
    ` a leaf </description> <think> b </think> \\boxed{red}<|im_end|>`,
    `<|im_start|>user\nWhat?<|im_end|>\n<|im_start|>assistant\n<description>${BODY}<|im_end|><|endoftext|><|endoftext|>`,
    `assistant\n<description>${BODY}`,
    ' a leaf, and no end',
    `${BODY} and more`,
    ' </description><think></think>\\boxed{}',
  ];

  it('are the Lab’s, token by token, under each method', () => {
    for (const text of texts) {
      const tokens = tokensOfRow(text, {}, assets);
      const { ids } = readTyped(text, assets);
      const { tokenizer, specialIds, tagIds } = assets;
      const form = { eosIds: tokenizer.eosIds, specialIds, tagIds };
      const read = readUnder(tokens, ROLLOUT_METHODS);
      for (const [id, method] of [
        ['vigos', VIGOS_PAPER],
        ['vigos-code', VIGOS_CODE],
      ] as const)
        expect(read[id]).toEqual(readCompletion(ids, tokenizer.tokenTexts(ids), form, method));
      expect(read.opsd.plan.tokens.every(({ teacher }) => teacher === 'privileged')).toBe(true);
    }
  });

  it('stand in the columns: first failures, tokens by teacher, notes', async () => {
    const { set, record } = await opened(
      ...texts.map((completion) => ({ completion, answer: 'red' })),
    );
    const { columns } = set;
    texts.forEach((text, row) => {
      const { vigos } = readUnder(tokensOfRow(text, {}, assets), ROLLOUT_METHODS);
      const fault = columns.get(faultColumn('vigos'))[row];
      expect(ROW_FAULTS[fault - 1] ?? null).toBe(vigos.parsed.reason?.code ?? null);
      for (const teacher of TEACHER_NAMES)
        expect(columns.get(teacherColumn('vigos', teacher))[row]).toBe(
          vigos.plan.tokens.filter((token) => token.teacher === teacher).length,
        );
      expect(columns.get('tokens')[row]).toBe(vigos.parsed.length);
    });
    expect(record.asRead).toBeGreaterThanOrEqual(4);
  });

  it('a text that is no single completion is a row with its reason, not an end', async () => {
    const { set } = await opened({ completion: `${BODY}<|im_end|>and on` }, { completion: BODY });
    const faults = [...set.columns.get(faultColumn('opsd'))];
    expect(faults.map((fault) => ROW_FAULTS[fault - 1] ?? null)).toEqual(['unreadable', null]);
  });

  it('ids count where they have the completion’s text here, and another tokenizer’s do not', async () => {
    const { tokenizer } = assets;
    const own = [...tokenizer.encode(BODY), tokenizer.eosIds[0]];
    const prefilled = [...tokenizer.encode('<description>'), ...own];
    const { record, set } = await opened(
      { completion: BODY, completion_ids: own },
      { completion: `<description>${BODY}`, completion_ids: prefilled },
      { completion: BODY, completion_ids: own.map((id) => id + 3) },
      { completion: BODY, completion_ids: [151_644, 9_000] },
    );
    expect(record).toMatchObject({ ownTokens: 2, foreignIds: 2 });
    const flags = [...set.columns.get('flags')].map(
      (flag) => flag & (FLAGS.ownTokens | FLAGS.foreignIds),
    );
    expect(flags).toEqual([FLAGS.ownTokens, FLAGS.ownTokens, FLAGS.foreignIds, FLAGS.foreignIds]);
    expect(new Set(set.columns.get('tokens'))).toEqual(new Set([own.length]));
  });

  it('a trace’s own tokens are taken as they are', async () => {
    const { tokenizer } = assets;
    const ids = [...tokenizer.encode(BODY), tokenizer.eosIds[0]];
    const all = tokenizer.tokenTexts(ids);
    const tokens = ids.map((id, i) => ({ id: id + 500_000, text: all[i] }));
    const trace = {
      format: 'vigos-trace/1',
      model: {},
      method: {},
      text: BODY,
      tokens,
      input: { question: 'q', answer: 'red' },
    };
    const { record, set } = await opened(trace);
    expect(record.shape).toBe('traces of this page (vigos-trace/1)');
    expect(set.columns.get('tokens')[0]).toBe(ids.length);
    expect(set.columns.get(faultColumn('vigos'))[0]).toBe(0);
  });
});

it('skipped lines are counted by why, with their numbers', async () => {
  const { store, record } = await importOf(
    [
      fileOf(
        'a.jsonl',
        `{"completion": "x"}\nno\n{"completion": ""}\n{"ids": 1}\n{"completion": "y"}\n`,
      ),
    ],
    { assets },
  );
  expect(record.rows).toBe(2);
  expect(record.skipped.total).toBe(3);
  expect(record.skipped.reasons).toEqual([
    { reason: 'no completion in “completion”', count: 2, lines: ['3', '4'] },
    { reason: 'no JSON', count: 1, lines: ['2'] },
  ]);
  const set = await store.open(record.id);
  expect([...set.columns.get('line')]).toEqual([1, 5]);
});

describe('queries', () => {
  it('filter, sort and search as a pass over all rows would', async () => {
    const { store, record } = await importOf([fileOf('g.jsonl', ...generatedLines(3, 400))], {
      assets,
    });
    const set = await store.open(record.id);
    const { columns } = set;
    const search = new TextSearch(set.texts, columns);
    const texts = await Promise.all(Array.from({ length: 400 }, (_, i) => set.row(i)));
    for (const needle of ['pink', 'PINK', 'x', '</think>', 'so it is grey', 'nowhere', 'ä']) {
      const matches = await search.find(needle);
      const passed = texts.map(({ completion }) =>
        completion.toLowerCase().includes(needle.toLowerCase()) ? 1 : 0,
      );
      expect([...(matches ?? [])]).toEqual(passed);
    }
    const query = { ...ALL_ROWS, validity: 'invalid', order: 'tokens', descending: true } as const;
    const rows = [...rowsOf(columns, query, record.numbers, null)];
    const tokens = columns.get('tokens');
    const passed = Array.from({ length: 400 }, (_, i) => i)
      .filter((row) => columns.get(faultColumn('vigos'))[row] !== 0)
      .sort((a, b) => tokens[b] - tokens[a] || a - b);
    expect(rows).toEqual(passed);
    const statistics = statisticsOf(columns, Uint32Array.from(rows), 'vigos');
    expect(statistics).toMatchObject({ rows: rows.length, valid: 0 });
    expect(statistics.faults.reduce((sum, { count }) => sum + count, 0)).toBe(rows.length);
    expect(statistics.teachers.map(({ teacher }) => teacher)).toEqual(['reference']);
    const steps = { ...ALL_ROWS, steps: { from: 0, to: 0 } };
    expect(rowsOf(columns, steps, record.numbers, null)).toHaveLength(400);
  });
});

describe('nothing half is kept', () => {
  const many = () => fileOf('g.jsonl', ...generatedLines(5, 40));

  it('when it is cancelled', async () => {
    const files = new MemoryFiles();
    await expect(
      importOf([fileOf('g.jsonl', ...generatedLines(5, 5000))], {
        assets,
        files,
        onProgress: (_, cancel) => cancel(),
      }),
    ).rejects.toMatchObject({ record: { code: 'job.cancelled' } });
    expect(await files.folders()).toEqual([]);
  });

  it('when storage is full at any write', async () => {
    for (let at = 1; at <= 5; at++) {
      const files = new MemoryFiles();
      const faulty = new FaultyFiles(files, at, 'full-on');
      const code = await importOf([many()], { assets, files: faulty }).then(
        () => 'kept',
        (error: unknown) => toErrorRecord(error).code,
      );
      // Adding to a file and removing one take no room in this store.
      if (code !== 'kept') {
        expect(code).toBe('storage.full');
        expect(await files.folders()).toEqual([]);
      }
    }
  });

  it('when the tab is closed at any write: the next one undoes it, or has all of it', async () => {
    for (let at = 1; at <= 6; at++)
      for (const fault of ['before', 'after', 'torn'] as const) {
        const files = new MemoryFiles();
        const faulty = new FaultyFiles(files, at, fault);
        const done = importOf([many()], { assets, files: faulty }).then(() => 'done' as const);
        const end = await Promise.race([done, faulty.closed]);
        const { sets, undone, damaged } = await new SetStore(files).list();
        if (end === 'done') expect(sets).toHaveLength(1);
        // In node nobody lets the lock of a closed tab go, so what was begun stays until then.
        expect(damaged.length + sets.length + undone.length).toBeLessThanOrEqual(1);
        for (const record of end === 'done' ? sets : []) {
          const set = await new SetStore(files).open(record.id);
          expect((await set.row(39)).completion).not.toBe('');
        }
      }
  });

  it('a set whose bytes were changed is told, not shown', async () => {
    const files = new MemoryFiles();
    const { store, record } = await importOf([many()], { assets, files });
    const figures = await files.read(record.id, 'columns.bin');
    const text = await files.read(record.id, 'texts.bin');
    if (figures === null || text === null) throw new Error('not written');
    const changed = figures.slice();
    changed[100] ^= 1;
    await files.write(record.id, 'columns.bin', changed);
    await expect(store.open(record.id)).rejects.toMatchObject({
      record: { code: 'rollouts.damaged' },
    });
    await files.write(record.id, 'columns.bin', figures);
    const other = text.slice();
    other[3] ^= 1;
    await files.write(record.id, 'texts.bin', other);
    const set = await store.open(record.id);
    await expect(set.row(0)).rejects.toMatchObject({ record: { code: 'rollouts.damaged' } });
    expect((await set.row(1)).completion).not.toBe('');
  });
});
