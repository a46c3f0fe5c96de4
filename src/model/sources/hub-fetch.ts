/** How a hub is asked. */

import type { HubSource } from '../../contract/models/model-sources.ts';

/** A fetch that sends the token to the hub's own origin alone; a browser drops it where a redirect leads elsewhere. */
export function hubFetch({ hub, token }: HubSource, base: typeof fetch = fetch): typeof fetch {
  const { origin } = new URL(hub);
  return (input, init = {}) => {
    const url = new URL(input instanceof Request ? input.url : input);
    const headers = new Headers(init.headers);
    if (token !== undefined && url.origin === origin)
      headers.set('Authorization', `Bearer ${token}`);
    return base(url, { ...init, headers, referrerPolicy: 'no-referrer', credentials: 'omit' });
  };
}
