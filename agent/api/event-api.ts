// The feed: one picture of everything, in pages, then what happens, both as the caller may see them. The log and its pictures
// hold what they tell against the contract.
import { selfCheckedApi } from './context.ts';

export const eventApi = {
  follow: selfCheckedApi.event.follow.handler(({ input, context: { services, pictures, caller }, signal }) =>
    services.log.follow(caller, () => pictures.of(caller), input?.after, signal, input?.metrics),
  ),
};
