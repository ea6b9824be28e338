// `tt env update|extend|shorten`: an ENV's lifetime, end policy, texts and rules, and the sizes of all its VMs.

import type { EndPolicy } from '@tt/protocol';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { forEachName } from '../each-name.ts';
import { runOperation } from '../run-operation.ts';
import { withServer } from '../server-choice.ts';
import { removedText, removeMeantVms } from './env-make.ts';
import { printEnv } from './env-text.ts';
import { wantsJson, withJson } from './json-option.ts';
import { type LifetimeChange, lifetimeChangeFrom, newLifetimeS } from './lifetime.ts';
import { collectedLists } from '../repeated-options.ts';
import { endPolicyFrom } from './end-policy.ts';
import { lifetimeFrom } from './contract-values.ts';
import { given, listOf, secondsFrom } from './option-values.ts';
import { pastLimit } from './past-limit.ts';
import { print } from '../terminal.ts';
import { type VmChangeOptions, vmChangeFrom, withVmChange } from './vm-change-options.ts';

interface UpdateOptions extends VmChangeOptions {
  lifeTime?: number;
  overrideLimit?: true;
  endPolicy?: EndPolicy;
  team?: string;
  unshare?: true;
  title?: string;
  notes?: string;
  tag?: string[];
  denyOutgoing?: true;
  allowOutgoing?: true;
  kickDead?: true;
  kickOs?: string[];
  kickVm?: string[];
}

interface TimeOptions {
  overrideLimit?: true;
}

export function addEnvChangers(env: Command): void {
  const changing = withJson(withVmChange(env.command('update <name...>')))
    .description('change ENVs, or all of their VMs; other settings do not change')
    .option('-l, --life-time <time>', 'lifetime from the start: seconds, or like 90m or 2h', lifetimeFrom)
    .option('--override-limit', 'exceed the maximum lifetime; administrators only')
    .addOption(pastLimit())
    .option(
      '--end-policy <end>',
      'at the end of the lifetime: delete, stop, snapshot-then-stop or snapshot-then-delete',
      endPolicyFrom,
    )
    .option('--team <name>', 'share them with this team; for their owner')
    .addOption(new Option('--unshare', 'share them with no team; for their owner').conflicts('team'))
    .option('--title <text>', 'title, free text')
    .option('--notes <text>', 'notes, free text')
    .option('--tag <tags>', 'replaces its tags, comma separated; repeatable; "" for none', collectedLists(listOf))
    .option('-n, --deny-outgoing', 'deny connections from its VMs to the outside')
    .addOption(new Option('--allow-outgoing', 'allow connections to the outside').conflicts('denyOutgoing'))
    .option('--kick-dead', 'also delete its VMs that failed or do not answer')
    .option('--kick-os <prefixes>', 'also delete its VMs of these systems, comma separated', collectedLists(listOf))
    .option('--kick-vm <names>', 'also delete these VMs, comma separated', collectedLists(listOf))
    .action(updateAll);
  changing.addOption(new Option('--SSSS').hideHelp().implies({ overrideLimit: true }));

  withJson(env.command('extend <name> <time>'))
    .description('move the end: +1h later, -30m earlier, 90m from now')
    .option('--override-limit', 'exceed the maximum lifetime; administrators only')
    .addOption(pastLimit())
    // Or -30m would be taken for flags.
    .allowUnknownOption()
    .action(async (name: string, time: string, options: TimeOptions, command: Command) => {
      await moveEnd(name, lifetimeChangeFrom(time), options, wantsJson(command));
    });

  withJson(env.command('shorten <name> <time>'))
    .description('move the end to an earlier time, e.g. by 30m or 1h')
    .option('--override-limit', 'allow a new end beyond the maximum lifetime; administrators only')
    .addOption(pastLimit())
    .action(async (name: string, time: string, options: TimeOptions, command: Command) => {
      await moveEnd(name, { byS: -secondsFrom(time) }, options, wantsJson(command));
    });
}

async function updateAll(names: string[], options: UpdateOptions, command: Command): Promise<void> {
  const change = changeFrom(options);
  const { kickDead: dead, kickOs: osPrefix, kickVm: vm, overrideLimit } = options;
  const which = given({ dead, osPrefix, vm });
  const isChanged = Object.keys(change).length > 0;
  const removesVms = Object.keys(which).length > 0;
  if (!isChanged && !removesVms) {
    throw new InvalidArgumentError('give at least one change, e.g. --life-time 7200; see "tt env update --help".');
  }
  const json = wantsJson(command);
  await withServer((connection) =>
    forEachName(
      names,
      async (name) => {
        if (removesVms) {
          const { removed } = await removeMeantVms(connection, name, which);
          if (!json) print(removedText(name, removed, false));
        }
        if (!isChanged) return (await connection.client.env.show({ name })).env;
        return runOperation(connection, (operationId) =>
          connection.client.env.update({ operationId, name, ...change, ...given({ overrideLimit }) }),
        );
      },
      { json, show: (env) => printEnv(env, false) },
    ),
  );
}

function changeFrom(options: UpdateOptions) {
  const outgoing = options.allowOutgoing ? false : options.denyOutgoing;
  return given({
    lifetimeS: options.lifeTime,
    endPolicy: options.endPolicy,
    team: options.unshare ? null : options.team,
    title: options.title,
    notes: options.notes,
    tags: options.tag?.filter((tag) => tag !== ''),
    denyOutgoing: outgoing,
    vms: vmChangeFrom(options),
  });
}

async function moveEnd(name: string, change: LifetimeChange, options: TimeOptions, json: boolean): Promise<void> {
  await withServer(async (connection) => {
    const { client } = connection;
    // The server's clock made the times of the ENV, so it is the one to count from.
    const [{ env }, { at }] = await Promise.all([client.env.show({ name, limit: 1 }), client.host.ping()]);
    const lifetimeS = newLifetimeS(env, change, new Date(at));
    const changed = await runOperation(connection, (operationId) =>
      client.env.update({ operationId, name, lifetimeS, ...given({ overrideLimit: options.overrideLimit }) }),
    );
    printEnv(changed, json);
  });
}
