/** What can be wrong with an adapter that somebody brings. */

import { PlaygroundError, shortened } from '../../base/errors.ts';
import { ADAPTER_CONFIG, ADAPTER_WEIGHTS } from '../sources/inner-adapters.ts';

/** A field of adapter_config.json that is missing, of the wrong type or out of range. */
export function invalidConfig(reason: string, field: string): PlaygroundError {
  return new PlaygroundError({
    code: 'adapter.config-invalid',
    message: `The adapter's ${ADAPTER_CONFIG} cannot be used: ${reason}.`,
    fix: `Take ${ADAPTER_CONFIG} unchanged from the folder that PEFT saved.`,
    where: field === '' ? ADAPTER_CONFIG : `${ADAPTER_CONFIG}: ${field}`,
    detail: { reason, field },
  });
}

/** Something that can be merged into a model's weights and not be put beside them. */
export function notBranches(what: string, where: string): PlaygroundError {
  return new PlaygroundError({
    code: 'adapter.not-branches',
    message: `The adapter has ${what}, and a student that shares this model's weights with its teachers can only have LoRA on the text's linear layers.`,
    fix: 'Put the adapter’s folder into the model’s and open that: it is then merged into the weights, so that student and teachers have it.',
    where,
    detail: { what },
  });
}

/** Something that PEFT can do and this page cannot. */
export function unsupported(what: string, fix: string, where: string): PlaygroundError {
  return new PlaygroundError({
    code: 'adapter.unsupported',
    message: `The adapter uses ${what}, which is not supported here.`,
    fix,
    where,
    detail: { what },
  });
}

/** Folders beside one another, each with an adapter; the last written first. */
export function severalAdapters(folders: readonly string[]): PlaygroundError {
  const names = folders.slice(0, 5).map((name) => shortened(name, 60));
  const more = folders.length > 5 ? ` and ${folders.length - 5} more` : '';
  return new PlaygroundError({
    code: 'adapter.several',
    message: `There are ${folders.length} adapters: ${names.join(', ')}${more}.`,
    fix: `Take the folder of one of them by itself; by its number the newest is ${names[0]}.`,
    where: 'adapter',
    detail: { folders: folders.slice(0, 40) },
  });
}

/** A matrix that does not fit the loaded model. */
export function otherBase(
  name: string,
  found: readonly number[],
  expected: readonly number[],
): PlaygroundError {
  return new PlaygroundError({
    code: 'adapter.other-base',
    message: `The adapter belongs to a model of another size: "${name}" is [${found.join(', ')}], the loaded model takes [${expected.join(', ')}].`,
    fix: 'Load the base model that the adapter was trained on, then import the adapter again.',
    where: name,
    detail: { found, expected },
  });
}

/** A matrix for a layer that the loaded model does not have. */
export function foreignTensor(name: string): PlaygroundError {
  return new PlaygroundError({
    code: 'adapter.foreign-tensor',
    message: `The adapter changes "${name}", and the loaded model has no such layer.`,
    fix: 'Load the base model that the adapter was trained on, or pick an adapter that was trained on this one.',
    where: name,
  });
}

/** A matrix whose rank is not the one of the configuration. */
export function rankMismatch(name: string, found: number, expected: number): PlaygroundError {
  return new PlaygroundError({
    code: 'adapter.rank',
    message: `"${name}" has rank ${found}, but ${ADAPTER_CONFIG} says ${expected}.`,
    fix: `Take ${ADAPTER_CONFIG} and ${ADAPTER_WEIGHTS} from the same folder.`,
    where: name,
    detail: { found, expected },
  });
}

/** A matrix with a value that no logit could be computed from. */
export function notFinite(name: string): PlaygroundError {
  return new PlaygroundError({
    code: 'adapter.not-finite',
    message: `"${name}" holds a value that is no number.`,
    fix: 'Its training went wrong: take an earlier checkpoint of the adapter.',
    where: name,
  });
}

/** A file that is not among those given, or a matrix without its partner. */
export function incomplete(message: string, where: string): PlaygroundError {
  return new PlaygroundError({
    code: 'adapter.incomplete',
    message,
    fix: `Pick the whole folder that PEFT saved, with ${ADAPTER_CONFIG} and ${ADAPTER_WEIGHTS}.`,
    where,
  });
}
