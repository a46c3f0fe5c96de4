/** Every recipe's loss and gradient equal PyTorch's autograd on the official model, on both backends. */

import { describe, expect, test } from 'vitest';
import {
  fixture,
  fixtureExamples,
  fixtureGradients,
  openFrozen,
  openTrainer,
  relativeError,
  settingsOf,
} from './fixtures/parity-step.ts';

const expected = await fixtureGradients();
const hooks = { pause: async () => undefined, onCompile: () => () => undefined };

for (const backend of ['wasm', 'webgpu'] as const) {
  // A software adapter takes seconds for each: the recipes that share no code path are enough there.
  const recipes =
    backend === 'wasm'
      ? Object.keys(fixture.losses).filter((name) => name !== 'dropout')
      : ['vigos', 'opsd', 'sft'];
  describe(backend, async () => {
    const { frozen, assets } = await openFrozen(backend);
    test.each(recipes)(
      '%s',
      async (recipe) => {
        const settings = settingsOf(recipe);
        const trainer = await openTrainer(frozen, settings, backend);
        const { examples } = await fixtureExamples(frozen, assets, settings);
        const found = await trainer.gradient(
          {
            examples,
            prompts: examples.map(({ student }) => student),
            completions: examples.map(({ referenceIds }) => referenceIds),
          },
          1,
          hooks,
        );
        expect(Math.abs(found.loss / fixture.losses[recipe] - 1)).toBeLessThan(1e-4);
        const errors = [...found.gradients].map(([name, values]) => {
          const own = expected.get(`${recipe}/${name}`);
          if (own === undefined) throw new Error(`no fixture of ${recipe}/${name}`);
          return { name, error: relativeError(values, own) };
        });
        const worst = errors.reduce((a, b) => (a.error > b.error ? a : b));
        const recorded = [...expected.keys()].filter((name) => name.startsWith(`${recipe}/`));
        expect(errors).toHaveLength(recorded.length);
        expect(worst.error).toBeLessThan(1e-3);
        await trainer.release();
      },
      600_000,
    );
  });
}
