/** What a worker shows for as long as it lives, so that the page learns of a death that raises no event. */

/** Said by a worker that may hold no lock: an address that lives as long as the worker. */
export interface LifeSign {
  readonly life: string;
}

/**
 * Holds a Web Lock named after this worker. Where the browser refuses locks, as it does with all storage, it says a
 * {@link LifeSign} instead: what a worker makes an address for goes with the worker. One without a name shows nothing.
 */
export function showLife(): void {
  if (self.name === '') return;
  const locks: LockManager | undefined = navigator.locks;
  if (locks === undefined) saySign();
  else locks.request(self.name, () => new Promise(() => undefined)).catch(saySign);
}

function saySign(): void {
  const sign: LifeSign = { life: URL.createObjectURL(new Blob()) };
  self.postMessage(sign);
}

export function isLifeSign(said: unknown): said is LifeSign {
  return typeof said === 'object' && said !== null && 'life' in said;
}
