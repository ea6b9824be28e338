// End to end: mmdebstrap builds the image, a guest boots from it, cloud-init reads the seed, and ssh accepts the ENV's key. By
// hand: `vitest run --project long --tags-filter long agent/images/recipes/debian-12`; about a quarter of an hour under
// emulation.
// @module-tag long
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { writePrivateFile } from '@tt/client/node';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runCommand } from '../../../host/run-command.ts';
import { testGuestHelper } from '../../../testing/build-guest-helper.ts';
import { type RealAgent, startRealAgent } from '../../../testing/real-agent.ts';
import { until } from '../../../testing/until.ts';
import { buildDebian12, debian12Recipe } from './build.ts';

const CACHE = path.join(import.meta.dirname, '../../../../node_modules/.cache/tt/debian-12');
let agent: RealAgent;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tt-debian-'));
  agent = await startRealAgent();
});
afterAll(async () => {
  await agent.remove();
  await rm(folder, { recursive: true });
});

it('is built, boots, sets itself up, and lets root in by key', async () => {
  const steps: string[] = [];
  const manifest = await buildDebian12({
    cacheDirectory: CACHE,
    outputDirectory: path.join(agent.home, 'images', debian12Recipe.directoryName),
    guestHelper: await testGuestHelper(),
    signal: AbortSignal.timeout(40 * 60_000),
    onProgress: ({ step }) => steps.push(step),
  });
  expect(steps.at(-1)).toBe('finished');
  expect(manifest.builtFrom).toContainEqual(expect.stringMatching(/^cloud-init=/));
  await agent.kill('SIGTERM');
  agent = await agent.restart();
  const { client } = agent;
  const cloudInit = { hostname: 'deb', commands: ['. /etc/os-release; echo "$VERSION_CODENAME"'] };
  const { vms } = await client.env.create({
    operationId: crypto.randomUUID(),
    name: 'deb',
    groups: [{ osPrefix: 'debian-12', cloudInit }],
  });
  const vmId = vms[0]?.id ?? '';
  const { provisioning } = await until(
    'the guest says how its setup went',
    async () => {
      const vm = await client.vm.show({ vmId });
      return ['done', 'failed'].includes(vm.provisioning.state) ? vm : null;
    },
    30 * 60_000,
  );
  expect(provisioning).toMatchObject({ state: 'done', failure: null, detail: 'dataSource' });
  expect(provisioning.detailData['source']).toContain('NoCloud');
  expect(provisioning.logTail).toEqual(['+ command 1', 'bookworm']);

  // By the helper that its image brought: none was put there.
  const text = '[ ! -e /run/.tt-guest-helper ] && systemctl is-active tt-guest-helper';
  const { run } = await client.run.start({ envName: 'deb', command: { script: { text } }, waitMs: 120_000 });
  const ended = await until(
    'a command has run',
    async () => {
      const detail = await client.run.show({ runId: run.id });
      return detail.run.state === 'ended' ? detail : null;
    },
    240_000,
  );
  expect(ended.vms).toMatchObject([{ state: 'exited', exitCode: 0, via: 'helper' }]);

  const { privateKey, logins } = await client.env.sshKey({ name: 'deb' });
  const file = path.join(folder, 'key');
  await writePrivateFile(file, privateKey);
  const options = ['-o', 'StrictHostKeyChecking=no', '-o', `UserKnownHostsFile=${file}.known`, '-o', 'BatchMode=yes'];
  const { user, host, port } = logins[0] ?? { user: '', host: '', port: 0 };
  const args = [
    ...options,
    '-i',
    file,
    '-p',
    String(port),
    `${user}@${host}`,
    'hostname; systemctl --failed --no-legend',
  ];
  expect((await runCommand('ssh', args, { timeoutMs: 120_000 })).stdout.trim()).toBe('deb');
});
