/** Where the page finds the models that come with it. */

import type { ModelSource } from '../../contract/engine.ts';
import type { BuiltInModel } from '../../contract/models/built-in-models.ts';
import { dataAddress } from '../shared/own-files.ts';

export const builtInSource = ({ name }: BuiltInModel): ModelSource => ({
  kind: 'bundled',
  name,
  url: dataAddress(`models/${name}/`),
});
