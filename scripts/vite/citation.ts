/** Vite plugin: `import works from './CITATION.cff?citation'` is how to cite what that file names, as BibTeX and in a line. */
import { readFileSync } from 'node:fs';
import type { Plugin } from 'vite';
import { parse } from 'yaml';

const SUFFIX = '?citation';

export function citation(): Plugin {
  return {
    name: 'citation',
    enforce: 'pre',
    load(id) {
      if (!id.endsWith(SUFFIX)) return undefined;
      const file = id.slice(0, -SUFFIX.length);
      this.addWatchFile(file);
      return `export default ${JSON.stringify(citationsOf(readFileSync(file, 'utf8')))};`;
    },
  };
}

/** The parts of Citation File Format 1.2.0 that are read. */
interface Work {
  readonly title: string;
  readonly type?: string;
  readonly version?: string;
  readonly license?: string;
  readonly year?: number;
  readonly authors: readonly {
    readonly name?: string;
    readonly 'given-names'?: string;
    readonly 'family-names'?: string;
  }[];
  readonly identifiers?: readonly { readonly value: string }[];
  readonly references?: readonly Work[];
}

export interface Citation {
  readonly title: string;
  /** An entry for a bibliography. */
  readonly bibtex: string;
  /** Authors, title and where it stands, as one sentence. */
  readonly line: string;
}

/** The work itself first, then its references. Throws where a work has no title or no author. */
export function citationsOf(text: string): Citation[] {
  const work: Work = parse(text);
  return [work, ...(work.references ?? [])].map(citationOf);
}

function citationOf(work: Work): Citation {
  const { title, authors, year, version, license, type } = work;
  if (!title || !(authors?.length > 0))
    throw new Error('CITATION.cff: a work lacks title or authors.');
  const arxiv = work.identifiers
    ?.map(({ value }) => /^arXiv:(\S+)$/.exec(value)?.[1])
    .find((id) => id !== undefined);
  const software = type === 'software';
  const fields: Record<string, string | undefined> = {
    title: `{${latex(title)}}`,
    author: authors.map(bibtexName).join(' and '),
    year: year === undefined ? undefined : String(year),
    eprint: arxiv,
    archivePrefix: arxiv === undefined ? undefined : 'arXiv',
    url: arxiv === undefined ? undefined : `https://arxiv.org/abs/${arxiv}`,
    version: version === undefined ? undefined : String(version),
    note: license === undefined ? undefined : `Licence: ${latex(license)}`,
  };
  const lines = Object.entries(fields).flatMap(([name, value]) =>
    value === undefined ? [] : [`  ${name} = {${value}}`],
  );
  const names = authors.map(
    ({ name, 'given-names': given, 'family-names': family }) => name ?? `${given} ${family}`,
  );
  const where =
    arxiv === undefined ? [] : [`arXiv ${arxiv}${year === undefined ? '' : `, ${year}`}.`];
  return {
    title,
    bibtex: `@${software ? 'software' : 'misc'}{${keyOf(work)},\n${lines.join(',\n')}\n}\n`,
    line: [
      `${names.join(', ')}: ${title}${version === undefined ? '' : `, version ${version}`}.`,
      ...where,
    ].join(' '),
  };
}

/** A name of several words that is no person's is kept whole by its braces. */
const bibtexName = ({
  name,
  'given-names': given,
  'family-names': family,
}: Work['authors'][number]) =>
  name === undefined ? `${latex(family ?? '')}, ${latex(given ?? '')}` : `{${latex(name)}}`;

/** `wang2026seeing`: first author, year, first long word; of software its own name. */
function keyOf({ title, authors, year }: Work): string {
  const letters = (words: string) => words.toLowerCase().replace(/[^a-z0-9]+/g, '-');
  const family = authors[0]['family-names'];
  if (family === undefined) return letters(title);
  const word = title.split(/\W+/).find(({ length }) => length > 4) ?? title;
  return `${letters(family)}${year ?? ''}${letters(word)}`;
}

const LATEX: Readonly<Record<string, string>> = {
  '\\': '\\textbackslash{}',
  '~': '\\textasciitilde{}',
  '^': '\\textasciicircum{}',
};

const latex = (text: string) =>
  text.replace(/[\\~^&%$#_{}]/g, (sign) => LATEX[sign] ?? `\\${sign}`);
