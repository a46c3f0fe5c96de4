/** What is asked of a set or a scoring that nobody has opened. */
import { PlaygroundError } from '../base/errors.ts';

export function notOpened(): PlaygroundError {
  return new PlaygroundError({
    code: 'rollouts.not-opened',
    message: 'No set of rollouts is open.',
    fix: 'Choose one on the left.',
    where: 'rollouts',
  });
}

export function notScored(): PlaygroundError {
  return new PlaygroundError({
    code: 'scores.not-opened',
    message: 'No scoring is looked at, and only what a model has scored has tokens with figures.',
    fix: 'Choose one under “Under a model’s teachers”.',
    where: 'rollouts',
  });
}
