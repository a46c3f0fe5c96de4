import { describe, expect, it } from 'vitest';
import { pageOf, queryOf } from './route.ts';

describe('the address', () => {
  it('names the page, and without a name it is the Lab', () => {
    expect(pageOf('?page=train&x=1')).toBe('train');
    expect(pageOf('?index=3')).toBe('lab');
    expect(pageOf('')).toBe('lab');
  });

  it('keeps what a page writes beside its name', () => {
    expect(queryOf('train', 'recipe=opsd')).toBe('page=train&recipe=opsd');
    expect(queryOf('train')).toBe('page=train');
    expect(queryOf('lab', 'index=3')).toBe('index=3');
    expect(queryOf('lab')).toBe('');
  });
});
