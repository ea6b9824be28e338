// Prometheus' own promtool accepts our output, and rejects a broken one.
// @module-tag real
import { expect, it } from 'vitest';
import { RunError, runCommand } from '../host/run-command.ts';
import { renderMetrics } from './render-metrics.ts';
import { testSources } from './test-sources.ts';

const check = (input: string) => runCommand('promtool', ['check', 'metrics'], { timeoutMs: 20_000, input });
const isThere = await runCommand('promtool', ['--version'], { timeoutMs: 20_000 }).then(
  () => true,
  (error: unknown) => {
    if (error instanceof RunError && error.notFound) return false;
    throw error;
  },
);

it.skipIf(!isThere)(`pleases promtool${isThere ? '' : ' (skipped: promtool is not installed)'}`, async () => {
  const text = await renderMetrics(testSources());
  expect(await check(text)).toEqual({ exitCode: 0, stdout: '', stderr: '' });
});

it.skipIf(!isThere)(
  'would not please promtool with a label left as it is, or a name against the conventions',
  async () => {
    const text = await renderMetrics(testSources());
    await expect(check(text.replaceAll('\\"', '"'))).rejects.toMatchObject({ exitCode: 1 });
    await expect(check(text.replaceAll('tt_vm_cpu_seconds_total', 'tt_vm_cpu_seconds'))).rejects.toMatchObject({
      stderr: expect.stringContaining('_total'),
    });
  },
);
