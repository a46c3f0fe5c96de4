import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { readReport, runStep } from './steps.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'steps-'));
const file = path.join(folder, 'report.json');

let said = '';
const output = {
  kept: true,
  say: (text: string) => {
    said += text;
  },
};

afterAll(() => rmSync(folder, { recursive: true }));

function report(content: unknown): string {
  writeFileSync(file, JSON.stringify(content));
  return file;
}

describe('counting tests', () => {
  test('a test file that fails before its first test is one failed test', () => {
    const testResults = [
      { status: 'failed', assertionResults: [] },
      { status: 'failed', assertionResults: [{ status: 'failed' }, { status: 'passed' }] },
      { status: 'passed', assertionResults: [{ status: 'passed' }] },
    ];
    expect(readReport('vitest', report({ testResults }))).toEqual({ passed: 2, failed: 2 });
  });

  test('an end-to-end test that passes only when repeated has failed', () => {
    const stats = { expected: 3, unexpected: 1, flaky: 1 };
    expect(readReport('playwright', report({ stats, errors: ['no server'] }))).toEqual({
      passed: 3,
      failed: 3,
    });
  });

  test('a missing report counts nothing', () => {
    expect(readReport('vitest', path.join(folder, 'none.json'))).toEqual({ passed: 0, failed: 0 });
  });

  test('a step without a report is one test: its exit status', async () => {
    const exit = (code: number) => ({
      name: `exit ${code}`,
      command: [process.execPath, '-e', `process.exit(${code})`],
    });
    expect(await runStep(exit(0), output)).toEqual({ passed: 1, failed: 0 });
    expect(await runStep(exit(3), output)).toEqual({ passed: 0, failed: 1 });
  });

  test('what a step says is kept whole, errors too', async () => {
    said = '';
    const code = 'console.log("out"); console.error("err")';
    await runStep({ name: 'talks', command: [process.execPath, '-e', code] }, output);
    expect(said.split('\n').sort()).toEqual(['', 'err', 'out']);
  });

  test('a test run that leaves no report is a failed test', async () => {
    const silent = { name: 'silent', command: [process.execPath, '-e', '', '--'] };
    expect(await runStep({ ...silent, report: 'vitest' }, output)).toEqual({
      passed: 0,
      failed: 1,
    });
  });
});
