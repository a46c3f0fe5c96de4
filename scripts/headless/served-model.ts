/** A model as a command's server hands it to its page. */
import { DEFAULT_MODEL } from '../../src/contract/models/built-in-models.ts';
import type { GivenModel } from '../given-files.ts';
import type { ServedModel } from './engine-page.ts';

/** The model of a folder that the server has as `model`; the built-in one where none is given. */
export function servedModel(model: GivenModel | null): ServedModel {
  return model === null
    ? { name: DEFAULT_MODEL.name, url: `/models/${DEFAULT_MODEL.name}/`, files: null, merges: null }
    : { name: model.name, url: 'model/', files: model.files, merges: model.merges };
}
