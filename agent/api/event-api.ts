// The feed: one picture of everything, then what happens, both as the caller may see them.
import { api } from './context.ts';
import { shownTo } from './shown.ts';

export const eventApi = {
  follow: api.event.follow.handler(({ input, context: { services, host, caller }, signal }) =>
    services.log.follow(caller, () => shownTo(caller, services).everything(host), input?.after, signal),
  ),
};
