// Which kind of cgroups this host has; they limit and measure each VM.
import { reason } from '@tt/protocol';
import { type Check, found, optional } from '../check.ts';

const ROOT = '/sys/fs/cgroup';

export function cgroupsCheck(isOn: boolean): Check {
  return {
    name: 'cgroups',
    isOptional: true,
    async look(machine) {
      if (!isOn) return found(reason('finding.cgroupsOff'));
      const controllers = await machine.readText(`${ROOT}/cgroup.controllers`);
      const kind = controllers !== null ? 'v2' : machine.exists(`${ROOT}/memory`) ? 'v1' : null;
      if (kind === null) {
        return optional(reason('finding.cgroupsNone'), 'mount -t cgroup2 none /sys/fs/cgroup');
      }
      if (!machine.isRoot) return optional(reason('finding.cgroupsNeedRoot', { kind }), reason('fix.runAsRoot'));
      const missing = ['cpu', 'memory'].filter((name) =>
        controllers === null ? !machine.exists(`${ROOT}/${name}`) : !controllers.split(/\s+/).includes(name),
      );
      if (missing.length === 0) return found(reason('finding.cgroups', { kind }));
      return optional(
        reason('finding.cgroupsWithout', { kind, controllers: missing.join(', ') }),
        reason('fix.cgroups'),
      );
    },
  };
}
