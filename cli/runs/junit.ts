// Runs as a JUnit report, which CI systems show: an ENV is a suite, and each of its machines a test.
import { type NodeConnection, runOutput } from '@tt/client/node';
import { hasSucceeded, type RunDetail, type RunOutputChannel, type RunVm } from '@tt/protocol';
import { exitOf, resultOf, secondsOf } from './run-text.ts';

/** Of each output of a machine; CI systems show little and keep reports for long. */
const MOST_BYTES = 256 * 1024;
/** What XML 1.0 can't hold, not even escaped. */
const NOT_XML = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;

/** Reads the outputs, and gives the whole report. */
export async function junitReport(connection: NodeConnection, details: readonly RunDetail[]): Promise<string> {
  const suites: string[] = [];
  for (const detail of details) suites.push(await suiteOf(connection, detail));
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="tt env run">\n${suites.join('')}</testsuites>\n`;
}

async function suiteOf(connection: NodeConnection, { run, vms }: RunDetail): Promise<string> {
  const count = (matches: (vm: RunVm) => boolean) => vms.filter(matches).length;
  const numbers = {
    tests: vms.length,
    failures: count((vm) => !hasSucceeded(vm) && !isError(vm)),
    errors: count(isError),
    skipped: 0,
    time: secondsOf(run)?.toFixed(3) ?? '0',
    timestamp: run.startedAt,
  };
  const cases: string[] = [];
  for (const vm of vms) cases.push(await caseOf(connection, run.id, vm));
  return `<testsuite${attributes({ name: run.envName, ...numbers })}>\n${cases.join('')}</testsuite>\n`;
}

/** The command did not come to an end of its own. */
function isError({ state }: RunVm): boolean {
  return state !== 'exited' && state !== 'timedOut';
}

async function caseOf(connection: NodeConnection, runId: string, vm: RunVm): Promise<string> {
  const parts: string[] = [];
  if (!hasSucceeded(vm)) {
    const message = vm.failure?.message ?? `${resultOf(vm)}: ${exitOf(vm)}`;
    const kind = vm.failure?.code ?? vm.state;
    parts.push(`<${isError(vm) ? 'error' : 'failure'}${attributes({ message, type: kind })}/>\n`);
  }
  for (const [channel, tag] of [
    ['stdout', 'system-out'],
    ['stderr', 'system-err'],
  ] as const) {
    const text = await textOf(connection, runId, vm, channel);
    if (text !== '') parts.push(`<${tag}>${escaped(text)}</${tag}>\n`);
  }
  const about = attributes({ name: vm.vmName, classname: vm.os, time: secondsOf(vm)?.toFixed(3) ?? '0' });
  return `<testcase${about}>\n${parts.join('')}</testcase>\n`;
}

/** The beginning, and how much is missing. */
async function textOf(
  connection: NodeConnection,
  runId: string,
  { vmId, ...vm }: RunVm,
  channel: RunOutputChannel,
): Promise<string> {
  const { bytes, keptBytes } = vm[channel];
  if (keptBytes === 0) return '';
  const parts: Buffer[] = [];
  let length = 0;
  for await (const piece of runOutput(connection, { runId, vmId, channel })) {
    parts.push(piece);
    length += piece.length;
    if (length >= MOST_BYTES) break;
  }
  const text = Buffer.concat(parts).subarray(0, MOST_BYTES).toString('utf8');
  return bytes > MOST_BYTES ? `${text}\n[${bytes - MOST_BYTES} more bytes]` : text;
}

function attributes(values: Readonly<Record<string, string | number>>): string {
  return Object.entries(values)
    .map(([name, value]) => ` ${name}="${escaped(String(value)).replaceAll('"', '&quot;').replaceAll('\n', '&#10;')}"`)
    .join('');
}

function escaped(text: string): string {
  return text
    .replaceAll(NOT_XML, '\ufffd')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('\r', '&#13;');
}
