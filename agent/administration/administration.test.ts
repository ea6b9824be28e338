// What an agent tells its administrators about itself, asked over TLS as a client does: storage by user, networks, tasks by hand, its log
// without secrets, the last hour, its certificate and version; and findings of the doctor that know the agent they came from.
import { X509Certificate } from 'node:crypto';
import { fingerprintOf } from '@tt/client/node';
import { HOUR_POINTS } from '@tt/protocol';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { fakeMachine } from '../doctor/fake-machine.ts';
import { startTestAgent, type TestAgent } from '../testing/in-process-agent.ts';
import { AGENT_VERSION } from '../version.ts';

let agent: TestAgent;
beforeAll(async () => {
  agent = await startTestAgent({
    config: { tls: { mode: 'always', names: ['tt.example'], certificateFile: null, keyFile: null } },
    doctorMachine: fakeMachine({}, { freeBytes: async () => 10 * 1024 * 1024 }),
  });
}, 60_000);
afterAll(() => agent.stop());

it('findings name what is wrong, with a fix, and see the background tasks of this very agent', async () => {
  const { findings } = await agent.client.admin.findings({ maxAgeS: 10 });
  const named = new Map(findings.map((finding) => [finding.name, finding]));
  expect(named.size).toBe(findings.length);
  expect(named.get('space')).toMatchObject({ state: 'failed', fixes: [expect.stringContaining('TT_HOME')] });
  expect(named.get('configuration')?.state).toBe('ok');
  expect(named.get('background tasks')?.description).toContain('audit-trail');
});

it('storage says what is free, what may be written, and who stores how much, most first', async () => {
  await agent.client.user.create({ name: 'ann' });
  await agent.client.user.update({ name: 'ann', quota: { storedMiB: 900 } });
  const { secret } = await agent.client.token.create({ userName: 'ann', name: 'pc' });
  const anns = agent.connectAs(secret);
  const { vms } = await anns.client.env.create({ name: 'hers', groups: [{ osPrefix: 'tiny' }] });
  await anns.client.snapshot.create({ envName: 'hers', name: 'snap' });
  anns.close();
  await agent.client.admin.runTask({ name: 'stored-bytes' });
  const report = await agent.client.admin.storage();
  expect(report.directory).toContain(agent.home);
  expect(report.freeMiB).toBeLessThanOrEqual(report.totalMiB);
  expect(report.usableMiB).toBeLessThanOrEqual(report.freeMiB);
  expect(report.allocatedMiB).toBe(vms[0]?.spec.disks.reduce((sum, { sizeMiB }) => sum + sizeMiB, 0));
  expect(report.users[0]).toMatchObject({ userName: 'ann', limitMiB: 900 });
  const [first] = report.users;
  const parts = first ? first.diskMiB + first.snapshotMiB + first.imageMiB + first.transferMiB : 0;
  expect(first?.totalMiB).toBe(parts);
  expect(parts).toBeGreaterThan(0);
  expect([report.leftOut, report.measuredAt]).toEqual([0, expect.any(String)]);
});

it('networks are told by ENV, with those of a kind that gives no addresses', async () => {
  const { kinds, networks, leftOut } = await agent.client.admin.networks();
  expect(kinds.filter(({ isDefault }) => isDefault).map(({ kind }) => kind)).toEqual(['user']);
  expect(networks).toEqual([
    {
      envName: 'hers',
      kind: 'user',
      bridge: null,
      cidr: null,
      isFenced: false,
      nics: 1,
      leases: 0,
      addressesLeft: null,
    },
  ]);
  expect(leftOut).toBe(0);
});

it('tasks say when they run next; by hand they run only where that is harmless', async () => {
  const { tasks } = await agent.client.host.tasks();
  const old = tasks.find(({ name }) => name === 'old-runs');
  expect(Date.parse(old?.nextRunAt ?? '') - Date.now()).toBeGreaterThan(0);
  const forbidden = tasks.filter(({ canRunNow }) => !canRunNow).map(({ name }) => name);
  expect(forbidden).toEqual(
    expect.arrayContaining(['env-expiry', 'snapshot-expiry', 'scheduled-snapshots', 'warm-images', 'vm-metrics']),
  );
  expect(await agent.client.admin.runTask({ name: 'certificate' })).toMatchObject({
    name: 'certificate',
    state: 'ok',
    isRunning: false,
    lastError: null,
  });
  await expect(agent.client.admin.runTask({ name: 'env-expiry' })).rejects.toMatchObject({ code: 'TASK_NOT_BY_HAND' });
  await expect(agent.client.admin.runTask({ name: 'old-run' })).rejects.toMatchObject({
    code: 'TASK_NOT_FOUND',
    data: { suggestions: ['old-runs'] },
  });
  const { entries } = await agent.client.audit.list({ call: 'admin.runTask', limit: 10 });
  expect(entries.map(({ subject, result }) => [subject.taskName, result])).toEqual(
    expect.arrayContaining([
      ['certificate', 'ok'],
      ['env-expiry', 'TASK_NOT_BY_HAND'],
    ]),
  );
});

it('the log has what was logged and no secret, and asking for it adds no line', async () => {
  const password = 'a password nobody should see';
  await agent.client.user.setPassword({ name: 'ann', password });
  await expect(agent.client.session.login({ userName: 'ann', password: `${password}!` })).rejects.toMatchObject({
    code: 'PASSWORD_WRONG',
  });
  const { lines, next } = await agent.client.admin.log({ limit: 1000 });
  expect(lines.map(({ message }) => message)).toContain('agent ready');
  const text = JSON.stringify(lines);
  for (const secret of [password, agent.token]) expect(text).not.toContain(secret);
  await agent.client.admin.log({ after: next, level: 'trace' });
  const { lines: since } = await agent.client.admin.log({ after: next });
  expect(since.filter(({ details }) => details.includes('admin.log'))).toEqual([]);
});

it('the last hour, the certificate and the version are those of this agent', async () => {
  const hour = await agent.client.admin.metrics();
  expect([hour.periodS, hour.cpuCount > 0, hour.points.length <= HOUR_POINTS]).toEqual([15, true, true]);
  const { certificate } = await agent.client.admin.certificate();
  const authority = new X509Certificate(agent.authority ?? '');
  expect(certificate).toMatchObject({
    origin: 'own',
    authorityFingerprint: fingerprintOf(authority.raw),
    issuer: authority.subject,
    names: expect.arrayContaining(['DNS:tt.example', 'URI:tt://server']),
    files: [],
  });
  expect(certificate?.fingerprint).not.toBe(certificate?.authorityFingerprint);
  const { validFrom, validTo, renewAt } = certificate ?? {};
  expect(Date.parse(validFrom ?? '')).toBeLessThan(Date.now());
  expect(Date.parse(renewAt ?? '')).toBeGreaterThan(Date.now());
  expect(Date.parse(renewAt ?? '')).toBeLessThan(Date.parse(validTo ?? ''));
  const version = await agent.client.admin.version();
  expect(version).toMatchObject({ version: AGENT_VERSION, installed: AGENT_VERSION, pid: process.pid });
  expect(version.changes.map((change) => change.version)).toEqual([AGENT_VERSION]);
});

it('without TLS there is no certificate', async () => {
  const plain = await startTestAgent();
  try {
    expect(await plain.client.admin.certificate()).toEqual({ certificate: null });
  } finally {
    await plain.stop();
  }
});
