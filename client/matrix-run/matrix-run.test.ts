// What a matrix does next on a machine, and what it makes of each end: overrides, retries, services, artefacts, results.
import { type MatrixFile, matrixFileSchema, matrixReportSchema } from '@tt/protocol';
import { describe, expect, it } from 'vitest';
import {
  type Act,
  type CommandEnd,
  isListening,
  isOver,
  matrixReport,
  matrixResult,
  newEnvOf,
  nextAct,
  type Outcome,
  planVm,
  resultOfVm,
  settled,
  startedAct,
  type VmProgress,
  vmProgress,
} from './index.ts';

const AT = new Date('2026-11-30T10:00:00.000Z');
const tiny = { id: 'v1', name: 'demo/tiny-2-1', image: 'qemu:tiny-2:default' };
const debian = { id: 'v2', name: 'demo/debian-12-1', image: 'qemu:debian-12:default' };

const fileOf = (more: object): MatrixFile =>
  matrixFileSchema.parse({ name: 'm', systems: [{ osPrefix: 'tiny' }], steps: [{ name: 'a', run: 'a' }], ...more });
const failure = { code: 'MATRIX_SERVICE_ABSENT', message: 'not there', fix: '', data: {} };
const nothing = { text: '', bytes: 0, leftOutBytes: 0 };

const ran = (exitCode: number | null, more: Partial<CommandEnd> = {}): Outcome => ({
  kind: 'ran',
  end: { state: 'exited', exitCode, signal: null, failure: null, stdout: nothing, stderr: nothing, ...more },
});

function textOf(act: Act): string {
  switch (act.do) {
    case 'reach':
      return 'reach';
    case 'await':
      return `await ${act.service.text}`;
    case 'run':
      return `run ${act.step} after ${act.afterMs}`;
    case 'fetch':
      return `fetch ${act.step ?? 'end'} ${act.artefacts.map(({ path }) => path).join(' ')}`;
    default:
      return act satisfies never;
  }
}

/** Carries out everything; `answers` are for acts by their beginning, in turn, and all others go well. */
function went(
  file: MatrixFile,
  answers: Record<string, Outcome[]> = {},
  vm = tiny,
): { acts: string[]; end: VmProgress } {
  const acts: string[] = [];
  let progress = vmProgress(planVm(file, vm));
  for (let act = nextAct(progress); act; act = nextAct(progress)) {
    acts.push(textOf(act));
    const [key] = Object.keys(answers).filter((start) => acts.at(-1)?.startsWith(start));
    const answer = answers[key ?? '']?.shift();
    progress = settled(startedAct(progress, act, AT), answer ?? (act.do === 'run' ? ran(0) : { kind: 'done' }), AT);
    if (acts.length > 100) throw new Error('it never ends');
  }
  expect(isOver(progress)).toBe(true);
  return { acts, end: progress };
}
const states = ({ steps }: VmProgress) => steps.map(({ state }) => state);

