/** The models that come with the site are what their cards say. */

import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { BUILT_IN_MODELS } from '../contract/models/built-in-models.ts';
import { parseModelConfig } from './families/qwen2-5-vl/config.ts';
import { readTokenizer } from './fixtures/support.ts';
import { readSafetensors } from './formats/safetensors.ts';

const MODELS = 'public/models';
const FOLDER = path.join(MODELS, 'tiny-qwen2.5-vl');
const read = (name: string) => readFileSync(path.join(FOLDER, name));
const json = (name: string) => JSON.parse(read(name).toString());

it('every row of the table has its folder, small enough for a page and a repository, with a card and its measures', () => {
  const folders = readdirSync(MODELS, { withFileTypes: true }).filter((entry) =>
    entry.isDirectory(),
  );
  expect(folders.map(({ name }) => name).sort()).toEqual(
    BUILT_IN_MODELS.map(({ name }) => name).sort(),
  );
  for (const { name } of BUILT_IN_MODELS) {
    const files = readdirSync(path.join(MODELS, name));
    expect(files).toEqual(expect.arrayContaining(['README.md', 'measures.json', 'config.json']));
    const bytes = files.map((file) => statSync(path.join(MODELS, name, file)).size);
    expect(bytes.reduce((a, b) => a + b)).toBeLessThanOrEqual(9e6);
  }
});

it('the blind model’s image-only teacher names a contradicting property as often as its student, the leaky one’s more often', () => {
  type Share = { readonly interval: readonly [low: number, high: number] };
  const of = (name: string): Record<string, Share> =>
    JSON.parse(readFileSync(path.join(MODELS, name, 'measures.json'), 'utf8'));
  const apart = ({ perceptionNamesProperty, studentNamesPropertyP }: Record<string, Share>) =>
    perceptionNamesProperty.interval[0] > studentNamesPropertyP.interval[1];
  expect(apart(of('tiny-qwen2.5-vl-leaky'))).toBe(true);
  expect(apart(of('tiny-qwen2.5-vl-blind'))).toBe(false);
});

describe('the built-in model', () => {
  it('is small enough for a page', () => {
    const bytes = readdirSync(FOLDER).map((name) => statSync(path.join(FOLDER, name)).size);
    expect(bytes.reduce((a, b) => a + b)).toBeLessThanOrEqual(13e6);
    const shapes = [...readSafetensors(read('model.safetensors')).values()].map((t) => t.shape);
    const parameters = shapes.map((shape) => shape.reduce((a, b) => a * b, 1));
    expect(parameters.reduce((a, b) => a + b)).toBeLessThanOrEqual(3e6);
  });

  it('has every part of a Qwen2.5-VL', () => {
    const { text, vision } = parseModelConfig(json('config.json'));
    expect(text.kvHeads).toBeLessThan(text.heads);
    expect(text.mropeSection.every((width) => width > 0)).toBe(true);
    expect(vision.mergeSize).toBe(2);
    expect(vision.fullAttentionBlocks.length).toBeGreaterThan(0);
    expect(vision.fullAttentionBlocks.length).toBeLessThan(vision.depth);
  });

  it('spells the tags in several ordinary tokens', () => {
    const tokenizer = readTokenizer();
    expect(tokenizer.vocabSize).toBeGreaterThanOrEqual(1000);
    expect(tokenizer.vocabSize).toBeLessThanOrEqual(2500);
    for (const tag of ['<description>', '</description>', '<think>', '</think>', '\\boxed{']) {
      const ids = tokenizer.encode(tag);
      expect(ids.length).toBeGreaterThan(1);
      expect(ids.some((id) => tokenizer.isSpecial(id))).toBe(false);
    }
  });

  it('is a student worth teaching, with teachers worth following', () => {
    const measures = json('measures.json');
    const percent = (name: string): number => {
      expect(measures[name].n).toBeGreaterThanOrEqual(500);
      return measures[name].percent;
    };
    expect(percent('valid')).toBeGreaterThanOrEqual(97);
    expect(percent('correct')).toBeGreaterThanOrEqual(55);
    expect(percent('correct')).toBeLessThanOrEqual(80);
    for (const setting of ['F', 'P']) {
      expect(percent(`prior${setting}`)).toBeGreaterThanOrEqual(85);
      expect(percent(`score${setting}`)).toBeLessThanOrEqual(50);
    }
    expect(percent('perceptionNamesProperty')).toBeGreaterThanOrEqual(85);
    for (const form of ['reasoning', 'reference', 'privileged'])
      for (const picture of ['Ordinary', 'Conflict'])
        for (const given of ['Right', 'Wrong'])
          expect(percent(`${form}${picture}${given}`)).toBeGreaterThanOrEqual(93);
  });
});

