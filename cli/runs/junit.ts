// Runs as a JUnit report: an ENV is a suite, and each of its machines a test.
import type { NodeConnection } from '@tt/client/node';
import { hasSucceeded, type RunDetail, type RunVm } from '@tt/protocol';
import { type JunitCase, type JunitSuite, junitXml } from './junit-xml.ts';
import { outputText } from './output-text.ts';
import { exitOf, resultOf, secondsOf } from './run-text.ts';

/** Of each output of a machine; CI systems show little and keep reports for long. */
const MOST_BYTES = 256 * 1024;

/** Reads the outputs, and gives the whole report. */
export async function junitReport(connection: NodeConnection, details: readonly RunDetail[]): Promise<string> {
  const suites: JunitSuite[] = [];
  for (const { run, vms } of details) {
    const cases: JunitCase[] = [];
    for (const vm of vms) cases.push(await caseOf(connection, run.id, vm));
    suites.push({ name: run.envName, seconds: secondsOf(run), timestamp: run.startedAt, cases });
  }
  return junitXml('tt env run', suites);
}

/** The command did not come to an end of its own. */
function isError({ state }: RunVm): boolean {
  return state !== 'exited' && state !== 'timedOut';
}

async function caseOf(connection: NodeConnection, runId: string, vm: RunVm): Promise<JunitCase> {
  const message = vm.failure?.message ?? `${resultOf(vm)}: ${exitOf(vm)}`;
  const type = vm.failure?.code ?? vm.state;
  const text = async (channel: 'stdout' | 'stderr') =>
    (await outputText(connection, { runId, vm, channel }, MOST_BYTES)).text;
  return {
    name: vm.vmName,
    classname: vm.os,
    seconds: secondsOf(vm),
    problem: hasSucceeded(vm) ? null : { kind: isError(vm) ? 'error' : 'failure', message, type },
    stdout: await text('stdout'),
    stderr: await text('stderr'),
  };
}
