// Which kind of cgroups this host has; they limit and measure each VM.
import { type Check, found, optional } from '../check.ts';

const ROOT = '/sys/fs/cgroup';

export function cgroupsCheck(isOn: boolean): Check {
  return {
    name: 'cgroups',
    isOptional: true,
    async look(machine) {
      if (!isOn) return found('switched off in the configuration');
      const controllers = await machine.readText(`${ROOT}/cgroup.controllers`);
      const kind = controllers !== null ? 'v2' : machine.exists(`${ROOT}/memory`) ? 'v1' : null;
      if (kind === null) {
        return optional('none: they do not limit VMs', 'mount -t cgroup2 none /sys/fs/cgroup');
      }
      if (!machine.isRoot)
        return optional(`${kind}, which only root may use: they do not limit VMs`, 'Run the agent as root.');
      const missing = ['cpu', 'memory'].filter((name) =>
        controllers === null ? !machine.exists(`${ROOT}/${name}`) : !controllers.split(/\s+/).includes(name),
      );
      if (missing.length === 0) return found(kind);
      return optional(
        `${kind}, without the controllers ${missing.join(', ')}`,
        'Boot without cgroup_disable= for them.',
      );
    },
  };
}
