// The parts of `tt` that only compute: codes to exit codes, objects of the contract to tables and lines.
import type { WholeItem } from '@tt/client';
import { type Env, errorTable, isErrorCode, quoted, type StateSnapshot, TtError, type Vm } from '@tt/protocol';
import { describe, expect, it, vi } from 'vitest';
import { envTable } from './commands/env-read.ts';
import { envLine } from './commands/env-text.ts';
import { metricsTable, namesAfter } from './commands/top.ts';
import { vmLines } from './commands/vm-text.ts';
import { exitCodeFor, exitCodes } from './exit-codes.ts';
import { asNameProblem } from './name-problem.ts';
import { duration, printFailure, rate, size, table } from './output.ts';

describe('the metrics', () => {
  const vm = (id: string, name: string) => ({ id, name, envName: name.split('/')[0] }) as Vm;
  const stamp = { revision: 1, source: { hostId: 'h', epoch: 'e' }, at: '2026-11-21T10:00:00.000Z' };
  const snapshotOf = (vms: Vm[]): WholeItem => ({
    kind: 'snapshot',
    revision: 1,
    source: stamp.source,
    state: { vms } as StateSnapshot,
  });

  it('keep the names of the VMs of one ENV, or of all, as they come and go', () => {
    const items: WholeItem[] = [
      snapshotOf([vm('1', 'demo/a-1'), vm('2', 'other/a-1')]),
      { kind: 'event', event: { ...stamp, type: 'vm.created', data: vm('3', 'demo/a-2') } },
      { kind: 'event', event: { ...stamp, type: 'vm.created', data: vm('4', 'other/a-2') } },
      { kind: 'event', event: { ...stamp, type: 'vm.deleted', data: { id: '1', envName: 'demo' } } },
      { kind: 'metrics', metrics: { at: stamp.at, vms: [] } },
    ];
    const after = (envName?: string) =>
      items.reduce<Map<string, string>>((names, item) => namesAfter(names, item, envName), new Map());
    expect([...after('demo').keys()]).toEqual(['3']);
    expect([...after().values()]).toEqual(['other/a-1', 'demo/a-2', 'other/a-2']);
    expect(namesAfter(after(), snapshotOf([vm('9', 'new/a-1')])).size).toBe(1);
  });

  it('are shown with the busiest first, and - for what the host does not tell', () => {
    const idle = { vmId: '1', cpuPercent: 0.04, memoryBytes: 1024 ** 2 * 64, memoryProportionalBytes: 1024 ** 2 * 30 };
    const busy = { vmId: '2', cpuPercent: 187.25, memoryBytes: 1024 ** 3 * 2, memoryProportionalBytes: null };
    const unknown = { diskReadBytesPerS: null, diskWrittenBytesPerS: null };
    const rates = { networkReceivedBytesPerS: 1023.6, networkSentBytesPerS: 1024 ** 2 * 3 };
    const none = { networkReceivedBytesPerS: null, networkSentBytesPerS: null };
    const metrics = {
      at: stamp.at,
      vms: [
        { ...idle, ...unknown, ...none },
        { ...busy, diskReadBytesPerS: 0, diskWrittenBytesPerS: 12_800, ...rates },
      ],
    };
    expect(metricsTable(metrics, new Map([['1', 'demo/tiny-2-1']]))).toBe(
      [
        'VM             CPU      MEMORY   PSS     DISK READ  DISK WRITE  NET IN    NET OUT',
        '2              187.3 %  2.0 GiB  -       0 B/s      12.5 KiB/s  1024 B/s  3.0 MiB/s',
        'demo/tiny-2-1  0.0 %    64 MiB   30 MiB  -          -           -         -',
        '',
      ].join('\n'),
    );
  });
});

