/** The table of sources: how each place that a page may name is opened. */

import type { ModelSource } from '../../contract/models/model-sources.ts';
import { AddressSource } from './address.ts';
import { SITE_FILES } from './model-files.ts';
import { PickedFolder } from './picked-folder.ts';
import { RemoteFolder, type RemoteOptions } from './remote-folder.ts';
import type { FileSource } from './source.ts';

/**
 * The files of a model. Throws {@link PlaygroundError} `model.several` and `model.no-such-folder` where they lie in a
 * folder, and what `RemoteFolder.open` throws.
 */
export async function openSource(given: ModelSource, options: RemoteOptions): Promise<FileSource> {
  switch (given.kind) {
    case 'bundled':
      return new AddressSource({ ...given, files: SITE_FILES, trusted: true });
    case 'folder':
      return new PickedFolder(given.name, given.files, given.inner);
    default:
      return RemoteFolder.open(given, options);
  }
}
