import { expect, it } from 'vitest';
import { refusedBy } from '../../src/base/fixtures/refused.ts';
import { EVALUATION_PRESETS } from '../../src/contract/evaluation/evaluation-settings.ts';
import { type EvaluateOptions, readArguments } from './arguments.ts';

function read(...args: string[]): EvaluateOptions {
  const options = readArguments(args);
  if (options === 'help') throw new Error('help');
  return options;
}

const refusal = (...args: string[]) => refusedBy(() => readArguments(args));

it('starts from a preset and changes what is named', () => {
  for (const { id, settings } of EVALUATION_PRESETS)
    expect(read('--preset', id).settings).toEqual(settings);
  const asked = ['--set', 'prior-test', '--measures', 'vilp,palr,pass', '--seeds', '1,2', '--json'];
  expect(read(...asked)).toMatchObject({
    json: true,
    settings: {
      set: { name: 'prior-test', count: 100 },
      measures: ['vilp', 'pass', 'palr'],
      facts: ['F', 'P'],
      seeds: [1, 2],
    },
  });
  expect(read('--measures', 'pass', '--responses', '5', '--count', '7').settings).toMatchObject({
    facts: ['F'],
    responses: 5,
    set: { count: 7 },
  });
});

it('asks a file of three pictures a question all that a prior set is asked', () => {
  const { measures, facts } = read('--set', 'prior-test').settings;
  expect(read('--file', 'mine.parquet').settings).toMatchObject({ measures, facts });
  expect(facts).toEqual(['F', 'P']);
});

it('refuses by the name of the flag', () => {
  expect(refusal('--set', 'prior')).toMatchObject({ where: '--set' });
  expect(refusal('--measures', 'vilp,x')).toMatchObject({ where: '--measures' });
  expect(refusal('--count', 'x')).toMatchObject({ where: '--count' });
  expect(refusal('--count', '0')).toMatchObject({
    code: 'evaluation.invalid-setting',
    where: 'set.count',
  });
  expect(refusal('--seeds', '')).toMatchObject({ where: '--seeds' });
  expect(refusal('--adapter', 'a', '--run', 'b')).toMatchObject({ where: '--run' });
  expect(refusal('--what')).toMatchObject({ code: 'evaluate.bad-argument' });
  expect(readArguments(['--help'])).toBe('help');
});
