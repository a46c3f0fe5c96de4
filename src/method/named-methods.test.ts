import { describe, expect, it } from 'vitest';
import { NAMED_METHODS, OPSD, VIGOS_CODE, VIGOS_PAPER } from './named-methods.ts';

describe('the named methods', () => {
  it('have stable, unique ids', () => {
    expect(NAMED_METHODS.map(({ id }) => id)).toEqual([
      'vigos',
      'vigos-code',
      'opsd',
      'without-perception',
      'without-reasoning',
      'reference-forward-kl',
      'without-reference',
    ]);
  });

  it('have the published numbers', () => {
    expect(VIGOS_PAPER).toMatchObject({
      lambdas: { perception: 1, reasoning: 1, reference: 2 },
      temperature: 1,
      clip: { kind: 'token', value: 0.05 },
      divergence: {
        perception: { kind: 'forward-kl' },
        reasoning: { kind: 'forward-kl' },
        reference: { kind: 'reverse-kl' },
      },
    });
    expect(VIGOS_CODE).toEqual({
      ...VIGOS_PAPER,
      reading: 'code',
      validity: 'lenient',
      opener: true,
      boundaryClip: { kind: 'token', value: 0.05 },
    });
    for (const { id, method } of NAMED_METHODS)
      if (id !== 'vigos-code')
        expect(method).toMatchObject({ opener: false, boundaryClip: { kind: 'none' } });
    expect(OPSD).toMatchObject({ temperature: 1.1, clip: { kind: 'entry', value: 0.05 } });
  });

  it('differ from ViGOS in exactly one switch for each of its ablations', () => {
    for (const id of [
      'without-perception',
      'without-reasoning',
      'without-reference',
      'reference-forward-kl',
    ]) {
      const method = NAMED_METHODS.find((named) => named.id === id)?.method;
      const leaves = (value: object | null | undefined): string[] =>
        Object.entries(value ?? {}).flatMap(([key, child]) =>
          typeof child === 'object' && !('kind' in child)
            ? leaves(child).map((leaf) => `${key}.${leaf}`)
            : [`${key}=${JSON.stringify(child)}`],
        );
      const ours = new Set(leaves(VIGOS_PAPER));
      expect(leaves(method).filter((leaf) => !ours.has(leaf))).toHaveLength(1);
    }
  });
});
