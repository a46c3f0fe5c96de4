/**
 * Names of the inputs in which a decoder takes back what it has read: keys and values, which grow with the tokens, and in
 * hybrid models the states of convolutions and recurrent layers, which do not. Exporters spell the latter in three ways.
 */

const GROWING = /^past_key_values\.\d+\.(?:key|value)$/;
const STATE =
  /^(?:past_key_values\.\d+\.(?:conv|recurrent)_state|past_(?:conv|recurrent)\.\d+|past\.\d+\.(?:conv|recurrent))$/;

export const isPast = (name: string): boolean => GROWING.test(name) || STATE.test(name);
/** Whether an input is a state of one size, whatever has been read. */
export const isState = (name: string): boolean => STATE.test(name);
/** The output that takes an input's place in the next run. */
export const presentOf = (past: string): string =>
  past.replace(/^past(?:_key_values)?(?=[._])/, 'present');
