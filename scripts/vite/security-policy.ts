/** Vite plugin: writes the strict Content-Security-Policy into the built page. */
import type { Plugin } from 'vite';

/** Everything comes from the site itself; WebAssembly may compile, text may never become code. */
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

export const contentSecurityPolicy = Object.entries(DIRECTIVES)
  .map(([directive, sources]) => `${directive} ${sources}`)
  .join('; ');

/** The development server needs inline scripts for hot reloading, so only builds carry the policy. */
export function securityPolicy(): Plugin {
  return {
    name: 'content-security-policy',
    apply: 'build',
    transformIndexHtml: () => [
      {
        tag: 'meta',
        attrs: { 'http-equiv': 'Content-Security-Policy', content: contentSecurityPolicy },
        injectTo: 'head-prepend',
      },
    ],
  };
}
