/**
 * `npm test`: every check and every test, and one line that counts them all. Each lane waits for its compiler, its page
 * or its person a third of the time, so all go at once, of about the same length, and no core rests at the end; what
 * they say comes one after the other.
 */
import { testChromium } from './test/chromium.ts';
import { speakers } from './test/speakers.ts';
import { type Count, type Output, runStep, type Step } from './test/steps.ts';

const vitest = (name: string, ...projects: string[]): Step => ({
  name: `${name} tests`,
  command: ['npx', 'vitest', 'run', ...projects.flatMap((project) => ['--project', project])],
  report: 'vitest',
});

const IN_NODE: Step[] = [
  { name: 'types', command: ['npm', 'run', '-s', 'typecheck'] },
  { name: 'format and lint', command: ['npm', 'run', '-s', 'lint'] },
  { name: 'layers and circular imports', command: ['npm', 'run', '-s', 'layers'] },
  { name: 'dead code', command: ['npm', 'run', '-s', 'dead-code'] },
  vitest('unit', 'unit', 'alone'),
  vitest('command', 'commands'),
];

/** A share of a project's files, in a browser of its own. */
const share = (step: Step, i: number, of: number): Step => ({
  ...step,
  name: `${step.name}, ${i} of ${of}`,
  command: [...step.command, `--shard=${i}/${of}`],
});

const BROWSER = vitest('browser', 'browser');
const IN_A_PAGE: Step[] = [
  vitest('component', 'component'),
  share(BROWSER, 1, 2),
  vitest('kernel', 'kernels'),
];
const IN_ANOTHER: Step[] = [share(BROWSER, 2, 2)];

const SITE: Step[] = [
  { name: 'build', command: ['npm', 'run', '-s', 'build'] },
  {
    name: 'end-to-end tests',
    command: ['npx', 'playwright', 'test', '--config', 'e2e/playwright.config.ts'],
    report: 'playwright',
  },
];

/** Lanes that need a browser. */
const PAGES = [IN_A_PAGE, IN_ANOTHER, SITE];

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

async function main(): Promise<void> {
  const write = (text: string) => void process.stdout.write(text);
  const chromium = testChromium();
  if (chromium !== undefined) write(`Chromium: ${chromium}\n`);
  const lanes = chromium === undefined ? [IN_NODE] : [IN_NODE, ...PAGES];
  const heard = speakers(lanes.length, write);
  const counts = await Promise.all(
    lanes.map((steps, i) => runAll(steps, heard[i]).finally(heard[i].end)),
  );
  // Without a browser what needs one has failed, each step once.
  if (chromium === undefined) counts.push({ passed: 0, failed: PAGES.flat().length });
  const sum = (key: keyof Count) => counts.reduce((all, count) => all + count[key], 0);
  write(`\n${sum('passed')} passed, ${sum('failed')} failed\n`);
  process.exitCode = sum('failed') > 0 || sum('passed') === 0 ? 1 : 0;
}

await main();
