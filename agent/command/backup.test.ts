// `tt-agent backup` and `tt-agent restore` as an administrator calls them, each as a separate process.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openHome } from '../home.ts';
import { runCommand } from '../host/run-command.ts';
import { StateStore } from '../state/store.ts';

const main = path.resolve(import.meta.dirname, '../main.ts');
let folder: string;
let home: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tt-backup-command-'));
  home = path.join(folder, 'home');
  await (await openHome(home, 'fake')).release();
  new StateStore(path.join(home, 'state.sqlite')).close();
});
afterEach(() => rm(folder, { recursive: true }));

/** With `$0` node, `$1` the agent, `$2` the folder. */
const shell = (script: string) =>
  runCommand('sh', ['-c', script, process.execPath, main, folder], {
    timeoutMs: 120_000,
    okExitCodes: [0, 1],
    env: { TT_HOME: home },
  });

it('writes to standard output, and restores what came out', async () => {
  const { stderr } = await shell('"$0" "$1" backup - --engine fake > "$2/backup.tar"');
  expect(stderr).toMatch(/^The backup has 0 ENVs with 0 VMs\.\nDisks, snapshots of disks and images are not in it/);
  const restored = await shell('"$0" "$1" restore "$2/backup.tar" --home "$2/other"');
  expect([restored.exitCode, restored.stderr]).toEqual([0, '']);
  expect(restored.stdout).toContain(`${folder}/other has 0 ENVs with 0 VMs, as on `);
  expect(await readFile(path.join(folder, 'other/token'), 'utf8')).toBe(
    await readFile(path.join(home, 'token'), 'utf8'),
  );
});

it('says that nobody reads it any more', async () => {
  const { stderr } = await shell('"$0" "$1" backup - | true');
  expect(stderr).toContain('error: FILE_UNUSABLE\n- can’t be used: ');
});
