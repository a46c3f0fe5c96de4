/** A chat template of a picked folder is tried in a worker that is ended when its time is over. */

import { expect, it } from 'vitest';
import { PlaygroundError } from '../../base/errors.ts';
import { tryTemplate } from './template-trial.ts';

const ENDLESS =
  '{% for a in range(9999999) %}{% for b in range(9999999) %}{% endfor %}{% endfor %}';
const PLACES = "{% if c.type == 'image' %}<|image_pad|>{% endif %}";
const turns = (part: string) =>
  `{% for m in messages %}{% for c in m.content %}${part}{% endfor %}{% endfor %}`;

async function recordOf(work: Promise<void>) {
  const error = await work.then(
    () => new Error('it was accepted'),
    (thrown: unknown) => thrown,
  );
  if (error instanceof PlaygroundError) return error.record;
  throw error;
}

it('a template that never ends is refused when its time is over, and holds nothing up until then', async () => {
  let turnsOfThePage = 0;
  const timer = setInterval(() => turnsOfThePage++, 50);
  const record = await recordOf(tryTemplate(ENDLESS));
  clearInterval(timer);
  expect(record).toMatchObject({ code: 'chat.template-invalid', detail: { limitMs: 10_000 } });
  expect(record.message).toContain('not done after 10 s');
  expect(turnsOfThePage).toBeGreaterThan(10);
});

it('a trial that is cancelled ends at once, with the reason it was cancelled for', async () => {
  const reason = new Error('another model was chosen');
  const start = performance.now();
  const trial = tryTemplate(ENDLESS, cancelledIn(200, reason));
  await expect(trial).rejects.toBe(reason);
  expect(performance.now() - start).toBeLessThan(2500);
});

it('a template that drops the question or the picture is refused, and one that writes both is taken', async () => {
  const question = await recordOf(tryTemplate(turns(PLACES)));
  expect(question.message).toContain('leaves the question out');
  const picture = await recordOf(tryTemplate(turns('{{ c.text }}')));
  expect(picture.message).toContain('0 places (<|image_pad|>) for 1 images');
  await tryTemplate(turns(`${PLACES}{{ c.text }}`));
});

function cancelledIn(ms: number, reason: Error): AbortSignal {
  const controller = new AbortController();
  setTimeout(() => controller.abort(reason), ms);
  return controller.signal;
}
