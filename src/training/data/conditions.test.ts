import { describe, expect, it } from 'vitest';
import type { RolloutInput } from '../../contract/engine.ts';
import { RECIPES } from '../../contract/train/recipes.ts';
import { type TrainSettings, trainSettings } from '../../contract/train/train-settings.ts';
import { validateTrainSettings, withSettings } from '../../contract/train/train-validate.ts';
import { type ItemOptions, worldItem } from '../../world/split.ts';
import { descriptionTruth, isTrueDescription } from '../../world/truth.ts';
import type { SourceExample } from './example-source.ts';
import { tinyWorld } from './tiny-world.ts';

const tiny = trainSettings('vigos', 'tiny');
const under = (changes: Record<string, unknown>, from: TrainSettings = tiny) =>
  withSettings(from, changes);
const examples = (settings: TrainSettings, count = 800): SourceExample[] =>
  Array.from({ length: count }, (_, i) => tinyWorld(settings).example(1 + (i >> 3), i & 7));
const itemOf = ({ item: { index, fact: _, split: __, ...drawn } }: SourceExample) =>
  worldItem('train', index, drawn as ItemOptions);
const share = (all: readonly SourceExample[], holds: (one: SourceExample) => boolean) =>
  all.filter(holds).length / all.length;
const bytesOf = (picture: RolloutInput['image']) => picture?.data.join() ?? '';
const isWrong = ({ wrongReference }: SourceExample) => wrongReference !== null;

describe('wrong references', () => {
  it('by the prior are the usual answers, given to that share of the items whose picture contradicts it', () => {
    const all = examples(under({ 'data.wrongShare': 0.75 }));
    const conflicting = all.filter((one) => {
      const { prior } = itemOf(one);
      return prior !== undefined && prior.actual !== prior.usual;
    });
    expect(share(conflicting, isWrong)).toBeCloseTo(0.75, 1);
    // 40 % of the pictures contradict the prior at the default of 60 % usual looks.
    expect(share(all, isWrong)).toBeGreaterThan(0.26);
    expect(share(all, isWrong)).toBeLessThan(0.34);
    for (const one of all) {
      if (!isWrong(one)) continue;
      expect(conflicting).toContain(one);
      expect(one.wrongReference).toBe(itemOf(one).prior?.usual);
    }
  });

  it('leave items right whose picture agrees with the prior, or that have none', () => {
    const usual = examples(under({ 'data.wrongShare': 1, 'data.usualShare': 1 }), 300);
    expect(usual.filter(isWrong)).toEqual([]);
    const math = examples(under({ 'data.wrongShare': 1, 'data.families': ['math'] }), 300);
    expect(math.filter(isWrong)).toEqual([]);
  });

  it('at random are other answers of the same sort, never the usual one, in that share of all items', () => {
    const settings = under({
      'data.wrongShare': 0.3,
      'data.wrongReference': 'random',
      'data.families': ['prior', 'math', 'spatial'],
    });
    const all = examples(settings);
    expect(share(all, isWrong)).toBeGreaterThan(0.26);
    expect(share(all, isWrong)).toBeLessThan(0.34);
    for (const one of all.filter(isWrong)) {
      const { answer, wrongAnswers, prior } = itemOf(one);
      expect(wrongAnswers).toContain(one.wrongReference);
      expect([answer, prior?.usual]).not.toContain(one.wrongReference);
    }
  });

  it('reach teachers and reference texts, whose description stays true; what is graded stays the true answer', () => {
    const all = examples(under({ 'data.wrongShare': 1 }), 200).filter(isWrong);
    expect(all.length).toBeGreaterThan(50);
    for (const one of all) {
      const { answer, scene, prior, wrongReasonings } = itemOf(one);
      expect(one.answer).toBe(answer);
      expect(one.input.answer).toBe(one.wrongReference);
      expect(one.reference).toContain(`\\boxed{${one.wrongReference}}`);
      expect(one.reference).toContain(`<think> ${wrongReasonings[0]} </think>`);
      const [description] = one.reference.split('</description>');
      expect(isTrueDescription(descriptionTruth(description, scene, prior?.decisivePhrase))).toBe(
        true,
      );
    }
  });

  it('are the same in every recipe, of the seed, and wrong already at a lower share', () => {
    const changes = { 'data.wrongShare': 0.5, 'data.wrongReference': 'random' };
    const given = (settings: TrainSettings) =>
      examples(under(changes, settings), 120).map(({ wrongReference }) => wrongReference);
    const first = given(tiny);
    for (const { id } of RECIPES) expect(given(trainSettings(id, 'tiny'))).toEqual(first);
    expect(given({ ...tiny, seed: 2 })).not.toEqual(first);
    const more = examples(under({ ...changes, 'data.wrongShare': 0.9 }), 120);
    for (const [i, wrong] of first.entries())
      if (wrong !== null) expect(more[i].wrongReference).toBe(wrong);
  });

  it('change nothing else: the same items are asked in the same words', () => {
    const asked = (settings: TrainSettings) =>
      examples(settings, 40).map(({ item, input: { question } }) => ({ item, question }));
    expect(asked(under({ 'data.wrongShare': 1 }))).toEqual(asked(tiny));
    expect(examples(tiny, 60).filter(isWrong)).toEqual([]);
  });

  it('never reach the followed rollout or held-out pictures', () => {
    const source = tinyWorld(under({ 'data.wrongShare': 1, 'data.wrongReference': 'random' }));
    expect(source.followed().wrongReference).toBeNull();
    const [{ asked, fact }] = source.final(1, true);
    expect(asked.input(fact).answer).toBe(worldItem('prior-test', 0).answer);
  });
});

