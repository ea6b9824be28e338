// What is written behind flags and between commas -> fields of the contract, and what is said when it makes no sense.
import { plainReader } from './commands/machine-options.ts';
import { endPolicySchema, nicRequestSchema, vmGroupSchema } from '@tt/protocol';
import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { type GroupOptions, groupsFrom, vmFrom, withGroups } from './commands/group-options.ts';
import { lifetimeChangeFrom, newLifetimeS } from './commands/lifetime.ts';
import { endPolicyFrom, endPolicyText } from './commands/end-policy.ts';
import { lifetimeFrom } from './commands/contract-values.ts';
import {
  bandwidthFrom,
  destinationsFrom,
  diskMiBFrom,
  portsFrom,
  secondsFrom,
  wholeNumber,
} from './commands/option-values.ts';
import { type VmChangeOptions, vmChangeFrom, withVmChange } from './commands/vm-change-options.ts';

/** The flags as commander hands them over. */
function groupOptions(...flags: string[]): GroupOptions {
  const command = withGroups(new Command('add'))
    .exitOverride()
    .configureOutput({ writeErr: () => {} });
  return command.parse(flags, { from: 'user' }).opts();
}

describe('the flags that say which VMs', () => {
  it('take the network by the name that the agent has for it too', () => {
    const nics = [{ kind: 'nat' }, { kind: 'bridge' }];
    expect(groupsFrom(groupOptions('--os-prefix=tiny', '--network=nat', '--net=bridge'))).toMatchObject([{ nics }]);
    expect(groupsFrom(groupOptions('--vm=tiny,net=nat+bridge'))).toMatchObject([{ nics }]);
    expect(() => groupOptions('--os-prefix=tiny', '--network=lan')).toThrow(/user, nat, flat, bridge, switch/);
  });

  it('make one group of one size for each system', () => {
    const options = groupOptions(
      '--os-prefix=cent, ubuntu2004,,',
      '--dup-each=2',
      '--cpu=4',
      '--mem=512',
      '--disk=2048',
      '--vm-port=80,53/udp',
      '--engine=qemu',
      '--net=nat',
      '--net=flat',
      '--bandwidth=10',
      '--blacklist=192.0.2.1, 198.51.100.0/24',
      '--add-disk=64',
      '--add-disk=32',
      '--bps=10M',
      '--iops=0',
      '--medium=qemu:net:iso',
      '--firmware=uefi',
      '--boot-from=cd',
      '--rtc-base=localtime',
    );
    const limits = { bytesPerSecond: 10_485_760, operationsPerSecond: null };
    const shared = {
      copies: 3,
      cpuCount: 4,
      memoryMiB: 512,
      diskMiB: 2048,
      ports: [
        { protocol: 'tcp', guestPort: 80 },
        { protocol: 'udp', guestPort: 53 },
      ],
      engine: 'qemu',
      nics: [
        { kind: 'nat', bandwidthMbps: 10 },
        { kind: 'flat', bandwidthMbps: 10 },
      ],
      blacklist: ['192.0.2.1', '198.51.100.0/24'],
      disks: [
        { sizeMiB: 64, limits },
        { sizeMiB: 32, limits },
      ],
      diskLimits: limits,
      medium: 'qemu:net:iso',
      firmware: 'uefi',
      bootFrom: 'cd',
      rtcBase: 'localtime',
    };
    expect(groupsFrom(options)).toStrictEqual([
      { osPrefix: 'cent', ...shared },
      { osPrefix: 'ubuntu2004', ...shared },
    ]);
    for (const group of groupsFrom(options)) expect(vmGroupSchema.parse(group)).toEqual(group);
  });

  it('leave the rest to the server', () => {
    expect(groupsFrom(groupOptions('--os-prefix', 'tiny'))).toStrictEqual([{ osPrefix: 'tiny', copies: 1 }]);
    expect(groupsFrom(groupOptions('--vm', 'tiny'))).toStrictEqual([{ osPrefix: 'tiny', copies: 1 }]);
    expect(groupsFrom(groupOptions('--vm', 'tiny', '--bandwidth', '0'))).toStrictEqual([
      { osPrefix: 'tiny', copies: 1 },
    ]);
    expect(() => groupsFrom(groupOptions('--os-prefix', ' , '))).toThrow('with --os-prefix or --vm');
  });

  it('make a group of each --vm, which takes what it leaves out from the flags', () => {
    const whole =
      'tiny,copies=2,cpu=2,mem=256,disk=2048,port=80+53/udp,engine=qemu,net=nat+flat,bandwidth=10,blacklist=192.0.2.1+198.51.100.0/24,add-disk=64+32,iops=9,medium=qemu:net:iso,firmware=bios,boot-from=disk,rtc-base=utc,guest-helper=off';
    const limits = { bytesPerSecond: null, operationsPerSecond: 9 };
    const own = {
      osPrefix: 'tiny',
      copies: 2,
      cpuCount: 2,
      memoryMiB: 256,
      diskMiB: 2048,
      ports: [
        { protocol: 'tcp', guestPort: 80 },
        { protocol: 'udp', guestPort: 53 },
      ],
      engine: 'qemu',
      blacklist: ['192.0.2.1', '198.51.100.0/24'],
      disks: [
        { sizeMiB: 64, limits },
        { sizeMiB: 32, limits },
      ],
      diskLimits: limits,
      medium: 'qemu:net:iso',
      firmware: 'bios',
      bootFrom: 'disk',
      rtcBase: 'utc',
      guestHelper: 'off',
    };
    const nics = [
      { kind: 'nat', bandwidthMbps: 10 },
      { kind: 'flat', bandwidthMbps: 10 },
    ];
    expect(groupsFrom(groupOptions('--vm', whole))).toStrictEqual([{ ...own, nics }]);

    const mixed = groupOptions(
      '--os-prefix=cent',
      `--vm=${whole}`,
      '--vm=debian , mem=512, bandwidth=0, port=',
      '--vm=qemu:x:y,net=user',
      '--dup-each=3',
      '--cpu=1',
      '--bandwidth=7',
      '--vm-port=443',
    );
    const https = [{ protocol: 'tcp', guestPort: 443 }];
    expect(groupsFrom(mixed)).toStrictEqual([
      { osPrefix: 'cent', copies: 4, cpuCount: 1, ports: https, nics: [{ bandwidthMbps: 7 }] },
      { ...own, nics },
      { osPrefix: 'debian', copies: 4, cpuCount: 1, memoryMiB: 512, ports: [] },
      { osPrefix: 'qemu:x:y', copies: 4, cpuCount: 1, ports: https, nics: [{ kind: 'user', bandwidthMbps: 7 }] },
    ]);
  });

  it('say what is wrong with a --vm, and how it is meant', () => {
    const wrong: [text: string, said: string][] = [
      ['', 'start with the system'],
      ['cpu=2', 'start with the system'],
      [',cpu=2', 'start with the system'],
      ['tiny,cpu', '"cpu" is unknown; write copies=, cpu='],
      ['tiny,,', '"" is unknown'],
      ['tiny,size=2', '"size=2" is unknown'],
      ['tiny,constructor=2', '"constructor=2" is unknown'],
      ['tiny,cpu=2,mem=96,cpu=2', '"cpu" is given twice'],
      ['tiny,cpu=two', 'in "cpu=two": give a whole number from 1 to 64'],
      ['tiny,cpu=', 'in "cpu=": give a whole number from 1 to 64'],
      ['tiny,copies=0', 'in "copies=0": give a whole number from 1 to 2001'],
      ['tiny,port=80/icmp', 'in "port=80/icmp": "80/icmp" is not a port'],
      ['tiny,net=ether', '"ether" is not a network kind; write user, nat, flat'],
      ['tiny,net=', 'a value is missing'],
      ['tiny,engine=', 'a value is missing'],
      ['tiny,bandwidth=1.5', 'give a whole number from 0 to 100000'],
      ['tiny,blacklist=example.com', '"example.com" is not an IPv4 address or CIDR'],
    ];
    for (const [text, said] of wrong) expect(() => vmFrom(text), text).toThrow(said);
    expect(() => groupOptions('--vm', 'tiny,cpu=two')).toThrow("option '--vm <group>' argument");
  });
});

