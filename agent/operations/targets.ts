// What operations are about, and who can run them: spread into their definitions. `holding…` locks the ENV while they run.
import type { Image } from '@tt/protocol';
import type { EnvRecord } from '../state/records.ts';
import type { VmRecord } from '../state/vm-record.ts';
import { type Caller, mayChange, mustOwn, mustOwnDeleted } from './caller.ts';
import { mayChangeImage } from './images/image-users.ts';
import type { Services } from './services.ts';

/** An ENV that the caller may change, by `name`. */
export const onEnv = {
  allow: (services: Pick<Services, 'inventory'>, caller: Caller, { name }: { name: string }): EnvRecord =>
    ownEnv(services, caller, name),
  subject: ({ name }: EnvRecord) => ({ envName: name }),
};
export const holdingEnv = { ...onEnv, lock: ({ name }: EnvRecord) => name };

/** An ENV that the caller owns, by `name`: for what members of its team may not. */
export const holdingOwnEnv = {
  ...holdingEnv,
  allow(services: Pick<Services, 'inventory'>, caller: Caller, { name }: { name: string }): EnvRecord {
    mustOwn(services, caller, name);
    return services.inventory.env(name);
  },
};

/** An ENV in the bin that the caller owns, by `name`. */
export const holdingDeletedEnv = {
  ...holdingEnv,
  allow(services: Pick<Services, 'inventory'>, caller: Caller, { name }: { name: string }): EnvRecord {
    mustOwnDeleted(services, caller, name);
    return services.inventory.env(name);
  },
};

/** A VM of such an ENV, by `vmId`. */
export const onVm = {
  allow(services: Pick<Services, 'inventory'>, caller: Caller, { vmId }: { vmId: string }): VmRecord {
    const vm = services.inventory.vm(vmId);
    mayChange(services, caller, vm.envName);
    return vm;
  },
  subject: ({ id, name, envName }: VmRecord) => ({ envName, vmId: id, vmName: name }),
};
export const holdingEnvOfVm = { ...onVm, lock: ({ envName }: VmRecord) => envName };

/** A snapshot `name` of such an ENV, by `envName`; it need not be there yet. */
export const onSnapshot = {
  allow: (services: Pick<Services, 'inventory'>, caller: Caller, { envName }: { envName: string }): EnvRecord =>
    ownEnv(services, caller, envName),
  subject: (env: EnvRecord, { name }: { name: string }) => ({ envName: env.name, snapshotName: name }),
};
export const holdingEnvOfSnapshot = { ...onSnapshot, lock: ({ name }: EnvRecord) => name };

/** An image that the caller may change, by `name`. */
export const onImage = {
  allow(services: Pick<Services, 'images'>, caller: Caller, { name }: { name: string }): Image {
    mayChangeImage(services, caller, name);
    return services.images.show(name);
  },
  subject: ({ name }: Image) => ({ imageName: name }),
};

function ownEnv(services: Pick<Services, 'inventory'>, caller: Caller, envName: string): EnvRecord {
  mayChange(services, caller, envName);
  return services.inventory.env(envName);
}
