// The calls of the contract by method and path, beside oRPC's own matcher: the same ones, with the same parameters.
import { StandardOpenAPIMatcher } from '@orpc/openapi/standard';
import { relayRouter } from '@tt/client';
import { expect, it } from 'vitest';
import { restCallsOf, RestRoutes } from './rest-routes.ts';

const router = relayRouter(() => {
  throw new Error('nothing is called here');
});
const calls = restCallsOf(router);
const routes = new RestRoutes<string>();
for (const { method, pattern, path } of calls) routes.add(method, pattern, path.join('.'));
const matcher = new StandardOpenAPIMatcher();
matcher.init(router);

const METHODS = ['GET', 'POST', 'PATCH', 'DELETE', 'HEAD'];
/** Of what every route has in the place of its parameters; some are words of other routes. */
const VALUES = ['qemu%3Atiny-2%3Adefault', 'd%C3%A9', 'finish', '__proto__'];

async function ofTheirs(method: string, path: string) {
  const match = await matcher.match(method, `/${path.slice(1)}`);
  const name = match?.path.join('.');
  return name === undefined || name === 'event.follow' ? null : { call: name, parameters: match?.params ?? null };
}

it('every call is found as oRPC finds it, with any values, and nothing else is', async () => {
  expect(calls.length).toBeGreaterThan(100);
  const filled = calls.flatMap(({ pattern }) => VALUES.map((value) => pattern.replaceAll(/\{\w+\}/g, value)));
  const paths = new Set([
    ...filled,
    ...filled.map((path) => `${path}/more`),
    '/',
    '/nothing',
    '/events',
    '/envs/a/b/c/d',
  ]);
  const [ours, theirs]: [unknown[], unknown[]] = [[], []];
  for (const path of paths) {
    for (const method of METHODS) {
      ours.push([method, path, routes.find(method, path)]);
      theirs.push([method, path, await ofTheirs(method, path)]);
    }
  }
  expect(ours).toEqual(theirs);
});

it('a slash at the end does not count, more of them do', () => {
  expect(routes.find('GET', '/envs/demo/')).toEqual({ call: 'env.show', parameters: { name: 'demo' } });
  expect([routes.find('GET', '/envs/demo//'), routes.find('GET', ''), routes.find('GET', '/')]).toEqual([
    null,
    null,
    null,
  ]);
});
