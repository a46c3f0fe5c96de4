/** What a page may say of a trace that somebody brings. */

import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { toErrorRecord } from '../../base/errors.ts';
import { Random } from '../../base/random.ts';
import { sealed } from '../../base/seal.ts';
import type { Trace } from '../../contract/trace/trace.ts';
import { planRollout } from '../../inference/reading.ts';
import { recordTrace } from '../../inference/record.ts';
import { measureOnCpu } from '../../kernels/divergence-cpu.ts';
import type { CpuMatrix } from '../../kernels/types.ts';
import { NAMED_METHODS, OPSD, VIGOS_CODE, VIGOS_PAPER } from '../../method/named-methods.ts';
import type { MethodConfig } from '../../method/types.ts';
import type { ModelAssets } from '../../model/assets.ts';
import { bundledAssets } from '../../model/fixtures/bundled-assets.ts';
import { openTrace } from './open-trace.ts';

const { checksum: _, ...recorded } = JSON.parse(
  readFileSync('public/recorded/pink-sun.json', 'utf8'),
);
let assets: ModelAssets;
beforeAll(async () => {
  assets = await bundledAssets();
});

const refusal = (trace: object, model: ModelAssets | null = null) =>
  openTrace(JSON.stringify(trace), model).then(
    () => {
      throw new Error('the trace was accepted');
    },
    (error: unknown) => toErrorRecord(error),
  );

describe('a checksum', () => {
  test('says that nothing was changed, however the file is laid out', async () => {
    const whole = await sealed(recorded);
    const turned = Object.fromEntries(Object.entries(whole).reverse());
    for (const text of [JSON.stringify(whole), JSON.stringify(turned, null, 2)])
      expect(await openTrace(text, null)).toMatchObject({ sealed: true, tokensKnown: null });
    expect((await openTrace(JSON.stringify(recorded), null)).sealed).toBe(false);
  });

  test('tells the smallest change of a figure, of a prompt and of a field that nobody reads', async () => {
    const whole = await sealed(recorded);
    const tokens = structuredClone(whole.tokens);
    tokens[3].reverseKl *= 1.0001;
    const { student } = whole.prompts;
    for (const change of [
      { tokens },
      { prompts: { ...whole.prompts, student: { ...student, rendered: ` ${student.rendered}` } } },
      { more: 1 },
      { checksum: '0' },
    ])
      expect((await refusal({ ...whole, ...change })).code).toBe('trace.changed');
  });
});

describe('beside a loaded model', () => {
  test('the tokens of its own trace are known', async () => {
    const opened = await openTrace(JSON.stringify(recorded), assets);
    expect(opened).toMatchObject({ sealed: false, tokensKnown: true });
  });

  test('ids that have other texts in the model it names contradict it', async () => {
    const tokens = structuredClone(recorded.tokens);
    for (const list of [tokens[1].studentTop, tokens[1].teacherTop])
      for (const entry of list) if (entry.id === tokens[1].id) entry.text = ' grey';
    for (const token of tokens) if (token.id === tokens[1].id) token.text = ' grey';
    const text = recorded.text.replaceAll(' large', ' grey');
    const every = (list: { id: number; text: string }[]) =>
      list.map((entry) => (entry.id === tokens[1].id ? { ...entry, text: ' grey' } : entry));
    for (const token of tokens) {
      token.studentTop = every(token.studentTop);
      if (token.teacherTop !== null) token.teacherTop = every(token.teacherTop);
    }
    const own = { ...recorded, tokens, text, model: { ...recorded.model, name: assets.name } };
    expect(await refusal(own, assets)).toMatchObject({
      code: 'trace.contradiction',
      where: 'tokens.1.text',
    });
    const foreign = { ...own, model: { ...own.model, name: 'another' } };
    expect(await openTrace(JSON.stringify(foreign), assets)).toMatchObject({ tokensKnown: false });
  });

  test('a model with another vocabulary knows none of its tokens', async () => {
    const other = { ...recorded, model: { ...recorded.model, vocabSize: 2000 } };
    expect(await openTrace(JSON.stringify(other), assets)).toMatchObject({ tokensKnown: false });
  });
});

