// Knows which call the running code belongs to, from the border down to QMP, without passing it along: each line logged inside
// carries the request id and the caller.
import { AsyncLocalStorage } from 'node:async_hooks';
import type { RequestScope } from '@tt/server';

const storage = new AsyncLocalStorage<RequestScope>();

/** Runs `run`, and everything it starts, as part of one request. An inner scope overrides an outer one. */
export function runInRequest<Result>(request: RequestScope, run: () => Result): Result {
  return storage.run(request, run);
}

/** null outside of any request: the agent's own work, e.g. ending an ENV whose time is over. */
export function currentRequestId(): string | null {
  return storage.getStore()?.requestId ?? null;
}

/** For pino's `mixin`: fields that every line inside a request gets. */
export function requestFields(): { requestId?: string; caller?: string } {
  const request = storage.getStore();
  return request ? { requestId: request.requestId, caller: request.caller.name ?? 'nobody' } : {};
}
