// The contract suite for all engines: `fake-engine.test.ts` and `qemu/engine.test.ts` run it with their own harness. Its second
// part, about running guests, is `live.contract.ts`.
import { rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { connectUnixSocket } from '@tt/client/node';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addName, isSharedFile, makeShared } from '../host/shared-file.ts';
import { ContractBench, type EngineHarness, ramFileOf } from './contract-harness.ts';
import { describeLiveGuests } from './live.contract.ts';
import { GuestShell } from './guest-shell.ts';

const PNG_SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

export function describeEngineContract(name: string, makeHarness: () => Promise<EngineHarness>): void {
  describe(`engine contract: ${name}`, () => {
    const bench = new ContractBench(makeHarness);
    beforeEach(() => bench.setUp());
    afterEach(() => bench.tearDown());
    const start = bench.start.bind(bench);

    it('starts, shows its streams to its owner only, pauses, and stops as often as asked', async () => {
      const { spec, vm } = await start('vm1');
      for (const socket of Object.values(vm.sockets)) {
        const found = await stat(socket);
        expect([found.isSocket(), found.mode & 0o777]).toEqual([true, 0o600]);
      }
      expect((await stat(spec.runDirectory)).mode & 0o777).toBe(0o700);
      expect(await greeting(vm.sockets.vnc)).toMatch(/^RFB 003\.00/);

      expect(await vm.isPaused()).toBe(false);
      await vm.pause();
      await vm.pause();
      expect(await vm.isPaused()).toBe(true);
      await vm.resume();
      await vm.resume();
      expect(await vm.isPaused()).toBe(false);

      const { png } = await vm.screenshot();
      expect([...png.subarray(0, 8)]).toEqual(PNG_SIGNATURE);
      expect(png.length).toBeGreaterThan(100);

      await bench.engine.stop(spec, vm.process);
      await bench.engine.stop(spec, vm.process);
      expect(await vm.exited).toMatchObject({ expected: true });
      await expect(vm.pause()).rejects.toMatchObject({ code: 'VM_GONE' });
      expect((await bench.engine.readLogTail(spec)).length).toBeGreaterThan(0);
      await bench.engine.destroy(spec);
      await bench.engine.destroy(spec);
      await expect(stat(spec.runDirectory)).rejects.toMatchObject({ code: 'ENOENT' });
      expect(await bench.engine.readLogTail(spec)).toEqual([]);
    });

    it('brings RAM and disk back, in a running guest, a paused one, and a new process', async () => {
      const { spec, vm } = await start('vm1');
      const at = (tag: string) => ({ ramFile: ramFileOf(spec, tag) });
      let shell = await GuestShell.login(vm.sockets.serial);
      const read = () => shell.run('cat /dev/shm/word /root/word');
      const write = (word: string) => shell.run(`echo ${word} > /dev/shm/word; echo ${word} > /root/word; sync`);

      await write('apple');
      const steps: number[] = [];
      await vm.saveState('apples', { ...at('apples'), onProgress: (done, total) => steps.push(done / total) });
      expect([steps[0], steps.at(-1)]).toEqual([0, 1]);
      expect(await vm.isPaused()).toBe(false);
      await expect(vm.saveState('apples', at('apples'))).rejects.toMatchObject({ code: 'COMMAND_FAILED' });
      await write('pear');
      expect(await read()).toBe('pear\npear');

      await vm.loadState('apples', at('apples'));
      expect(await vm.isPaused()).toBe(false);
      expect(await read()).toBe('apple\napple');

      await write('plum');
      await vm.pause();
      await vm.saveState('plums', at('plums'));
      expect(await vm.isPaused()).toBe(true);
      await vm.loadState('apples', at('apples'));
      expect(await vm.isPaused()).toBe(true);
      await vm.resume();
      expect(await read()).toBe('apple\napple');
      shell.close();

      await bench.engine.stop(spec, vm.process);
      const again = await start('vm1', { load: { tag: 'plums', format: 'qcow2', ...at('plums') } });
      expect(await again.vm.isPaused()).toBe(false);
      shell = await GuestShell.login(again.vm.sockets.serial);
      expect(await read()).toBe('plum\nplum');
      shell.close();
    });

    it('saves a guest that runs on, stopped for the last part only, and wakes it in a new process', async () => {
      const { spec, vm } = await start('vm1');
      const at = (tag: string) => ({ ramFile: ramFileOf(spec, tag, 'flat') });
      let shell = await GuestShell.login(vm.sockets.serial);
      const write = (word: string) => shell.run(`echo ${word} > /dev/shm/word; echo ${word} > /root/word; sync`);
      await write('apple');
      const dropped = await vm.beginSave('dropped', at('dropped'));
      await dropped.cancel();
      await dropped.cancel();
      expect(await vm.isPaused()).toBe(false);
      await expect(stat(at('dropped').ramFile)).rejects.toMatchObject({ code: 'ENOENT' });
      await write('pear');

      const save = await vm.beginSave('pears', at('pears'));
      expect(await vm.isPaused()).toBe(false);
      await write('plum');
      await vm.pause();
      await save.finish();
      await save.cancel();
      expect(await vm.isPaused()).toBe(true);
      await expect(vm.beginSave('paused', at('paused'))).rejects.toMatchObject({ code: 'COMMAND_FAILED' });
      await vm.resume();
      await write('quince');
      shell.close();

      await bench.engine.stop(spec, vm.process);
      await bench.harness.revertDisks('vm1', 'pears');
      const load = { tag: 'pears', format: 'flat', ...at('pears') } as const;
      await expect(bench.engine.checkRamFile(load.ramFile, 'flat', spec.memoryMiB)).resolves.toBeUndefined();
      await expect(bench.engine.checkRamFile(load.ramFile, 'qcow2', spec.memoryMiB)).rejects.toMatchObject({
        code: 'COMMAND_FAILED',
      });
      let again = await start('vm1', { load });
      expect(await again.vm.isPaused()).toBe(false);
      shell = await GuestShell.login(again.vm.sockets.serial);
      expect(await shell.run('cat /dev/shm/word /root/word')).toBe('plum\nplum');
      // One that was woken can be saved again, and the file it was woken from stays as it was.
      await write('cherry');
      const second = await again.vm.beginSave('cherries', at('cherries'));
      await again.vm.pause();
      await second.finish();
      // All of one that is paused for it, as before a revert.
      await again.vm.resume();
      await again.vm.pause();
      const third = await again.vm.beginSave('still', { ...at('still'), isPaused: true });
      expect(await again.vm.isPaused()).toBe(true);
      await third.finish();
      expect(await again.vm.isPaused()).toBe(true);
      await again.vm.resume();
      await expect(again.vm.beginSave('runs', { ...at('runs'), isPaused: true })).rejects.toMatchObject({
        code: 'COMMAND_FAILED',
      });
      shell.close();
      // One that another VM reads too: both do where the engine can, otherwise this one gets a copy.
      const other = `${at('cherries').ramFile}.other`;
      await makeShared(at('cherries').ramFile, new AbortController().signal);
      expect(await addName(at('cherries').ramFile, other)).toBe(true);
      for (const [tag, word] of [
        ['pears', 'plum'],
        ['cherries', 'cherry'],
        ['still', 'cherry'],
      ] as const) {
        // Another process takes its place as soon as it has let go.
        await again.vm.letGo();
        await bench.harness.revertDisks('vm1', tag);
        again = await start('vm1', { load: { tag, format: 'flat', ...at(tag) }, paused: true });
        expect(await again.vm.isPaused()).toBe(true);
        await again.vm.resume();
        shell = await GuestShell.login(again.vm.sockets.serial);
        expect(await shell.run('cat /dev/shm/word /root/word')).toBe(`${word}\n${word}`);
        shell.close();
      }
      const isShared = await Promise.all([at('cherries').ramFile, other].map(isSharedFile));
      expect(isShared).toEqual([bench.engine.sharesMemory, true]);
    }, 120_000);

    it('refuses states that are not there and forgets those it deletes', async () => {
      const { spec, vm } = await start('vm1');
      const at = (tag: string) => ({ ramFile: ramFileOf(spec, tag) });
      await expect(vm.loadState('nothing', at('nothing'))).rejects.toMatchObject({ code: 'STATE_NOT_FOUND' });
      await expect(vm.saveState('../odd tag', at('../odd tag'))).rejects.toMatchObject({ code: 'COMMAND_FAILED' });
      await vm.deleteState('nothing');
      await vm.saveState('once', at('once'));
      await vm.deleteState('once');
      await expect(vm.loadState('once', at('once'))).rejects.toMatchObject({ code: 'STATE_NOT_FOUND' });
      await expect(vm.saveState('once', at('once'))).rejects.toMatchObject({ code: 'COMMAND_FAILED' });
      await rm(at('once').ramFile);
      await vm.saveState('once', at('once'));
      await expect(vm.saveState('late', { ...at('late'), signal: AbortSignal.abort() })).rejects.toMatchObject({
        code: 'CANCELLED',
      });
      await expect(vm.loadState('late', at('late'))).rejects.toMatchObject({ code: 'STATE_NOT_FOUND' });
      await expect(stat(at('late').ramFile)).rejects.toMatchObject({ code: 'ENOENT' });
      expect(await vm.isPaused()).toBe(false);

      await bench.engine.stop(spec, vm.process);
      await expect(start('vm1', { load: { tag: 'nothing', format: 'qcow2', ...at('nothing') } })).rejects.toMatchObject(
        {
          code: 'STATE_NOT_FOUND',
        },
      );
      // The failed start left nothing behind that a good one would trip over.
      await start('vm1', { load: { tag: 'once', format: 'qcow2', ...at('once') } });
    });

    it('tells that a VM was killed, with the end of its log', async () => {
      const { spec, vm } = await start('vm1');
      await bench.harness.kill(vm);
      const exit = await vm.exited;
      expect(exit).toMatchObject({ expected: false, reason: { code: expect.stringMatching(/^(killedBy|crashed)$/) } });
      expect(exit.logTail.length).toBeGreaterThan(0);
      expect(exit.logTail.length).toBeLessThanOrEqual(20);
      await expect(vm.saveState('late', { ramFile: ramFileOf(spec, 'late') })).rejects.toMatchObject({
        code: 'VM_GONE',
      });
    });

    it('takes up a VM that outlived the agent, and only that one', async () => {
      const { spec, vm } = await start('vm1');
      vm.detach();
      await bench.reopen();
      expect(await bench.engine.find(spec)).toEqual(vm.process);
      expect(await bench.engine.find(await bench.harness.makeSpec('vm2'))).toBeNull();
      expect(await bench.engine.adopt(spec, { ...vm.process, startTicks: vm.process.startTicks - 1 })).toBeNull();
      const otherUuid = { ...spec, uuid: '00000000-0000-4000-8000-00000000dead' };
      expect(await bench.engine.adopt(otherUuid, vm.process)).toBeNull();

      const adopted = await bench.engine.adopt(spec, vm.process);
      expect(adopted).toMatchObject({ id: 'vm1', process: vm.process, sockets: vm.sockets });
      expect(await adopted?.isPaused()).toBe(false);
      // Asked again, as by a clean-up that runs twice: the same VM, at once.
      expect((await bench.engine.adopt(spec, vm.process))?.process).toEqual(vm.process);
      if (adopted) await bench.harness.kill(adopted);
      expect(await adopted?.exited).toMatchObject({ expected: false });
      expect(await bench.engine.adopt(spec, vm.process)).toBeNull();
      expect(await bench.engine.find(spec)).toBeNull();
    });

    it('has its streams below a path that no address of a socket holds, and is taken up there', async () => {
      const { runDirectory } = await bench.harness.makeSpec('vm1');
      const long = path.join(path.dirname(runDirectory), 'x'.repeat(200), 'vm1');
      const { spec, vm } = await start('vm1', {}, { runDirectory: long });
      expect(vm.sockets.vnc).toBe(path.join(long, 'vnc.sock'));
      expect(await greeting(vm.sockets.vnc)).toMatch(/^RFB 003\.00/);
      vm.detach();
      await bench.reopen();
      expect(await bench.engine.find(spec)).toEqual(vm.process);
      expect(await (await bench.engine.adopt(spec, vm.process))?.isPaused()).toBe(false);
    });

    it('does not touch another process when told to stop one that is gone', async () => {
      const { spec, vm } = await start('vm1');
      await bench.engine.stop(spec, { ...vm.process, startTicks: vm.process.startTicks - 1 });
      expect(await vm.isPaused()).toBe(false);
    });

    it('starts two VMs at once, and refuses the same one twice', async () => {
      const [one, two] = await Promise.all([start('vm1'), start('vm2')]);
      expect(one.vm.process.pid).not.toBe(two.vm.process.pid);
      await expect(start('vm1')).rejects.toMatchObject({ code: 'START_FAILED' });
      expect([await one.vm.isPaused(), await two.vm.isPaused()]).toEqual([false, false]);
    });

    it('fails a start without a disk, or with a cancelled signal, and leaves no process', async () => {
      const spec = await bench.harness.makeSpec('vm1');
      const [disk] = spec.disks;
      const noDisk = { ...spec, disks: disk ? [{ ...disk, path: path.join(spec.runDirectory, 'no-disk') }] : [] };
      await expect(bench.engine.start(noDisk)).rejects.toMatchObject({ code: 'START_FAILED' });
      await expect(bench.engine.start(spec, { signal: AbortSignal.abort() })).rejects.toMatchObject({
        code: 'CANCELLED',
      });
      await start('vm1');
    });

    it('asks for features by name', () => {
      expect(bench.engine.checkFeatures(['vnc', 'teleport'])).toEqual(['teleport']);
      expect(bench.engine.acceleration.reason).not.toBe('');
      expect(bench.engine.version).toMatch(/^\d+(\.\d+)*$/);
      for (const prefix of bench.engine.prefixes) expect(prefix).toMatch(/^[a-z][a-z0-9]*$/);
    });

    describeLiveGuests(bench);
  });
}

/** The first bytes that a server sends on a new connection. */
function greeting(socketPath: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connectUnixSocket(socketPath);
    socket.once('data', (bytes) => {
      resolve(bytes.toString('latin1'));
      socket.destroy();
    });
    socket.once('error', reject);
  });
}
