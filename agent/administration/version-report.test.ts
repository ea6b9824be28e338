// The list of changes and what of it an upgrade brings.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { AGENT_VERSION } from '../version.ts';
import { changesIn, installedChanges, upgradeFrom } from './version-report.ts';

const list = '# Changes\n\nWords.\n\n## 0.3.0\n\n- third\n\n## 0.2.0 (2026-12-01)\n\n- second\n\n## 0.1.0\n\n- first\n';

it('the newest version of the list in this checkout is this one', async () => {
  const [newest] = changesIn((await installedChanges()) ?? '');
  expect(newest?.version).toBe(AGENT_VERSION);
  expect(newest?.text).toMatch(/^- /);
});

it('an upgrade brings what is newer than what runs', () => {
  expect(upgradeFrom('0.2.0', list)).toEqual({
    installed: '0.3.0',
    changes: [
      { version: '0.3.0', text: '- third' },
      { version: '0.2.0', text: '- second' },
    ],
  });
  expect(upgradeFrom('0.3.0', list)).toMatchObject({ installed: '0.3.0', changes: [{ version: '0.3.0' }] });
});

it('an older installed version tells its own changes; no list, or one without versions, tells nothing', () => {
  expect(upgradeFrom('0.4.0', list)).toMatchObject({ installed: '0.3.0', changes: [{ version: '0.3.0' }] });
  for (const text of [null, '', '# Changes\n']) {
    expect(upgradeFrom('0.3.0', text)).toEqual({ installed: null, changes: [] });
  }
  const many = Array.from({ length: 30 }, (_, number) => `## 0.${99 - number}.0\n- x\n`).join('');
  expect(upgradeFrom('0.70.0', many).changes).toHaveLength(20);
});

it('the list is read anew each time, from the first place that has one', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'tt-changes-'));
  try {
    const places = ['none.md', 'CHANGELOG.md'].map((name) => path.join(folder, name));
    expect(await installedChanges(places)).toBeNull();
    await writeFile(path.join(folder, 'CHANGELOG.md'), list);
    expect(await installedChanges(places)).toBe(list);
  } finally {
    await rm(folder, { recursive: true });
  }
});
