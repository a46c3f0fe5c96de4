/** A run as long as one likes, in the form in which the page exports runs: a short real one, its figures carried on. */
import { strFromU8, strToU8, unzipSync, zipSync } from 'fflate';

type Line = { type: string; step?: number } & Record<string, unknown>;

/** The zip file of an exported run with `steps` steps, an evaluation every 25 and the followed rollout every 5. */
export function lengthened(zip: Uint8Array, steps: number): Buffer {
  const files = unzipSync(zip);
  const find = (name: string) => Object.keys(files).find((path) => path.endsWith(name)) ?? name;
  // What is changed has no right to the checksums of before.
  const { checksum: _, files: __, ...record } = JSON.parse(strFromU8(files[find('run.json')]));
  const lines: Line[] = strFromU8(files[find('metrics.jsonl')])
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const of = (type: string) => lines.filter((line) => line.type === type);
  const carriedOn = (type: string, every: number) => {
    const own = of(type);
    const count = own.length === 0 ? 0 : Math.floor(steps / every);
    return Array.from({ length: count }, (_, i) => {
      const wave = 1 + Math.sin(i / 40) / 2 + ((i * 7919) % 97) / 300;
      const { loss, ...line } = own[i % own.length];
      const moved = typeof loss === 'number' ? { loss: (loss + 0.05) * wave } : {};
      return { ...line, ...moved, step: (i + 1) * every };
    });
  };
  const log = [
    ...of('followed'),
    ...carriedOn('step', 1),
    ...carriedOn('evaluation', 25),
    ...carriedOn('followed-step', 5),
  ];
  const settings = { ...record.settings, steps };
  const run = { ...record, settings, step: steps, name: `${steps} steps` };
  return Buffer.from(
    zipSync({
      'run.json': strToU8(JSON.stringify(run)),
      'metrics.jsonl': strToU8(`${log.map((line) => JSON.stringify(line)).join('\n')}\n`),
    }),
  );
}
