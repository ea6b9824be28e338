// `tt env add|add-vm|remove-vm`: creates ENVs, and adds and removes VMs.
import type { NodeConnection } from '@tt/client/node';
import type { EndPolicy, RemovedVm } from '@tt/protocol';
import { type Command, InvalidArgumentError } from 'commander';
import { confirmed, withYes } from '../confirm.ts';
import { printJson } from '../output.ts';
import { runOperation } from '../run-operation.ts';
import { withServer } from '../server-choice.ts';
import { printDetail } from './env-text.ts';
import { type GroupOptions, groupsFrom, withGroups } from './group-options.ts';
import { guestPassword } from './guest-password.ts';
import { wantsJson, withJson } from './json-option.ts';
import { collectedLists } from '../repeated-options.ts';
import { endPolicyFrom } from './end-policy.ts';
import { lifetimeFrom } from './contract-values.ts';
import { cold, given, listOf, noWait, waitFrom, wholeNumber } from './option-values.ts';
import { pastLimit } from './past-limit.ts';
import { mustMeanVms, vmIdsFor } from './vm-names.ts';
import { print } from '../terminal.ts';

interface AddOptions extends GroupOptions {
  lifeTime?: number;
  overrideLimit?: true;
  endPolicy?: EndPolicy;
  team?: string;
  title?: string;
  notes?: string;
  tag?: string[];
  denyOutgoing?: true;
  sameUuid?: true;
  vni?: number;
  wait?: boolean;
  cold?: true;
  template?: string;
}

export interface RemoveVmsOptions {
  vm?: string[];
  osPrefix?: string[];
  dead?: true;
  dryRun?: true;
}

export function addEnvMakers(env: Command): void {
  withJson(withGroups(env.command('add <name>')))
    .description('create an ENV and start its VMs')
    .option('-l, --life-time <time>', 'lifetime: seconds, or like 90m or 2h (default 3600)', lifetimeFrom)
    .option('--override-limit', 'exceed the maximum lifetime; administrators only')
    .addOption(pastLimit())
    .option(
      '--end-policy <end>',
      'at the end of the lifetime: delete (default), stop, snapshot-then-stop or snapshot-then-delete',
      endPolicyFrom,
    )
    .option('--team <name>', 'share it with this team: its members may do what you may, but delete it')
    .option('--template <name>', 'create what this template says, instead of VMs given here')
    .option('--title <text>', 'title, free text')
    .option('--notes <text>', 'notes, free text')
    .option('--tag <tags>', 'tags, comma separated; repeatable', collectedLists(listOf))
    .option('-n, --deny-outgoing', 'deny connections from its VMs to the outside')
    .option('--same-uuid', 'one SMBIOS UUID for all its VMs, for software licensed to a machine')
    .option('--vni <n>', 'VXLAN network identifier of its flat network', wholeNumber(1, 16_777_215))
    .addOption(noWait())
    .addOption(cold())
    .action(async (name: string, options: AddOptions, command: Command) => {
      const wanted = given({
        lifetimeS: options.lifeTime,
        overrideLimit: options.overrideLimit,
        endPolicy: options.endPolicy,
        team: options.team,
        title: options.title,
        notes: options.notes,
        tags: options.tag,
        denyOutgoing: options.denyOutgoing,
        sameUuid: options.sameUuid,
        vni: options.vni,
        cold: options.cold,
        ...waitFrom(options),
      });
      const { template } = options;
      if (template !== undefined) mustSayNoVms(command);
      const secret = given({ secret: await guestPassword(options) });
      const groups = template === undefined ? groupsFrom({ ...options, ...secret }) : [];
      await withServer(async (connection) => {
        const request =
          template === undefined ? { name, groups } : await requestFrom(connection.client, template, name);
        const detail = await runOperation(connection, (operationId) =>
          connection.client.env.create({ operationId, ...request, ...wanted }),
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

  withYes(withJson(env.command('remove-vm <name>').alias('kick')))
    .description('delete some VMs of an ENV; the ENV remains, even if it is empty')
    .option('--vm <names...>', 'these VMs, by name or id', collectedLists(listOf))
    .option(
      '-s, --os-prefix <prefixes>',
      'VMs of these systems, comma separated: tiny or cent,ubuntu2004',
      collectedLists((text) => listOf(text)),
    )
    .option('--dead', 'VMs that failed, and running ones that answer neither by guest agent or guest helper nor by SSH')
    .option('--dry-run', 'only list them')
    .action(removeVms);
}

/** Options of `tt env add` that say something about the ENV, not about its VMs. */
const ofEnv: ReadonlySet<string> = new Set([
  'template',
  'lifeTime',
  'overrideLimit',
  'pastLimit',
  'endPolicy',
  'team',
  'title',
  'notes',
  'tag',
  'denyOutgoing',
  'sameUuid',
  'vni',
  'wait',
  'cold',
  'json',
  'quiet',
]);

/** What is said of VMs beside a template would be lost. */
function mustSayNoVms(command: Command): void {
  const said = command.options.find(
    (option) => command.getOptionValueSource(option.attributeName()) === 'cli' && !ofEnv.has(option.attributeName()),
  );
  if (said) throw new InvalidArgumentError(`--template says which VMs: leave out ${said.long ?? said.flags}.`);
}

/** What `env.create` takes of a template. Rejects with TEMPLATE_NOT_FOUND. */
async function requestFrom(client: NodeConnection['client'], templateName: string, name: string) {
  // What reads YAML takes longer to load than this command takes.
  const { envFileFrom, newEnvRequest, readTemplate } = await import('@tt/client/env-file');
  const { text } = await client.template.show({ name: templateName });
  return newEnvRequest(envFileFrom(readTemplate(text, templateName), name));
}

async function removeVms(name: string, options: RemoveVmsOptions, command: Command): Promise<void> {
  const { osPrefix, dead, dryRun } = options;
  if (!options.vm && !osPrefix?.length && !dead) {
    throw new InvalidArgumentError('select VMs with --vm, --os-prefix or --dead.');
  }
  if (!dryRun) await confirmed(`Delete these VMs of ${name}?`, 'env.removeVms', command);
  await withServer(async (connection) => {
    const answer = await removeMeantVms(connection, name, options);
    if (wantsJson(command)) printJson(answer);
    else print(removedText(name, answer.removed, dryRun === true));
  });
}

/** Deletes the VMs that are meant, if each name and each prefix means one. Rejects with VM_NOT_FOUND, SYSTEM_NOT_IN_ENV. */
export async function removeMeantVms(
  connection: NodeConnection,
  name: string,
  { vm, osPrefix, dead, dryRun }: RemoveVmsOptions,
) {
  const vmIds = await vmIdsFor(connection, name, vm);
  await mustMeanVms(connection, name, osPrefix ?? []);
  const which = given({ vmIds, osPrefixes: osPrefix, dead, dryRun });
  return runOperation(connection, (operationId) => connection.client.env.removeVms({ operationId, name, ...which }));
}

const reasons: Record<RemovedVm['why'], string> = { id: 'named', osPrefix: 'its system', dead: 'dead' };

export function removedText(name: string, removed: readonly RemovedVm[], dryRun: boolean): string {
  if (removed.length === 0) return `${name} has no such VM\n`;
  const verb = dryRun ? 'would be deleted' : 'is deleted';
  return removed.map((vm) => `${vm.name} ${verb} (${reasons[vm.why]})\n`).join('');
}
