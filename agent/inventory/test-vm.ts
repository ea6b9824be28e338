// The record of a VM for tests of what reads records: it runs, unless told otherwise, and has parts that nobody may be shown.
import { completeSpec, type VmState } from '@tt/protocol';
import { changedVm, newVmRecord, type VmRecord } from '../state/vm-record.ts';

export function testVm(id: string, state: VmState = 'running', envName = 'demo'): VmRecord {
  const record = newVmRecord({
    id,
    envName,
    name: `${envName}/${id}`,
    hostname: id,
    uuid: 'secret-uuid',
    createdAt: '2026-11-21T10:00:00.000Z',
    spec: completeSpec({
      disks: [{ name: 'disk0', sizeMiB: 1024, attached: true, limits: null }],
      nics: [{ kind: 'user', bandwidthMbps: null }],
    }),
    placement: {
      engine: 'fake',
      features: [],
      nics: [{ mac: '52:54:00:00:00:01', ip: null, tap: null }],
      portMap: [],
      confinement: null,
      boot: { kernel: '/secret/kernel', initrd: '', append: '' },
    },
    guest: { cloudInit: null, identity: null },
    origin: { image: 'qemu:tiny-2:default', base: null, discardWrites: false },
  });
  return changedVm(record, { status: { state, process: { pid: 4711, startTicks: 1 }, acceleration: 'tcg' } });
}
