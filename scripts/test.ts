/** `npm test`: every check and every test, one after the other, and one line that counts them all. */
import { testChromium } from './test/chromium.ts';
import { runStep, type Step } from './test/steps.ts';

const CHECKS: Step[] = [
  { name: 'types', command: ['npm', 'run', '-s', 'typecheck'] },
  { name: 'format and lint', command: ['npm', 'run', '-s', 'lint'] },
  { name: 'layers and circular imports', command: ['npm', 'run', '-s', 'layers'] },
  { name: 'dead code', command: ['npm', 'run', '-s', 'dead-code'] },
  { name: 'unit tests', command: ['npx', 'vitest', 'run', '--project', 'unit'], report: 'vitest' },
  { name: 'build', command: ['npm', 'run', '-s', 'build'] },
];

const IN_A_BROWSER: Step[] = [
  {
    name: 'browser tests',
    command: ['npx', 'vitest', 'run', '--project', 'browser'],
    report: 'vitest',
  },
  {
    name: 'end-to-end tests',
    command: ['npx', 'playwright', 'test', '--config', 'e2e/playwright.config.ts'],
    report: 'playwright',
  },
];

const total = { passed: 0, failed: 0 };

async function runAll(steps: Step[]): Promise<void> {
  for (const step of steps) {
    const started = performance.now();
    console.log(`\n== ${step.name}`);
    const { passed, failed } = await runStep(step);
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    console.log(`== ${step.name}: ${passed} ok, ${failed} not ok, ${seconds} s`);
    total.passed += passed;
    total.failed += failed;
  }
}

async function main(): Promise<void> {
  // Unit tests too run commands in a browser.
  const chromium = testChromium();
  if (chromium !== undefined) console.log(`Chromium: ${chromium}`);
  await runAll(CHECKS);
  if (chromium !== undefined) await runAll(IN_A_BROWSER);
  else total.failed += IN_A_BROWSER.length;
  console.log(`\n${total.passed} passed, ${total.failed} failed`);
  process.exitCode = total.failed > 0 || total.passed === 0 ? 1 : 0;
}

await main();
