// Calls about this host.
import { api } from './context.ts';

export const hostApi = {
  show: api.host.show.handler(({ context }) => context.host.view()),
  ping: api.host.ping.handler(({ context }) => ({
    at: context.services.now().toISOString(),
    source: context.services.log.source,
  })),
};
