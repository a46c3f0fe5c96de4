/** What `npm run train` leaves in its folder. */

export const METRICS = 'metrics.jsonl';
/** State to go on from, `vigos-checkpoint/2`. */
export const CHECKPOINT = 'checkpoint.safetensors';
/** Folder of the adapter in PEFT's layout. */
export const ADAPTER = 'adapter';
/** Folder of the whole model with what was trained folded in, in the Hugging Face layout. */
export const MERGED = 'merged';
/** A set of one's own on the command's server. */
export const DATA = 'data-set';
