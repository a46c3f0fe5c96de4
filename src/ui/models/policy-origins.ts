/** The origins that this site's own content policy lets it ask; null where there is no policy. */

import { allowedOrigins } from '../../contract/models/model-hosts.ts';

export function policyOrigins(): readonly string[] | null {
  const added: string | undefined = import.meta.env.VITE_MODEL_HOSTS;
  // The development server has no policy.
  return import.meta.env.PROD ? allowedOrigins(added) : null;
}
