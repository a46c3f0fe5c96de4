/** Vite plugin: writes the strict Content-Security-Policy into the built page. */
import type { Plugin } from 'vite';
import { allowedOrigins } from '../../src/contract/models/model-hosts.ts';

/** Everything comes from the site itself; models alone from the hosts of their table. WebAssembly may compile, text may never become code. */
const DIRECTIVES: Record<string, string> = {
  'default-src': "'none'",
  'script-src': "'self' 'wasm-unsafe-eval'",
  // jax-js starts its threads from text of its own; a blob is held to the policy of the page that made it.
  'worker-src': "'self' blob:",
  'connect-src': "'self' blob:",
  'img-src': "'self' data: blob:",
  'style-src': "'self'",
  'font-src': "'self'",
  'manifest-src': "'self'",
  'base-uri': "'none'",
  'form-action': "'none'",
};

/** `modelHosts` is VITE_MODEL_HOSTS: origins that this build allows beside those of the table. */
export function contentSecurityPolicy(modelHosts: string | undefined): string {
  const hosts = allowedOrigins(modelHosts).join(' ');
  return Object.entries(DIRECTIVES)
    .map(([directive, sources]) =>
      directive === 'connect-src' ? `${directive} ${sources} ${hosts}` : `${directive} ${sources}`,
    )
    .join('; ');
}

/** The development server needs inline scripts for hot reloading, so only builds carry the policy. */
export function securityPolicy(policy: string): Plugin {
  return {
    name: 'content-security-policy',
    apply: 'build',
    transformIndexHtml: () => [
      {
        tag: 'meta',
        attrs: { 'http-equiv': 'Content-Security-Policy', content: policy },
        injectTo: 'head-prepend',
      },
    ],
  };
}
