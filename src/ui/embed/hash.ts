/** What an address of the file may ask for behind its `#`: a rollout, a token, a theme. Pure. */

export interface EmbeddedPlace {
  /** Id of a rollout. */
  readonly rollout: string | null;
  /** From 0; addresses count from 1, as the page does. */
  readonly token: number | null;
}

export function readHash(hash: string): EmbeddedPlace & { theme: 'light' | 'dark' | null } {
  const asked = new URLSearchParams(hash.replace(/^#/, ''));
  const token = asked.get('token') ?? '';
  const theme = asked.get('theme');
  return {
    rollout: asked.get('rollout'),
    token: /^[1-9]\d{0,6}$/.test(token) ? Number(token) - 1 : null,
    theme: theme === 'light' || theme === 'dark' ? theme : null,
  };
}
