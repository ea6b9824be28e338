// `tt vm cloud-init`: what a guest reports about its first boot, and waiting for its end.
import { termText, type TtClient, type Vm } from '@tt/protocol';
import type { Command } from 'commander';
import { printJson } from '../output.ts';
import { withServer } from '../server-choice.ts';
import { wantsJson, withJson } from './json-option.ts';
import { vmIdFor } from './vm-names.ts';
import { print } from '../terminal.ts';

const ENDED = ['none', 'done', 'failed', 'unknown'];

export function addVmCloudInit(vm: Command): void {
  withJson(vm.command('cloud-init <vm>').alias('setup'))
    .description('show what the guest reports about its setup at first boot; exit code 1 if it failed')
    .option('--wait', 'wait until it is done, has failed, or cannot be known')
    .action(async (name: string, { wait }: { wait?: true }, command: Command) => {
      await withServer(async (connection) => {
        const vmId = await vmIdFor(connection, name);
        const found = await connection.client.vm.show({ vmId });
        const vm = wait && !ENDED.includes(found.provisioning.state) ? await ended(connection.client, vmId) : found;
        if (wantsJson(command)) printJson(vm.provisioning);
        else print(provisioningLines(vm).join(''));
        if (vm.provisioning.state === 'failed') process.exitCode = 1;
      });
    });
}

/** By the feed: the agent tells when it changes. A VM that is deleted meanwhile ends it too. */
async function ended(client: TtClient, vmId: string): Promise<Vm> {
  const stop = new AbortController();
  for await (const item of await client.event.follow({}, { signal: stop.signal })) {
    const vms =
      item.kind === 'page'
        ? (item.records.vms ?? [])
        : item.kind === 'event' && item.event.type === 'vm.updated'
          ? [item.event.data]
          : [];
    const vm = vms.find(({ id }) => id === vmId);
    if (vm && ENDED.includes(vm.provisioning.state)) {
      stop.abort();
      return vm;
    }
    if (item.kind === 'event' && item.event.type === 'vm.deleted' && item.event.data.id === vmId) break;
  }
  stop.abort();
  return client.vm.show({ vmId });
}

export function provisioningLines({ name, provisioning, cloudInit }: Vm): string[] {
  const { state, detail, detailData, failure, logTail } = provisioning;
  const head = `${name}: setup ${state}${detail === '' ? '' : `, ${termText('provisioning', detail, detailData)}`}\n`;
  const output = failure?.code === 'SETUP_FAILED' ? String(failure.data['output']) : '';
  return [
    head,
    ...(cloudInit ? [`user:      ${cloudInit.user}\n`] : []),
    ...(failure
      ? [`failure:   ${failure.message} [${failure.code}]\n`, ...output.split('\n').map((line) => `  ${line}\n`)]
      : []),
    ...(failure ? [] : (logTail ?? []).map((line) => `  ${line}\n`)),
  ];
}
