// The calls of the contract by method and path, found segment by segment. oRPC's handler for HTTP finds the same ones, with a URL, an abort
// controller and a dozen promises for each request; what executes a call is oRPC's own client of it, here as there.
import { type AnyContractProcedure, getEventIteratorSchemaDetails } from '@orpc/contract';
import {
  type AnyProcedure,
  type AnyRouter,
  createContractedProcedure,
  getRouter,
  isProcedure,
  Procedure,
  traverseContractProcedures,
} from '@orpc/server';

export interface RestCall {
  method: string;
  /** `/envs/{name}` */
  pattern: string;
  /** `['env', 'create']`: its position in the contract. */
  path: readonly string[];
  /** It leaves its answer unchecked: whoever executes it does that (checked-texts.ts). */
  procedure: AnyProcedure;
  successStatus: number;
}

interface Route<Call> {
  call: Call;
  /** The names of its parameters, and in which segment of the path each is. */
  parameters: readonly (readonly [name: string, index: number])[];
}

interface Place<Call> {
  fixed: Map<string, Place<Call>>;
  /** The segment is a parameter; a fixed one goes before it. */
  any: Place<Call> | null;
  byMethod: Map<string, Route<Call>>;
}

export interface Found<Call> {
  call: Call;
  /** As they are meant: decoded. */
  parameters: Readonly<Record<string, string>> | null;
}

export class RestRoutes<Call> {
  readonly #root: Place<Call> = emptyPlace();

  /** `pattern`: `/envs/{name}`. */
  add(method: string, pattern: string, call: Call): void {
    let place = this.#root;
    const parameters: [string, number][] = [];
    for (const [index, segment] of pattern.slice(1).split('/').entries()) {
      const name = /^\{(\w+)\}$/.exec(segment)?.[1];
      if (name !== undefined) {
        parameters.push([name, index]);
        place.any ??= emptyPlace();
        place = place.any;
        continue;
      }
      const next = place.fixed.get(segment) ?? emptyPlace<Call>();
      place.fixed.set(segment, next);
      place = next;
    }
    place.byMethod.set(method, { call, parameters });
  }

  /** `path` in its normal form (request-target.ts), e.g. `/envs/demo`; a slash at its end does not count. null: there is none. */
  find(method: string, path: string): Found<Call> | null {
    const segments = path.slice(1, path.length > 1 && path.endsWith('/') ? -1 : undefined).split('/');
    const route = routeIn(this.#root, segments, 0, method);
    if (!route) return null;
    const { call, parameters } = route;
    if (parameters.length === 0) return { call, parameters: null };
    const values = parameters.map(([name, index]) => [name, decodeURIComponent(segments[index] ?? '')] as const);
    return { call, parameters: Object.fromEntries(values) };
  }
}

function routeIn<Call>(
  place: Place<Call>,
  segments: readonly string[],
  index: number,
  method: string,
): Route<Call> | null {
  const segment = segments[index];
  if (segment === undefined) return place.byMethod.get(method) ?? null;
  const fixed = place.fixed.get(segment);
  const found = fixed ? routeIn(fixed, segments, index + 1, method) : null;
  if (found || !place.any) return found;
  return routeIn(place.any, segments, index + 1, method);
}

function emptyPlace<Call>(): Place<Call> {
  return { fixed: new Map(), any: null, byMethod: new Map() };
}

/** Each call of the router whose answer is JSON, as its route says. Feeds, which are sent item by item, are not among them. */
export function restCallsOf(router: AnyRouter): RestCall[] {
  const calls: RestCall[] = [];
  traverseContractProcedures({ router, path: [] }, ({ contract, path }) => {
    const { method, path: pattern, successStatus = 200 } = contract['~orpc'].route;
    const implemented = getRouter(router, path);
    if (isFeed(contract) || method === undefined || pattern === undefined || !isProcedure(implemented)) return;
    const { '~orpc': definition } = createContractedProcedure(implemented, contract);
    // Of no step of the call: it is never reached.
    const procedure = new Procedure({ ...definition, outputValidationIndex: Number.NaN });
    calls.push({ method, pattern, path, procedure, successStatus });
  });
  return calls;
}

export function isFeed({ '~orpc': { outputSchema } }: AnyContractProcedure): boolean {
  return getEventIteratorSchemaDetails(outputSchema) !== undefined;
}
