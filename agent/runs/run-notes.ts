// The note of a run, as it is written down when it begins, and when the next agent finds that it was under way.
import { type RunOutputChannel, type RunVm, TtError, toErrorRecord } from '@tt/protocol';
import type { RunFiles, RunNote } from './run-files.ts';
import { keptCommand, type NewRun, titleOf } from './run-request.ts';

export function newNote(id: string, wanted: NewRun, startedBy: string, at: Date): RunNote {
  const { envName, command, user, cwd, environment, via = 'guestChannel', timeoutMs, vms } = wanted;
  const nothing = { bytes: 0, keptBytes: 0 };
  return {
    run: {
      id,
      envName,
      startedBy,
      title: titleOf(command),
      state: 'running',
      via,
      timeoutMs,
      startedAt: at.toISOString(),
      endedAt: null,
    },
    request: {
      ...keptCommand(command),
      user: user ?? null,
      cwd: cwd ?? null,
      environmentNames: Object.keys(environment ?? {}),
    },
    vms: vms.map(({ id: vmId, name: vmName, os }) => ({
      vmId,
      vmName,
      os,
      state: 'waiting',
      exitCode: null,
      signal: null,
      startedAt: null,
      endedAt: null,
      stdout: nothing,
      stderr: nothing,
      isCut: false,
      failure: null,
    })),
  };
}

/** Of a run that was under way when its agent ended. Of the output of its machines, what is in the files counts. */
export async function lostNote(files: RunFiles, note: RunNote, at: Date): Promise<RunNote> {
  const endedAt = at.toISOString();
  const vms: RunVm[] = [];
  for (const vm of note.vms) {
    if (vm.endedAt !== null) {
      vms.push(vm);
      continue;
    }
    const [stdout, stderr] = [await found(files, note, vm, 'stdout'), await found(files, note, vm, 'stderr')];
    vms.push({ ...vm, stdout, stderr, ...lostWithAgent(vm.vmName), endedAt });
  }
  return { ...note, run: { ...note.run, state: 'ended', endedAt }, vms };
}

/** The note may be older than the file. */
async function found(
  files: RunFiles,
  { run }: RunNote,
  vm: RunVm,
  channel: RunOutputChannel,
): Promise<RunVm['stdout']> {
  const keptBytes = await files.sizeOf(files.outputOf(run.id, vm.vmId, channel));
  return { bytes: Math.max(vm[channel].bytes, keptBytes), keptBytes };
}

/** How a command ends on a machine when the agent does. */
export function lostWithAgent(vmName: string): Pick<RunVm, 'state' | 'exitCode' | 'signal' | 'failure'> {
  const failure = toErrorRecord(new TtError('RUN_AGENT_ENDED', { vmName }));
  return { state: 'lost', exitCode: null, signal: null, failure };
}
