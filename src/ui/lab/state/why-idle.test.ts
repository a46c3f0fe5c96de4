import { expect, it } from 'vitest';
import { methodOf, sameMethod } from './method.ts';
import { DEFAULT_SETTINGS, type LabSettings, SETTINGS } from './settings.ts';
import { whyIdle } from './why-idle.ts';

it('a switch says why it is idle exactly where none of its choices changes the method', () => {
  const names = ['ablation', 'opener', 'boundary', 'reading', 'validity', 'clip'] as const;
  for (const method of ['vigos', 'opsd'] as const)
    for (const name of names) {
      const settings: LabSettings = { ...DEFAULT_SETTINGS, method };
      const changes = SETTINGS[name].options.some(
        ({ value }) => !sameMethod(methodOf({ ...settings, [name]: value }), methodOf(settings)),
      );
      expect([method, name, whyIdle(settings, name) === undefined]).toEqual([
        method,
        name,
        changes,
      ]);
    }
});

it('whose picture it is matters once there is another picture', () => {
  expect(whyIdle(DEFAULT_SETTINGS, 'imageOf')).toContain('choose another picture first');
  expect(whyIdle({ ...DEFAULT_SETTINGS, teacherImage: 'blank' }, 'imageOf')).toBeUndefined();
});
