// The contract: every call of TT, defined once. REST routes, OpenAPI, the typed client, IPC and CLI types are derived from it.
import type { ContractRouterClient } from '@orpc/contract';
import { admin } from './methods/admin.ts';
import { audit } from './methods/audit.ts';
import { cd } from './methods/cd.ts';
import { capsule } from './methods/capsule.ts';
import { console } from './methods/console.ts';
import { disk } from './methods/disk.ts';
import { env } from './methods/env.ts';
import { event } from './methods/event.ts';
import { guestFile } from './methods/guest-file.ts';
import { host } from './methods/host.ts';
import { image } from './methods/image.ts';
import { lab } from './methods/lab.ts';
import { operation } from './methods/operation.ts';
import { profile } from './methods/profile.ts';
import { run } from './methods/run.ts';
import { session } from './methods/session.ts';
import { snapshot } from './methods/snapshot.ts';
import { team } from './methods/team.ts';
import { template } from './methods/template.ts';
import { token } from './methods/token.ts';
import { transfer } from './methods/transfer.ts';
import { terminal } from './methods/terminal.ts';
import { user } from './methods/user.ts';
import { vm } from './methods/vm.ts';

export const contract = {
  host,
  admin,
  image,
  env,
  vm,
  disk,
  cd,
  snapshot,
  console,
  operation,
  event,
  session,
  user,
  team,
  token,
  transfer,
  lab,
  profile,
  template,
  terminal,
  capsule,
  run,
  guestFile,
  audit,
};

export type Contract = typeof contract;
/** The typed client: `client.env.create({...})`. */
export type TtClient = ContractRouterClient<Contract>;

/**
 * Calls a client can make without a token: browser login, and the calls of a lab's terminals, which send a secret or are known
 * by their address instead.
 */
export const openCalls: ReadonlySet<string> = new Set([
  'session.join',
  'session.login',
  'session.ways',
  'session.beginOidc',
  'session.finishOidc',
  'token.redeem',
  'token.login',
  'terminal.show',
  'terminal.connect',
]);

/** All that viewers can call, besides `openCalls`: what shows things as others see them, and what is about their own access. */
export const viewerCalls: ReadonlySet<string> = new Set([
  'host.show',
  'host.metrics',
  'host.me',
  'host.ping',
  'image.list',
  'image.show',
  'env.list',
  'env.listDeleted',
  'env.show',
  'vm.show',
  'snapshot.list',
  'snapshot.show',
  'snapshot.usage',
  'operation.list',
  'run.list',
  'run.show',
  'lab.list',
  'lab.show',
  'profile.list',
  'profile.show',
  'template.list',
  'template.show',
  'transfer.list',
  'event.follow',
  'session.invite',
  'session.list',
  'session.end',
  'user.setPassword',
  'team.list',
  'team.show',
  'token.list',
  'token.create',
  'token.revoke',
  'audit.list',
]);
