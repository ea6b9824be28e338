// What both ways into a guest must do for a command. The guest is this machine, or a real guest: whatever runs there is Linux.
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { ChannelCommand, CommandChannel } from './command-channel.ts';
import { FROM_INPUT } from './from-input.ts';

export async function all(stream: Readable): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const bytes of stream as AsyncIterable<Buffer>) parts.push(bytes);
  return Buffer.concat(parts);
}

export async function outcome(command: ChannelCommand) {
  const [stdout, stderr, exit] = await Promise.all([all(command.stdout), all(command.stderr), command.exit]);
  return { stdout: stdout.toString(), stderr: stderr.toString(), ...exit };
}

export const sh = (script: string) => ({ argv: ['/bin/sh', '-c', script] });

/** The first line that it prints, which must not be its last. */
export async function firstLine(command: ChannelCommand): Promise<string> {
  let text = '';
  for await (const bytes of command.stdout.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    text += String(bytes);
    if (text.includes('\n')) break;
  }
  return text.slice(0, text.indexOf('\n'));
}

export async function isAlive(pid: number): Promise<boolean> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
  return text !== null && !/\) Z /.test(text);
}

/** `open` gives a channel of the test’s own, which its caller ends. */
export function testCommandChannel(name: string, open: () => Promise<CommandChannel>): void {
  describe(`commands by ${name}`, () => {
    it('have arguments, environment, folder, both outputs apart, and an exit code', async () => {
      const channel = await open();
      const request = {
        ...sh('printf "%s|" "$0" "$@" "$WORD" "$HOME" "$USER" "$PWD"; echo no >&2; exit 7'),
        env: { WORD: 'ä b\n\'"$(id)' },
        cwd: '/usr',
        stdin: 'none' as const,
      };
      const result = await outcome(channel.exec({ ...request, argv: [...request.argv, 'zero', '', 'a b\n'] }));
      const stdout = 'zero||a b\n|ä b\n\'"$(id)|/root|root|/usr|';
      expect(result).toEqual({ stdout, stderr: 'no\n', exitCode: 7, signal: null });
    });

    it('send exact bytes each way, with an end', async () => {
      const channel = await open();
      const sent = randomBytes(600_001);
      const command = channel.exec({ argv: ['cat'] });
      command.stdin.end(sent);
      expect((await all(command.stdout)).equals(sent)).toBe(true);
      expect(await command.exit).toEqual({ exitCode: 0, signal: null });
    });

    it('may be a script that is longer than any argument, which has an input of its own', async () => {
      const channel = await open();
      const text = `read word\necho "$word" "$1"\n${'# some words\n'.repeat(100_000)}exit 7\n`;
      const size = Buffer.byteLength(text);
      const command = channel.exec({ argv: ['/bin/sh', '-c', FROM_INPUT, 'sh', String(size), '/bin/sh'] });
      command.stdin.end(`${text}one\ntwo\n`);
      expect(await outcome(command)).toMatchObject({ stdout: 'one \n', stderr: '', exitCode: 7 });
    });

    it('say which signal ended them', async () => {
      const channel = await open();
      const command = channel.exec({ ...sh('kill -TERM $$'), stdin: 'none' });
      expect(await outcome(command)).toMatchObject({ exitCode: null, signal: 15 });
    });

    it.each([
      ['a program that is not there', { argv: ['/no/such'] }, 2],
      ['a program that is in no folder', { argv: ['no-such-program-anywhere'] }, 2],
      ['a user that is not there', { argv: ['true'], user: 'nobody-of-that-name' }, 2],
      ['a folder that is not there', { argv: ['true'], cwd: '/no/such' }, 2],
      ['what is no program', { argv: ['/etc/passwd'] }, 13],
      ['a zero character, which no argument can hold', { argv: ['echo', 'a\0b'] }, 22],
    ])('are refused for %s', async (_what, request, errno) => {
      const channel = await open();
      const command = channel.exec({ ...request, stdin: 'none' });
      await expect(command.exit).rejects.toMatchObject({ code: 'GUEST_REFUSED_COMMAND', errno });
    });

    it('run as another user, who can write to the outputs by name, too', async () => {
      const channel = await open();
      const script = 'id -un; id -gn; echo $USER; echo again > /dev/stderr';
      const { stdout, stderr } = await outcome(
        channel.exec({ ...sh(script), user: 'daemon', cwd: '/', stdin: 'none' }),
      );
      expect(stdout).toBe('daemon\ndaemon\ndaemon\n');
      expect(channel.via === 'helper' || stderr === 'again\n').toBe(true);
    });

    it('print as they go', async () => {
      const channel = await open();
      const command = channel.exec({ ...sh('echo first; sleep 1000'), stdin: 'none' });
      expect(await firstLine(command)).toBe('first');
      command.signal('SIGKILL');
      expect(await command.exit).toEqual({ exitCode: null, signal: 9 });
    });

    it('run at once, and one that nobody reads delays no other', async () => {
      const channel = await open();
      const stuck = channel.exec({ argv: ['yes'], stdin: 'none' });
      const texts = await Promise.all(
        Array.from({ length: 10 }, (_, index) =>
          outcome(channel.exec({ argv: ['echo', String(index)], stdin: 'none' })),
        ),
      );
      expect(texts.map(({ stdout }) => stdout)).toEqual(texts.map((_, index) => `${index}\n`));
      stuck.signal('SIGKILL');
      stuck.stdout.resume();
      expect(await stuck.exit).toEqual({ exitCode: null, signal: 9 });
    });

    it('end with their program, even if that leaves another behind that holds its output', async () => {
      const channel = await open();
      const { stdout, exitCode } = await outcome(channel.exec({ ...sh('sleep 30 & echo $!'), stdin: 'none' }));
      expect(exitCode).toBe(0);
      process.kill(Number(stdout), 'SIGKILL');
    });

    it('are killed with every process, whatever group or session it has moved to', async () => {
      const channel = await open();
      const script = `(setsid sh -c 'echo $$; trap "" TERM; sleep 1000' &)
        (setsid env -i sh -c 'echo $$; sleep 1000; true' &)
        sh -c 'echo $$; sleep 1000' & sleep 1000`;
      const command = channel.exec({
        ...sh(channel.via === 'helper' ? script : script.replace('env -i', '')),
        stdin: 'none',
      });
      let text = '';
      for await (const bytes of command.stdout.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
        text += String(bytes);
        if (text.split('\n').length > 3) break;
      }
      const pids = text.trim().split('\n').map(Number);
      command.signal('SIGKILL');
      expect(await command.exit).toEqual({ exitCode: null, signal: 9 });
      await expect.poll(async () => Promise.all(pids.map(isAlive))).toEqual([false, false, false]);
    });

    it('end when their channel does, and say why', async () => {
      const channel = await open();
      const command = channel.exec({ ...sh('echo first; sleep 1000'), stdin: 'none' });
      await firstLine(command);
      channel.close();
      await expect(command.exit).rejects.toMatchObject({ code: 'GUEST_CHANNEL_CLOSED' });
      await expect(all(command.stdout)).rejects.toMatchObject({ code: 'GUEST_CHANNEL_CLOSED' });
      expect((await channel.closed).code).toBe('GUEST_CHANNEL_CLOSED');
      await expect(channel.exec({ argv: ['true'] }).exit).rejects.toMatchObject({ code: 'GUEST_CHANNEL_CLOSED' });
    });
  });
}
