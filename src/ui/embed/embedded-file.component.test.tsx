import { expect, it, onTestFinished } from 'vitest';
import { VIGOS_PAPER } from '../../method/named-methods.ts';
import { traceOf, VALID } from '../rollout/fixtures/trace.ts';
import type { EmbeddedDocument } from './document.ts';
import { embeddedHtml, frameSnippet } from './embedded-file.ts';
import { documentOf, rolloutOf } from './fixtures/document.ts';

const HOSTILE =
  '</script><script>parent.harmed = 1</script><!--<img src=x onerror="parent.harmed=1">';

/** The file as a host's page shows it, where the test can look inside. */
async function framed(document: EmbeddedDocument): Promise<Document> {
  const frame = window.document.createElement('iframe');
  frame.srcdoc = embeddedHtml(document);
  frame.style.cssText = 'width: 900px; height: 700px';
  window.document.body.append(frame);
  onTestFinished(() => frame.remove());
  await expect
    .poll(() => frame.contentDocument?.querySelector('[role="option"]') ?? null, {
      timeout: 20_000,
    })
    .not.toBeNull();
  return frame.contentDocument as Document;
}

it('shows the rollout and the figures of its marked token, and another token’s by a key', async () => {
  const page = await framed(documentOf());
  expect(page.querySelector('h1')?.textContent).toBe('A rollout');
  const panel = () => page.querySelector('section')?.textContent ?? '';
  await expect.poll(panel).toContain('Token 2 of 9');
  expect(panel()).toContain('0.100');
  page.querySelector<HTMLElement>('[aria-selected="true"]')?.focus();
  page
    .querySelector('[role="listbox"]')
    ?.dispatchEvent(
      new KeyboardEvent('keydown', { key: 'ArrowRight', bubbles: true, cancelable: true }),
    );
  await expect.poll(panel).toContain('Token 3 of 9');
});

it('texts of a trace are drawn as texts, wherever they stand, and become no code', async () => {
  const texts = [HOSTILE, ...VALID];
  const trace = traceOf(
    texts,
    VIGOS_PAPER,
    texts.map(() => 0.01),
  );
  const page = await framed(
    documentOf({
      title: HOSTILE,
      lead: [HOSTILE],
      tables: [{ caption: HOSTILE, head: ['a', HOSTILE], rows: [[HOSTILE, HOSTILE]] }],
      rollouts: [
        rolloutOf({
          token: 0,
          title: HOSTILE,
          origin: HOSTILE,
          trace: { ...trace, input: { question: HOSTILE, answer: HOSTILE } },
        }),
      ],
    }),
  );
  expect(page.title).toBe(HOSTILE);
  await expect.poll(() => page.body.innerText).toContain(`Asked: ${HOSTILE}`);
  expect(page.querySelectorAll('script')).toHaveLength(3);
  expect(page.querySelectorAll('img')).toHaveLength(0);
  // Nor would a script that came in some other way be run.
  const script = page.createElement('script');
  script.textContent = 'parent.harmed = 1';
  page.body.append(script);
  expect(Reflect.get(window, 'harmed')).toBeUndefined();
});

it('of several rollouts each is drawn when it is opened', async () => {
  const page = await framed(
    documentOf({ rollouts: [rolloutOf(), rolloutOf({ id: 'two', title: 'The second' })] }),
  );
  const strips = () => page.querySelectorAll('[role="listbox"]').length;
  expect(strips()).toBe(1);
  page.querySelector<HTMLElement>('#rollout-two summary')?.click();
  await expect.poll(strips).toBe(2);
});

it('is small, asks nobody for anything, and its frame is cut off from the page around it', () => {
  const html = embeddedHtml(documentOf());
  expect(html.length).toBeLessThan(560_000);
  const policy = /Content-Security-Policy" content="([^"]+)"/.exec(html)?.[1];
  expect(policy).toMatch(
    /^default-src 'none'; script-src 'sha256-[^']+'; style-src 'sha256-[^']+'; /,
  );
  expect(html).not.toMatch(/<(link|img|iframe)\b/);
  const snippet = frameSnippet('a b".html', 'T "x" <y>', 700);
  expect(snippet).toContain('src="a%20b%22.html" title="T &quot;x&quot; &lt;y&gt;"');
  expect(snippet).toContain('sandbox="allow-scripts allow-popups"');
});
