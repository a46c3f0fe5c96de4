/** Completions measured in pieces: the same figures as whole, and no more logits held than told. */

import { expect, it } from 'vitest';
import { hashWords, Random } from '../base/random.ts';
import { VIGOS_PAPER } from '../method/named-methods.ts';
import type { SupervisionPlan, TeacherName, TokenSupervision } from '../method/types.ts';
import type { Logits } from '../model/runtime/tensors.ts';
import { LogitsCopy } from './dump.ts';
import { PrefixDecoder, textReader } from './fixtures/prefix-decoder.ts';
import { forceContexts } from './force.ts';
import { LogitOps } from './logit-ops.ts';
import { LogitsStore } from './logits-store.ts';
import { type MeasureOptions, measureCompletions, type TaughtCompletion } from './measure.ts';

const VOCAB = 40;
const ROW_BYTES = VOCAB * 4;
const TOKENS = 300;
const ops = new LogitOps(null);
const OPTIONS: MeasureOptions = {
  temperature: 1,
  clip: { kind: 'none' },
  topK: 5,
  padId: 0,
  untaught: true,
};

/** Perception on the first half, reasoning on most of the second, which sees nothing before it. */
function plan(tokens: number): SupervisionPlan {
  const teacherOf = (token: number): TeacherName | null => {
    if (token < tokens / 2) return 'perception';
    return token > tokens / 2 + 3 ? 'reasoning' : null;
  };
  const planned = Array.from({ length: tokens }, (_, token): TokenSupervision => {
    const teacher = teacherOf(token);
    const { clip, divergence } = VIGOS_PAPER;
    if (teacher === null)
      return {
        teacher,
        rule: 'vigos.delimiter',
        divergence: null,
        weight: 0,
        clip: { kind: 'none' },
        boundaryCap: null,
      };
    return {
      teacher,
      rule: 'vigos.reasoning',
      divergence: divergence[teacher],
      weight: 1,
      clip,
      boundaryCap: token % 7 === 0 ? 0.1 : null,
    };
  });
  return {
    method: VIGOS_PAPER,
    valid: true,
    tokens: planned,
    teachersNeeded: ['perception', 'reasoning'],
  };
}

function completionOf(student: PrefixDecoder, base: PrefixDecoder, tokens = TOKENS, seed = 1) {
  const random = new Random(seed);
  const ids = Array.from({ length: tokens }, () => random.int(VOCAB));
  const name = (reader: string) => `${reader} ${seed}`;
  return {
    ids,
    plan: plan(tokens),
    student: textReader(student, [1, 2, 3], 0, name('student')),
    teachers: new Map([
      ['perception', textReader(base, [4, 5], 0, name('perception'))],
      ['reasoning', textReader(base, [6, 7, 8, 9, 10], tokens / 2 - 1, name('reasoning'))],
    ]),
  } satisfies TaughtCompletion;
}

const networks = () => [new PrefixDecoder(VOCAB), new PrefixDecoder(VOCAB, { seed: 5 })] as const;

it('holds no more logits than told, and gives the figures of the whole', async () => {
  const [student, base] = networks();
  const completion = completionOf(student, base);
  const whole = await measureCompletions(ops, [completion], OPTIONS);
  expect(student.peak).toBe(TOKENS * ROW_BYTES);
  expect(whole.figures[0]).not.toContain(null);
  for (const rows of [1, 7, 64]) {
    const [narrow, teacher] = networks();
    const logitsBytes = rows * ROW_BYTES;
    const store = new LogitsStore();
    let peak = 0;
    const pieced = await measureCompletions(ops, [completionOf(narrow, teacher)], {
      ...OPTIONS,
      logitsBytes,
      store,
      onHeld: async () => {
        peak = Math.max(peak, narrow.held + teacher.held);
      },
    });
    expect(pieced.figures).toEqual(whole.figures);
    // Two readers of one token are the least that can be compared.
    expect(peak).toBeLessThanOrEqual(Math.max(2 * ROW_BYTES, logitsBytes));
    expect(Math.max(narrow.peak, teacher.peak)).toBeLessThan(peak);
    for (const { held, caches } of [narrow, teacher]) expect([held, caches]).toEqual([0, 0]);
    expect(store.find('student 1', 0, 1)).toBeUndefined();
  }
});

