/** `npm run -s bench:kernels`: the divergence kernels against other ways, in a headless browser. */

import { runCommand } from './command.ts';
import { type KernelBenchOptions, readArguments, USAGE } from './kernels/arguments.ts';
import { benchInBrowser, scaleInBrowser } from './kernels/browser.ts';
import { markdownOf, scaleMarkdownOf } from './kernels/tables.ts';

async function run({ request, scale, output }: KernelBenchOptions): Promise<string> {
  if (scale) {
    const report = await scaleInBrowser(request.repeats);
    return output === 'json' ? JSON.stringify(report) : scaleMarkdownOf(report);
  }
  const report = await benchInBrowser(request);
  if (output === 'json') return JSON.stringify(report);
  if (output === 'markdown') return markdownOf(report);
  const copy = report.copyGBps === null ? '' : `, copies ${report.copyGBps.toFixed(1)} GB/s`;
  const failures = report.failures.map(
    ({ op, tokens, vocab, contender, error }) =>
      `${contender}, ${op} [${tokens}, ${vocab}]: ${error.message}`,
  );
  return [`${report.device}${copy}`, markdownOf(report), ...failures].join('\n\n');
}

await runCommand(USAGE, async () => {
  const options = readArguments(process.argv.slice(2));
  return options === 'help' ? USAGE : run(options);
});
