/** Parsed JSON as what a schema says of it. */

import * as v from 'valibot';
import { type PlaygroundError, shortened } from '../../base/errors.ts';

/** Throws what `refuse` makes of the first field that is wrong and why; the field is '' where it is the whole. */
export function checked<T extends v.GenericSchema>(
  schema: T,
  json: unknown,
  refuse: (reason: string, field: string) => PlaygroundError,
): v.InferOutput<T> {
  const result = v.safeParse(schema, json);
  if (result.success) return result.output;
  const [issue] = result.issues;
  const field = v.getDotPath(issue) ?? '';
  const why = shortened(issue.message, 200);
  throw refuse(field === '' ? why : `${field}: ${why}`, field);
}
