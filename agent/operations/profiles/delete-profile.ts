// Deletes an unused profile and its base images.
import { TtError } from '@tt/protocol';
import { onProfile } from '../../labs/rights.ts';
import { adminEnvName } from '../../labs/sessions.ts';
import { sweepSources } from '../background/sweep-sources.ts';
import { defineOperation } from '../define-operation.ts';
import type { Services } from '../services.ts';

export const deleteProfileOperation = defineOperation({
  kind: 'profile.delete',
  ...onProfile,
  cancellable: false,
  frees: true,
  run: ({ services, input }) => deleteProfile(services, input.name),
});

async function deleteProfile(services: Services, name: string): Promise<{ name: string }> {
  const { labs, baseImages, inventory } = services;
  const users = [
    ...labs.labs().flatMap((lab) => (lab.profileNames.includes(name) ? [lab.name] : [])),
    ...inventory.envs().flatMap((env) => (env.lab?.profileName === name ? [env.name] : [])),
    ...inventory.vms().flatMap((vm) => (vm.origin.base?.profileName === name ? [vm.name] : [])),
  ];
  if (labs.openingBy(name) !== null) users.push(adminEnvName(name));
  if (users.length > 0) throw new TtError('PROFILE_IN_USE', { profileName: name, users });
  labs.deleteProfile(name);
  services.checkpoint('profile deleted');
  await baseImages.removeProfile(name);
  await sweepSources(services);
  return { name };
}