it('copies the same logits out of pieces as out of the whole', async () => {
  const dumps = [];
  for (const logitsBytes of [1e9, 9 * ROW_BYTES]) {
    const completion = completionOf(...networks(), 60);
    const copy = new LogitsCopy(ops, completion.plan);
    await measureCompletions(ops, [completion], {
      ...OPTIONS,
      logitsBytes,
      onHeld: (_, held, rowOf) => copy.take(held, rowOf),
    });
    dumps.push(copy.logits);
  }
  expect(dumps[1]).toEqual(dumps[0]);
  expect(dumps[0].teachers.reasoning?.tokens).toHaveLength(26);
});

it('reads again only what the store has not, in pieces too', async () => {
  const [student, base] = networks();
  const completion = completionOf(student, base, 60);
  const store = new LogitsStore();
  const first = await measureCompletions(ops, [completion], { ...OPTIONS, store });
  const runs = student.runs;
  const again = await measureCompletions(
    ops,
    [
      {
        ...completion,
        teachers: new Map(
          [...completion.teachers].map(([name, reader]) => [
            name,
            { ...reader, key: `${name} anew` },
          ]),
        ),
      },
    ],
    { ...OPTIONS, store, logitsBytes: 8 * ROW_BYTES },
  );
  expect(again.reused).toEqual(['student']);
  expect(student.runs).toBe(runs);
  expect(again.figures).toEqual(first.figures);
  store.clear();
  expect([student.held, base.held]).toEqual([0, 0]);
});

it('writes the same gradient from pieces of teachers', async () => {
  const [student, base] = networks();
  const completions = [completionOf(student, base, 24, 1), completionOf(student, base, 40, 2)];
  const contexts = completions.map(({ ids, student: { prompt } }) => {
    return { prompt, features: null, ids, from: 0 };
  });
  const { logits, firstRows } = await forceContexts(student, contexts, 0);
  const given = completions.map(({ ids, ...rest }, i): TaughtCompletion => {
    const weights = ids.map((_, token) => 1 / ((hashWords(token) % 9) + 1));
    return { ...rest, ids, student: { logits, firstRow: firstRows[i] }, weights };
  });
  const measured: [Logits, unknown][] = [];
  for (const logitsBytes of [1e9, 30 * ROW_BYTES, 3 * ROW_BYTES]) {
    const gradient = ops.gradientOf(logits);
    const before = base.held;
    base.peak = before;
    const options = { ...OPTIONS, untaught: false, topK: 0, gradient, logitsBytes };
    const { figures } = await measureCompletions(ops, given, options);
    expect(base.peak - before).toBeLessThanOrEqual(logitsBytes);
    measured.push([gradient, figures]);
  }
  const [[gradient, figures], ...others] = measured;
  for (const [other, again] of others) {
    expect(again).toEqual(figures);
    expect(await ops.readRows(other)).toEqual(await ops.readRows(gradient));
  }
  expect((await ops.readRows(gradient)).some((value) => value !== 0)).toBe(true);
});

it('leaves nothing held when it is stopped', async () => {
  const [student, base] = networks();
  let pauses = 0;
  const stopped = measureCompletions(ops, [completionOf(student, base)], {
    ...OPTIONS,
    logitsBytes: 20 * ROW_BYTES,
    pause: async () => {
      if (++pauses === 8) throw new Error('stopped');
    },
  });
  await expect(stopped).rejects.toThrow('stopped');
  for (const { held, caches } of [student, base]) expect([held, caches]).toEqual([0, 0]);
});
