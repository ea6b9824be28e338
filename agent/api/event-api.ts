// The feed: one picture of everything, then what happens.
import type { StateSnapshot } from '@tt/protocol';
import { labView, profileView } from '../labs/lab-registry.ts';
import { api, type KnownCallContext } from './context.ts';

export const eventApi = {
  follow: api.event.follow.handler(({ input, context, signal }) =>
    context.services.log.follow(() => picture(context), input?.after, signal),
  ),
};

function picture({ services, host }: KnownCallContext): StateSnapshot {
  const { inventory, images, labs, operations } = services;
  return {
    host: host.view(),
    images: images.list(),
    envs: inventory.envs().map((env) => inventory.envView(env)),
    vms: inventory.vms().map((vm) => inventory.vmView(vm)),
    snapshots: inventory.snapshots(),
    labs: labs.labs().map(labView),
    profiles: labs.profiles().map(profileView),
    operations: operations.list(),
  };
}
