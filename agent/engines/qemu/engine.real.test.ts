// The QEMU engine with real guests: the contract every engine passes.
import { signalProcess } from '../../host/process-identity.ts';
import { describeEngineContract } from '../contract.ts';
import { QemuEngine } from './qemu-engine.ts';
import { makeRealGuests } from './real-guest.ts';

describeEngineContract('qemu', async () => {
  const guests = await makeRealGuests();
  const makeEngine = () => new QemuEngine({ stateDirectory: guests.root, forceAcceleration: 'tcg' });
  return {
    engine: makeEngine(),
    reopen: async () => makeEngine(),
    makeSpec: guests.makeSpec,
    kill: async (vm) => {
      await signalProcess(vm.process, 'SIGKILL');
    },
    remove: guests.remove,
  };
});