describe('all pictures usual', () => {
  it('leaves none that contradicts the prior', () => {
    for (const one of examples(under({ 'data.usualShare': 1 }), 300)) {
      const { prior } = itemOf(one);
      expect(prior?.actual).toBe(prior?.usual);
    }
  });
});

describe('strength of seeing', () => {
  const dim = { 'data.noise': 20, 'data.pictureEdge': 56, 'data.occlusion': 0.5 };

  it('changes pictures alone, in training and held out, and is written down with the item', () => {
    const [clear, seen] = [tiny, under(dim)].map((settings) => examples(settings, 4));
    for (const [i, one] of seen.entries()) {
      const { seeing, ...item } = one.item;
      expect(seeing).toEqual({ noise: 20, pictureEdge: 56, occlusion: 0.5 });
      expect(item).toEqual(clear[i].item);
      const { image, ...asked } = one.input;
      const { image: before, ...clearly } = clear[i].input;
      expect(asked).toEqual(clearly);
      expect(bytesOf(image)).not.toBe(bytesOf(before));
      expect([image?.width, image?.height]).toEqual([112, 112]);
    }
    const source = tinyWorld(under(dim));
    const held = [...source.validation(1), ...source.final(1, true)];
    const before = [...tinyWorld(tiny).validation(1), ...tinyWorld(tiny).final(1, true)];
    for (const [i, { asked, fact }] of held.entries())
      expect(bytesOf(asked.input(fact).image)).not.toBe(bytesOf(before[i].asked.input(fact).image));
  });
});

it('settings out of bounds are refused, and settings from before have none of it', () => {
  for (const [path, value] of [
    ['data.wrongShare', 1.1],
    ['data.wrongReference', 'usual'],
    ['data.noise', -1],
    ['data.pictureEdge', 113],
    ['data.pictureEdge', 20.5],
    ['data.occlusion', 2],
  ] as const)
    expect(() => under({ [path]: value }), path).toThrow(/The setting data\./);
  const { families, difficulty, usualShare, factShare } = tiny.data;
  const before = { ...tiny, data: { families, difficulty, usualShare, factShare } };
  expect(validateTrainSettings(before)).toEqual(tiny);
});