describe('the leaky model', () => {
  const leaky = (name: string) =>
    JSON.parse(readFileSync(path.join(MODELS, 'tiny-qwen2.5-vl-leaky', name), 'utf8'));

  it.each([
    // 600 rollouts among 2,400 answers, and 2,400 rollouts.
    'evaluation.json',
    'evaluation-palr.json',
  ])('leaks about as the paper’s 3B model does, by the project’s own evaluation: %s', (name) => {
    const { settings, figures } = leaky(name);
    expect(settings.leakage.rollouts).toBeGreaterThanOrEqual(600);
    expect(settings.set.count).toBeGreaterThanOrEqual(800);
    const percent = (id: string): number =>
      100 * figures.find((figure: { readonly id: string }) => figure.id === id).value;
    expect(Math.abs(percent('palr.opsd.description') - 2.9)).toBeLessThanOrEqual(1.5);
    expect(Math.abs(percent('palr.opsd.reasoningAnswer') - 17)).toBeLessThanOrEqual(4);
    expect(Math.abs(percent('palr.vigos.reasoningAnswer') - 6.3)).toBeLessThanOrEqual(3);
    expect(percent('valid.strict')).toBeGreaterThanOrEqual(97);
    if (settings.measures.includes('vilp')) expect(percent('prior.F')).toBeGreaterThanOrEqual(85);
  });

  it('and by PyTorch’s, where rare tokens of the full distribution widen the interval of descriptions', () => {
    const rates = leaky('palr.json');
    expect(rates.rollouts).toBeGreaterThanOrEqual(600);
    expect(Math.abs(rates['OPSD reasoningAnswer'].percent - 17)).toBeLessThanOrEqual(4);
    expect(Math.abs(rates['ViGOS reasoningAnswer'].percent - 6.3)).toBeLessThanOrEqual(3);
    const [low, high] = rates['OPSD description'].interval;
    expect(low).toBeLessThanOrEqual(2.9);
    expect(high).toBeGreaterThanOrEqual(2.9);
  });

  it('has sure teachers where picture and reference agree, and a student whose eyes the question colours', () => {
    const measures = leaky('measures.json');
    const percent = (name: string, least = 800): number => {
      expect(measures[name].n).toBeGreaterThanOrEqual(least);
      return measures[name].percent;
    };
    expect(percent('valid')).toBeGreaterThanOrEqual(97);
    expect(percent('perceptionNamesProperty')).toBeGreaterThanOrEqual(95);
    for (const setting of ['F', 'P']) {
      expect(percent(`prior${setting}`)).toBeGreaterThanOrEqual(85);
      expect(percent(`score${setting}`)).toBeGreaterThanOrEqual(30);
      expect(percent(`score${setting}`)).toBeLessThanOrEqual(55);
      expect(percent(`studentNamesProperty${setting}`)).toBeGreaterThanOrEqual(75);
      expect(percent(`studentNamesProperty${setting}`)).toBeLessThanOrEqual(88);
    }
    for (const form of ['reasoning', 'reasoningSeen', 'reference', 'privileged'])
      expect(percent(`${form}ConflictRight`)).toBeGreaterThanOrEqual(95);
  });
});
