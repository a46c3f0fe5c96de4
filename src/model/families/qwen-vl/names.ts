/** The one spelling of a weight's name, whatever trainer or version of transformers saved it: that of the hub's files. */

/** What wrappers put into names wherever they stand: torch.compile, FSDP and activation checkpointing. */
const WRAPPERS = /(^|\.)(?:_orig_mod|_fsdp_wrapped_module|_checkpoint_wrapped_module)\./g;

/** What stands in front of the names where a wrapped model was saved: DataParallel and DDP, PEFT. */
const OUTER: readonly string[] = ['module.', 'base_model.model.'];

/** Prefixes that other writers use for the same modules, the longer ones first. */
const RENAMED: readonly (readonly [string, string])[] = [
  ['model.model.language_model.', 'model.'],
  ['model.model.visual.', 'visual.'],
  ['model.model.', 'model.'],
  ['model.language_model.', 'model.'],
  ['model.lm_head.', 'lm_head.'],
  ['language_model.model.', 'model.'],
  ['language_model.lm_head.', 'lm_head.'],
  ['language_model.', 'model.'],
  ['model.visual.', 'visual.'],
];

/** The hub spelling of a weight's name. */
export function canonicalName(name: string): string {
  let bare = name.replace(WRAPPERS, '$1');
  for (let outer = OUTER[0] as string | undefined; outer !== undefined; ) {
    outer = OUTER.find((prefix) => bare.startsWith(prefix));
    bare = bare.slice(outer?.length ?? 0);
  }
  const found = RENAMED.find(([prefix]) => bare.startsWith(prefix));
  return found === undefined ? bare : found[1] + bare.slice(found[0].length);
}
