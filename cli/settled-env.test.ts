// `tt env show --wait`: it waits for guests that boot, not for others, and says which have not answered.
import { envDetailSchema } from '@tt/protocol';
import { afterEach, expect, it } from 'vitest';
import { startTestTt, type TestTt } from './test-tt.ts';

let running: TestTt | null = null;
afterEach(async () => {
  await running?.stop();
  running = null;
});

async function start(readinessLookMs?: number): Promise<TestTt> {
  running = await startTestTt(readinessLookMs === undefined ? {} : { readinessLookMs });
  await running.agent.client.env.create({ name: 'demo', groups: [{ osPrefix: 'tiny', copies: 2 }] });
  return running;
}

it('waits until the guests answer, and shows it', async () => {
  const { json, text } = await start(10);
  const { vms } = await json('env show demo --wait', envDetailSchema);
  expect(vms.map(({ readiness }) => readiness?.stage)).toEqual(['agentAnswers', 'agentAnswers']);
  expect(await text('env show demo --wait 1m')).toMatch(/^demo\/tiny-2-1 +running +agent answers +qemu/m);
});

it('does not wait for machines that do not run', async () => {
  const { agent, tt } = await start();
  await agent.client.env.stop({ name: 'demo', graceS: 0 });
  expect(await tt('env show demo --wait')).toMatchObject({ exitCode: 0, stderr: '' });
});

it('ends after its time, with the names of those that do not answer', async () => {
  const { tt } = await start();
  const { exitCode, stdout, stderr } = await tt('env show demo --wait 0');
  expect([exitCode, stderr]).toEqual([9, 'tt: does not answer yet: demo/tiny-2-1, demo/tiny-2-2\n']);
  expect(stdout).toMatch(/^demo\/tiny-2-1 +running +booting /m);
});

it('ends with the ENV', async () => {
  const { agent, endings } = await start();
  const waiting = endings('env show demo --wait');
  await agent.client.env.delete({ name: 'demo' });
  expect(await waiting).toEqual([[3, 'ENV_NOT_FOUND']]);
});
