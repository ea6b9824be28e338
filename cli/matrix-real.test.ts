// `tt matrix run` with two real guests: services, artefacts and screens; and a failure whose snapshot brings the machines back.
// @module-tag long
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { matrixReportSchema } from '@tt/protocol';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildGuestHelper } from '../agent/testing/build-guest-helper.ts';
import { NO_LEFTOVERS, type RealAgent, startRealAgent } from '../agent/testing/real-agent.ts';
import { runHere } from './test-tt.ts';

const PATIENCE_MS = 300_000;
let folder: string;
let agent: RealAgent;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tt-matrix-'));
  const helper = path.join(folder, 'helper');
  await buildGuestHelper(helper);
  agent = await startRealAgent({ helper });
}, PATIENCE_MS);
afterAll(async () => {
  await agent.remove();
  await rm(folder, { recursive: true });
});

const inside = (name: string) => path.join(folder, name);
const HEAD = 'name: real\nsystems: [{ osPrefix: tiny, memoryMiB: 128, copies: 2 }]\nguestTimeLimitS: 240\n';

async function run(text: string, ...flags: string[]) {
  await writeFile(inside('m.yaml'), HEAD + text);
  const words = ['matrix', 'run', inside('m.yaml'), '--artefacts', inside('got'), '--force', '--json', ...flags];
  const { exitCode, stdout, stderr } = await runHere(words, { TT_HOME: agent.home, TT_TOKEN: '' });
  expect([stderr, stdout.slice(0, 1)]).toEqual(['', '{']);
  return { exitCode, report: matrixReportSchema.parse(JSON.parse(stdout)) };
}

it(
  'passes, fetches artefacts, shows screens, and leaves nothing',
  async () => {
    const { exitCode, report } = await run(
      `waitFor: [{ port: 22, timeLimitS: 240 }]
steps:
  - name: much
    run: head -c 300000 /dev/zero | tr '\\0' x; echo end; echo bad >&2
  - name: third try
    run: echo x >>/root/tries; [ "$(grep -c x /root/tries)" = 3 ]
    retries: 3
    retryAfterS: 0
  - name: served
    command: [sh, -c, 'echo "$NAME in $(pwd)"']
    directory: /tmp
    environment: { NAME: matrix }
    waitFor: [{ run: "test -s /root/tries" }]
artefacts: [{ path: /root/tr* }]
`,
      '--report-html',
      inside('r.html'),
    );
    expect([exitCode, report.result, report.env?.state]).toEqual([0, 'passed', 'deleted']);
    expect(report.vms).toHaveLength(2);
    for (const { vmName, steps, artefacts } of report.vms) {
      const [much, third, served] = steps;
      expect(much?.stdout).toMatchObject({ bytes: 300_004, leftOutBytes: 300_004 - 65_536 });
      expect(much?.stdout.text).toMatch(/^x+\n\[234468 more bytes\]\nx+end\n$/);
      expect([much?.stderr.text, third?.attempts, served?.stdout.text]).toEqual(['bad\n', 3, 'matrix in /tmp\n']);
      const file = inside(`got/${vmName.slice('real/'.length)}/root/tries`);
      expect(artefacts[0]?.files.map((one) => one.file)).toEqual([file]);
      expect(await readFile(file, 'utf8')).toBe('x\nx\nx\n');
    }
    expect((await readFile(inside('r.html'), 'utf8')).match(/<img src="data:image\/png/g)).toHaveLength(2);
    expect(await agent.leftovers()).toEqual(NO_LEFTOVERS);
  },
  PATIENCE_MS,
);

it(
  'keeps the snapshot of a failure, which brings the machines back',
  async () => {
    const { exitCode, report } = await run(
      `steps:\n  - { name: bad, run: "echo here >/dev/shm/mark; exit 3" }\nsnapshotAtFirstFailure: true\n`,
    );
    expect([exitCode, report.snapshot?.failure, report.env?.state]).toEqual([8, null, 'kept']);
    expect(await agent.guestPids()).toEqual([]);
    const { client } = agent;
    await client.snapshot.revert({ envName: 'real', name: 'first-failure', safety: false });
    const { env } = await client.env.show({ name: 'real' });
    expect(env.state).toBe('running');
    const failed = report.vms.find(({ vmName }) => vmName === report.firstFailure?.vmName);
    const words = [
      'env',
      'run',
      'real',
      '--wait',
      '--stream',
      '--vm',
      failed?.vmName ?? '',
      '--cmd',
      'cat /dev/shm/mark',
    ];
    const { stdout } = await runHere(words, { TT_HOME: agent.home, TT_TOKEN: '' });
    expect(stdout).toContain(`${failed?.vmName}: here\n`);
    await client.env.delete({ name: 'real' });
    expect(await agent.leftovers()).toEqual(NO_LEFTOVERS);
  },
  PATIENCE_MS,
);
