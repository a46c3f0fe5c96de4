/** Vite plugin: `import bytes from './folder/index.ts?assembly'` is that AssemblyScript program, compiled. */
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Plugin } from 'vite';

const SUFFIX = '?assembly';
const PROJECT = path.resolve(import.meta.dirname, '../..');
/** What was compiled before, by a hash of all that goes in: the compiler takes seconds. */
const CACHE = path.join(PROJECT, '.cache/assembly');
const OPTIONS = [
  ...['-O3', '--noAssert', '--runtime', 'stub', '--enable', 'simd', '--importMemory'],
];

export function assemblyScript(): Plugin {
  return {
    name: 'assembly-script',
    // Before Vite takes the file for TypeScript.
    enforce: 'pre',
    async load(id) {
      if (!id.endsWith(SUFFIX)) return undefined;
      const entry = id.slice(0, -SUFFIX.length);
      const folder = path.dirname(entry);
      for (const file of readdirSync(folder)) this.addWatchFile(path.join(folder, file));
      const wasm = (await compiled(entry)).toString('base64');
      return `export default Uint8Array.from(atob('${wasm}'), (byte) => byte.charCodeAt(0));`;
    },
  };
}

/** The program whose first file is `entry`, all in one folder, as WebAssembly. Throws what the compiler says of it. */
export async function compiled(entry: string): Promise<Buffer> {
  const folder = path.dirname(entry);
  const hash = createHash('sha256').update(JSON.stringify([OPTIONS, compilerVersion()]));
  for (const file of readdirSync(folder).sort())
    hash.update(`\0${file}\0`).update(readFileSync(path.join(folder, file)));
  const kept = path.join(CACHE, `${hash.digest('hex').slice(0, 16)}.wasm`);
  try {
    return readFileSync(kept);
  } catch {
    const wasm = await compile(path.relative(PROJECT, entry));
    mkdirSync(CACHE, { recursive: true });
    // Several builds may do so at once: none reads what another has half written.
    const draft = `${kept}.${process.pid}`;
    writeFileSync(draft, wasm);
    renameSync(draft, kept);
    return wasm;
  }
}

async function compile(entry: string): Promise<Buffer> {
  const asc = await import('assemblyscript/asc');
  let output = Buffer.alloc(0);
  const { error, stderr } = await asc.main(
    [entry, '--baseDir', PROJECT, '--outFile', 'out.wasm', ...OPTIONS],
    {
      writeFile(name, contents) {
        if (name === 'out.wasm') output = Buffer.from(contents);
      },
    },
  );
  if (error !== null) throw new Error(`${entry} does not compile.\n${stderr.toString()}`);
  return output;
}

function compilerVersion(): string {
  const file = path.join(PROJECT, 'node_modules/assemblyscript/package.json');
  return JSON.parse(readFileSync(file, 'utf8')).version;
}
