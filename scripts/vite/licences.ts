/** Vite plugin: one text with the licence of everything that the built site carries, in workers, style sheets and wasm too. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Plugin, Rolldown } from 'vite';

/** Beside the page in the built site. */
export const LICENCES = 'licences.txt';

/** Between the texts of two packages. */
export const LICENCE_RULE = `${'='.repeat(80)}\n`;

const PROJECT = path.resolve(import.meta.dirname, '../..');
/** Texts that packages lack, by package with `+` for its slash. */
const TEXTS = path.join(import.meta.dirname, 'licences');
const LICENCE_FILE = /^(licen[cs]e|copying|notice|third-?party)/i;
const INTRODUCTION = `The built site of ViGOS Playground (Apache-2.0) carries these libraries and fonts, each under its licence.
`;

/** A plugin for the page's build, which writes the text, and one for the builds of its workers, which finish before. */
export function licences(): { page: Plugin; worker: Plugin } {
  const folders = new Set<string>();
  const collect = (bundle: Rolldown.OutputBundle, root: string) => {
    for (const file of Object.values(bundle))
      for (const source of file.type === 'chunk' ? file.moduleIds : file.originalFileNames) {
        const folder = packageFolder(source, root);
        if (folder !== null) folders.add(folder);
      }
  };
  return {
    worker: {
      name: 'licences-of-workers',
      apply: 'build',
      generateBundle(_, bundle) {
        collect(bundle, this.environment.config.root);
      },
    },
    page: {
      name: 'licences',
      apply: 'build',
      generateBundle(_, bundle) {
        collect(bundle, this.environment.config.root);
        this.emitFile({ type: 'asset', fileName: LICENCES, source: licencesOf(folders) });
      },
      transformIndexHtml: () => [
        { tag: 'link', attrs: { rel: 'license', href: `./${LICENCES}` }, injectTo: 'head' },
      ],
    },
  };
}

/** The folder of the package that a module, or a file named from the build's `root`, came from; null for the project's own. */
export function packageFolder(source: string, root: string): string | null {
  // What is compiled from AssemblyScript carries functions of its standard library.
  if (source.endsWith('?assembly')) return path.join(PROJECT, 'node_modules/assemblyscript');
  const [, helper] = /^\0?(vite|rolldown)\//.exec(source) ?? [];
  if (helper !== undefined) return path.join(PROJECT, 'node_modules', helper);
  const found = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/?]+/.exec(source.replaceAll('\\', '/'));
  return found === null ? null : path.resolve(root, found[0].replaceAll('\0', ''));
}

/** Throws, naming them, where packages have no licence text that is known: then one belongs into {@link TEXTS}. */
export function licencesOf(folders: Iterable<string>): string {
  const entries = new Set<string>();
  const without: string[] = [];
  for (const folder of folders) {
    const { name, version, license } = JSON.parse(
      readFileSync(path.join(folder, 'package.json'), 'utf8'),
    );
    const texts = textFiles(folder, name, license).map((file) => readFileSync(file, 'utf8').trim());
    if (texts.length === 0) without.push(`${name} ${version} (${license})`);
    entries.add(`${LICENCE_RULE}${name} ${version} (${license})\n\n${texts.join('\n\n')}\n`);
  }
  if (without.length > 0)
    throw new Error(`No licence text of ${without.join(', ')}: add them to ${TEXTS}.`);
  return [INTRODUCTION, ...[...entries].sort()].join('\n');
}

/** A package's own licence files; else the text that is kept for it, and the project's own for Apache-2.0. */
function textFiles(folder: string, name: string, license: string): string[] {
  const own = readdirSync(folder).filter((file) => LICENCE_FILE.test(file));
  if (own.length > 0) return own.map((file) => path.join(folder, file));
  const kept = path.join(TEXTS, `${name.replace('/', '+')}.txt`);
  return [
    ...(/\bApache-2\.0\b/.test(license) ? [path.join(PROJECT, 'LICENSE')] : []),
    ...(existsSync(kept) ? [kept] : []),
  ];
}
