// What others on the host do to its VMs, as `tt` tells it: to standard error, so that what programs read stays what it was.
import { envDetailSchema } from '@tt/protocol';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestTt, type TestTt } from './test-tt.ts';

const COMMAND = `nft 'insert rule ip filter FORWARD iifname "ttb*" accept'`;
const SENTENCE =
  `the chain FORWARD of the firewall table ip filter drops packets between guests and other networks; ` +
  `run as root: ${COMMAND}`;

let running: TestTt;
beforeAll(async () => {
  const foreignDrops = [{ table: 'ip filter', chain: 'FORWARD', hook: 'forward', command: COMMAND } as const];
  running = await startTestTt({ foreignDrops, config: { network: 'nat' } });
});
afterAll(() => running.stop());

it('an ENV on bridges is created with a warning that names the table and the command', async () => {
  const added = await running.tt('env add demo --os-prefix=tiny');
  expect([added.exitCode, added.stderr]).toEqual([0, expect.stringContaining(`warning: ${SENTENCE}\n`)]);
  const shown = await running.json('env show demo', envDetailSchema);
  expect(shown.warnings).toMatchObject([{ code: 'foreignForwardDrop', data: { command: COMMAND } }]);
  expect(await running.text('status --server')).toContain(SENTENCE);
});