describe('what this version writes', () => {
  const FORMS = [
    ' a red sun.</description> <think> It is red. </think> \\boxed{red}',
    ' a red sun. </description><think>red</think>\\boxed{red}.',
    ' a red sun\n</description>\n<think>\nred\n</think>\n\\boxed{\\text{a \\} b}} more',
    '.</description> <think> x </think> \\boxed{}',
    '</description> <think> </think> \\boxed{red',
    ' a red sun </description> and <think> red </think> so \\boxed{red}',
    ' a red sun <|image_pad|> </description> <think> é😀 </think> \\boxed{\\{red\\}}',
    ' nothing closed',
  ];
  const METHODS = NAMED_METHODS.map(({ method }) => method);
  const jsd = { kind: 'jsd', beta: 0.3 } as const;
  const MORE: MethodConfig[] = [
    { ...VIGOS_CODE, clip: { kind: 'none' } },
    { ...VIGOS_PAPER, temperature: 2, divergence: { ...VIGOS_PAPER.divergence, reference: jsd } },
    { ...OPSD, divergence: { ...OPSD.divergence, privileged: jsd }, clip: { kind: 'none' } },
    { ...VIGOS_CODE, validity: 'strict', opener: false },
  ];

  const ROWS = 80;
  let student: CpuMatrix;
  let teacher: CpuMatrix;
  beforeAll(() => {
    const cols = assets.config.text.vocabSize;
    const drawn = (seed: number): CpuMatrix => {
      const random = new Random(seed);
      const data = Float32Array.from({ length: ROWS * cols }, () => 6 * random.normal());
      return { rows: ROWS, cols, data };
    };
    student = drawn(1);
    teacher = drawn(2);
  });

  /** A trace of a typed completion under logits that were drawn. */
  function written(text: string, method: MethodConfig, ended: boolean, seed: number): Trace {
    const { tokenizer, config } = assets;
    const typed = [...tokenizer.encode(text), ...(ended ? [tokenizer.eosIds[0]] : [])];
    const { ids, texts, parsed, plan } = planRollout(assets, typed, method);
    const vocab = config.text.vocabSize;
    const figures = measureOnCpu(student, teacher, {
      vocab,
      temperature: method.temperature,
      clip: method.clip,
      topK: 10,
      rows: ids.map((sampledId, i) => {
        const { divergence, boundaryCap } = plan.tokens[i];
        return {
          student: (i + seed) % ROWS,
          teacher: (i + 3 * seed) % ROWS,
          sampledId,
          divergence: divergence ?? { kind: 'forward-kl' },
          ...(boundaryCap === null ? {} : { cap: boundaryCap }),
        };
      }),
    });
    const input = { image: null, question: 'What color?', answer: 'red' };
    const common = { assets, backend: 'wasm', input, sampling: null, contexts: [] } as const;
    const prompt = { rendered: '…', image: null, prefill: '' };
    const seen = ['student', ...plan.teachersNeeded].map((name) => [name, prompt]);
    return {
      ...recordTrace({ ...common, ids, texts, parsed, plan, figures }),
      prompts: Object.fromEntries(seen),
    };
  }

  test('goes together, whatever its form and its method', async () => {
    let seed = 0;
    for (const text of FORMS)
      for (const method of [...METHODS, ...MORE]) {
        const trace = written(text, method, ++seed % 2 === 0, seed);
        const opened = await openTrace(JSON.stringify(await sealed(trace)), assets);
        expect(opened).toMatchObject({ sealed: true, tokensKnown: true });
        if (seed % 8 === 0) expect(opened.trace).toEqual(JSON.parse(JSON.stringify(trace)));
      }
    expect(seed).toBeGreaterThan(80);
  });

  test('says what each entry adds and what a mixture was before the clip, and a change of it is told', async () => {
    const method = { ...VIGOS_PAPER, divergence: { ...VIGOS_PAPER.divergence, reference: jsd } };
    const trace = written(FORMS[7], method, true, 1);
    const [token] = trace.tokens;
    expect(token).toMatchObject({ clipped: true, loss: 0.05 });
    expect(token.jsd).toBeGreaterThan(0.1);
    const [entry, ...others] = token.studentTop;
    expect(entry.term).toEqual(expect.any(Number));
    const changed = async (to: Partial<typeof token>) =>
      (await refusal({ ...trace, tokens: [{ ...token, ...to }, ...trace.tokens.slice(1)] })).where;
    expect(await changed({ jsd: 0.01 })).toMatch(/^tokens\.0\./);
    expect(await changed({ jsd: 9 })).toBe('tokens.0.jsd');
    const term = (entry.term ?? 0) + 0.5;
    expect(await changed({ studentTop: [{ ...entry, term }, ...others] })).toBe(
      'tokens.0.studentTop.0.term',
    );
    const { jsd: _, ...older } = token;
    const tokens = [older, ...trace.tokens.slice(1)];
    expect((await openTrace(JSON.stringify({ ...trace, tokens }), null)).trace.tokens[0].jsd).toBe(
      undefined,
    );
  });
});
