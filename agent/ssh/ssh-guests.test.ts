// One connection for each machine, shared, and closed when nobody needs it.
import { afterEach, describe, expect, it } from 'vitest';
import { SshGuests, type SshHost } from './ssh-guests.ts';
import { startSshGuest, type TestSshGuest } from './test-ssh-guest.ts';

const PATIENCE_MS = 10_000;
const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
});

async function guest(): Promise<TestSshGuest> {
  const made = await startSshGuest();
  ends.push(() => made.close());
  return made;
}

function machine() {
  const exited = Promise.withResolvers<never>();
  const vm: SshHost = { exited: exited.promise };
  return { vm, exit: () => exited.resolve(undefined as never) };
}

function guestsOf({ target }: TestSshGuest, limits = {}): SshGuests {
  const guests = new SshGuests(() => Promise.resolve(target), limits);
  ends.push(() => guests.close());
  return guests;
}

describe('ssh connections of machines', () => {
  it('are opened once, however many ask', async () => {
    const about = await guest();
    const guests = guestsOf(about);
    const { vm } = machine();
    const [one, other] = await Promise.all([guests.open(vm, 'a', PATIENCE_MS), guests.open(vm, 'a', PATIENCE_MS)]);
    expect([one === other, await guests.open(vm, 'a', PATIENCE_MS)]).toEqual([true, one]);
    expect(about.logins()).toBe(1);
    expect(await guests.open(machine().vm, 'a', PATIENCE_MS)).not.toBe(one);
  });

  it('that could not be opened are tried again', async () => {
    const about = await guest();
    const answers = [Promise.reject(new Error('not yet')), Promise.resolve(about.target)];
    const guests = new SshGuests(() => answers.shift() ?? expect.unreachable());
    ends.push(() => guests.close());
    const { vm } = machine();
    await expect(guests.open(vm, 'a', PATIENCE_MS)).rejects.toThrow('not yet');
    expect((await guests.open(vm, 'a', PATIENCE_MS)).isIdle).toBe(true);
  });

  it('end with their machine, by its reset or revert, and with the agent', async () => {
    const about = await guest();
    const guests = guestsOf(about);
    const [stopped, reverted, left] = [machine(), machine(), machine()];
    const connections = await Promise.all([stopped, reverted, left].map(({ vm }) => guests.open(vm, 'a', PATIENCE_MS)));
    const commands = connections.map((connection) => connection.exec({ argv: ['sleep', '7480'], stdin: 'none' }));
    const exits = commands.map(({ exit }) => exit.catch((error: { code: string }) => error.code));
    stopped.exit();
    guests.end(reverted.vm, 'GUEST_REVERTED');
    guests.end(machine().vm, 'GUEST_RESET');
    expect(await Promise.all(exits.slice(0, 2))).toEqual(['GUEST_CHANNEL_CLOSED', 'GUEST_REVERTED']);
    expect(await guests.open(reverted.vm, 'a', PATIENCE_MS)).not.toBe(connections[1]);
    guests.close();
    expect(await exits[2]).toBe('GUEST_CHANNEL_CLOSED');
  });

  it('close when they are idle, and not while a command runs', async () => {
    const guests = guestsOf(await guest(), { idleMs: 1 });
    const connection = await guests.open(machine().vm, 'a', PATIENCE_MS);
    const command = connection.exec({ argv: ['sh', '-c', 'sleep 0.1'], stdin: 'none' });
    command.stdout.resume();
    command.stderr.resume();
    expect(await command.exit).toEqual({ exitCode: 0, signal: null });
    expect((await connection.closed).code).toBe('GUEST_CHANNEL_CLOSED');
  });

  it('have a number: an idle one gives way, one in use does not', async () => {
    const guests = guestsOf(await guest(), { most: 1 });
    const first = await guests.open(machine().vm, 'a', PATIENCE_MS);
    const second = await guests.open(machine().vm, 'b', PATIENCE_MS);
    await first.closed;
    const command = second.exec({ argv: ['sleep', '7481'], stdin: 'none' });
    await expect(guests.open(machine().vm, 'c', PATIENCE_MS)).rejects.toMatchObject({ code: 'GUEST_SSH_BUSY' });
    command.exit.catch(() => {});
  });
});