describe('a machine', () => {
  const steps = [
    { name: 'a', run: 'a', waitFor: [{ port: 80 }], artefacts: [{ path: '/a' }, { path: '/bad', when: 'failure' }] },
    { name: 'b', command: ['b', '-x'] },
  ];
  const artefacts = [{ path: '/log' }, { path: '/core', when: 'failure' }, { path: '/deb', osPrefix: 'debian' }];

  it('is reached, waits, runs each step, fetches, and has passed', () => {
    const { acts, end } = went(fileOf({ waitFor: [{ run: 'up\nand more' }], steps, artefacts }));
    expect(acts).toEqual([
      'reach',
      'await up',
      'await port 80',
      'run 0 after 0',
      'fetch 0 /a',
      'run 1 after 0',
      'fetch end /log',
    ]);
    expect([states(end), resultOfVm(end)]).toEqual([['passed', 'passed'], 'passed']);
  });

  it('does none of its further steps when one fails, and fetches what is for failures', () => {
    const { acts, end } = went(fileOf({ steps, artefacts }), { 'run 0': [ran(3)] });
    expect(acts).toEqual(['reach', 'await port 80', 'run 0 after 0', 'fetch 0 /a /bad', 'fetch end /log /core']);
    expect([states(end), end.steps[0]?.exitCode, resultOfVm(end)]).toEqual([['failed', 'notReached'], 3, 'failed']);
  });

  it('goes on after a step that says so, and has failed all the same', () => {
    const [first, second] = steps;
    const { acts, end } = went(fileOf({ steps: [{ ...first, continueOnFailure: true }, second] }), {
      'await port': [{ kind: 'absent', failure }],
    });
    expect(acts).toEqual(['reach', 'await port 80', 'fetch 0 /a /bad', 'run 1 after 0']);
    expect([states(end), end.steps[0]?.failure, resultOfVm(end)]).toEqual([['failed', 'passed'], failure, 'failed']);
  });

  it('tries again as often as it may, and then has failed', () => {
    const file = fileOf({ steps: [{ name: 'a', run: 'a', retries: 2, retryAfterS: 7 }] });
    const once = went(file, { 'run 0': [ran(1)] });
    expect(once.acts).toEqual(['reach', 'run 0 after 0', 'run 0 after 7000']);
    expect(once.end.steps[0]).toMatchObject({ state: 'passed', attempts: 2, exitCode: 0 });
    const never = went(file, { 'run 0': [ran(1), ran(null, { state: 'timedOut', signal: 'SIGKILL' }), ran(4)] });
    expect(never.end.steps[0]).toMatchObject({ state: 'failed', attempts: 3, exitCode: 4, timedOut: false });
  });

  it('has failed when a service before the first step does not come', () => {
    const { acts, end } = went(fileOf({ waitFor: [{ port: 22 }], steps, artefacts }), {
      await: [{ kind: 'absent', failure }],
    });
    expect(acts).toEqual(['reach', 'await port 22', 'fetch end /log /core']);
    expect([states(end), end.failure, resultOfVm(end)]).toEqual([['notReached', 'notReached'], failure, 'failed']);
  });

  it('is told apart when it is not reached, is lost in a step, or is cancelled', () => {
    const file = fileOf({ steps, artefacts });
    const away = went(file, { reach: [{ kind: 'unreachable', failure }] });
    expect([away.acts, states(away.end), resultOfVm(away.end)]).toEqual([
      ['reach'],
      ['notReached', 'notReached'],
      'unreachable',
    ]);
    const lost = went(file, { 'run 0': [ran(null, { state: 'lost', failure })] });
    expect([lost.acts.length, states(lost.end), resultOfVm(lost.end)]).toEqual([
      3,
      ['unreachable', 'notReached'],
      'unreachable',
    ]);
    const cancelled = went(file, { 'run 0': [{ kind: 'cancelled' }] });
    expect([states(cancelled.end), resultOfVm(cancelled.end)]).toEqual([['cancelled', 'cancelled'], 'cancelled']);
    expect(matrixResult([away.end, cancelled.end])).toBe('unreachable');
    expect(matrixResult([away.end, went(file, { 'run 1': [ran(1)] }).end])).toBe('failed');
    expect(matrixResult([vmProgress(planVm(file, tiny))])).toBe(null);
  });
});

it('a step is what the last override of its system says, key by key', () => {
  const step = {
    name: 'a',
    run: 'apt-get',
    user: 'kim',
    timeLimitS: 5,
    waitFor: [{ port: 1 }],
    overrides: [
      { osPrefix: 'tiny', skip: true },
      { osPrefix: 'tiny', command: ['apk', 'add'], directory: '/srv' },
      { osPrefix: 'debian', skip: true },
    ],
  };
  const file = fileOf({ steps: [step] });
  expect(planVm(file, tiny).steps[0]?.work).toEqual({
    command: { argv: ['apk', 'add'] },
    user: 'kim',
    cwd: '/srv',
    timeoutMs: 5000,
  });
  expect(went(file, {}, debian).acts).toEqual(['reach']);
  expect(states(went(file, {}, debian).end)).toEqual(['skipped']);
});

it('a port is open when a program listens there, on IPv4 or IPv6', () => {
  const sockets = [
    '  sl  local_address rem_address   st tx_queue rx_queue',
    '   0: 00000000:0016 00000000:0000 0A 00000000:00000000',
    '   1: 0100007F:0050 0100007F:A3F2 01 00000000:00000000',
    '  sl  local_address                         remote_address                        st',
    '   0: 00000000000000000000000000000000:1F90 00000000000000000000000000000000:0000 0A 0',
  ].join('\n');
  expect([22, 80, 8080, 8081].filter((port) => isListening(sockets, port))).toEqual([22, 8080]);
  expect(isListening('', 22)).toBe(false);
});

it('the report has the published shape, and the ENV an end of its own', () => {
  const file = fileOf({ env: { lifetimeS: 900 } });
  const { end } = went(file, { 'run 0': [ran(1)] });
  const report = matrixReport({
    file,
    envName: 'demo',
    startedAt: AT.toISOString(),
    endedAt: null,
    firstFailure: null,
    snapshot: null,
    env: null,
    vms: [end],
  });
  expect(matrixReportSchema.parse(report)).toEqual(report);
  expect(newEnvOf(file, 'demo')).toEqual({
    name: 'demo',
    lifetimeS: 900,
    endPolicy: 'delete',
    groups: [{ osPrefix: 'tiny', copies: 1 }],
  });
});
