// Files into a real guest and out of it through the whole agent: 64 MiB, a helper that is killed in the middle, folders, owners, a
// full disk, and what is there already.
// @module-tag deep
import { createHash, randomBytes } from 'node:crypto';
import { mkdir, rename } from 'node:fs/promises';
import path from 'node:path';
import { followState } from '@tt/client';
import type { OperationPart, Vm } from '@tt/protocol';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { GuestShell } from '../engines/guest-shell.ts';
import { helperFile } from '../guest-channel/helper-program.ts';
import { buildGuestHelper } from '../testing/build-guest-helper.ts';
import { type RealAgent, startRealAgent } from '../testing/real-agent.ts';
import { RealFiles } from '../testing/real-files.ts';
import { until } from '../testing/until.ts';
import { realFilesContract } from './real-files.contract.ts';

const MIB = 1024 * 1024;
const SIZE_BYTES = 64 * MIB;
const PATIENCE_MS = 240_000;
let agent: RealAgent;
let vm: Vm;
let shell: GuestShell;

beforeAll(async () => {
  // The agent runs from its sources, and so must the helper: what the last build made may be older.
  await mkdir(path.dirname(helperFile()), { recursive: true });
  await buildGuestHelper(`${helperFile()}.new`);
  await rename(`${helperFile()}.new`, helperFile());
  agent = await startRealAgent();
  const groups = [{ osPrefix: 'tiny', memoryMiB: 160 }];
  const { vms } = await agent.client.env.create({ name: 'demo', groups });
  vm = vms[0] as Vm;
  shell = await agent.shell(vm);
  await shell.run('until pidof qemu-ga; do sleep 0.2; done');
}, PATIENCE_MS);
afterAll(async () => {
  shell?.close();
  await agent?.remove();
});

const of = { agent: () => agent, vmId: () => vm.id };
const files = new RealFiles(of);
realFilesContract({ ...of, shell: () => shell, files, sizeBytes: SIZE_BYTES, patienceMs: PATIENCE_MS });

it('a helper that is killed in the middle is started again, and goes on where it stopped', {
  timeout: PATIENCE_MS,
}, async () => {
  const content = randomBytes(SIZE_BYTES);
  const sha256 = createHash('sha256').update(content).digest('hex');
  const stop = new AbortController();
  let parts: readonly OperationPart[] = [];
  const following = followState({
    client: agent.client,
    signal: stop.signal,
    onLink: () => {},
    onItem: (item) => {
      if (item.kind === 'event' && item.event.type === 'operation.updated') parts = item.event.data.parts ?? parts;
    },
  });
  const putting = files.put('/root/killed', { data: content }, { timeoutS: 10 });
  await until('some of it has arrived', () => (parts[0]?.done ?? 0) > 4 * MIB, 120_000);
  await shell.run(
    'cd /proc; for p in [0-9]*; do case "$(readlink $p/exe)" in *tt-guest-helper*) kill -9 $p;; esac; done; cd',
  );
  const kept = await shell.run('ls -A /root/killed');
  const isInTheMiddle = kept.startsWith('.tt-');
  expect((await putting).failure).toBeNull();
  stop.abort();
  await following;
  expect(isInTheMiddle).toBe(true);
  expect(await shell.run('sha256sum /root/killed/data', 60_000)).toBe(`${sha256}  /root/killed/data`);
  expect(await shell.run('ls -A /root/killed')).toBe('data');
});
