// `tt host …` against a test agent with the fake engine: what it prints for people and for scripts, its exit codes, and who may.
import { findingsSchema, logLineSchema, storageReportSchema, versionReportSchema } from '@tt/protocol';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import {
  certificateText,
  findingsText,
  hourText,
  networksText,
  tasksTable,
  taskText,
  versionText,
} from './commands/administration-text.ts';
import { startTestTt, type TestTt } from './test-tt.ts';

let running: TestTt;
let text: TestTt['text'];
beforeAll(async () => {
  running = await startTestTt({});
  ({ text } = running);
}, 60_000);
afterAll(() => running.stop());

it('the overview stands for itself, and each part has a command', async () => {
  const overview = await text('host');
  expect(overview).toMatch(/^host: +\S+ at http:\/\/127\.0\.0\.1:\d+\nversion: +TT \d/);
  expect(overview).toMatch(/\ncertificate: +none: plain HTTP at loopback\n/);
  expect(overview).toMatch(/\n(Nothing needs attention\.|(warn|fail) {2}.+[\s\S]*)\n$/);
  expect(await text('host show')).toMatch(/^host: /);
  expect(await text('host findings --again')).toMatch(/\nlooked at \d{4}-/);
  expect(await text('host storage')).toMatch(/\nfree: +\d+ of \d+ MiB; .*\n[\s\S]*\nUSER +MIB +DISKS/);
  expect(await text('host networks')).toMatch(/^KIND +STATE[\s\S]*\nuser +default +- +-\n[\s\S]*\nENV +KIND +BRIDGE/);
  expect(await text('host tasks')).toMatch(/^TASK +STATE +EVERY[\s\S]*\nold-runs +ok +60 s/);
  expect(await text('host sessions')).toMatch(/^ID +USER +SINCE/);
  expect(await text('host certificate')).toBe('none: the server speaks plain HTTP, at a loopback address\n');
  expect(await text('host version')).toMatch(
    /^runs: +TT [\d.]+ since [\s\S]*\ninstalled: +TT [\d.]+, the one that runs\n/,
  );
  expect(await text('host metrics')).toMatch(/^(nothing yet: |AT +CPU)/);
  expect(await text('host log')).toContain('INFO  agent ready');
  expect(await text('host log --level fatal')).toBe('');
  expect(await text('host log --text ready --limit 1')).toMatch(/^\S+ INFO {2}agent ready [^\n]*\n$/);
});

it('with --json each is what the contract says', async () => {
  expect((await running.json('host findings', findingsSchema)).findings.length).toBeGreaterThan(3);
  await running.json('host storage', storageReportSchema);
  await running.json('host version', versionReportSchema);
  const { lines } = await running.json('host log', z.object({ lines: z.array(logLineSchema) }));
  expect(lines.length).toBeGreaterThan(0);
});

it('a task is run by hand, where that is harmless', async () => {
  expect(await text('host run-task stored-bytes')).toMatch(/^stored-bytes is done, in \d+ ms\n$/);
  expect(
    await running.endings(
      'host run-task env-expiry',
      'host run-task nothing',
      'host log --limit 0',
      'host log --level loud',
    ),
  ).toEqual([
    [4, 'TASK_NOT_BY_HAND'],
    [3, 'TASK_NOT_FOUND'],
    [2, undefined],
    [2, undefined],
  ]);
});

it('texts tell what is wrong first, and what is not known as such', () => {
  const at = '2026-11-21T10:00:00.000Z';
  expect(
    findingsText({
      at,
      findings: [
        { name: 'node', state: 'ok', description: '24.21.0', fixes: [] },
        { name: 'space', state: 'failed', description: 'no\nspace', fixes: ['Free some.'] },
      ],
    }),
  ).toBe(`fail  space: no\\nspace\n      -> Free some.\nok    node: 24.21.0\nlooked at ${at}\n`);
  const task = {
    name: 'old-runs',
    periodS: 60,
    state: 'failing' as const,
    lastSuccessAt: null,
    lastDurationMs: 12.4,
    lastError: 'no\nluck',
    nextRunAt: null,
    isRunning: false,
    canRunNow: true,
    failureCount: 3,
  };
  expect(taskText(task)).toBe('old-runs failed: no\\nluck\n');
  expect(taskText({ ...task, isRunning: true })).toBe('old-runs is still running\n');
  expect(tasksTable([task])).toMatch(/\nold-runs +failing +60 s +- +12 ms +- +3 +yes +no\\nluck\n$/);
  expect(hourText({ periodS: 15, memoryTotalMiB: 1, cpuCount: 1, points: [] })).toMatch(/^nothing yet/);
  expect(
    certificateText({
      origin: 'administrator',
      subject: 'CN=tt',
      issuer: 'CN=ca',
      names: ['DNS:tt'],
      fingerprint: 'abcd1234',
      authorityFingerprint: null,
      validFrom: at,
      validTo: at,
      renewAt: null,
      files: ['/etc/tt/tt.pem'],
    }),
  ).toMatch(
    /^made by: +the administrator: \/etc\/tt\/tt\.pem\n[\s\S]*fingerprint: abcd 1234\nauthority: +not in the file\n/,
  );
  expect(
    networksText({
      kinds: [],
      networks: [
        { envName: 'e', kind: 'nat', bridge: 'b', cidr: 'c', isFenced: true, nics: 2, leases: 1, addressesLeft: 9 },
      ],
      leftOut: 4,
    }),
  ).toMatch(/\ne +nat, fenced +b +c +2 +1 +9\nand 4 more\n$/);
  expect(
    versionText({
      version: '0.1.0',
      node: '24',
      pid: 1,
      startedAt: at,
      program: '/p',
      configFile: null,
      stateSchema: 13,
      installed: '0.2.0',
      changes: [{ version: '0.2.0', text: '- new' }],
    }),
  ).toMatch(/\ninstalled: +TT 0\.2\.0: runs after a restart\n\n0\.2\.0\n- new\n$/);
});
