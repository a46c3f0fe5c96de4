import { expect, test } from 'vitest';
import { speakers } from './speakers.ts';

test('each is heard whole and as it speaks, once all before it have ended', () => {
  let heard = '';
  const [first, second, third] = speakers(3, (text) => {
    heard += text;
  });
  second.say('b');
  first.say('a');
  third.say('c');
  third.end();
  expect(heard).toBe('a');
  first.end();
  expect(heard).toBe('ab');
  second.say('B');
  expect(heard).toBe('abB');
  second.end();
  expect(heard).toBe('abBc');
});
