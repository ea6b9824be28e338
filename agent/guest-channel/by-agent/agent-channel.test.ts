// Commands by the guest agent alone, with the real scripts: the guest is this machine, and its agent is in testing/host-guest-agent.ts.
import { mkdir, readdir } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EngineError } from '../../engines/errors.ts';
import { all, firstLine, isAlive, outcome, sh } from '../command-channel.contract.ts';
import { FROM_INPUT } from '../from-input.ts';
import { AgentChannel } from './agent-channel.ts';
import { LinuxSystem } from './linux-system.ts';
import { TestHost } from './test-host.ts';

let host: TestHost;
beforeEach(async () => {
  host = await TestHost.make();
});
afterEach(async () => {
  expect(await host.remove()).toEqual([]);
});

describe('by the guest agent', () => {
  it('nothing is left in the guest', async () => {
    const channel = await host.open();
    await outcome(channel.exec({ ...sh('echo one; echo two >&2'), stdin: 'none' }));
    await expect.poll(() => host.left()).toEqual([]);
  });

  it('an output that nobody reads takes little room, and is whole when it is read', async () => {
    const channel = await host.open();
    const command = channel.exec({ ...sh('head -c 3000000 /dev/zero | tr "\\0" x; echo end'), stdin: 'none' });
    const pieces = async () => {
      const [own] = await host.left();
      return own === undefined
        ? []
        : (await readdir(path.join(host.folder, 'run', own))).filter((name) => /^o\.\d+$/.test(name));
    };
    await expect.poll(async () => (await pieces()).length).toBeGreaterThan(7);
    expect((await pieces()).length).toBeLessThanOrEqual(12);
    const bytes = await all(command.stdout);
    command.stderr.resume();
    expect([bytes.length, bytes.subarray(-5).toString()]).toEqual([3_000_004, 'xend\n']);
    expect(await command.exit).toEqual({ exitCode: 0, signal: null });
  });

  it('a script of some MiB comes with what it reads', async () => {
    const channel = await host.open();
    const text = `read word\necho "$word"\n${'# some words\n'.repeat(300_000)}exit 7\n`;
    const size = Buffer.byteLength(text);
    const command = channel.exec({ argv: ['/bin/sh', '-c', FROM_INPUT, 'sh', String(size), '/bin/sh'] });
    command.stdin.end(`${text}one\ntwo\n`);
    expect(await outcome(command)).toMatchObject({ stdout: 'one\n', stderr: '', exitCode: 7 });
  });

  it('output that finds no place in the guest is said to be lost', async () => {
    const channel = await host.open();
    const command = channel.exec({ ...sh('head -c 3000000 /dev/zero'), stdin: 'none' });
    // Where the next piece would be written nothing can be: between two pieces, at the latest when so many wait that none is begun.
    const isTaken = async () => {
      const [own] = await host.left();
      if (own === undefined) return false;
      const made = mkdir(path.join(host.folder, 'run', own, 'o.new'));
      return made.then(
        () => true,
        () => false,
      );
    };
    await expect.poll(isTaken, { timeout: 30_000 }).toBe(true);
    command.stdout.resume();
    await expect(command.exit).rejects.toMatchObject({ code: 'GUEST_OUTPUT_LOST' });
  });

  it('what an earlier host has left is ended by the next one', async () => {
    const channel = await host.open();
    const command = channel.exec({ ...sh('echo $$; sleep 1000'), stdin: 'none' });
    const pid = Number(await firstLine(command));
    channel.close();
    expect(await isAlive(pid)).toBe(true);
    expect(await host.left()).toHaveLength(1);
    await host.open();
    await expect.poll(() => isAlive(pid)).toBe(false);
    expect(await host.left()).toEqual([]);
  });

  it('answers that are lost lose and double no byte', async () => {
    const channel = await host.open();
    const command = channel.exec({
      ...sh('for n in $(seq 1 200); do echo $n; done; seq 201 400'),
      stdin: 'none',
    });
    let count = 0;
    host.vm.onAnswer = (name) => {
      if (name.startsWith('guest-file') && ++count % 3 === 0) throw new EngineError('GUEST_AGENT_SILENT', 'no answer');
    };
    const work = outcome(command);
    // Each lost answer costs a pause.
    await expect.poll(() => count, { timeout: 10_000 }).toBeGreaterThan(6);
    host.vm.onAnswer = () => {};
    const { stdout, exitCode } = await work;
    expect([stdout, exitCode]).toEqual([Array.from({ length: 400 }, (_, index) => `${index + 1}\n`).join(''), 0]);
  });

  it('a start whose answer is lost ends the command, here and in the guest', async () => {
    const channel = await host.open();
    host.vm.onAnswer = (name) => {
      if (name === 'guest-exec') throw new EngineError('GUEST_AGENT_SILENT', 'no answer');
    };
    const command = channel.exec({ ...sh('sleep 1000'), stdin: 'none' });
    await expect.poll(() => host.left()).toHaveLength(1);
    host.vm.onAnswer = () => {};
    await expect(command.exit).rejects.toMatchObject({ code: 'GUEST_CHANNEL_CLOSED' });
    await expect.poll(() => host.left()).toEqual([]);
  });

  it('too many commands, and too much input, are refused', async () => {
    const channel = await host.open();
    // None of them begins before its input has ended.
    const [first] = Array.from({ length: 16 }, () => channel.exec({ argv: ['cat'] }));
    await expect(channel.exec({ argv: ['true'] }).exit).rejects.toMatchObject({ errno: 11 });
    first?.stdin.end(Buffer.alloc(4 * 1024 * 1024 + 64 * 1024 + 1));
    await expect(first?.exit).rejects.toMatchObject({ errno: 27 });
    const next = () => outcome(channel.exec({ argv: ['echo', 'x'], stdin: 'none' })).catch(() => null);
    await expect.poll(next, { timeout: 20_000 }).toMatchObject({ stdout: 'x\n' });
  });

  it('an agent that may not run programs is said so, and one that is gone ends the channel', async () => {
    host.vm.onAnswer = () => {
      throw new EngineError('COMMAND_FAILED', 'refused');
    };
    await expect(host.open()).rejects.toMatchObject({ code: 'COMMAND_FAILED' });
    host.vm.onAnswer = () => {};
    const nowhere = AgentChannel.open(host.vm, 60_000, { system: new LinuxSystem([path.join(host.folder, 'none')]) });
    await expect(nowhere).rejects.toMatchObject({ code: 'GUEST_AGENT_UNFIT' });
    const channel = await host.open();
    const command = channel.exec({ ...sh('sleep 1000'), stdin: 'none' });
    host.vm.onRequest = () => {
      throw new EngineError('VM_GONE', 'gone');
    };
    await expect(command.exit).rejects.toMatchObject({ code: 'GUEST_CHANNEL_CLOSED' });
  });
});
