// What every vault must do.
import { describe, expect, it } from 'vitest';
import type { Vault } from './vault.ts';

/** `make`: a vault of a system with this key; null: one without a place for secrets. */
export function vaultContract(name: string, make: (key: string | null) => Vault): void {
  describe(name, () => {
    it('opens what it sealed, also at the next start, and shows nothing of it', () => {
      const sealed = make('key').seal('пароль-of-mine') ?? '';
      expect(Buffer.from(sealed, 'base64').toString('latin1')).not.toContain('of-mine');
      expect(make('key').open(sealed)).toBe('пароль-of-mine');
    });

    it('opens nothing that another key sealed, or that is broken', () => {
      const sealed = make('key').seal('secret') ?? '';
      expect(make('other').open(sealed)).toBe(null);
      expect([make('key').open(''), make('key').open('AAAA'), make('key').open('not base64!')]).toEqual([
        null,
        null,
        null,
      ]);
    });

    it('keeps nothing where there is no place for it', () => {
      const sealed = make('key').seal('secret') ?? '';
      expect([make(null).seal('secret'), make(null).open(sealed)]).toEqual([null, null]);
    });
  });
}
