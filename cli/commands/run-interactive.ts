// `tt env run --interactive`: the command has this terminal, on the one VM that is meant.
import { wholeEnv } from '@tt/client';
import type { NodeConnection } from '@tt/client/node';
import { TtError } from '@tt/protocol';
import { InvalidArgumentError } from 'commander';
import { DEFAULT_ESCAPE } from '../escape-key.ts';
import { given } from './option-values.ts';
import { chosenVms, type VmChoice } from './vm-choice.ts';

export interface InteractiveOptions extends VmChoice {
  cmd?: string;
  script?: string;
  user?: string;
  cwd?: string;
  env?: [string, string][];
}

/** Of options that say how a command without a terminal is watched. */
const NOT_WITH = ['script', 'stream', 'background', 'junit', 'timeOut', 'wait'] as const;

/** Throws for options that mean nothing for a terminal, and SHELL_NO_TERMINAL. */
export async function mustBeInteractive(options: object, json: boolean): Promise<void> {
  const odd = NOT_WITH.find((name) => name in options);
  if (odd !== undefined || json) {
    const flag = odd === undefined ? 'json' : odd.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    throw new InvalidArgumentError(`--interactive does not go with --${flag}.`);
  }
  const { mustHaveTerminal } = await import('../shell-session.ts');
  mustHaveTerminal();
}

/** Gives the exit code for `tt`. `argv` null: the line of `--cmd`, or a login shell. SHELL_ONE_VM unless one VM is meant. */
export async function runInteractively(
  connection: NodeConnection,
  envNames: readonly string[],
  argv: string[] | null,
  options: InteractiveOptions,
): Promise<number> {
  const { useShell } = await import('../shell-session.ts');
  const { cmd, user, cwd, env } = options;
  if (argv && cmd !== undefined) throw new InvalidArgumentError('give --cmd "LINE" or a program behind --, not both.');
  const chosen = await chosenVms(connection, envNames, options);
  const vms = chosen
    ? chosen.flatMap((one) => one.vms)
    : (await Promise.all(envNames.map((name) => wholeEnv(connection.client, name)))).flatMap((whole) => whole.vms);
  const [vm, ...others] = vms;
  if (!vm || others.length > 0) throw new TtError('SHELL_ONE_VM', { count: vms.length });
  const command = argv ?? (cmd === undefined ? undefined : ['/bin/sh', '-c', cmd]);
  const wanted = given({ user, cwd, command, environment: env && Object.fromEntries(env) });
  return useShell(connection, { vmId: vm.id, vmName: vm.name, escapeKey: DEFAULT_ESCAPE }, wanted);
}
