import { expect, it } from 'vitest';
import { refusedBy } from '../../src/base/fixtures/refused.ts';
import { trainSettings } from '../../src/contract/train/train-settings.ts';
import { readArguments, type TrainOptions } from './arguments.ts';

function read(...args: string[]): TrainOptions {
  const options = readArguments(['--out', 'there', ...args]);
  if (options === 'help') throw new Error('help');
  return options;
}

const refusal = (...args: string[]) => refusedBy(() => readArguments(args));

it('starts from a preset and changes what is named', () => {
  expect(read().settings).toEqual(trainSettings('vigos', 'tiny'));
  expect(read('--recipe', 'opsd', '--preset', 'paper').settings).toEqual(
    trainSettings('opsd', 'paper'),
  );
  const set = ['--set', 'optimizer.learningRate=0.01', '--set', 'data.families=prior,math'];
  const { settings, steps } = read('--steps', '7', '--seed', '3', ...set);
  expect(settings).toMatchObject({
    steps: 7,
    seed: 3,
    optimizer: { learningRate: 0.01 },
    data: { families: ['math', 'prior'] },
  });
  expect(steps).toBe(7);
  expect(read('--pause-after', '2', '--final', '150')).toMatchObject({
    pauseAfter: 2,
    finalGroups: 150,
  });
});

it('refuses by the name of the flag or the setting', () => {
  expect(refusal()).toMatchObject({ code: 'train.bad-argument', where: '--out' });
  expect(refusal('--out', 'x', '--set', 'steps')).toMatchObject({ where: '--set' });
  expect(refusal('--out', 'x', '--backend', 'tpu')).toMatchObject({ where: '--backend' });
  expect(refusal('--out', 'x', '--final', '0')).toMatchObject({ where: '--final' });
  expect(refusal('--out', 'x', '--what')).toMatchObject({ code: 'train.bad-argument' });
  expect(refusal('--out', 'x', '--set', 'steps=0')).toMatchObject({
    code: 'train.invalid-setting',
    where: 'steps',
  });
  expect(refusal('--out', 'x', '--recipe', 'ppo')).toMatchObject({ code: 'train.recipe' });
  expect(readArguments(['--help'])).toBe('help');
});
