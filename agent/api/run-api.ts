// Calls about runs: commands on machines of an ENV.
import type { Run, RunDetail } from '@tt/protocol';
import { runForOthers, runVmForOthers, seesAll } from '../access/for-others.ts';
import type { Reader } from '../access/owners.ts';
import { mayChange } from '../operations/caller.ts';
import type { Services } from '../operations/services.ts';
import { chooseVms } from '../runs/choose-vms.ts';
import type { RunEntry } from '../runs/run-entry.ts';
import { withWholeCommand } from '../runs/uploaded-script.ts';
import { api } from './context.ts';

export const runApi = {
  start: api.run.start.handler(async ({ input, context: { services, caller } }) => {
    const { runId: id, vmIds, osPrefixes, stdin, command: given, ...wanted } = input;
    mayChange(services, caller, input.envName);
    // A call that is repeated does not find its upload any more.
    const known = given.uploadedScript ? await services.runs.begun({ id, envName: input.envName }, caller.name) : null;
    if (known) return detailFor(caller, services, known);
    const vms = chooseVms(services, input.envName, { vmIds, osPrefixes });
    const bytes = stdin === undefined ? undefined : Buffer.from(stdin, 'base64');
    const entry = await withWholeCommand(given, services.transfers, caller, (command) =>
      services.runs.start({ ...wanted, command, id, vms, stdin: bytes }, caller.name),
    );
    return detailFor(caller, services, entry);
  }),
  list: api.run.list.handler(({ input, context: { services, caller } }) => {
    const { envName } = input ?? {};
    if (envName !== undefined) services.inventory.env(envName);
    return { runs: services.runs.list(envName).map((entry) => runFor(caller, services, entry)) };
  }),
  show: api.run.show.handler(async ({ input: { runId, endWaitMs }, context: { services, caller }, signal }) => {
    if (endWaitMs) await services.runs.get(runId).untilOver(endWaitMs, signal);
    return detailFor(caller, services, services.runs.get(runId));
  }),
  output: api.run.output.handler(({ input, context: { services, tickets, caller } }) => {
    const { runId, vmId, channel, offset } = input;
    mayChange(services, caller, services.runs.get(runId).envName);
    services.runs.output(runId, vmId, channel);
    const { ticket, expiresAt } = tickets.issue({
      kind: 'output',
      runId,
      vmId,
      channel,
      offset,
      callerName: caller.name,
    });
    return { ticket, expiresAt: expiresAt.toISOString() };
  }),
  cancel: api.run.cancel.handler(({ input: { runId }, context: { services, caller } }) => {
    mayChange(services, caller, services.runs.get(runId).envName);
    return runFor(caller, services, services.runs.cancel(runId));
  }),
  delete: api.run.delete.handler(async ({ input: { runId }, context: { services, caller } }) => {
    mayChange(services, caller, services.runs.get(runId).envName);
    await services.runs.delete(runId);
    return { id: runId };
  }),
};

function isWhole(reader: Reader, { inventory }: Pick<Services, 'inventory'>, { envName }: RunEntry): boolean {
  return seesAll(reader, inventory.ownersOf(envName) ?? []);
}

function runFor(reader: Reader, services: Pick<Services, 'inventory'>, entry: RunEntry): Run {
  return isWhole(reader, services, entry) ? entry.view() : runForOthers(entry.view());
}

function detailFor(reader: Reader, services: Pick<Services, 'inventory'>, entry: RunEntry): RunDetail {
  const [run, vms] = [entry.view(), entry.vms()];
  if (isWhole(reader, services, entry)) return { run, vms, request: entry.request };
  return { run: runForOthers(run), vms: vms.map(runVmForOthers) };
}
