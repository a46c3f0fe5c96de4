/** Asks for cross-origin isolation where the host does not grant it; see `public/isolation.js`. */

/**
 * Registers the service worker that isolates the page from the next visit on. It never reloads:
 * this visit goes on without threads. Does nothing in development, where the page is isolated
 * already, and where service workers are not to be had.
 */
export async function requestIsolation(): Promise<void> {
  if (!import.meta.env.PROD || globalThis.crossOriginIsolated) return;
  if (!globalThis.isSecureContext || !('serviceWorker' in navigator)) return;
  try {
    await navigator.serviceWorker.register(new URL('isolation.js', document.baseURI));
  } catch (error) {
    // Threads are a gain in speed only, so their absence is worth no more than a line.
    console.info('Threads are not available on this host:', error);
  }
}
