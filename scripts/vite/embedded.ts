/** Vite plugin: `import program from './main.tsx?embedded'` is that page as texts for an HTML file of its own. */
import { createHash } from 'node:crypto';
import path from 'node:path';
import { build, type Plugin, type Rolldown } from 'vite';
import { LICENCE_RULE, licencesOf, packageFolder } from './licences.ts';

const SUFFIX = '?embedded';
const LICENCES_HEAD = `This file carries the ViGOS Playground (Apache-2.0) and these libraries, each under its licence.
`;
const PROJECT = path.resolve(import.meta.dirname, '../..');

export function embedded(): Plugin {
  return {
    name: 'embedded',
    // Before Vite takes the file for TypeScript.
    enforce: 'pre',
    async load(id) {
      if (!id.endsWith(SUFFIX)) return undefined;
      const { script, style, modules } = await embeddedProgram(id.slice(0, -SUFFIX.length));
      for (const module of modules) if (path.isAbsolute(module)) this.addWatchFile(module);
      const program = {
        script,
        style,
        scriptHash: hashSource(script),
        styleHash: hashSource(style),
        licences: licencesIn(modules),
      };
      return `export default ${JSON.stringify(program)};`;
    },
  };
}

/** A page's entry with all it imports, also late, as one script and one style sheet; and the modules they are made of. */
export async function embeddedProgram(entry: string) {
  const built = await build({
    root: PROJECT,
    configFile: false,
    publicDir: false,
    logLevel: 'error',
    // Whatever builds this, a test or a server of development too, the file is the same.
    mode: 'production',
    define: { 'process.env.NODE_ENV': '"production"' },
    oxc: { jsx: { runtime: 'automatic', development: false } },
    build: {
      write: false,
      target: 'es2023',
      cssCodeSplit: false,
      // A library’s build brings no helpers that fetch.
      lib: { entry, formats: ['iife'], name: 'embedded', fileName: 'embedded' },
      rolldownOptions: { output: { codeSplitting: false } },
    },
  });
  const { output } = (Array.isArray(built) ? built[0] : built) as Rolldown.RolldownOutput;
  const chunks = output.filter((file) => file.type === 'chunk');
  const sheets = output.filter((file) => file.type === 'asset');
  if (chunks.length !== 1 || sheets.some(({ fileName }) => !fileName.endsWith('.css')))
    throw new Error(`${entry} is no single script: ${output.map(({ fileName }) => fileName)}`);
  // A tag that ends or hides the element would cut it; in a text, a template and a pattern these mean the same.
  const script = chunks[0].code
    .trim()
    .replace(/<\/(?=script)/gi, '<\\/')
    .replaceAll('<!--', '\\x3c!--');
  const style = sheets
    .map(({ source }) => String(source))
    .join('')
    .trim();
  if (/<\/style|@import|url\(/i.test(style))
    throw new Error(`The style sheet of ${entry} fetches, or ends its element.`);
  const modules = Object.entries(chunks[0].modules)
    .filter(([, { renderedLength }]) => renderedLength > 0)
    .map(([id]) => id);
  return { script, style, modules };
}

const hashSource = (text: string) =>
  `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** Many packages share a text: it stands there once, below all of their names. */
function licencesIn(modules: readonly string[]): string {
  const folders = new Set(modules.flatMap((module) => packageFolder(module, PROJECT) ?? []));
  const [, ...entries] = licencesOf(folders).split(LICENCE_RULE);
  const names = new Map<string, string[]>();
  for (const entry of entries) {
    const end = entry.indexOf('\n\n');
    const text = entry.slice(end).trim();
    names.set(text, [...(names.get(text) ?? []), entry.slice(0, end)]);
  }
  const texts = [...names].map(([text, own]) => `${own.join('\n')}\n\n${text}\n`);
  const all = [LICENCES_HEAD, ...texts].join(`\n${LICENCE_RULE}`);
  if (/<\/script/i.test(all)) throw new Error('A licence text ends its element.');
  return all;
}
