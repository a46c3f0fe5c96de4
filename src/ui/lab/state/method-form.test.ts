import { expect, it } from 'vitest';
import { METHOD_FIELDS } from '../../../contract/settings/method-fields.ts';
import { OPSD, VIGOS_CODE, VIGOS_PAPER, withReading } from '../../../method/named-methods.ts';
import { differsFromNamed, methodGroups, namedValue } from './method-form.ts';

const paths = (method: Parameters<typeof methodGroups>[0]) =>
  methodGroups(method).flatMap(({ fields }) => fields.map(({ path }) => path));

it('every setting of the method is in the form or has a switch of its own', () => {
  const mixed = { kind: 'jsd', beta: 0.5 } as const;
  const divergence = { perception: mixed, reasoning: mixed, reference: mixed, privileged: mixed };
  const shown = new Set([
    ...paths({ ...VIGOS_CODE, divergence }),
    ...paths({ ...OPSD, divergence }),
    'method.reading',
    'method.validity',
  ]);
  expect(METHOD_FIELDS.filter(({ path }) => !shown.has(path))).toEqual([]);
});

it('a method’s form has the teachers that it asks, and only what they have', () => {
  expect(methodGroups(VIGOS_PAPER).map(({ teacher }) => teacher)).toEqual([
    null,
    'perception',
    'reasoning',
    'reference',
  ]);
  expect(methodGroups(OPSD).map(({ teacher }) => teacher)).toEqual([null, 'privileged']);
  expect(paths(VIGOS_PAPER)).not.toContain('method.boundaryClip.value');
  expect(paths(VIGOS_PAPER)).not.toContain('method.divergence.perception.beta');
  expect(paths(VIGOS_CODE)).toContain('method.boundaryClip.value');
});

it('says what differs from the nearest named method, and nothing of the switches beside it', () => {
  expect(differsFromNamed({ ...withReading(VIGOS_PAPER, 'code'), validity: 'lenient' })).toEqual(
    [],
  );
  expect(differsFromNamed(withReading(VIGOS_PAPER, 'code'))).toEqual([]);
  const own = {
    ...VIGOS_PAPER,
    temperature: 2,
    lambdas: { ...VIGOS_PAPER.lambdas, perception: 5 },
    clip: { kind: 'token', value: 0.2 },
  } as const;
  expect(differsFromNamed(own)).toEqual([
    'Distillation temperature 2 instead of 1',
    'Clip value 0.2 nats instead of 0.05 nats',
    'Perception weight 5 instead of 1',
  ]);
  expect(namedValue(own, 'method.clip.value')).toBe(0.05);
});
