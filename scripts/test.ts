/**
 * `npm test`: every check and every test, and one line that counts them all. What computes in one browser page runs
 * beside what computes in Node, since either alone leaves a core idle; its output follows when it is done.
 */
import { testChromium } from './test/chromium.ts';
import { type Count, type Output, runStep, type Step } from './test/steps.ts';

const vitest = (project: string): Step => ({
  name: `${project} tests`,
  command: ['npx', 'vitest', 'run', '--project', project],
  report: 'vitest',
});

const CHECKS: Step[] = [
  { name: 'types', command: ['npm', 'run', '-s', 'typecheck'] },
  { name: 'format and lint', command: ['npm', 'run', '-s', 'lint'] },
  { name: 'layers and circular imports', command: ['npm', 'run', '-s', 'layers'] },
  { name: 'dead code', command: ['npm', 'run', '-s', 'dead-code'] },
  vitest('unit'),
  vitest('commands'),
];

const KERNELS: Step[] = [vitest('kernels')];

const BESIDE: Step[] = [vitest('component'), vitest('browser')];

const SITE: Step[] = [
  { name: 'build', command: ['npm', 'run', '-s', 'build'] },
  {
    name: 'end-to-end tests',
    command: ['npx', 'playwright', 'test', '--config', 'e2e/playwright.config.ts'],
    report: 'playwright',
  },
];

async function runAll(steps: Step[], output: Output): Promise<Count> {
  const total = { passed: 0, failed: 0 };
  for (const step of steps) {
    const started = performance.now();
    output.say(`\n== ${step.name}\n`);
    const { passed, failed } = await runStep(step, output);
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    output.say(`== ${step.name}: ${passed} ok, ${failed} not ok, ${seconds} s\n`);
    total.passed += passed;
    total.failed += failed;
  }
  return total;
}

/** Says everything at once when it is asked to. */
function kept(): Output & { flush(): void } {
  let text = '';
  return {
    kept: true,
    say: (more) => {
      text += more;
    },
    flush: () => process.stdout.write(text),
  };
}

async function main(): Promise<void> {
  const live: Output = { kept: false, say: (text) => process.stdout.write(text) };
  // Commands and some pages of the tests need it.
  const chromium = testChromium();
  if (chromium !== undefined) live.say(`Chromium: ${chromium}\n`);
  const beside = kept();
  const found = chromium !== undefined;
  const first = found ? [...CHECKS, ...KERNELS] : CHECKS;
  const both = [runAll(first, live), ...(found ? [runAll(BESIDE, beside)] : [])];
  const counts = await Promise.all(both);
  beside.flush();
  // Without a browser what needs one has failed, each step once.
  if (found) counts.push(await runAll(SITE, live));
  else counts.push({ passed: 0, failed: KERNELS.length + BESIDE.length + SITE.length });
  const sum = (key: keyof Count) => counts.reduce((all, count) => all + count[key], 0);
  live.say(`\n${sum('passed')} passed, ${sum('failed')} failed\n`);
  process.exitCode = sum('failed') > 0 || sum('passed') === 0 ? 1 : 0;
}

await main();