describe('exit codes', () => {
  it('are one of the documented ones for every code of the table', () => {
    const codes = Object.keys(errorTable).filter(isErrorCode);
    const byExit = Object.groupBy(codes, (code) => String(exitCodeFor(code)));
    expect(byExit).toEqual({
      '1': expect.arrayContaining([
        'INTERNAL',
        'VM_START_FAILED',
        'SNAPSHOT_FAILED',
        'IMAGE_BUILD_FAILED',
        'ENGINE_MISSING',
      ]),
      '2': expect.arrayContaining([
        'INPUT_INVALID',
        'NAME_INVALID',
        'LIFETIME_TOO_LONG',
        'MEMORY_TOO_SMALL',
        'BODY_TOO_LARGE',
      ]),
      '3': expect.arrayContaining([
        'ROUTE_NOT_FOUND',
        'ENV_NOT_FOUND',
        'IMAGE_NOT_FOUND',
        'VM_NOT_FOUND',
        'SNAPSHOT_NOT_FOUND',
        'OPERATION_NOT_FOUND',
      ]),
      '4': expect.arrayContaining(['ENV_NAME_TAKEN', 'ENV_BUSY', 'VM_NOT_RUNNING', 'SNAPSHOT_NAME_TAKEN']),
      '5': [
        'TEAM_QUOTA_EXCEEDED',
        'CPU_EXHAUSTED',
        'QUOTA_EXCEEDED',
        'LIMIT_REACHED',
        'MEMORY_EXHAUSTED',
        'DISK_EXHAUSTED',
        'DISK_FULL',
        'PORTS_EXHAUSTED',
        'ADDRESSES_EXHAUSTED',
        'VM_PAUSED_DISK_FULL',
        'GUEST_DISK_FULL',
        'LAB_FULL',
      ],
      '6': [
        'AGENT_UNREACHABLE',
        'AGENT_GONE',
        'AGENT_NOT_RUNNING',
        'AGENT_NOT_PROVEN',
        'SOCKET_UNSAFE',
        'TLS_REQUIRED',
        'TLS_EXPECTED',
        'SERVER_NOT_TRUSTED',
        'SERVER_IDENTITY_WRONG',
        'CERTIFICATE_EXPIRED',
        'CERTIFICATE_NOT_YET_VALID',
        'SSH_UNREACHABLE',
        'SSH_SERVER_UNKNOWN',
        'SSH_SERVER_CHANGED',
        'SSH_LOGIN_REFUSED',
        'SSH_PORT_REFUSED',
        'SSH_SOCKET_REFUSED',
      ],
      '7': [
        'UNAUTHORIZED',
        'ORIGIN_REFUSED',
        'GUEST_REFUSED',
        'DETAILS_PRIVATE',
        'TICKET_INVALID',
        'JOIN_CODE_INVALID',
        'SOCKET_NOT_PERMITTED',
        'ENV_NOT_YOURS',
        'NOT_ALLOWED',
        'OIDC_REFUSED',
        'OIDC_ANSWER_INVALID',
        'OIDC_USER_UNKNOWN',
        'OIDC_USER_DISABLED',
        'OIDC_CLAIM_REFUSED',
        'OIDC_NAME_UNUSABLE',
        'LOGIN_EXPIRED',
        'VIEWER_REFUSED',
        'PASSWORD_WRONG',
        'IMAGE_NOT_YOURS',
        'LAB_NOT_YOURS',
        'PROFILE_NOT_YOURS',
        'TERMINAL_REFUSED',
        'TEMPLATE_NOT_YOURS',
        'INSTALL_NOT_ROOT',
      ],
      '9': ['GUEST_HEALTH_UNKNOWN', 'SHELL_GUEST_UNREACHABLE', 'GUEST_FILES_UNREACHABLE'],
    });
  });
});

