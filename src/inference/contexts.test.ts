import { beforeAll, describe, expect, it } from 'vitest';
import { PlaygroundError } from '../base/errors.ts';
import { VIGOS_CODE, VIGOS_PAPER } from '../method/named-methods.ts';
import type { MethodConfig, TeacherName } from '../method/types.ts';
import type { ModelAssets } from '../model/assets.ts';
import { bundledAssets } from '../model/fixtures/bundled-assets.ts';
import { ContextMaker } from './contexts.ts';
import { planRollout } from './reading.ts';
import { readTyped } from './typed.ts';

let assets: ModelAssets;
beforeAll(async () => {
  assets = await bundledAssets();
});

function rendered(name: TeacherName, answer: string, method: MethodConfig): string {
  const ids = [...readTyped(' a </description> <think> b </think> \\boxed{red}', assets).ids];
  const { parsed } = planRollout(assets, ids, method);
  const input = { image: null, question: 'What color?', answer };
  return new ContextMaker(assets).teacher(name, input, {}, method, parsed).prompt.rendered;
}

describe('the reference answer in a teacher’s prompt', () => {
  it.each(['reasoning', 'reference', 'privileged'] as const)(
    'is cleaned in the code’s reading and only trimmed in the paper’s: %s',
    (name) => {
      for (const given of ['Answer: red', '```\nred\n```', '\\boxed{red}', ' "red" ']) {
        expect(rendered(name, given, VIGOS_CODE)).toContain('Reference answer: red\n');
        expect(rendered(name, given, VIGOS_PAPER)).toContain(`Reference answer: ${given.trim()}\n`);
      }
    },
  );

  it('is refused where cleaning leaves nothing of it', () => {
    const shown = () => rendered('reference', '"`"', VIGOS_CODE);
    expect(shown).toThrow(PlaygroundError);
    expect(shown).toThrow(/is empty/);
    expect(rendered('reference', '"`"', VIGOS_PAPER)).toContain('Reference answer: "`"');
  });
});

it('a person’s own words are what the model reads, and a reader without some has the model’s', () => {
  const maker = new ContextMaker(assets);
  const input = { image: null, question: 'What color?', answer: 'red' };
  const wording = { student: 'Take your time: {question}' };
  const own = maker.student({ ...input, wording });
  expect(own.prompt.rendered).toContain('user\nTake your time: What color?<|im_end|>');
  expect(own.key).not.toBe(maker.student(input).key);
  expect(maker.student({ ...input, wording: { reference: '{question} {answer}' } }).key).toBe(
    maker.student(input).key,
  );
});
