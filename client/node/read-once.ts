// One read without a link: a plain GET for commands with a single question.
import type { TtClient } from '@tt/protocol';
import { PlainCalls } from './plain-calls.ts';
import type { ServerAddress } from './server-connection.ts';

/** Reads that take no input, with their routes in the contract (read-once.test.ts compares). */
export const readPaths = {
  'env.list': '/envs',
  'image.list': '/images',
  'host.show': '/host',
  'host.me': '/me',
  'lab.list': '/labs',
  'profile.list': '/profiles',
  'template.list': '/templates',
  'user.list': '/users',
  'team.list': '/teams',
  'token.list': '/tokens',
} as const;
export type ReadCall = keyof typeof readPaths;

type MethodOf<Group, Method> = Method extends keyof Group ? Group[Method] : never;
type CallOf<Name> = Name extends `${infer Group}.${infer Method}`
  ? Group extends keyof TtClient
    ? MethodOf<TtClient[Group], Method>
    : never
  : never;
/** What the call answers. */
export type ReadOutput<Name extends ReadCall> =
  CallOf<Name> extends (...input: never[]) => PromiseLike<infer Output> ? Output : never;

/** As {@link PlainCalls.ask}, of a call without input, over a connection of its own. Null for a refusal, too: never rejects. */
export async function readOnce<Name extends ReadCall>(
  server: ServerAddress,
  name: Name,
): Promise<ReadOutput<Name> | null> {
  const calls = new PlainCalls(server);
  try {
    return (await calls.ask('GET', readPaths[name]).catch(() => null)) as ReadOutput<Name> | null;
  } finally {
    calls.close();
  }
}
