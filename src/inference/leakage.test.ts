/** PALR's log-probabilities against contexts read one by one, and what has no PALR. */

import { beforeAll, describe, expect, it } from 'vitest';
import { toErrorRecord } from '../base/errors.ts';
import type { LeakageSubject, RgbaImage } from '../contract/engine.ts';
import { bothMethods } from '../contract/leakage.ts';
import { VIGOS_CODE, VIGOS_PAPER } from '../method/presets.ts';
import { logSoftmax } from '../method/softmax.ts';
import type { TeacherName } from '../method/types.ts';
import type { ModelAssets } from '../model/assets.ts';
import { bundledAssets } from '../model/fixtures/bundled-assets.ts';
import type { ModelNetwork } from '../model/runtime/network.ts';
import { ContextMaker } from './contexts.ts';
import { PrefixDecoder } from './fixtures/prefix-decoder.ts';
import { forceContexts } from './force.ts';
import { readLeakage } from './leakage.ts';
import { LogitsStore } from './logits-store.ts';
import type { ModelInUse } from './model-in-use.ts';
import { planRollout } from './reading.ts';
import { readTyped } from './typed.ts';

const TYPED = ' A leaf. </description> <think> It is red. </think> \\boxed{red}';
/** Another size: another number of visual tokens, which is all that a network without weights sees of it. */
const picture = (edge: number, value: number): RgbaImage => ({
  width: edge,
  height: edge,
  data: new Uint8ClampedArray(edge * edge * 4).fill(value),
});

let assets: ModelAssets;
beforeAll(async () => {
  assets = await bundledAssets();
});

function modelInUse(): { inUse: ModelInUse; decoder: PrefixDecoder } {
  const decoder = new PrefixDecoder(assets.config.text.vocabSize);
  const encodeImages = async () => ({
    tokens: 0,
    tensor: { dispose: () => undefined },
    deepstack: [],
  });
  const network = Object.assign(decoder, { encodeImages }) as unknown as ModelNetwork;
  const inUse = { assets, network, contexts: new ContextMaker(assets), store: new LogitsStore() };
  return { inUse, decoder };
}

const subject = (change: Partial<LeakageSubject> = {}): LeakageSubject => ({
  input: { image: picture(112, 200), question: 'What color is the leaf?', answer: 'red' },
  methods: bothMethods(VIGOS_PAPER),
  wrongAnswers: ['green', 'Red.', 'brown', 'blue', 'pink'],
  k: 3,
  mismatched: picture(56, 128),
  ...change,
});

const typedIds = (text = TYPED) => readTyped(text, assets).ids;

describe('the log-probabilities of a rollout', () => {
  it.each([VIGOS_PAPER, VIGOS_CODE])(
    'are those of each context by itself: $reading',
    async (method) => {
      const { inUse, decoder } = modelInUse();
      const asked = subject({ methods: bothMethods(method) });
      const ids = typedIds();
      const { parsed, plan } = planRollout(assets, ids, method);
      const found = await readLeakage(inUse, ids, asked);
      expect(found.wrongAnswers).toEqual(['green', 'brown', 'blue']);
      expect([decoder.held, decoder.caches]).toEqual([0, 0]);

      const alone = async (
        name: TeacherName | 'student',
        seen: { answer?: string; image?: RgbaImage },
      ) => {
        const context =
          name === 'student'
            ? inUse.contexts.student(asked.input)
            : inUse.contexts.teacher(name, { ...asked.input, ...seen }, {}, method, parsed);
        const given = {
          prompt: context.prompt,
          features: null,
          ids: ids.slice(context.offset),
          from: 0,
        };
        const { logits } = await forceContexts(new PrefixDecoder(1536), [given], assets.padId);
        return (token: number) => {
          if (logits.kind !== 'memory') throw new Error('the logits are elsewhere');
          const row = token - context.offset;
          return logSoftmax(logits.data.subarray(row * 1536, (row + 1) * 1536))[ids[token]];
        };
      };
      const student = await alone('student', {});
      for (const tokens of Object.values(found.tokens))
        for (const name of new Set(tokens.map(({ teacher }) => teacher))) {
          const matched = await alone(name, {});
          const wrong = await Promise.all(
            found.wrongAnswers.map((answer) => alone(name, { answer })),
          );
          const image = await alone(name, { image: asked.mismatched });
          for (const { token, teacher, ...read } of tokens) {
            if (teacher !== name) continue;
            const expected = name === 'perception' ? [] : wrong.map((at) => at(token));
            expect(read.segment).toBe(parsed.segments[token]);
            expect(read.student).toBeCloseTo(student(token), 5);
            expect(read.matched).toBeCloseTo(matched(token), 5);
            expect(read.wrongImage).toBeCloseTo(image(token), 5);
            expect(read.wrongAnswers).toHaveLength(expected.length);
            for (const [k, value] of expected.entries())
              expect(read.wrongAnswers[k]).toBeCloseTo(value, 5);
          }
        }
      const taught = plan.tokens.flatMap(({ teacher }, i) => (teacher === null ? [] : [i]));
      expect(found.tokens.vigos.map(({ token }) => token)).toEqual(taught);
      expect(found.tokens.opsd.map(({ token }) => token)).toEqual([...ids.keys()]);
      expect(new Set(found.tokens.opsd.map(({ teacher }) => teacher))).toEqual(
        new Set(['privileged']),
      );
    },
  );

  it('are the same in rounds of few logits', async () => {
    const { ms: _, ...whole } = await readLeakage(modelInUse().inUse, typedIds(), subject());
    const { inUse, decoder } = modelInUse();
    const logitsBytes = 9 * 1536 * 4;
    const { ms: __, ...pieces } = await readLeakage(inUse, typedIds(), subject(), { logitsBytes });
    expect(pieces).toEqual(whole);
    expect(decoder.peak).toBeLessThanOrEqual(logitsBytes);
    expect([decoder.held, decoder.caches]).toEqual([0, 0]);
  });
});

describe('no PALR', () => {
  const refusal = async (change: Partial<LeakageSubject>, text?: string) =>
    readLeakage(modelInUse().inUse, typedIds(text), subject(change)).then(
      () => undefined,
      (error: unknown) => toErrorRecord(error).code,
    );
  const { input } = subject();

  it.each<[string, Partial<LeakageSubject>]>([
    ['leakage.no-picture', { input: { ...input, image: null } }],
    ['leakage.same-picture', { mismatched: picture(112, 200) }],
    ['leakage.no-reference', { input: { ...input, answer: ' ' } }],
    ['leakage.no-wrong-answer', { wrongAnswers: ['red', 'RED.'] }],
    ['leakage.k', { k: 0 }],
    ['leakage.k', { k: 9 }],
  ])('%s', async (code, change) => {
    expect(await refusal(change)).toBe(code);
  });

  it('of an invalid rollout, which says what it breaks', async () => {
    expect(await refusal({}, ' A leaf. </description> <think> It is red.')).toBe(
      'leakage.invalid-rollout',
    );
  });

  it('where both methods read the rollout by other rules', async () => {
    const { opsd } = bothMethods(VIGOS_PAPER);
    expect(await refusal({ methods: { vigos: VIGOS_CODE, opsd } })).toBe(
      'method.validity-mismatch',
    );
  });
});
