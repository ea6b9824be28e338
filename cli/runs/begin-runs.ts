// Begins the runs of `tt env run`, one for each ENV.
import { randomUUID } from 'node:crypto';
import { MOST_COMMAND_BYTES, type RunCommand, type RunDetail } from '@tt/protocol';
import { chosenVms, type VmChoice } from '../commands/vm-choice.ts';
import { given } from '../commands/option-values.ts';
import { canGoOn } from '../each-name.ts';
import { printFailure } from '../output.ts';
import type { Reach } from '../server-choice.ts';

export interface BeginOptions extends VmChoice {
  timeOut?: number;
  wait?: number | true;
  user?: string;
  cwd?: string;
  env?: [string, string][];
  useSsh?: true;
}

export const DEFAULT_WAIT_S = 300;

interface Target {
  envName: string;
  /** Neither: all. */
  vmIds?: string[];
  osPrefixes?: string[];
}

/** Of several, one that is refused is told, and the others go on; `exitCode` is that of the first refusal. */
export async function beginRuns(
  reach: Reach,
  envNames: readonly string[],
  command: RunCommand,
  options: BeginOptions,
  json: boolean,
): Promise<{ details: RunDetail[]; exitCode: number | undefined }> {
  const { timeOut, wait, user, cwd, env, useSsh } = options;
  const targets = await targetsOf(reach, [...new Set(envNames)], options);
  const more = given({
    timeoutMs: timeOut === undefined ? undefined : timeOut * 1000,
    waitMs: wait === undefined ? undefined : (wait === true ? DEFAULT_WAIT_S : wait) * 1000,
    via: useSsh ? ('ssh' as const) : undefined,
    user,
    cwd,
    environment: env && Object.fromEntries(env),
  });
  const details: RunDetail[] = [];
  let exitCode: number | undefined;
  for (const target of targets) {
    try {
      details.push(await begin(reach, command, { runId: randomUUID(), ...target, ...more }));
    } catch (error) {
      if (targets.length === 1 || !canGoOn(error)) throw error;
      exitCode ??= printFailure(error, json);
    }
  }
  return { details, exitCode };
}

/** Systems of one ENV are left to the server, which knows its VMs; names, and what may be in any of several ENVs, are looked up. */
async function targetsOf(reach: Reach, envNames: readonly string[], choice: VmChoice): Promise<Target[]> {
  const { vm = [], osPrefix = [] } = choice;
  const areAllMeant = vm.length === 0 && osPrefix.length === 0;
  if (areAllMeant) return envNames.map((envName) => ({ envName }));
  const [only] = envNames;
  if (envNames.length === 1 && only !== undefined && vm.length === 0) return [{ envName: only, osPrefixes: osPrefix }];
  const chosen = (await chosenVms(await reach.link(), envNames, choice)) ?? [];
  return chosen.map(({ envName, vms }) => ({ envName, vmIds: vms.map(({ id }) => id) }));
}

/** A plain call that has no answer may have begun it: the call that follows has the same id, and begins nothing twice. */
async function begin(
  reach: Reach,
  command: RunCommand,
  wanted: Target & { runId: string; via?: 'ssh' },
): Promise<RunDetail> {
  if (Buffer.byteLength(command.script?.text ?? '') < MOST_COMMAND_BYTES) {
    const begun = await reach.plain.ask('POST', '/runs', { body: { ...wanted, command } });
    if (begun !== null) return begun as RunDetail;
  }
  const { sendRun } = await import('./send-run.ts');
  return sendRun(await reach.link(), command, wanted);
}
