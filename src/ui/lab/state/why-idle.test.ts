import { expect, it } from 'vitest';
import { OPSD, VIGOS_PAPER } from '../../../method/named-methods.ts';
import { parseRollout } from '../../../method/rollout.ts';
import { planSupervision } from '../../../method/supervision.ts';
import type { MethodConfig } from '../../../method/types.ts';
import { CUT_OFF, VALID } from '../../rollout/fixtures/trace.ts';
import { withMethodValue } from './method.ts';
import { DEFAULT_SETTINGS } from './settings.ts';
import { whyIdle, whyNoReader } from './why-idle.ts';

const SPACED = VALID.map((text) => (text === '</description>' ? '.</description>' : text));

/** What the method makes of three rollouts, with and without their last half. */
const plans = (method: MethodConfig) =>
  [VALID, SPACED, CUT_OFF].map((texts) => {
    const ids = texts.map((_, i) => i);
    return planSupervision(parseRollout(ids, texts, { ...method, eosIds: [] }), method).tokens;
  });

it('a setting of the method says why it is idle exactly where it changes no token’s loss', () => {
  const choices: [string, unknown][] = [
    ['method.opener', true],
    ['method.boundaryClip.kind', 'token'],
    ['method.clip.kind', 'none'],
  ];
  for (const method of [VIGOS_PAPER, OPSD])
    for (const [path, value] of choices) {
      const other = withMethodValue({ method, other: null }, path, value).method;
      const acts = JSON.stringify(plans(other)) !== JSON.stringify(plans(method));
      expect([method.name, path, whyIdle(method, path) === undefined]).toEqual([
        method.name,
        path,
        acts,
      ]);
    }
});

it('whose picture it is matters once there is another picture', () => {
  expect(whyNoReader(DEFAULT_SETTINGS)).toContain('choose another picture first');
  expect(whyNoReader({ ...DEFAULT_SETTINGS, teacherImage: 'blank' })).toBeUndefined();
});
