// Findings for those who ask the agent: one run for all, not more often than it may be, and the configuration file among them.
import { beforeEach, expect, it } from 'vitest';
import { ConfigError } from '../config/errors.ts';
import { defaultConfig } from '../config/read-config.ts';
import { fakeMachine } from '../doctor/fake-machine.ts';
import { HostFindingsRuns } from './host-findings.ts';

let nowMs: number;
let looks: number;
let waitingKeys: () => Promise<string[]>;
beforeEach(() => {
  nowMs = Date.parse('2026-11-21T10:00:00.000Z');
  looks = 0;
  waitingKeys = async () => [];
});

function runs() {
  const memory = () => {
    looks++;
    return { totalBytes: 2 ** 34, availableBytes: 2 ** 33 };
  };
  const machine = fakeMachine({}, { memory });
  const config = { ...defaultConfig('/fake/state'), engines: ['fake' as const], network: 'user' as const };
  return new HostFindingsRuns({
    config: () => ({ ...config, configFile: '/etc/tt/agent.yaml' }),
    waitingKeys: () => waitingKeys(),
    machine,
    now: () => new Date(nowMs),
  });
}

it('all who ask share one run, until its findings are too old for one of them', async () => {
  const findings = runs();
  const [one, other] = await Promise.all([findings.latest(60), findings.latest(10)]);
  expect(one).toBe(other);
  expect(one.at).toBe('2026-11-21T10:00:00.000Z');
  expect(looks).toBe(1);
  nowMs += 20_000;
  expect(await findings.latest(60)).toBe(one);
  expect((await findings.latest(10)).at).toBe('2026-11-21T10:00:20.000Z');
  expect(looks).toBe(2);
  nowMs -= 3_600_000;
  expect((await findings.latest(60)).at).toBe('2026-11-21T09:00:20.000Z');
});

it('a run that failed is no answer for the next one who asks', async () => {
  const findings = runs();
  waitingKeys = () => Promise.reject(new Error('no file system'));
  await expect(findings.latest(60)).rejects.toThrow('no file system');
  waitingKeys = async () => [];
  expect((await findings.latest(60)).findings[0]).toMatchObject({ name: 'configuration', state: 'ok', fixes: [] });
});

it('what the file says and does not count yet is a finding, and so is a file with errors', async () => {
  const findings = runs();
  waitingKeys = async () => ['listen.port'];
  expect((await findings.latest(60)).findings[0]).toMatchObject({
    name: 'configuration',
    state: 'warning',
    description: expect.stringContaining('listen.port'),
    fixes: ['systemctl restart tt-agent'],
  });
  nowMs += 61_000;
  const problem = { path: 'log.level', line: 3, column: 1, message: 'no such level' };
  waitingKeys = () => Promise.reject(new ConfigError('CONFIG_INVALID', '/etc/tt/agent.yaml', [problem]));
  const [first] = (await findings.latest(60)).findings;
  expect(first).toMatchObject({ state: 'failed', description: expect.stringContaining('no such level') });
  expect(first?.fixes).toHaveLength(1);
});
