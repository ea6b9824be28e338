// A session with every kind of secret, by a real agent, `tt` as programs of their own, and a real guest: none of them is in the log of
// the agent, nor, at any moment, in the arguments or the environment of a process.
// @module-tag long
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { findPrivateAgent } from '@tt/client/node';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runCommand } from '../host/run-command.ts';
import { type RealAgent, startRealAgent } from '../testing/real-agent.ts';

const PASSWORD = 'Given-1-to-the-guest';
const CONTENT = 'Given-2-in-a-file';
const TERMINAL_SECRET = 'Secret-3-of-a-terminal';
const LOOK_EVERY_MS = 20;

let agent: RealAgent;
/** `cmdline` and `environ` of every process that was seen, once each. */
const seen = new Set<string>();
/** What this test gives, and what the agent makes up on the way. */
const secrets = new Map(Object.entries({ PASSWORD, CONTENT, TERMINAL_SECRET }));
let looking: NodeJS.Timeout;

beforeAll(async () => {
  agent = await startRealAgent({ flags: ['--log-level', 'trace'] });
  looking = setInterval(() => void lookAtProcesses(), LOOK_EVERY_MS);
});
afterAll(async () => {
  clearInterval(looking);
  await agent.remove();
});

async function lookAtProcesses(): Promise<void> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid);
  await Promise.all(
    pids.flatMap((pid) =>
      ['cmdline', 'environ'].map(async (what) => {
        // It may have ended, or belong to the kernel.
        const text = await readFile(`/proc/${pid}/${what}`, 'latin1').catch(() => '');
        if (text !== '') seen.add(text);
      }),
    ),
  );
}

async function tt(args: string[], input = ''): Promise<string> {
  const { stdout } = await runCommand(
    process.execPath,
    [path.join(import.meta.dirname, '../../cli/main.ts'), ...args],
    {
      timeoutMs: 120_000,
      env: { TT_HOME: agent.home },
      input,
    },
  );
  return stdout;
}

it('no secret is in the log, in arguments or in the environment of a process', async () => {
  secrets.set('token', (await findPrivateAgent(agent.home)).token);
  const file = path.join(agent.home, 'secret-file');
  await writeFile(file, CONTENT);
  const passwordFile = path.join(agent.home, 'password-file');
  await writeFile(passwordFile, PASSWORD);
  const setup = ['--cloud-init', '--user', 'mei', '--password-file', passwordFile, '--put', `${file}=/root/secret`];
  await tt(['env', 'add', 'demo', '--os-prefix=tiny', ...setup]);
  const code = (await tt(['open'])).trim().split('#join=')[1] ?? '';
  secrets.set('code of a join link', code);
  secrets.set('session', (await agent.client.session.join({ code })).secret);
  secrets.set('private key', (await tt(['env', 'ssh-key', 'demo'])).trim());
  for (const name of await readdir(path.join(agent.home, 'host-keys'))) {
    const pair = JSON.parse(await readFile(path.join(agent.home, 'host-keys', name), 'utf8')) as { privateKey: string };
    secrets.set('host key', pair.privateKey.split('\n').at(-3) ?? '');
  }
  await agent.client.profile.create({ name: 'office', image: 'tiny' });
  await agent.client.lab.create({ name: 'room', profileNames: ['office'], terminalsEnabled: true });
  await tt(['lab', 'terminal', 'add', 'room', 'pc', '--secret-stdin'], TERMINAL_SECRET);
  await agent.client.terminal.connect({ labName: 'room', terminalName: 'pc', secret: TERMINAL_SECRET });
  const vmId = (await agent.client.env.show({ name: 'demo' })).vms[0]?.id ?? '';
  for (const kind of ['vnc', 'serial'] as const) {
    const { ticket } = await agent.client.console.open({ vmId, kind });
    secrets.set(`ticket of ${kind}`, ticket);
    agent.connection.openStream(ticket).close();
  }
  await agent.client.snapshot.create({ envName: 'demo', name: 'one' });
  await lookAtProcesses();

  expect([...secrets].filter(([, secret]) => secret.length < 8)).toEqual([]);
  const told = (text: string) => [...secrets].filter(([, secret]) => text.includes(secret)).map(([name]) => name);
  const log = await agent.log();
  expect(log.split('\n').length).toBeGreaterThan(10);
  expect(told(log)).toEqual([]);
  const all = [...seen].join('\n');
  // The guest, the agent and a command of it were looked at.
  for (const part of ['qemu-system', 'main.ts\0--home', 'terminal\0add\0room']) expect(all).toContain(part);
  expect(told(all)).toEqual([]);
});
