// An image from outside, all the way: a vmdk on the host is imported, machines are made of it, and its firmware boots what is
// on it. Then one of them is published, and so is what it publishes.
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Vm } from '@tt/protocol';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runCommand } from './host/run-command.ts';
import { type RealAgent, startRealAgent } from './test-real-agent.ts';
import { until } from './test-until.ts';

const GREETING = 'IMPORTED AND BOOTED';
/** Prints its text on the first serial port, then halts: `cli`, segments, `lodsb` and `out` in a loop, `hlt`. */
const BOOT_CODE = 'fa31c08ed88ed0bc007cbe1b7cbaf803ac84c07403eeebf8f4ebfd';

let agent: RealAgent;

beforeAll(async () => {
  agent = await startRealAgent();
});
afterAll(() => agent.remove());

/** What a machine has said on its serial port since it was started. */
async function saidBy(vm: Vm): Promise<string> {
  const log = path.join(agent.home, 'run', vm.id, 'serial.log');
  return until(
    'it has booted',
    async () => {
      const said = await readFile(log, 'latin1');
      return said.includes(GREETING) ? said : null;
    },
    30_000,
  );
}

it('a vmdk is imported and boots, is published from the VM, and the copy boots too', async () => {
  const sector = Buffer.alloc(8 * 1024 * 1024);
  Buffer.from(BOOT_CODE, 'hex').copy(sector);
  sector.write(`${GREETING}\r\n\0`, BOOT_CODE.length / 2, 'latin1');
  sector.writeUInt16LE(0xaa55, 510);
  await writeFile(path.join(agent.home, 'boot.raw'), sector);
  const convert = ['convert', '-f', 'raw', '-O', 'vmdk', '-o', 'subformat=streamOptimized', 'boot.raw', 'boot.vmdk'];
  await runCommand('qemu-img', convert, { timeoutMs: 30_000, cwd: agent.home });
  const source = { kind: 'file', path: path.join(agent.home, 'boot.vmdk') } as const;
  const image = await agent.client.image.import({ name: 'qemu:boot-1:default', source, minMemoryMiB: 64 });
  expect(image).toMatchObject({ state: 'ready', minDiskMiB: 8, firmware: 'bios' });
  const { vms } = await agent.client.env.create({ name: 'first', groups: [{ osPrefix: 'boot-1' }] });
  const [vm] = vms;
  if (!vm) throw new Error('no VM was made');
  expect(await saidBy(vm)).toContain(GREETING);
  await agent.client.env.stop({ name: 'first', graceS: 0 });
  await agent.client.image.publish({ vmId: vm.id, name: 'qemu:copied-1:default' });
  await agent.client.env.delete({ name: 'first' });
  await agent.client.image.delete({ name: 'qemu:boot-1:default' });
  const again = await agent.client.env.create({ name: 'second', groups: [{ osPrefix: 'copied-1' }] });
  const [copy] = again.vms;
  if (!copy) throw new Error('no VM was made');
  expect(await saidBy(copy)).toContain(GREETING);
});
