// The agent’s package under systemd, in a container of systemd-nspawn: it starts when it is installed, a real guest runs on while it is
// restarted and upgraded, a reboot brings the ENV back, removing keeps it, and purging leaves nothing.
// @module-tag long
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../../../agent/testing/until.ts';
import { canBootDebian, TestContainer } from '../test-container.ts';
import { openTestTerminal } from '../test-terminal.ts';
import { makeTestDebian, type TestDebian, TOO_LONG_MS } from '../test-debian.ts';

const isPossible = await canBootDebian();
const JOURNAL_MS = 120_000;

let debian: TestDebian;
let container: TestContainer;

beforeAll(async () => {
  if (!isPossible) return;
  debian = await makeTestDebian();
  container = await TestContainer.bootWithImage(debian.folder);
}, TOO_LONG_MS);
afterAll(async () => {
  if (!isPossible) return;
  await container.end();
  await debian.remove();
});

const ask = (...words: string[]) => container.ask(...words);
const inside = (...words: string[]) => container.inside(...words);
const tt = (...words: string[]) => container.tt(...words);
const guestPid = () => container.guestPid('demo');

/** Somebody at the serial console of the guest, at a terminal of their own. */
const atConsole = (file: string) =>
  openTestTerminal(
    ['nsenter', ...container.entering, 'TT_HOME=/var/lib/tt', 'tt', 'console', 'demo/tiny-2-1'].join(' '),
    { env: {}, file: path.join(debian.work, file), shows: 'Connected to demo/tiny-2-1' },
  );

const AGENT = 'tt-agent.service';
const CONFIGURATION = '/etc/tt/agent.yaml';
const isActive = () => container.unitState('tt-agent.service');
const saidSoFar = () => inside('journalctl', '--unit', AGENT, '--output=cat', '--no-pager');
/** Runs something, and waits until the agent has said what it should while it ran or after it. */
async function whileItSays(what: RegExp, work: () => Promise<unknown>): Promise<void> {
  const { length } = await saidSoFar();
  await work();
  await until(`the journal has ${what.source}`, async () => what.test((await saidSoFar()).slice(length)), JOURNAL_MS);
}
const agentDeb = () => debian.packages.find((file) => file.includes('/tt-agent_')) ?? '';

