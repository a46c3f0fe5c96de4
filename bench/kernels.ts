/** `npm run -s bench:kernels`: the divergence kernels against other ways, in a headless browser. */

import { parseArgs } from 'node:util';
import { chromium } from 'playwright';
import { createServer } from 'vite';
import { chromiumFlags, requireChromium } from '../scripts/chromium.ts';
import { PlaygroundError } from '../src/base/errors.ts';
import { type BenchReport, type BenchRequest, CONTENDERS, OPS } from './kernels/report.ts';

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    ops: { type: 'string', default: OPS.join(',') },
    shapes: { type: 'string', default: '64x151936,1x151936,512x32000,256x2048' },
    contenders: { type: 'string', default: CONTENDERS.join(',') },
    repeats: { type: 'string', default: '5' },
  },
});

const request: BenchRequest = {
  ops: chosen('--ops', values.ops, OPS),
  contenders: chosen('--contenders', values.contenders, CONTENDERS),
  shapes: values.shapes.split(',').map((shape) => {
    const [tokens, vocab] = shape.split('x');
    return [count('--shapes', tokens), count('--shapes', vocab)] as const;
  }),
  repeats: count('--repeats', values.repeats),
};
const report = await runInBrowser(request);
if (values.json) console.log(JSON.stringify(report));
else {
  console.log(`${report.device}, copy ${report.copyGBps.toFixed(1)} GB/s`);
  console.table(report.results);
}

async function runInBrowser(wanted: BenchRequest): Promise<BenchReport> {
  const server = await createServer({
    configFile: false,
    logLevel: 'error',
    cacheDir: 'node_modules/.vite/bench',
    optimizeDeps: { noDiscovery: true },
    server: { port: 0, hmr: false, watch: null },
  });
  const browser = await chromium.launch({
    executablePath: requireChromium(),
    args: chromiumFlags(),
  });
  try {
    await server.listen();
    const page = await browser.newPage();
    await page.goto(`${server.resolvedUrls?.local[0]}bench/kernels/page.html`);
    return await page.evaluate(async (request): Promise<BenchReport> => {
      const path = '/bench/kernels/page.ts';
      const { runBench } = await import(path);
      return runBench(request);
    }, wanted);
  } finally {
    await browser.close();
    await server.close();
  }
}

function chosen<T extends string>(flag: string, list: string, known: readonly T[]): T[] {
  return list.split(',').map((word) => {
    const found = known.find((name) => name === word);
    return found ?? refuse(flag, word, `one of ${known.join(', ')}`);
  });
}

function count(flag: string, word: string | undefined): number {
  const value = Number(word);
  return Number.isInteger(value) && value > 0
    ? value
    : refuse(flag, String(word), 'a whole number above 0 (shapes are TOKENSxVOCAB)');
}

function refuse(flag: string, word: string, wanted: string): never {
  throw new PlaygroundError({
    code: 'bench.option',
    message: `${flag} does not take "${word}".`,
    fix: `Give ${wanted}.`,
    where: flag,
  });
}
