/** The model that comes with the site is what its card says. */

import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseModelConfig } from './families/qwen2-5-vl/config.ts';
import { readTokenizer } from './fixtures/support.ts';
import { readSafetensors } from './formats/safetensors.ts';

const FOLDER = 'public/models/tiny-qwen2.5-vl';
const read = (name: string) => readFileSync(path.join(FOLDER, name));
const json = (name: string) => JSON.parse(read(name).toString());

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
