/** The pages of the commands with their workers: built once, and kept as long as nothing that goes in has changed. */
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { deserialize, serialize } from 'node:v8';
import { sourcesHash } from './sources-hash.ts';

const PROJECT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const CACHE = path.join(PROJECT, '.cache/pages');

export interface BuiltPages {
  /** Their files by their addresses. */
  readonly files: ReadonlyMap<string, string | Uint8Array>;
  /** Addresses of the scripts that start them, by the path of their first module from the project's root. */
  readonly scripts: ReadonlyMap<string, string>;
}

/**
 * The pages of a folder's commands, all at once, since their worker is the same. Built in memory, in a third of the time
 * that a development server takes to transform the same modules one by one; the next process finds them on the disk.
 */
export async function builtPages(folder: string): Promise<BuiltPages> {
  // Vite sets variables of its own while it builds.
  const env = { ...process.env };
  const sources = sourcesHash(PROJECT, env);
  const kept = `${folder}-${sources}`;
  const known = readPages(kept);
  if (known !== null) return known;
  const pages = await buildPages(folder);
  // What was changed meanwhile may be in the pages already.
  if (sourcesHash(PROJECT, env) === sources) keep(folder, kept, pages);
  return pages;
}

/** Puts pages in the place of older ones of the folder. */
function keep(folder: string, kept: string, pages: BuiltPages): void {
  mkdirSync(CACHE, { recursive: true });
  // Several processes may do so at once: none reads what another has half written.
  const draft = path.join(CACHE, `draft-${process.pid}`);
  writeFileSync(draft, serialize(pages));
  renameSync(draft, path.join(CACHE, kept));
  for (const name of readdirSync(CACHE))
    if (name.startsWith(`${folder}-`) && name !== kept)
      rmSync(path.join(CACHE, name), { force: true });
}

/** Pages that were kept; null where there are none, or what is there cannot be read. */
function readPages(kept: string): BuiltPages | null {
  try {
    return deserialize(readFileSync(path.join(CACHE, kept)));
  } catch {
    return null;
  }
}

async function buildPages(folder: string): Promise<BuiltPages> {
  // Only where a page is wanted, like the browser.
  const { build } = await import('vite');
  const { servedModules } = await import('../vite/served.ts');
  const input = readdirSync(path.join(PROJECT, folder))
    .map((name) => path.join(PROJECT, folder, name, 'page.ts'))
    .filter((file) => existsSync(file));
  const result = await build({
    ...servedModules(),
    root: PROJECT,
    configFile: false,
    logLevel: 'error',
    publicDir: false,
    build: {
      write: false,
      minify: false,
      target: 'es2023',
      assetsInlineLimit: 0,
      modulePreload: false,
      reportCompressedSize: false,
      rolldownOptions: { input },
    },
  });
  const outputs = [result].flat().flatMap((one) => ('output' in one ? one.output : []));
  const files = new Map(
    outputs.map((file) => [`/${file.fileName}`, file.type === 'chunk' ? file.code : file.source]),
  );
  const scripts = new Map<string, string>();
  for (const file of outputs)
    if (file.type === 'chunk' && file.isEntry && file.facadeModuleId !== null)
      scripts.set(path.relative(PROJECT, file.facadeModuleId), `/${file.fileName}`);
  return { files, scripts };
}
