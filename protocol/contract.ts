// THE contract: every call of TT once. REST routes, OpenAPI, the typed client, IPC and CLI types all come from it.
import type { ContractRouterClient } from '@orpc/contract';
import { console } from './methods/console.ts';
import { env } from './methods/env.ts';
import { event } from './methods/event.ts';
import { host } from './methods/host.ts';
import { image } from './methods/image.ts';
import { operation } from './methods/operation.ts';
import { session } from './methods/session.ts';
import { snapshot } from './methods/snapshot.ts';
import { transfer } from './methods/transfer.ts';
import { vm } from './methods/vm.ts';

export const contract = { host, image, env, vm, snapshot, console, operation, event, session, transfer };

export type Contract = typeof contract;
/** The typed client: `client.env.create({...})`. */
export type TtClient = ContractRouterClient<Contract>;

/** Calls a client may make without a token: they are how it gets one. */
export const openCalls: ReadonlySet<string> = new Set(['session.join']);
