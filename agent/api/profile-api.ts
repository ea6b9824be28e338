// Calls about profiles.
import { briefProfile } from '../access/long-texts.ts';
import { byOperation } from './by-operation.ts';
import { api } from './context.ts';
import { shownTo } from './shown.ts';

export const profileApi = {
  list: api.profile.list.handler(({ context: { services, caller } }) => ({
    profiles: services.labs.profiles().map(shownTo(caller, services).profile).map(briefProfile),
  })),
  show: api.profile.show.handler(({ input, context: { services, caller } }) =>
    shownTo(caller, services).profile(services.labs.profile(input.name)),
  ),
  create: api.profile.create.handler(byOperation('profile.create')),
  update: api.profile.update.handler(byOperation('profile.update')),
  clone: api.profile.clone.handler(byOperation('profile.clone')),
  rollback: api.profile.rollback.handler(byOperation('profile.rollback')),
  delete: api.profile.delete.handler(byOperation('profile.delete')),
  openAdmin: api.profile.openAdmin.handler(byOperation('profile.openAdmin')),
  publish: api.profile.publish.handler(byOperation('profile.publish')),
  discard: api.profile.discard.handler(byOperation('profile.discard')),
};
