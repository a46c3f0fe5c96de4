/**
 * The hosts that models may be fetched from: the one table behind the content policy, the choices of the page and the
 * refusal of any other. A policy is fixed when the site is built, so a mirror of one's own is named then.
 */

export interface ModelHost {
  readonly label: string;
  /** Base address of a hub there, without a slash at its end. */
  readonly hub: string;
  /** What the policy allows for it: its own origin, and where its files are answered from after a redirect. */
  readonly origins: readonly string[];
}

/** Hosts that every build allows. */
export const KNOWN_HOSTS: readonly ModelHost[] = [
  {
    label: 'Hugging Face',
    hub: 'https://huggingface.co',
    origins: ['https://huggingface.co', 'https://*.huggingface.co', 'https://*.hf.co'],
  },
  {
    label: 'A server on this computer',
    hub: 'http://localhost:8080',
    origins: ['http://localhost:*', 'http://127.0.0.1:*'],
  },
];

/** The hub that is asked unless another is named. */
export const DEFAULT_HUB = KNOWN_HOSTS[0].hub;

/**
 * Origins of VITE_MODEL_HOSTS, which a build may add: separated by commas or spaces, https, a wildcard for the first
 * label or the port allowed. Throws for anything else, since it would become part of the policy.
 */
export function addedOrigins(variable: string | undefined): string[] {
  const named = (variable ?? '').split(/[\s,]+/).filter((text) => text !== '');
  const wrong = named.find((text) => !ORIGIN.test(text));
  if (wrong !== undefined)
    throw new Error(
      `VITE_MODEL_HOSTS: "${wrong}" is not an origin such as https://mirror.example.`,
    );
  return named;
}

const ORIGIN = /^https?:\/\/(?:\*\.)?[a-z\d](?:[a-z\d.-]*[a-z\d])?(?::(?:\d{1,5}|\*))?$/;

/** All origins that a build allows, in the words of a content policy. */
export function allowedOrigins(variable: string | undefined): string[] {
  return [...KNOWN_HOSTS.flatMap(({ origins }) => origins), ...addedOrigins(variable)];
}

/** Whether a content policy with these origins lets an address be fetched. */
export function isAllowed(address: string, origins: readonly string[]): boolean {
  const url = new URL(address);
  return origins.some((origin) => {
    const [, scheme, host, port] = /^(https?):\/\/([^:]+)(?::(.+))?$/.exec(origin) ?? [];
    if (`${scheme}:` !== url.protocol) return false;
    const wild = host.startsWith('*.');
    const sameHost = wild ? url.hostname.endsWith(host.slice(1)) : url.hostname === host;
    return sameHost && (port === '*' || (port ?? '') === url.port);
  });
}
