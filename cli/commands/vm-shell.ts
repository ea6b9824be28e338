// `tt vm shell`: a shell with a terminal in the guest of a VM, which needs no network there.
import type { Command } from 'commander';
import { DEFAULT_ESCAPE, type EscapeKey, escapeKeyFrom } from '../escape-key.ts';
import { withServer } from '../server-choice.ts';
import { given } from './option-values.ts';
import { vmIdFor } from './vm-names.ts';

export interface ShellOptions {
  user?: string;
  cwd?: string;
  escape?: EscapeKey;
}

export function addVmShell(vm: Command): void {
  vm.command('shell <vm> [command...]')
    .description(
      'open a shell in a VM, or run a command on this terminal; without network; write -- before the command',
    )
    .option('--user <name>', 'log in as this user of the guest (default: root)')
    .option('--cwd <folder>', 'begin in this folder of the guest (default: the home of the user)')
    .option('--escape <key>', 'the key that leaves the shell: ^] or ^a (default: ^])', escapeKeyFrom)
    .action(async (name: string, words: string[], { user, cwd, escape: escapeKey = DEFAULT_ESCAPE }: ShellOptions) => {
      const { mustHaveTerminal, useShell } = await import('../shell-session.ts');
      mustHaveTerminal();
      process.exitCode = await withServer(async (connection) => {
        const vmId = await vmIdFor(connection, name);
        const wanted = given({ user, cwd, command: words.length === 0 ? undefined : words });
        return useShell(connection, { vmId, vmName: name, escapeKey }, wanted);
      });
    });
}
