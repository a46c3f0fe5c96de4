import { describe, expect, it } from 'vitest';
import type {
  BenchEvent,
  BenchFailure,
  BenchRequest,
  BenchResult,
  Doing,
} from '../../kernel-bench/contract.ts';
import {
  afterDescription,
  afterEvent,
  afterReport,
  initialState,
  newRun,
  type Run,
  reportOf,
} from './state.ts';
import { browserName, formatTimes, groupsOf, positionOf, scaleOf } from './view.ts';

const request: BenchRequest = {
  ops: ['forwardKl', 'jsd'],
  shapes: [[2, 5]],
  contenders: ['ours', 'jax-wasm', 'ort-webgpu'],
  repeats: 3,
};

const place = { op: 'forwardKl', tokens: 2, vocab: 5 } as const;

const result = (contender: BenchResult['contender'], ms: number): BenchResult => ({
  ...place,
  contender,
  ms,
  minMs: 0.9 * ms,
  maxMs: 3 * ms,
  runs: 3,
  maxError: 1e-9,
  maxGradientError: null,
  tolerances: 0.1,
  correct: true,
  floorBytes: 80,
  floorGBps: 1,
  timesOurs: ms / 10,
});

const failure: BenchFailure = {
  ...place,
  contender: 'ort-webgpu',
  error: { code: 'gpu.unavailable', message: 'No GPU.', fix: 'Get one.' },
};

const step = (doing: Partial<Doing>): BenchEvent => ({
  type: 'step',
  done: 1,
  total: 4,
  doing: { what: 'measure', ...place, contender: 'ours', run: 1, ...doing },
});

const runAfter = (...events: BenchEvent[]): Run => events.reduce(afterEvent, newRun(request));

const shown = (run: Run) =>
  groupsOf(run).map(({ key, rows }) => [
    key,
    ...rows.map((row) => `${row.contender} ${row.kind === 'waiting' ? row.what : row.kind}`),
  ]);

describe('the groups of a run', () => {
  it('follow each contender while it is prepared and measured', () => {
    expect(shown(runAfter(step({ op: null, contender: null, run: 0 })))).toEqual([]);
    const preparing = step({ what: 'prepare', contender: 'jax-wasm', run: 0 });
    expect(shown(runAfter(preparing))).toEqual([
      ['forwardKl 2x5', 'ours ready', 'jax-wasm prepares', 'ort-webgpu waits'],
    ]);
    const measuring = step({ contender: 'jax-wasm', run: 2 });
    expect(shown(runAfter({ type: 'failure', failure }, measuring))).toEqual([
      ['forwardKl 2x5', 'ours run 2 of 3', 'jax-wasm run 2 of 3', 'ort-webgpu failure'],
    ]);
  });

  it('put the fastest first and those that could not run last', () => {
    const results = [result('ours', 10), result('jax-wasm', 5)];
    const run = runAfter({ type: 'failure', failure }, { type: 'results', results });
    expect(shown(run)).toEqual([
      ['forwardKl 2x5', 'jax-wasm result', 'ours result', 'ort-webgpu failure'],
    ]);
  });
});

it('has all of a run at its end, though the last events come after the report', () => {
  const machine = {
    device: 'a',
    software: false,
    maxBufferBytes: 1,
    cores: 2,
    isolated: true,
    userAgent: '',
  };
  const results = [result('ours', 10), result('jax-wasm', 5)];
  const report = { ...machine, copyGBps: 7, request, results, failures: [failure], queued: [] };
  expect(afterReport(runAfter(step({})), report)).toMatchObject({
    phase: 'done',
    doing: null,
    results,
    failures: [failure],
    copyGBps: 7,
  });
});

it('says what ours reads in a full queue beside forward KL alone', () => {
  const queued = [{ tokens: 2, vocab: 5, ms: 1, floorGBps: 7 }];
  const results = [result('ours', 10), { ...result('ours', 20), op: 'jsd' as const }];
  const run = runAfter({ type: 'device', copyGBps: 10, queued }, { type: 'results', results });
  expect(groupsOf(run).map(({ op, queuedGBps }) => [op, queuedGBps])).toEqual([
    ['forwardKl', 7],
    ['jsd', null],
  ]);
});