describe.runIf(isPossible)('the package under systemd', () => {
  it(
    'that is only unpacked does not run, and one that finds the disk full says so and starts later',
    async () => {
      await inside('dpkg', '--unpack', ...debian.packages);
      expect([await isActive(), (await ask('tt-agent', 'invite')).stderr]).toEqual([
        'inactive',
        expect.stringContaining('AGENT_NOT_RUNNING'),
      ]);
      // What is in the folder already is covered until it is unmounted.
      await inside('mount', '-t', 'tmpfs', '-o', 'size=12k', 'tmpfs', '/var/lib/tt');
      await whileItSays(/\[(DISK_FULL|STATE_NO_SPACE|STATE_UNUSABLE)\]/, async () => {
        const { stderr } = await ask('dpkg', '--configure', '-a');
        expect(stderr).toContain('TT is installed, but did not start.');
      });
      await inside('systemctl', 'stop', AGENT);
      await inside('umount', '/var/lib/tt');
      await inside('systemctl', 'reset-failed', AGENT);
      await inside('systemctl', 'start', AGENT);
      expect(await inside('dpkg', '--status', 'tt-agent')).toContain('\nStatus: install ok installed\n');
    },
    TOO_LONG_MS,
  );

  it(
    'keeps guests over restarts, upgrades and what goes wrong with them, and ENVs over a reboot',
    async () => {
      // Started means that it answers.
      expect(await inside('tt-agent', 'invite')).toMatch(/^https:\/\/\S+:9527\/#join=[\w-]+&ca=[0-9a-f]{64}\n$/);
      await tt('env', 'add', 'demo', '--os-prefix', 'tiny');
      const guest = await guestPid();
      expect(guest).toMatch(/^\d+$/);

      await inside('systemctl', 'restart', AGENT);
      expect(await tt('env', 'list')).toContain('demo  running');
      const console = await atConsole('before.txt');
      await console.type('\r', 'login: ');
      await console.type('root\r', 'assword: ');
      await console.type('tt\r', '# ');
      await console.type('answer=$((6 * 7))\r', '# ');
      await inside('dpkg', '--install', ...debian.packages);
      await console.close();
      // The same shell, by the new agent.
      const again = await atConsole('after.txt');
      await again.type('echo it is $answer\r', 'it is 42');
      await again.close();
      expect(await tt('env', 'run', 'demo', '--wait', '--', 'uname', '-s')).toMatch(/demo\/tiny-2-1 +tiny-2 +ok/);
      expect(await guestPid()).toBe(guest);

      // Started twice: by systemd nothing happens, by hand it is refused.
      await inside('systemctl', 'start', AGENT);
      const second = await ask('tt-agent', 'run', '--config', CONFIGURATION);
      expect([second.exitCode, second.stderr]).toEqual([1, expect.stringContaining('AGENT_ALREADY_RUNNING')]);

      // A package that was cut while it was copied changes nothing.
      await inside('cp', agentDeb(), '/packages/cut.deb');
      await inside('truncate', '--size=20M', '/packages/cut.deb');
      expect((await ask('dpkg', '--install', '/packages/cut.deb')).exitCode).toBe(1);
      expect([await isActive(), await tt('env', 'list')]).toEqual(['active', expect.stringContaining('demo  running')]);

      // A configuration that the newer version refuses: the agent that runs is left alone.
      const configuration = await inside('cat', CONFIGURATION);
      await writeFile(path.join(debian.folder, CONFIGURATION), `${configuration}log: { levle: debug }\n`);
      const upgrade = await ask('dpkg', '--install', agentDeb());
      expect([upgrade.exitCode, upgrade.stderr]).toEqual([0, expect.stringContaining('CONFIG_INVALID')]);
      expect([await isActive(), await tt('env', 'list')]).toEqual(['active', expect.stringContaining('demo  running')]);
      // One that was restarted all the same says why it does not start, and its guest runs on.
      await whileItSays(/there is no such key; did you mean log\.level\?/, async () => {
        expect((await ask('systemctl', 'restart', AGENT)).exitCode).toBe(1);
      });
      expect(await guestPid()).toBe(guest);
      await writeFile(path.join(debian.folder, CONFIGURATION), configuration);
      await inside('systemctl', 'reset-failed', AGENT);
      await inside('systemctl', 'restart', AGENT);
      expect([await guestPid(), await tt('env', 'list')]).toEqual([guest, expect.stringContaining('demo  running')]);

      // The state of a newer TT is refused and not changed.
      await inside('systemctl', 'stop', AGENT);
      const database = path.join(debian.folder, 'var/lib/tt/state.sqlite');
      const known = setSchema(database, 99);
      await whileItSays(/\[STATE_TOO_NEW\]/, async () => {
        expect((await ask('systemctl', 'start', AGENT)).exitCode).toBe(1);
      });
      expect(setSchema(database, known)).toBe(99);
      await inside('systemctl', 'reset-failed', AGENT);
      await inside('systemctl', 'start', AGENT);
      expect([await guestPid(), await tt('env', 'list')]).toEqual([guest, expect.stringContaining('demo  running')]);

      // While it runs, and of it.
      await inside('tt-agent', 'backup', '/root/backup.tar');
      expect(await inside('tar', '-tf', '/root/backup.tar')).toContain('tls/authority.pem');

      await container.end();
      container = await TestContainer.boot(debian.folder);
      expect(await tt('env', 'list')).toContain('demo');
      await tt('env', 'start', 'demo');
      expect(await guestPid()).toMatch(/^\d+$/);
      expect(await container.unitState('tt-proxy.service')).toBe('inactive');

      expect(await inside('dpkg', '--remove', 'tt-agent')).toContain('VMs that run keep running');
      expect(await guestPid()).toMatch(/^\d+$/);
      expect((await ask('ls', '/var/lib/tt/state.sqlite')).exitCode).toBe(0);
      await inside('dpkg', '--purge', 'tt-agent');
      expect(await guestPid()).toBe('');
      expect((await ask('ls', '/var/lib/tt')).exitCode).toBe(2);
      expect(await inside('ip', '-brief', 'link')).not.toMatch(/^tt/m);
      expect(await inside('nft', 'list', 'tables')).not.toContain('tt_');
    },
    TOO_LONG_MS,
  );
});

/** Gives the database of an agent that does not run another schema; the one it had. */
function setSchema(file: string, schema: number): number {
  const database = new DatabaseSync(file);
  try {
    const before = Number(database.prepare('PRAGMA user_version').get()?.['user_version']);
    database.exec(`PRAGMA user_version = ${schema}`);
    return before;
  } finally {
    database.close();
  }
}
