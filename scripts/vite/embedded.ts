/** Vite plugin: `import program from './main.tsx?embedded'` is that page as texts for an HTML file of its own. */
import { createHash } from 'node:crypto';
import path from 'node:path';
import { build, type Plugin, type Rolldown } from 'vite';
import { licencesOf, packageFolder } from './licences.ts';

const SUFFIX = '?embedded';
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

function licencesIn(modules: readonly string[]): string {
  const folders = new Set(modules.flatMap((module) => packageFolder(module, PROJECT) ?? []));
  const text = licencesOf(folders);
  if (/<\/script/i.test(text)) throw new Error('A licence text ends its element.');
  return text;
}