it('adds a large shape to the first choice where there is a real GPU, and only there', () => {
  const machine = { device: 'a', maxBufferBytes: 1, cores: 2, isolated: true, userAgent: '' };
  const shapes = (state: typeof initialState, software: boolean | null) =>
    afterDescription(state, { ...machine, software }).choice?.shapes.map(([tokens]) => tokens);
  expect(shapes(initialState, false)).toEqual([256, 1, 64]);
  expect(shapes(initialState, true)).toBeUndefined();
  expect(shapes(initialState, null)).toEqual([256, 1]);
  expect(shapes({ ...initialState, choice: request }, false)).toBeUndefined();
});

it('leaves out what needs a GPU where there is none', () => {
  const machine = { device: 'none', maxBufferBytes: null, cores: 2, isolated: true, userAgent: '' };
  const { choice } = afterDescription(initialState, { ...machine, software: null });
  expect(choice?.contenders).toEqual(['ours-cpu', 'ours-float64', 'jax-wasm', 'ort-wasm']);
});

describe('the bars', () => {
  const [{ rows }] = groupsOf(
    runAfter({ type: 'results', results: [result('ours', 10), result('jax-wasm', 200)] }),
  );

  it('begin at nought on a linear scale and at a power of ten on a logarithmic one', () => {
    const linear = scaleOf(rows, 'linear');
    expect(positionOf(0, linear)).toBe(0);
    expect(positionOf(10, linear) * 20).toBeCloseTo(positionOf(200, linear), 12);
    const log = scaleOf(rows, 'log');
    expect(log.from).toBe(1);
    expect(positionOf(9, log)).toBeGreaterThan(0);
    expect(positionOf(0, log)).toBe(0);
    expect(positionOf(200, log)).toBeLessThan(1);
  });

  it('are not flattened by one slow run, which ends at the edge', () => {
    for (const kind of ['linear', 'log'] as const) {
      const scale = scaleOf(rows, kind);
      expect(positionOf(200, scale)).toBeGreaterThan(0.8);
      expect(positionOf(600, scale)).toBe(1);
    }
  });
});

it('exports the machine, the request and all that was finished', () => {
  const machine = {
    device: 'none',
    software: null,
    maxBufferBytes: null,
    cores: 2,
    isolated: true,
    userAgent: '',
  };
  const run = runAfter(
    { type: 'device', copyGBps: 12, queued: [] },
    { type: 'results', results: [result('ours', 10)] },
    { type: 'failure', failure },
  );
  expect(reportOf(machine, run)).toEqual({
    ...machine,
    request,
    copyGBps: 12,
    queued: [],
    results: [result('ours', 10)],
    failures: [failure],
  });
});

it('writes ratios with the digits that mean something', () => {
  expect([0.084, 1, 2.345, 31.4].map(formatTimes)).toEqual(['0.08×', '1.0×', '2.3×', '31×']);
});

it('finds the browser in its user agent string', () => {
  const chrome = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko)';
  expect(browserName(`${chrome} Chrome/156.0.0.0 Safari/537.36`)).toBe('Chrome 156');
  expect(browserName(`${chrome} HeadlessChrome/156.0.0.0 Safari/537.36`)).toContain('headless');
  expect(browserName(`${chrome} Chrome/156.0.0.0 Safari/537.36 Edg/156.0.0.0`)).toBe('Edge 156');
  expect(
    browserName('Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0'),
  ).toBe('Firefox 150');
  expect(
    browserName('Mozilla/5.0 (Macintosh) AppleWebKit/605.1.15 Version/26.1 Safari/605.1.15'),
  ).toBe('Safari 26');
  expect(browserName('something else')).toBe('something else');
});
