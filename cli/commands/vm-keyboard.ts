// `tt vm keyboard`: who looks at the consoles of a VM and who types there; takes the keyboard, lends it, or frees it.
import type { Presence, Watcher } from '@tt/protocol';
import { type Command, Option } from 'commander';
import { printJson } from '../output.ts';
import { withServer } from '../server-choice.ts';
import { print } from '../terminal.ts';
import { wantsJson, withJson } from './json-option.ts';
import { vmIdFor } from './vm-names.ts';

interface KeyboardOptions {
  take?: true;
  lend?: string;
  free?: true;
}

const NOBODY: Presence = { watchers: [], keyboard: null };

export function addVmKeyboard(vm: Command): void {
  withJson(vm.command('keyboard <vm>'))
    .description('show who looks at the consoles of a VM and who has its keyboard')
    .addOption(new Option('--take', 'let only yourself type there').conflicts(['lend', 'free']))
    .addOption(new Option('--lend <user>', 'let only this user type there, who looks at it').conflicts('free'))
    .option('--free', 'let everybody type there who may open its consoles')
    .action(async (name: string, options: KeyboardOptions, command: Command) => {
      await withServer(async (connection) => {
        const { client } = connection;
        const vmId = await vmIdFor(connection, name);
        const to = await wantedHolder(options, async () => (await client.host.me()).name);
        const presence =
          to === undefined
            ? ((await client.vm.show({ vmId })).presence ?? NOBODY)
            : await client.console.giveKeyboard({ vmId, userName: to });
        if (wantsJson(command)) printJson(presence);
        else print(presenceText(name, presence));
      });
    });
}

/** null: nobody alone; undefined: it is only shown. */
async function wantedHolder(
  { take, lend, free }: KeyboardOptions,
  ownName: () => Promise<string>,
): Promise<string | null | undefined> {
  if (take) return ownName();
  return free ? null : lend;
}

export function presenceText(vmName: string, { watchers, keyboard }: Presence): string {
  const lines = [
    `keyboard: ${keyboard ? `${keyboard.userName}, since ${keyboard.since}` : 'everybody'}`,
    ...watchers.map((one) => `watching: ${watcherText(one)}`),
  ];
  return [vmName, ...(watchers.length > 0 ? lines : [...lines, 'watching: nobody'])]
    .map((line) => `${line}\n`)
    .join('');
}

function watcherText({ userName, terminalName, consoles, since, typing }: Watcher): string {
  const who = userName ?? `terminal ${terminalName ?? '?'}`;
  return `${who}, ${consoles} ${consoles === 1 ? 'console' : 'consoles'} since ${since}${typing ? ', typing' : ''}`;
}
