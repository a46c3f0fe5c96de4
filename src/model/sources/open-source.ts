/** The table of sources: how each place that a page may name is opened. */

import type { ModelSource } from '../../contract/engine.ts';
import { AddressSource } from './address.ts';
import { SITE_FILES } from './checkpoint-files.ts';
import { PickedFolder } from './picked-folder.ts';
import type { FileSource } from './source.ts';

type Given<Kind extends ModelSource['kind']> = Extract<ModelSource, { kind: Kind }>;

const SOURCES: { readonly [Kind in ModelSource['kind']]: (given: Given<Kind>) => FileSource } = {
  bundled: ({ name, url }) => new AddressSource({ name, url, files: SITE_FILES, trusted: true }),
  folder: ({ name, files, inner }) => new PickedFolder(name, files, inner),
};

/** The files of a model. Throws {@link PlaygroundError} `model.several` and `model.no-such-folder` for a folder. */
export function openSource(given: ModelSource): FileSource {
  return given.kind === 'bundled' ? SOURCES.bundled(given) : SOURCES.folder(given);
}
