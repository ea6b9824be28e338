// An agent after the QEMU of its host was upgraded (Debian 12 to 13): it takes up the guests that the older QEMU still runs, brings
// back in the newer what the older has saved, and saves and forks that again, while the guest writes all the time (`hash-chain.ts`).
// @module-tag long
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Vm } from '@tt/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { beginChain, changeWord, checkChain } from '../testing/hash-chain.ts';
import { newerQemu, newerQemuProblem } from '../testing/newer-qemu.ts';
import { type RealAgent, startRealAgent } from '../testing/real-agent.ts';

describe.skipIf(newerQemuProblem !== null)(`a newer QEMU (${newerQemuProblem ?? 'of Debian 13'})`, () => {
  let agent: RealAgent;
  let vm: Vm;
  beforeAll(async () => {
    agent = await startRealAgent({ flags: ['--storage', 'qcow2'] });
    vm = (await agent.client.env.create({ name: 'demo', groups: [{ osPrefix: 'tiny' }] })).vms[0] as Vm;
    await beginChain(agent, vm, 'older');
  });
  afterAll(() => agent?.remove());

  const take = (name: string) => agent.client.snapshot.create({ envName: 'demo', name });
  const revert = (name: string) => agent.client.snapshot.revert({ envName: 'demo', name, safety: false });
  const word = async (of: Vm) => (await checkChain(agent, of)).word;
  const commands = async () =>
    Promise.all((await agent.guestPids()).map(async (pid) => readFile(`/proc/${pid}/cmdline`, 'utf8')));

  it('has what the older one saved, and saves and forks it again', async () => {
    await take('older');
    await changeWord(agent, vm, 'later');
    const { binDirectory } = await newerQemu();
    const isNewer = async () => (await commands()).map((command) => command.includes(path.dirname(binDirectory)));
    expect(await isNewer()).toEqual([false]);
    await agent.kill('SIGTERM');
    agent = await agent.restart({ binDirectory });
    expect([await word(vm), await isNewer()]).toEqual(['later', [false]]);
    await take('later');

    await revert('older');
    expect([await word(vm), await isNewer()]).toEqual(['older', [true]]);
    await changeWord(agent, vm, 'newer');
    await take('newer');
    await revert('later');
    expect(await word(vm)).toBe('later');
    await revert('newer');
    expect(await word(vm)).toBe('newer');
    const { envs } = await agent.client.snapshot.fork({ envName: 'demo', name: 'older', newName: 'fork' });
    expect(await word(envs[0]?.vms[0] as Vm)).toBe('older');
    expect(await isNewer()).toEqual([true, true]);
  });
});
