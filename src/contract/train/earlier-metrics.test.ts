import { expect, it } from 'vitest';
import { readLogLine } from './run-log.ts';

const none = { tokens: 0, mean: 0, weighted: 0, unclipped: 0 };
const line = {
  type: 'step',
  step: 3,
  loss: 1.5,
  teachers: {
    perception: { tokens: 7, mean: 0.5, weighted: 0.5, unclipped: 0.75 },
    reasoning: none,
    reference: { tokens: 2, mean: 0.5, weighted: 1, unclipped: null },
    privileged: none,
  },
  clippedShare: 0.25,
  validRate: 0.5,
  fallbackRate: 0.5,
  segments: { description: 20, reasoning: 21.5, answer: 6 },
  reward: 0,
  entropy: 0.25,
  gradNorm: 1,
  learningRate: 1e-3,
  tokens: 10,
  activeTokens: 9,
  ms: { rollout: 1, teachers: 1, forward: 1, divergence: 1, backward: 1, optimizer: 1, total: 6 },
  compileMs: 0,
  tokensPerSecond: 20,
  memory: { jsHeap: null, wasm: 1, device: null },
};

it('a step of version 1 has its figures by name', () => {
  const { teachers, clippedShare, validRate, fallbackRate, segments, reward, ...rest } = line;
  expect([teachers.reasoning, segments.answer]).toEqual([none, 6]);
  expect(readLogLine(line, 'here')).toEqual({
    ...rest,
    figures: {
      ...{ clippedShare, validRate, fallbackRate, reward },
      ...{ 'loss.perception': 0.5, 'divergence.perception': 0.75 },
      ...{ 'tokens.perception': 7, 'weighted.perception': 0.5 },
      ...{ 'loss.reference': 0.5, 'divergence.reference': Number.NaN },
      ...{ 'tokens.reference': 2, 'weighted.reference': 1 },
      ...{ 'segment.description': 20, 'segment.reasoning': 21.5, 'segment.answer': 6 },
    },
  });
});

it('a step of version 1 without teachers has none', () => {
  const nobody = { teachers: null, validRate: null, fallbackRate: null, segments: null };
  const sft = { ...line, ...nobody, reward: null, clippedShare: 0 };
  expect(readLogLine(sft, 'here')).toMatchObject({ loss: 1.5, figures: {} });
});

it('a share out of bounds is refused, in either form', () => {
  expect(() => readLogLine({ ...line, validRate: 2 }, 'here')).toThrow('a share is not in 0 to 1');
  expect(() => readLogLine({ ...line, reward: -1 }, 'here')).toThrow('a share is not in 0 to 1');
});
