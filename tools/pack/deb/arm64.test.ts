// The Debian packages for arm64, which no machine here can run: what dpkg reads of them, and that every program in them is for the right
// processor. Fetches that Node.
// @module-tag long
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { findProgram, runCommand } from '../../../agent/host/run-command.ts';
import { buildIfStale } from '../../start/build-if-stale.ts';
import { machineOf, nodeFor } from '../node-for.ts';
import { filesIn } from '../packages/package-tree.ts';
import { packagesOf } from '../packages/packages.ts';
import { TOO_LONG_MS } from '../test-debian.ts';
import { buildDeb } from './deb-package.ts';

const root = path.resolve(import.meta.dirname, '../../..');
/** Guests are x86-64 on every host. */
const OF_GUESTS = /^\/usr\/lib\/tt-agent\/agent\/(?:guest-helper\/x86_64$|guest\/)/;

it.runIf((await findProgram('dpkg-deb')) !== null)(
  'have Node for arm64, and what runs in guests for amd64',
  { timeout: TOO_LONG_MS },
  async () => {
    await buildIfStale(root);
    const work = await mkdtemp(path.join(tmpdir(), 'tt-arm64-'));
    try {
      const node = await nodeFor(root, 'arm64', path.join(work, 'node'));
      const made = await packagesOf({ root, work: path.join(work, 'made'), node, architecture: 'arm64' });
      for (const one of made) {
        const file = await buildDeb(one, work, true);
        const { stdout } = await runCommand('dpkg-deb', ['--field', file, 'Architecture'], { timeoutMs: 60_000 });
        expect(stdout.trim()).toBe('arm64');
        const tree = path.join(work, one.name);
        await mkdir(tree);
        await runCommand('dpkg-deb', ['--extract', file, tree], { timeoutMs: TOO_LONG_MS });
        const programs = new Map<string, string>();
        for (const name of await filesIn(tree)) {
          const machine = await machineOf(path.join(tree, name));
          if (machine !== null) programs.set(name, machine);
        }
        const wrong = [...programs].filter(([name, machine]) => (machine === 'amd64') !== OF_GUESTS.test(name));
        expect(wrong).toEqual([]);
        expect(programs.get(`/usr/lib/${one.name}/node`)).toBe('arm64');
        if (one.name === 'tt-agent') expect(programs.get('/usr/lib/tt-agent/agent/guest-helper/x86_64')).toBe('amd64');
      }
    } finally {
      await rm(work, { recursive: true, force: true });
    }
  },
);
