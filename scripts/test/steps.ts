/** One step of `npm test`: a command, where its output goes, and how its tests are counted. */
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';

export interface Step {
  /** What is said about it in the output. */
  name: string;
  /** Program and arguments, run in the repository root. */
  command: string[];
  /** Who writes the report; without one the step is a single test, passed if it exits with 0. */
  report?: 'vitest' | 'playwright';
}

/** Where a step's words go: to the terminal as they come, or to whoever keeps them until they can be shown whole. */
export interface Output {
  readonly kept: boolean;
  readonly say: (text: string) => void;
}

export interface Count {
  passed: number;
  failed: number;
}

const REPORTS = path.resolve('.cache/test-reports');

/** Runs a step to its end, whatever comes of it. Never throws: what goes wrong is a failed test. */
export async function runStep(step: Step, output: Output): Promise<Count> {
  const file = path.join(REPORTS, `${step.name.replaceAll(/\W+/g, '-')}.json`);
  mkdirSync(REPORTS, { recursive: true });
  rmSync(file, { force: true });
  const exitCode = await run(step, file, output);
  if (step.report === undefined)
    return exitCode === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
  const count = readReport(step.report, file);
  // A run that broke outside its tests (an unhandled error, no report) must not look clean.
  if (count.failed === 0 && (exitCode !== 0 || count.passed === 0)) count.failed = 1;
  return count;
}

function run(step: Step, file: string, { kept, say }: Output): Promise<number> {
  const reporting: Record<NonNullable<Step['report']>, string[]> = {
    vitest: ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`],
    playwright: ['--reporter=list,json'],
  };
  const [program = '', ...rest] = step.command;
  const args = [...rest, ...(step.report === undefined ? [] : reporting[step.report])];
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      stdio: kept ? ['ignore', 'pipe', 'pipe'] : ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, PLAYWRIGHT_JSON_OUTPUT_FILE: file },
      shell: process.platform === 'win32',
    });
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding('utf8').on('data', (text: string) => say(text));
    child.on('error', (error) => {
      say(`${error.message}\n`);
      resolve(1);
    });
    child.on('close', (code) => resolve(code ?? 1));
  });
}

/** Counts a report's tests; one that is missing or unreadable counts as nothing. */
export function readReport(kind: NonNullable<Step['report']>, file: string): Count {
  let report: unknown;
  try {
    report = JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return { passed: 0, failed: 0 };
  }
  return kind === 'vitest' ? countVitest(report) : countPlaywright(report);
}

interface VitestReport {
  testResults: { status: string; assertionResults: { status: string }[] }[];
}

/** A file that fails before its first test is one failed test. Vitest writes Jest's JSON format. */
function countVitest(report: unknown): Count {
  const count = { passed: 0, failed: 0 };
  for (const file of (report as VitestReport).testResults) {
    const failed = file.assertionResults.filter((test) => test.status === 'failed').length;
    count.passed += file.assertionResults.filter((test) => test.status === 'passed').length;
    count.failed += failed === 0 && file.status === 'failed' ? 1 : failed;
  }
  return count;
}

interface PlaywrightReport {
  stats: { expected: number; unexpected: number; flaky: number };
  errors: unknown[];
}

/** Playwright's own statistics; its errors are those outside any test. */
function countPlaywright(report: unknown): Count {
  const { stats, errors } = report as PlaywrightReport;
  return { passed: stats.expected, failed: stats.unexpected + stats.flaky + errors.length };
}
