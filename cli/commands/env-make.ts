// `tt env add|add-vm|remove-vm`: creates ENVs, and adds and removes VMs.

import type { EndPolicy, RemovedVm } from '@tt/protocol';
import { type Command, InvalidArgumentError } from 'commander';
import { printJson } from '../output.ts';
import { runOperation } from '../run-operation.ts';
import { withServer } from '../server-choice.ts';
import { printDetail } from './env-text.ts';
import { type GroupOptions, groupsFrom, withGroups } from './group-options.ts';
import { guestPassword } from './guest-password.ts';
import { wantsJson, withJson } from './json-option.ts';
import {
  cold,
  collected,
  collectedLists,
  endPolicyFrom,
  given,
  lifetimeFrom,
  listOf,
  noWait,
  waitFrom,
  wholeNumber,
} from './option-values.ts';
import { pastLimit } from './past-limit.ts';
import { vmIdsFor } from './vm-names.ts';
import { print } from '../terminal.ts';

interface AddOptions extends GroupOptions {
  lifeTime?: number;
  overrideLimit?: true;
  endPolicy?: EndPolicy;
  title?: string;
  notes?: string;
  tag?: string[];
  denyOutgoing?: true;
  sameUuid?: true;
  vni?: number;
  wait?: boolean;
  cold?: true;
}

interface RemoveVmsOptions {
  vm?: string[];
  osPrefix?: string[];
  dead?: true;
  dryRun?: true;
}

export function addEnvMakers(env: Command): void {
  withJson(withGroups(env.command('add <name>')))
    .description('create an ENV and start its VMs')
    .option('--life-time <time>', 'lifetime: seconds, or like 90m or 2h (default 3600)', lifetimeFrom)
    .option('--override-limit', 'exceed the maximum lifetime; administrators only')
    .addOption(pastLimit())
    .option(
      '--end-policy <end>',
      'at the end of the lifetime: delete (default), stop or snapshot-then-stop',
      endPolicyFrom,
    )
    .option('--title <text>', 'title, free text')
    .option('--notes <text>', 'notes, free text')
    .option('--tag <tag>', 'a tag; repeatable', collected(String))
    .option('--deny-outgoing', 'deny connections from its VMs to the outside')
    .option('--same-uuid', 'one SMBIOS UUID for all its VMs, for software licensed to a machine')
    .option('--vni <n>', 'VXLAN network identifier of its flat network', wholeNumber(1, 16_777_215))
    .addOption(noWait())
    .addOption(cold())
    .action(async (name: string, options: AddOptions, command: Command) => {
      const wanted = given({
        lifetimeS: options.lifeTime,
        overrideLimit: options.overrideLimit,
        endPolicy: options.endPolicy,
        title: options.title,
        notes: options.notes,
        tags: options.tag,
        denyOutgoing: options.denyOutgoing,
        sameUuid: options.sameUuid,
        vni: options.vni,
        cold: options.cold,
        ...waitFrom(options),
      });
      const groups = groupsFrom({ ...options, ...given({ secret: await guestPassword(options) }) });
      await withServer(async (connection) => {
        const detail = await runOperation(connection, (operationId) =>
          connection.client.env.create({ operationId, name, groups, ...wanted }),
        );
        printDetail(detail, wantsJson(command));
      });
    });

  withJson(withGroups(env.command('add-vm <name>')))
    .description('add VMs to an ENV and start them')
    .addOption(noWait())
    .addOption(cold())
    .action(async (name: string, options: GroupOptions & { wait?: boolean; cold?: true }, command: Command) => {
      const groups = groupsFrom({ ...options, ...given({ secret: await guestPassword(options) }) });
      await withServer(async (connection) => {
        const detail = await runOperation(connection, (operationId) =>
          connection.client.env.addVms({
            operationId,
            name,
            groups,
            ...waitFrom(options),
            ...given({ cold: options.cold }),
          }),
        );
        printDetail(detail, wantsJson(command));
      });
    });

  withJson(env.command('remove-vm <name>').alias('kick'))
    .description('delete some VMs of an ENV; the ENV remains, even if it is empty')
    .option('--vm <names...>', 'these VMs, by name or id')
    .option(
      '--os-prefix <prefixes>',
      'VMs of these systems, comma separated: tiny or cent,ubuntu2004',
      collectedLists((text) => listOf(text)),
    )
    .option('--dead', 'VMs that failed, and running ones that answer neither by guest agent nor by SSH')
    .option('--dry-run', 'only list them')
    .action(removeVms);
}

async function removeVms(name: string, options: RemoveVmsOptions, command: Command): Promise<void> {
  const { osPrefix, dead, dryRun } = options;
  if (!options.vm && !osPrefix?.length && !dead) {
    throw new InvalidArgumentError('select VMs with --vm, --os-prefix or --dead.');
  }
  await withServer(async (connection) => {
    const vmIds = await vmIdsFor(connection, name, options.vm);
    const which = given({ vmIds, osPrefixes: osPrefix, dead, dryRun });
    const answer = await runOperation(connection, (operationId) =>
      connection.client.env.removeVms({ operationId, name, ...which }),
    );
    if (wantsJson(command)) printJson(answer);
    else print(removedText(name, answer.removed, dryRun === true));
  });
}

const reasons: Record<RemovedVm['why'], string> = { id: 'named', osPrefix: 'its system', dead: 'dead' };

function removedText(name: string, removed: readonly RemovedVm[], dryRun: boolean): string {
  if (removed.length === 0) return `${name} has no such VM\n`;
  const verb = dryRun ? 'would be deleted' : 'is deleted';
  return removed.map((vm) => `${vm.name} ${verb} (${reasons[vm.why]})\n`).join('');
}
