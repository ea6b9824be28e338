// The agent's unix socket: whether it is there while an agent runs, and whether others could put another one in its place.
import { reason } from '@tt/protocol';
import path from 'node:path';
import type { AgentConfig } from '../../config.ts';
import { RunError } from '../../host/run-command.ts';
import { type Check, found, needed, optional } from '../check.ts';

const TIMEOUT_MS = 5_000;
const OTHERS_WRITE = 0o022;

/** `file`: where it is to be. */
export function agentSocketCheck(file: string, { socketGroup }: Pick<AgentConfig, 'socketGroup'>): Check {
  const folder = path.dirname(file);
  return {
    name: 'agent socket',
    isOptional: true,
    async look(machine, signal) {
      const stat = async (format: string, of: string) => {
        const { stdout } = await machine.run('stat', [`--format=${format}`, '--', of], {
          timeoutMs: TIMEOUT_MS,
          signal,
        });
        return stdout.trim();
      };
      if (!machine.exists(folder)) return optional(reason('finding.socketFolderMissing', { folder }));
      if ((Number.parseInt(await stat('%a', folder), 8) & OTHERS_WRITE) !== 0) {
        return needed(reason('finding.socketFolderOpen', { folder }), `chmod go-w ${folder}`);
      }
      if (
        socketGroup !== null &&
        !(await hasGroup(machine.run('getent', ['group', '--', socketGroup], { timeoutMs: TIMEOUT_MS, signal })))
      ) {
        return needed(
          reason('finding.socketGroupMissing', { group: socketGroup }),
          `${machine.isRoot ? '' : 'sudo '}groupadd --system ${socketGroup}`,
        );
      }
      if ((await machine.askAgent()) === null) return optional(reason('finding.agentMissing'));
      if (!machine.exists(file)) return needed(reason('finding.socketGone', { file }), reason('fix.startAgain'));
      return found(reason('finding.socket', { file, mode: await stat('%A, %U:%G', file) }));
    },
  };
}

/** Rejects unless getent itself says that it is not there (exit code 2). */
async function hasGroup(asking: Promise<unknown>): Promise<boolean> {
  try {
    await asking;
    return true;
  } catch (error) {
    if (error instanceof RunError && error.exitCode === 2) return false;
    throw error;
  }
}
