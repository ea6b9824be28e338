// Test support: the QEMU engine with real guests of the tiny Linux, for the engine contract.
import { open, rm } from 'node:fs/promises';
import { createConnection } from 'node:net';
import path from 'node:path';
import { signalProcess } from '../../host/process-identity.ts';
import { runCommand } from '../../host/run-command.ts';
import type { EngineHarness } from '../contract-harness.ts';
import { GuestShell } from '../guest-shell.ts';
import { QemuEngine, type QemuOptions } from './qemu-engine.ts';
import { makeRealGuests } from './test-real-guest.ts';

export const isRoot = process.geteuid?.() === 0;

const run = (command: string, ...args: string[]) => runCommand(command, args, { timeoutMs: 10_000 });

/**
 * `confined`: each guest runs as its own user, which needs root; otherwise as the user of this process. `binary`: another QEMU than
 * that of PATH.
 */
export async function makeQemuHarness(
  confined: boolean,
  options: Pick<QemuOptions, 'binary'> = {},
): Promise<EngineHarness> {
  const guests = await makeRealGuests({ confined });
  const makeEngine = () => new QemuEngine({ ...options, stateDirectory: guests.root, acceleration: 'tcg', confined });
  const disks = path.join(guests.root, 'disks');
  let unmount: (() => Promise<unknown>) | null = null;
  return {
    engine: makeEngine(),
    reopen: async () => makeEngine(),
    makeSpec: (options) => guests.makeSpec(options),
    revertDisks: (id, tag) => guests.storage.revertSnapshot(id, tag),
    kill: async (vm) => {
      await signalProcess(vm.process, 'SIGKILL');
    },
    freeze: async (vm) => {
      const shell = await GuestShell.login(vm.sockets.serial);
      await shell.run('kill -STOP $(pidof qemu-ga)');
      shell.close();
    },
    isPortOpen: (_vm, _nicIndex, { hostAddress, hostPort }) => connects(hostAddress, hostPort),
    fullDisk: isRoot
      ? {
          prepare: async () => {
            await run('mount', '-t', 'tmpfs', '-o', 'size=48m', 'tt-test', disks);
            unmount = () => run('umount', '-l', disks);
          },
          fill: async (vm) => {
            const shell = await GuestShell.login(vm.sockets.serial);
            await fillUp(path.join(disks, 'filler'));
            // It never comes back to say that it is done.
            void shell.run('dd if=/dev/urandom of=/root/much bs=1M count=4; sync').catch(() => {});
            vm.onTrouble(() => shell.close());
          },
          empty: () => rm(path.join(disks, 'filler')),
        }
      : null,
    remove: async () => {
      await unmount?.();
      await guests.remove();
    },
  };
}

/**
 * Fills up to the last block: the free space can change at any moment, because the guest writes too. Then frees a little again.
 */
async function fillUp(path: string): Promise<void> {
  const filler = await open(path, 'w');
  try {
    const chunk = Buffer.alloc(64 * 1024);
    for (;;) await filler.write(chunk);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    const { size } = await filler.stat();
    await filler.truncate(Math.max(0, size - 64 * 1024));
  } finally {
    await filler.close();
  }
}

function connects(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ host, port });
    socket.once('connect', () => {
      resolve(true);
      socket.destroy();
    });
    socket.once('error', () => resolve(false));
  });
}