describe('what is printed', () => {
  it('is in columns', () => {
    expect(
      table(
        ['NAME', 'STATE'],
        [
          ['a-long-name', 'up'],
          ['b', ''],
        ],
      ),
    ).toBe(['NAME         STATE', 'a-long-name  up', 'b', ''].join('\n'));
    expect(table(['NAME'], [])).toBe('NAME\n');
    // Of others: a row that nobody wrote, and columns out of line.
    expect(
      table(
        ['NAME', 'NOTES'],
        [
          ['a', 'x\nroot  y\t'],
          ['\u001b', 'z'],
        ],
      ),
    ).toBe('NAME    NOTES\na       x\\nroot  y\\t\n\\u001b  z\n');
  });

  it('has sizes and times for people', () => {
    expect([0, 400_000, 1024 ** 2 * 512, 1024 ** 3 * 1.5].map(size)).toEqual(['0 MiB', '0 MiB', '512 MiB', '1.5 GiB']);
    expect([1024 ** 3 * 1023, 1024 ** 3 * 8789].map(size)).toEqual(['1023.0 GiB', '8.6 TiB']);
    expect([-1, 0, 29_600, 60_000, 3_599_000, 3_900_000].map(duration)).toEqual([
      'expired',
      'expired',
      '30 s',
      '1 min',
      '59 min',
      '1 h 5 min',
    ]);
  });

  it('of a rate says -, B/s, KiB/s or MiB/s', () => {
    const rates = [null, 0, 0.4, 1023, 1024, 1024 ** 2 - 1, 1024 ** 2 * 2.25];
    expect(rates.map(rate)).toEqual(['-', '0 B/s', '0 B/s', '1023 B/s', '1.0 KiB/s', '1024.0 KiB/s', '2.3 MiB/s']);
  });

  it('of an ENV says when it ends and what happens then, and that it is EXPIRED', () => {
    const env = {
      name: 'demo',
      state: 'stopped',
      vmIds: ['1'],
      endAt: '2026-11-21T10:00:00.000Z',
      endPolicy: 'snapshotThenStop',
      expired: true,
      owner: 'ann',
      tags: ['red', 'blue'],
      title: 'T',
    } as unknown as Env;
    const lasting = {
      ...env,
      state: 'running',
      endAt: new Date(Date.now() + 30_400).toISOString(),
      endPolicy: 'delete',
      expired: false,
      tags: [],
    } as Env;
    expect(envTable([env, lasting])).toBe(
      [
        'NAME  STATE    VMS  ENDS IN  AT END              OWNER  TAGS      TITLE',
        'demo  stopped  1    EXPIRED  snapshot-then-stop  ann    red,blue  T',
        'demo  running  1    30 s     delete              ann              T',
        '',
      ].join('\n'),
    );
    expect([envLine(env), envLine(lasting)]).toEqual([
      'demo: stopped, EXPIRED since 2026-11-21T10:00:00.000Z: extend it to start it again',
      'demo: running, ends in 30 s',
    ]);
  });

  it('of a VM says why it failed, its NICs and what is closed to it', () => {
    const vm = {
      id: 'v-1',
      name: 'demo/tiny-2-1',
      state: 'failed',
      engine: 'qemu',
      image: 'qemu:tiny-2:default',
      acceleration: null,
      spec: {
        cpuCount: 1,
        memoryMiB: 128,
        disks: [
          { name: 'disk0', sizeMiB: 1024, attached: true, limits: null },
          {
            name: 'disk1',
            sizeMiB: 64,
            attached: false,
            limits: { bytesPerSecond: 10_485_760, operationsPerSecond: 200 },
          },
        ],
        cds: [
          { name: 'cd0', medium: 'qemu:net:iso' },
          { name: 'cd1', medium: null },
        ],
        firmware: 'uefi',
        bootFrom: 'cd',
        rtcBase: 'utc',
        guestHelper: 'on',
        blacklist: ['198.51.100.0/24', '192.0.2.7'],
      },
      failure: { code: 'VM_DIED', message: 'it died', fix: '', data: {} },
      nics: [
        { kind: 'nat', mac: 'aa', ip: '192.0.2.9', bandwidthMbps: 10 },
        { kind: 'user', mac: 'bb', ip: null, bandwidthMbps: null },
      ],
      portMap: [{ protocol: 'udp', guestPort: 53, hostPort: 40_000, hostAddress: '192.0.2.1' }],
    } as unknown as Vm;
    expect(vmLines(vm).split('\n')).toEqual([
      'demo/tiny-2-1: failed',
      'failure:   it died [VM_DIED]',
      'id:        v-1',
      'image:     qemu:tiny-2:default, qemu',
      'size:      1 cpu, 128 MiB memory, 1024 MiB disk',
      'disk:      disk1 64 MiB, detached, 10.0 MiB/s, 200 IO/s',
      'cd:        cd0 qemu:net:iso',
      'machine:   firmware uefi, boot-from cd',
      'nic:       nat aa 192.0.2.9, 10 Mbit/s',
      'nic:       user bb -',
      'ports:     53/udp=192.0.2.1:40000',
      'blacklist: 198.51.100.0/24 192.0.2.7',
      '',
    ]);
  });

  it('of a failure says what, what to do, what was meant and what the log said', () => {
    const say = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    const failure = new TtError('VM_START_FAILED', {
      vmName: 'demo/tiny-2-1',
      reason: quoted('reported', 'no disk'),
      logTail: ['a', 'b'],
    });
    expect(printFailure(failure, false)).toBe(exitCodes.failed);
    expect(printFailure(new TtError('ENV_NOT_FOUND', { envName: 'demmo', suggestions: ['demo'] }), false)).toBe(3);
    expect(printFailure(new Error('a fault'), false)).toBe(1);
    const said = say.mock.calls.map(([text]) => String(text));
    say.mockRestore();
    expect(said.slice(0, 2)).toEqual([
      `tt: ${failure.message}\n    ${failure.fix} [VM_START_FAILED]\n    | a\n    | b\n`,
      'tt: There is no ENV called demmo.\n    List the ENVs to see their names. [ENV_NOT_FOUND]\n    Did you mean: demo?\n',
    ]);
    expect(said[2]).toMatch(/^tt: Error: a fault\n {4}at /);
  });

  it('of a failure keeps texts of others in their line, or in a block of their own', () => {
    const say = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    const failure = new TtError('VM_START_FAILED', {
      vmName: 'demo/tiny-2-1',
      reason: quoted('reported', 'no disk\ntt: all is well\r'),
      logTail: ['a\ntt: b', '\u001b[2J'],
    });
    printFailure(failure, false);
    printFailure(new TtError('ENV_NOT_FOUND', { envName: 'demo', suggestions: ['x\ntt: y'] }), false);
    const said = say.mock.calls.map(([text]) => String(text)).join('');
    say.mockRestore();
    const lines = said.split('\n').filter((line) => line !== '');
    expect(lines.filter((line) => !/^( {4}|tt: )/.test(line))).toEqual([]);
    expect(lines.filter((line) => line.startsWith('tt: '))).toHaveLength(2);
    expect(lines.filter((line) => line.startsWith('    | '))).toEqual([
      expect.stringContaining('tt: all is well'),
      '    | a',
      '    | tt: b',
      '    | \\u001b[2J',
    ]);
    expect(lines.at(-1)).toBe('    Did you mean: x\\ntt: y?');
  });

  it.each<[TtError, string | null]>([
    [new TtError('SNAPSHOT_NOT_FOUND', { envName: 'demo', snapshotName: 'bad name', suggestions: [] }), 'bad name'],
    [new TtError('SNAPSHOT_NOT_FOUND', { envName: 'demo', snapshotName: 'before-…', suggestions: [] }), null],
    [new TtError('SNAPSHOT_NOT_FOUND', { envName: 'demo', snapshotName: 'first', suggestions: [] }), null],
    [new TtError('ENV_NOT_FOUND', { envName: '-demo', suggestions: [] }), '-demo'],
    [new TtError('LAB_NOT_FOUND', { labName: 'a/b', suggestions: [] }), 'a/b'],
    [new TtError('PROFILE_NOT_FOUND', { profileName: 'x'.repeat(64), suggestions: [] }), 'x'.repeat(64)],
    [new TtError('VM_NOT_FOUND', { vmId: 'demo/tiny 1' }), 'tiny 1'],
    [new TtError('VM_NOT_FOUND', { vmId: 'demo/tiny-2-1' }), null],
    [new TtError('VM_NOT_FOUND', { vmId: 'a/b/c' }), 'a/b/c'],
  ])('of %s says what is wrong with a name that nothing can have', (error, bad) => {
    const named = asNameProblem(error);
    expect(named).toEqual(bad === null ? error : new TtError('NAME_INVALID', { name: bad }));
  });

  it('of an image name that nothing can have says so, unless an image comes near', () => {
    const missing = (wanted: string, suggestions: string[]) => new TtError('IMAGE_NOT_FOUND', { wanted, suggestions });
    expect(asNameProblem(missing('a b', []))).toEqual(new TtError('IMAGE_NAME_INVALID', { imageName: 'a b' }));
    for (const error of [missing('a b', ['qemu:ab-1:default']), missing('plan9', [])])
      expect(asNameProblem(error)).toBe(error);
    expect(asNameProblem('no error')).toBe('no error');
  });
});