describe('the flags that change VMs', () => {
  it('name what was given and nothing else; empty lists and 0 take away', () => {
    const options = (...flags: string[]): VmChangeOptions =>
      withVmChange(new Command('update')).parse(flags, { from: 'user' }).opts();
    expect(vmChangeFrom(options())).toBeUndefined();
    expect(vmChangeFrom(options('--cpu', '2', '--mem', '256', '--disk', '4096'))).toStrictEqual({
      cpuCount: 2,
      memoryMiB: 256,
      diskMiB: 4096,
    });
    expect(vmChangeFrom(options('--vm-port', '80', '--blacklist', '192.0.2.1', '--bandwidth', '5'))).toStrictEqual({
      ports: [{ protocol: 'tcp', guestPort: 80 }],
      blacklist: ['192.0.2.1'],
      bandwidthMbps: 5,
    });
    expect(vmChangeFrom(options('--vm-port=', '--blacklist=', '--bandwidth=0'))).toStrictEqual({
      ports: [],
      blacklist: [],
      bandwidthMbps: null,
    });
  });
});

describe('values behind flags', () => {
  it('are ports and whole numbers only', () => {
    for (const text of ['0', '65536', 'http', '80/icmp', '-1', '8 0', '1e2', '80+81']) {
      expect(() => portsFrom(text), text).toThrow('is not a port');
    }
    for (const text of ['', '1.5', '-1', '+1', 'x', '11', '1e1', '0x1', ' 1']) {
      expect(() => wholeNumber(0, 10)(text), text).toThrow('give a whole number from 0 to 10');
    }
    expect([wholeNumber(0, 10)('0'), wholeNumber(0, 10)('10')]).toEqual([0, 10]);
  });

  it('go as far as the contract does', () => {
    const fits = (field: string, value: number) => vmGroupSchema.safeParse({ osPrefix: 'x', [field]: value }).success;
    const limits: [field: string, max: number, read: (text: string) => number][] = [
      ['cpuCount', 64, plainReader('cpuCount')],
      ['memoryMiB', 1_048_576, plainReader('memoryMiB')],
      ['diskMiB', 67_108_864, diskMiBFrom],
    ];
    for (const [field, max, read] of limits) {
      expect([read(String(max)), fits(field, max), fits(field, max + 1)], field).toEqual([max, true, false]);
      expect(() => read(String(max + 1)), field).toThrow(`from 1 to ${max}`);
    }
    const nic = (bandwidthMbps: number) => nicRequestSchema.safeParse({ bandwidthMbps }).success;
    expect([bandwidthFrom('100000'), nic(100_000), nic(100_001)]).toEqual([100_000, true, false]);
    expect(() => bandwidthFrom('100001')).toThrow('from 0 to 100000');
  });

  it('are IPv4 destinations only', () => {
    expect(destinationsFrom('192.0.2.1,198.51.100.0/24,0.0.0.0/0')).toEqual([
      '192.0.2.1',
      '198.51.100.0/24',
      '0.0.0.0/0',
    ]);
    expect(destinationsFrom('')).toEqual([]);
    for (const text of ['192.0.2', '192.0.2.256', '192.0.2.0/33', '192.0.2.0/', '192.0.2.0/2/4', '::1', 'a.example']) {
      expect(() => destinationsFrom(text), text).toThrow('is not an IPv4 address or CIDR');
    }
  });

  it('name every end policy of the contract, there and back', () => {
    const texts = endPolicySchema.options.map(endPolicyText);
    expect(texts).toEqual(['delete', 'stop', 'snapshot-then-stop', 'snapshot-then-delete']);
    expect(texts.map(endPolicyFrom)).toEqual(endPolicySchema.options);
    expect(() => endPolicyFrom('snapshotThenStop')).toThrow('write delete, stop, snapshot-then-stop');
  });

  it('are times in seconds, with or without units', () => {
    const times = {
      '0': 0,
      '90': 90,
      '90s': 90,
      '90m': 5400,
      '2h': 7200,
      '1h30m': 5400,
      '1d': 86_400,
      '1d1h1m1s': 90_061,
    };
    for (const [text, seconds] of Object.entries(times)) expect(secondsFrom(text), text).toBe(seconds);
    for (const text of ['', 'h', '1.5h', '1h30', '30m1h', '-1', '1 h', '1w']) {
      expect(() => secondsFrom(text), text).toThrow('is not a time');
    }
    expect([lifetimeFrom('30'), lifetimeFrom('2h')]).toEqual([30, 7200]);
    expect(() => lifetimeFrom('29')).toThrow('the minimum lifetime is 30 s');
  });
});

