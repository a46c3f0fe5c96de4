import { describe, expect, it } from 'vitest';
import { OPSD, VIGOS_CODE, VIGOS_PAPER } from '../../method/named-methods.ts';
import { methodDifferences, settingsDifferences } from './train-differences.ts';
import { trainSettings } from './train-settings.ts';

describe('how two losses differ', () => {
  it('says nothing of equal ones, nor of teachers whom neither asks', () => {
    expect(methodDifferences(VIGOS_PAPER, VIGOS_PAPER)).toEqual([]);
    const lambdas = { ...VIGOS_PAPER.lambdas, privileged: 7 };
    expect(methodDifferences({ ...VIGOS_PAPER, lambdas }, VIGOS_PAPER)).toEqual([]);
  });

  it('names weight, divergence, temperature and clip, each with its value here', () => {
    const jsd = { kind: 'jsd', beta: 0.5 } as const;
    const edited = {
      ...VIGOS_PAPER,
      temperature: 2,
      clip: { kind: 'entry', value: 0.2 },
      lambdas: { ...VIGOS_PAPER.lambdas, reasoning: 3 },
      divergence: { ...VIGOS_PAPER.divergence, perception: jsd },
    } as const;
    expect(methodDifferences(edited, VIGOS_PAPER)).toEqual([
      'Distillation temperature 2 instead of 1',
      'Clip entry instead of token',
      'Clip value 0.2 nats instead of 0.05 nats',
      'Perception divergence jsd instead of forward-kl',
      'Perception β 0.5 instead of none',
      'Reasoning weight 3 instead of 1',
    ]);
  });

  it('names the two switches of the code reading', () => {
    expect(methodDifferences(VIGOS_CODE, VIGOS_PAPER)).toEqual([
      'Reading code instead of paper',
      'Validity lenient instead of strict',
      'Tag opener on instead of off',
      'Boundary clips token instead of none',
      'Boundary clip value 0.05 nats instead of none',
    ]);
  });

  it('has one word for two methods', () => {
    expect(methodDifferences(OPSD, VIGOS_PAPER)).toEqual(['Method OPSD instead of ViGOS']);
  });
});

it('two runs that draw from other questions say so, also where their sets have one name', () => {
  const run = trainSettings('vigos', 'tiny');
  const of = (letter: string) => ({
    ...run,
    questions: { name: 'Fruit', fingerprint: letter.repeat(64), items: 3 },
  });
  expect(settingsDifferences(of('a'), run)).toEqual([
    'Draws from “Fruit” (aaaaaaaa) instead of all questions',
  ]);
  expect(settingsDifferences(of('a'), of('b'))).toEqual([
    'Draws from “Fruit” (aaaaaaaa) instead of “Fruit” (bbbbbbbb)',
  ]);
  expect(settingsDifferences(of('a'), of('a'))).toEqual([]);
});
