// A real guest says how far it has come; one that somebody has paused answers nobody, and hears its power button; `tt vm forward` leads
// to a web server in it.
// @module-tag deep
import { open, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Vm } from '@tt/protocol';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { greetsBySsh } from '../engines/ssh-greeting.ts';
import { spawnProcess } from '../host/run-command.ts';
import { type RealAgent, startRealAgent } from '../testing/real-agent.ts';
import { until } from '../testing/until.ts';

const PATIENCE_MS = 180_000;
let agent: RealAgent;
let vm: Vm;
const show = () => agent.client.vm.show({ vmId: vm.id });
const ssh = () => {
  const { hostAddress: host = '', hostPort: port = 0 } = vm.portMap.find(({ guestPort }) => guestPort === 22) ?? {};
  return { host, port };
};

beforeAll(async () => {
  agent = await startRealAgent();
  const groups = [{ osPrefix: 'tiny', memoryMiB: 128, ports: [{ protocol: 'tcp' as const, guestPort: 80 }] }];
  vm = (await agent.client.env.create({ name: 'demo', groups })).vms[0] ?? expect.unreachable('no VM');
}, PATIENCE_MS);
afterAll(() => agent.remove());

it('boots, and then answers by its agent and by ssh', { timeout: PATIENCE_MS }, async () => {
  expect(vm.readiness).toEqual({ stage: 'booting', agentAt: null, sshAt: null });
  const { readiness } = await until(
    'it has answered in both ways',
    async () => {
      const now = await show();
      return now.readiness?.agentAt && now.readiness.sshAt ? now : null;
    },
    PATIENCE_MS,
  );
  expect(readiness?.stage).toBe('sshAnswers');
});

it('leads from this computer to its web server', { timeout: PATIENCE_MS }, async () => {
  const shell = await agent.shell(vm);
  await shell.run('mkdir -p /tmp/site; echo from the guest > /tmp/site/index.html; busybox httpd -p 80 -h /tmp/site');
  shell.close();
  const file = path.join(agent.home, 'forward.out');
  const output = await open(file, 'w');
  const tt = path.join(import.meta.dirname, '../../cli/main.ts');
  const child = await spawnProcess(process.execPath, [tt, 'vm', 'forward', vm.name, '80', '--json'], {
    detached: false,
    stdoutFd: output.fd,
    stderrFd: output.fd,
    env: { TT_HOME: agent.home },
  });
  try {
    const port = await until(
      'it says its port',
      async () => /"port": *(\d+)/.exec(await readFile(file, 'utf8'))?.[1] ?? null,
      60_000,
    );
    const pages = await Promise.all([1, 2, 3].map(async () => (await fetch(`http://127.0.0.1:${port}/`)).text()));
    expect(pages).toEqual(['from the guest\n', 'from the guest\n', 'from the guest\n']);
  } finally {
    child.kill('SIGINT');
    await output.close();
  }
});

it('answers nobody while it is paused, and goes on', { timeout: PATIENCE_MS }, async () => {
  expect(await agent.client.vm.pause({ vmId: vm.id })).toMatchObject({ state: 'paused', failure: null });
  expect(await greetsBySsh(ssh(), 2_000)).toBe(false);
  await agent.client.vm.resume({ vmId: vm.id });
  expect(await greetsBySsh(ssh(), 60_000)).toBe(true);
  expect(await show()).toMatchObject({ state: 'running', readiness: { stage: 'sshAnswers' } });
});

it('hears its power button while it is paused', { timeout: PATIENCE_MS }, async () => {
  await agent.client.vm.pause({ vmId: vm.id });
  const stopped = await agent.client.vm.stop({ vmId: vm.id, graceS: 120 });
  expect(stopped).toMatchObject({ state: 'stopped', failure: null, readiness: null });
  expect(await agent.log()).not.toContain('forcing it off');
});