describe('a new end', () => {
  const env = { name: 'demo', startAt: '2026-11-21T10:00:00.250Z', endAt: '2026-11-21T11:00:00.250Z' };
  const lifetimeAt = (clock: string, text: string) =>
    newLifetimeS(env, lifetimeChangeFrom(text), new Date(`2026-11-21T${clock}Z`));

  it('with a sign is counted from the present end', () => {
    expect(lifetimeAt('10:20:00.000', '+1h')).toBe(7200);
    expect(lifetimeAt('10:59:59.000', '+90')).toBe(3690);
    expect(lifetimeAt('10:20:00.000', '-30m')).toBe(1800);
    expect(lifetimeAt('10:20:00.000', '+0')).toBe(3600);
  });

  it('without one is counted from now, and never comes sooner than asked', () => {
    expect(lifetimeAt('10:20:00.250', '90m')).toBe(6600);
    expect(lifetimeAt('10:20:00.251', '90m')).toBe(6601);
    expect(lifetimeAt('12:00:00.250', '30m')).toBe(9000);
  });

  it('is still to come: an ENV is not ended by a slip in a number', () => {
    for (const [clock, text] of [
      ['10:30:00.250', '-30m'],
      ['10:20:00.000', '-2h'],
      ['10:20:00.000', '0'],
      ['13:00:00.000', '+1h'],
    ] as const) {
      expect(() => lifetimeAt(clock, text), `${clock} ${text}`).toThrow('the end of demo would be 2026-11-21T');
    }
    for (const text of ['', '+', '-', 'soon', '--1h', '+-1h']) {
      expect(() => lifetimeChangeFrom(text), text).toThrow('write +1h (later), -30m (earlier) or 90m (from now)');
    }
  });
});
