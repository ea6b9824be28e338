// Names of saved capsules: what people read, and what every file system takes.
import { safetySnapshotName, scheduledSnapshotName } from '@tt/protocol';
import { afterAll, expect, test } from 'vitest';
import { setLanguage, translate } from '../i18n/index.ts';
import { timesOf } from '../i18n/times.ts';
import { capsuleFileName } from './capsule-file-name.ts';

afterAll(() => setLanguage('en'));

// Of this place's clock, whatever the zone of the machine is.
const at = new Date(2026, 10, 21, 12, 4, 31);

function named(envName: string, snapshotName: string | null, language: 'en' | 'zh-CN' = 'en'): string {
  setLanguage(language);
  return capsuleFileName(envName, snapshotName, { t: translate, times: timesOf(language) });
}

test('a snapshot that TT took is called by what it is and when, the others by their names', () => {
  expect(named('demo', null)).toBe('demo.tt-capsule');
  expect(named('demo', 'clean')).toBe('demo clean.tt-capsule');
  expect(named('demo', safetySnapshotName('clean', at))).toBe('demo Before revert Nov 21 12-04.tt-capsule');
  expect(named('demo', scheduledSnapshotName(at))).toBe('demo Scheduled Nov 21 12-04.tt-capsule');
});

test('no name is refused by a file system, in no language', () => {
  for (const language of ['en', 'zh-CN'] as const) {
    for (const snapshot of [null, safetySnapshotName('a'.repeat(63), at)]) {
      const name = named('e'.repeat(63), snapshot, language);
      expect(name).toMatch(/^[^<>:"/\\|?*\p{Cc}]+[^. ]$/u);
      expect(name).not.toMatch(/ {2}/);
      expect(new TextEncoder().encode(name).length).toBeLessThan(256);
    }
  }
  // A device on Windows.
  expect(named('con', null)).toBe('con_.tt-capsule');
  expect(named('nul.1', null)).toBe('nul_.1.tt-capsule');
  expect(named('console', null)).toBe('console.tt-capsule');
});
