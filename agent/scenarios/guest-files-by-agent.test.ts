// Files into a real guest without the port of the helper, and out of it: by its guest agent alone, with the real shell and its tools.
// @module-tag long
import type { Vm } from '@tt/protocol';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { GuestShell } from '../engines/guest-shell.ts';
import { type RealAgent, startRealAgent } from '../testing/real-agent.ts';
import { RealFiles } from '../testing/real-files.ts';
import { realFilesContract } from './real-files.contract.ts';

const PATIENCE_MS = 240_000;
let agent: RealAgent;
let vm: Vm;
let shell: GuestShell;

beforeAll(async () => {
  agent = await startRealAgent();
  const groups = [{ osPrefix: 'tiny', memoryMiB: 128, guestHelper: 'off' as const }];
  const { vms } = await agent.client.env.create({ name: 'demo', groups });
  vm = vms[0] ?? expect.unreachable('no VM');
  shell = await agent.shell(vm);
  await shell.run('until pidof qemu-ga; do sleep 0.2; done', PATIENCE_MS);
}, PATIENCE_MS);
afterAll(async () => {
  shell?.close();
  await agent?.remove();
});

const parts = { agent: () => agent, vmId: () => vm.id };
realFilesContract({
  ...parts,
  shell: () => shell,
  files: new RealFiles(parts),
  sizeBytes: 6 * 1024 * 1024 + 1,
  patienceMs: PATIENCE_MS,
});

it('leaves nothing of itself in the guest', { timeout: PATIENCE_MS }, async () => {
  const left = async () => (await shell.run('ls -A /run /var/lib /root | grep -c "^.tt-run" || true')).trim();
  await expect.poll(left, { timeout: PATIENCE_MS }).toBe('0');
});
