// How the nft driver runs its two programs, `nft` and `sysctl`. Tests prefix them with `ip netns exec` here.
import { RunError, runCommand } from '../../host/run-command.ts';
import { FirewallError } from '../errors.ts';

/** Runs a program to its end and returns its standard output; rejects with RunError. */
export type RunTool = (command: string, args: readonly string[], input?: string) => Promise<string>;

const TIMEOUT_MS = 30_000;
/** A listing of 10 000 ports is half a megabyte; never cut one. */
const MAX_OUTPUT_BYTES = 256 * 1024 * 1024;

export const runTool: RunTool = async (command, args, input = '') => {
  const options = { timeoutMs: TIMEOUT_MS, input, maxOutputBytes: MAX_OUTPUT_BYTES };
  return (await runCommand(command, args, options)).stdout;
};

/** The host refused; its rules may differ from what we expect. */
export class HostRefusal extends FirewallError {}

export function asFirewallError(error: unknown): FirewallError {
  if (error instanceof FirewallError) return error;
  if (!(error instanceof RunError)) return new HostRefusal('RULE_REFUSED', String(error), { cause: error });
  if (error.notFound) {
    return new FirewallError('TOOL_MISSING', `${error.command} is not installed`, { cause: error });
  }
  const isForbidden = /operation not permitted|permission denied/i.test(error.stderr);
  if (isForbidden) return new FirewallError('NOT_ROOT', `${error.command} needs root`, { cause: error });
  return new HostRefusal('RULE_REFUSED', error.message, { cause: error });
}

/** True if nft reports that the requested object does not exist. */
export function isNotThere(error: unknown): boolean {
  return error instanceof RunError && error.stderr.includes('No such file or directory');
}
