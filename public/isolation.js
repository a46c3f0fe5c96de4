/**
 * Service worker of the site. It adds headers that a plain static host does not send: isolation, so that WebAssembly
 * may use threads, and the content security policy, so that it binds workers too. And it answers from what the page
 * has kept of its own version (see `src/ui/app/kept-files.ts`), so that a release does not end an open tab: but for
 * the index page every file bears its content's hash in its address, so an address means the same for ever.
 */
const HEADERS = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  // The build writes the policy here; a file that was not built asks for nothing.
  'Content-Security-Policy': '',
};
/** Stands in every index page of the site. */
const OURS = 'id="own-files"';

self.addEventListener('install', () => self.skipWaiting());

// The tab of the first visit is looked after too.
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const own = new URL(request.url).origin === self.location.origin;
  if (own && request.method === 'GET') event.respondWith(answer(request));
});

async function answer(request) {
  const response = (await kept(request)) ?? (await fetch(request));
  if (request.destination === 'worker') return withHeaders(response);
  if (request.destination === 'document' && (await isOurs(response))) return withHeaders(response);
  return response;
}

/** Where something else is published at this address by now, as on a port of localhost, this worker has no business. */
async function isOurs(response) {
  const html = response.headers.get('Content-Type')?.startsWith('text/html') === true;
  if (!response.ok || !html) return false;
  const ours = (await response.clone().text()).includes(OURS);
  if (!ours) await self.registration.unregister();
  return ours;
}

async function kept(request) {
  if (request.mode === 'navigate') return undefined;
  try {
    return await caches.match(request, { ignoreVary: true });
  } catch {
    return undefined;
  }
}

function withHeaders(response) {
  // An opaque answer is the browser's own business.
  if (response.status === 0) return response;
  const headers = new Headers(response.headers);
  for (const [name, value] of Object.entries(HEADERS)) {
    if (value === '') continue;
    // Several policies hold together, so a host's own stays in force.
    if (name === 'Content-Security-Policy') headers.append(name, value);
    else headers.set(name, value);
  }
  return new Response(response.body, {
    status: response.status,
    statusText: response.statusText,
    headers,
  });
}
