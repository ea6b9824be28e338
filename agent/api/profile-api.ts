// Calls about profiles.
import { profileView } from '../labs/lab-registry.ts';
import { byOperation } from './by-operation.ts';
import { api } from './context.ts';

export const profileApi = {
  list: api.profile.list.handler(({ context: { services } }) => ({
    profiles: services.labs.profiles().map(profileView),
  })),
  show: api.profile.show.handler(({ input, context: { services } }) => profileView(services.labs.profile(input.name))),
  create: api.profile.create.handler(byOperation('profile.create')),
  update: api.profile.update.handler(byOperation('profile.update')),
  clone: api.profile.clone.handler(byOperation('profile.clone')),
  rollback: api.profile.rollback.handler(byOperation('profile.rollback')),
  delete: api.profile.delete.handler(byOperation('profile.delete')),
  openAdmin: api.profile.openAdmin.handler(byOperation('profile.openAdmin')),
  publish: api.profile.publish.handler(byOperation('profile.publish')),
  discard: api.profile.discard.handler(byOperation('profile.discard')),
};
