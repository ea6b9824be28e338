// The feed: a snapshot of everything, then events, both limited to what the caller may see.
import { api } from './context.ts';
import { shownTo } from './shown.ts';

export const eventApi = {
  follow: api.event.follow.handler(({ input, context: { services, host, caller }, signal }) =>
    services.log.follow(caller, () => shownTo(caller, services).everything(host), input?.after, signal),
  ),
};
