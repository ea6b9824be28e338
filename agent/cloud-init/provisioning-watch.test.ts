// Polling guests for the state of their setup: which are asked, how often, and which answers are recorded.
import { NO_PROVISIONING } from '@tt/protocol';
import { pino } from 'pino';
import { beforeEach, describe, expect, it } from 'vitest';
import { EngineError } from '../engines/errors.ts';
import type { GuestExecResult, RunningVm } from '../engines/interface.ts';
import type { Inventory } from '../inventory/inventory.ts';
import { changedVm, type VmRecord, type VmRecordChange } from '../state/vm-record.ts';
import { ProvisioningWatch } from './provisioning-watch.ts';

const cloudInit = { readsSeeds: true, user: 'root', password: null, sshKeys: [], files: [], commands: ['one'] };
const waiting = { ...NO_PROVISIONING, state: 'waiting' as const };

let vms: Map<string, VmRecord>;
let asked: string[];
let answers: (GuestExecResult | Error)[];
let changes: number;

function put(id: string, about: VmRecordChange = {}): void {
  const vm = {
    id,
    name: `demo/${id}`,
    status: { state: 'running' },
    placement: { features: ['guestAgent'] },
    guest: { cloudInit, provisioning: waiting },
  };
  vms.set(id, changedVm(vm as unknown as VmRecord, about));
}

const said = (result: object) => ({ exitCode: 0, stdout: `\u0001\n${JSON.stringify(result)}`, stderr: '' });
const running = said({ state: 'running', command: 1, exitCode: 0, outputBase64: '' });
const done = said({ state: 'done', command: 1, exitCode: 0, outputBase64: '' });
const failed = said({ state: 'failed', command: 1, exitCode: 3, outputBase64: '' });

beforeEach(() => {
  vms = new Map();
  asked = [];
  answers = [];
  changes = 0;
});

function watch(): ProvisioningWatch {
  const inventory = {
    vms: () => [...vms.values()],
    hasVm: (id: string) => vms.has(id),
    vm: (id: string) => vms.get(id),
    updateVm: (id: string, change: VmRecordChange) => {
      changes++;
      vms.set(id, changedVm(vms.get(id) as VmRecord, change));
    },
  } as unknown as Inventory;
  const guest = (id: string) =>
    ({
      guestExec: async () => {
        asked.push(id);
        const answer = answers.shift() ?? done;
        if (answer instanceof Error) throw answer;
        return answer;
      },
    }) as unknown as RunningVm;
  const now = () => new Date('2026-11-26T22:00:00.000Z');
  return new ProvisioningWatch({ inventory, running: { get: guest }, now, logger: pino({ enabled: false }) });
}

const stateOf = (id: string) => vms.get(id)?.guest.provisioning.state;

describe('a round', () => {
  it('asks until the guest says that it is done, and writes down only what is new', async () => {
    put('a');
    answers = [new EngineError('GUEST_AGENT_SILENT', 'not up'), running, running, done];
    const states: (string | undefined)[] = [];
    for (let round = 0; round < 6; round++) {
      await watch().look();
      states.push(stateOf('a'));
    }
    expect(states).toEqual(['waiting', 'running', 'running', 'done', 'done', 'done']);
    expect([asked.length, changes]).toEqual([4, 2]);
    expect(vms.get('a')?.guest.provisioning.at).toBe('2026-11-26T22:00:00.000Z');
  });

  it('takes a failure for final', async () => {
    put('a');
    answers = [failed];
    await watch().look();
    await watch().look();
    expect(vms.get('a')?.guest.provisioning).toMatchObject({ state: 'failed', failure: { code: 'SETUP_FAILED' } });
    expect(asked).toHaveLength(1);
  });

  it('asks again after the guest was put back to a snapshot', async () => {
    put('a');
    await watch().look();
    watch().askAgain('a');
    expect(stateOf('a')).toBe('waiting');
    answers = [running];
    await watch().look();
    expect(stateOf('a')).toBe('running');
  });

  it('asks nobody who was given nothing, stands still, or has nobody to answer', async () => {
    put('plain', { guest: { cloudInit: null, provisioning: NO_PROVISIONING } });
    put('off', { status: { state: 'stopped' } });
    put('dumb', { placement: { features: [] } });
    await watch().look();
    await watch().look();
    expect([asked, stateOf('off'), stateOf('dumb'), changes]).toEqual([[], 'waiting', 'unknown', 1]);
  });

  it('goes on asking one that gave no sense, and drops an answer that came too late', async () => {
    put('a');
    answers = [{ exitCode: 0, stdout: '\u0001\n{"sta', stderr: '' }];
    await watch().look();
    expect([stateOf('a'), changes]).toEqual(['waiting', 0]);
    const late = watch().look();
    put('a', { status: { state: 'stopped' } });
    await late;
    expect([stateOf('a'), changes]).toEqual(['waiting', 0]);
  });
});
