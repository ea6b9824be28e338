// The contract as data: each call once, with one route, strict input, declared errors, and types derived from it.
import { type AnyContractProcedure, type AnyContractRouter, isContractProcedure } from '@orpc/contract';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { z } from 'zod';
import { contract, openCalls, type TtClient } from './contract.ts';
import { errorTable, isErrorCode } from './errors.ts';
import type { EventData, FeedItem, TtEvent } from './events.ts';
import type { EnvDetail } from './methods/env-detail.ts';
import { COPIES_MAX } from './methods/fork.ts';
import type { Vm } from './model/vm.ts';

interface Call {
  name: string;
  procedure: AnyContractProcedure['~orpc'];
}

const calls = callsOf(contract, []);

function callsOf(part: AnyContractRouter, path: string[]): Call[] {
  if (isContractProcedure(part)) return [{ name: path.join('.'), procedure: part['~orpc'] }];
  return Object.entries(part).flatMap(([name, inner]) => callsOf(inner as AnyContractRouter, [...path, name]));
}

/** The fields a call takes; null when it takes none. */
function fieldsOf({ procedure }: Call): Record<string, unknown> | null {
  let schema: unknown = procedure.inputSchema;
  if (schema instanceof z.ZodOptional) schema = schema.unwrap();
  return schema instanceof z.ZodObject ? schema.shape : null;
}

describe('the contract', () => {
  it('has one route, one summary and one tag for each call, and no two calls share a route', () => {
    const routes = calls.map(({ name, procedure: { route } }) => ({
      name,
      at: `${route.method} ${route.path}`,
      tags: route.tags,
      summary: route.summary,
    }));
    expect(new Set(routes.map(({ at }) => at)).size).toBe(calls.length);
    const odd = routes.filter(
      ({ name, at, tags, summary }) =>
        !/^(GET|POST|PATCH|DELETE) \/[a-z/{}A-Z-]+$/.test(at) || tags?.join() !== name.split('.')[0] || !summary,
    );
    expect(odd).toEqual([]);
  });

  it('takes every parameter of a path as a field of the same name', () => {
    const missing = calls.flatMap((call) => {
      const wanted = [...(call.procedure.route.path ?? '').matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '');
      return wanted.filter((field) => !(field in (fieldsOf(call) ?? {}))).map((field) => `${call.name}: ${field}`);
    });
    expect(missing).toEqual([]);
  });

  it('refuses unknown fields in every input', () => {
    const lenient = calls.filter(({ procedure: { inputSchema } }) => {
      if (!inputSchema) return false;
      const found = (inputSchema as z.ZodType).safeParse({ noSuchField: 1 }).error?.issues ?? [];
      return !found.some((issue) => issue.code === 'unrecognized_keys');
    });
    expect(lenient.map(({ name }) => name)).toEqual([]);
  });

  it('gives every call that changes something an operation id, except those that are over at once or change nothing', () => {
    const without = calls
      .filter(({ procedure: { route } }) => route.method !== 'GET')
      .filter((call) => !('operationId' in (fieldsOf(call) ?? {})))
      .map(({ name }) => name);
    expect(without).toEqual([
      'admin.runTask',
      'env.planClone',
      'snapshot.planFork',
      'console.open',
      'console.openShell',
      'console.openPort',
      'console.type',
      'console.giveKeyboard',
      'session.invite',
      'session.join',
      'session.login',
      'session.beginOidc',
      'session.finishOidc',
      'session.end',
      'user.create',
      'user.update',
      'user.delete',
      'user.setPassword',
      'user.linkOidc',
      'user.invite',
      'team.create',
      'team.update',
      'team.delete',
      'team.addMember',
      'team.removeMember',
      'token.create',
      'token.redeem',
      'token.login',
      'token.revoke',
      'transfer.begin',
      'transfer.reserve',
      'transfer.open',
      'transfer.drop',
      'terminal.connect',
      'run.start',
      'run.output',
      'run.cancel',
      'run.delete',
    ]);
  });

  it('makes at most fifty copies by one call, and plans as many', () => {
    const several = calls.filter((call) => 'copies' in (fieldsOf(call) ?? {}));
    expect(several.map(({ name }) => name).sort()).toEqual([
      'env.clone',
      'env.planClone',
      'snapshot.fork',
      'snapshot.planFork',
      'vm.clone',
    ]);
    for (const call of several) {
      const { copies } = fieldsOf(call) as Record<string, z.ZodType>;
      const fits = (count: number) => copies?.safeParse(count).success;
      expect([0, 1, COPIES_MAX, COPIES_MAX + 1].map(fits), call.name).toEqual([false, true, true, false]);
    }
    expect(COPIES_MAX).toBe(50);
  });

  it('declares only codes of the table, with the table’s status and data, and on every call those of the border', () => {
    const border = ['INPUT_INVALID', 'UNAUTHORIZED', 'INTERNAL', 'AGENT_UNREACHABLE', 'AGENT_GONE'];
    for (const { name, procedure } of calls) {
      const declared = Object.entries<{ status?: number; data?: unknown } | undefined>(procedure.errorMap);
      expect([name, border.filter((code) => !(code in procedure.errorMap))]).toEqual([name, []]);
      for (const [code, item] of declared) {
        const known = isErrorCode(code) ? errorTable[code] : undefined;
        expect([name, code, item?.status, item?.data === known?.data]).toEqual([name, code, known?.status, true]);
      }
    }
  });

  it('lets only the call that logs in, and those of terminals, pass without a token; all of them exist', () => {
    expect([...openCalls]).toEqual([
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
    expect(calls.map(({ name }) => name)).toEqual(expect.arrayContaining([...openCalls]));
  });
});

describe('the types', () => {
  it('follow from the schemas', () => {
    type Create = Parameters<TtClient['env']['create']>[0];
    expectTypeOf<{ name: string; groups: { osPrefix: string }[] }>().toExtend<Create>();
    expectTypeOf<{ name: string }>().not.toExtend<Create>();
    expectTypeOf<Awaited<ReturnType<TtClient['env']['create']>>>().toEqualTypeOf<EnvDetail>();
    expectTypeOf<Awaited<ReturnType<TtClient['vm']['show']>>>().toEqualTypeOf<Vm>();
    expectTypeOf<EventData<'vm.updated'>>().toEqualTypeOf<Vm>();
    expectTypeOf<EventData<'env.deleted'>>().toEqualTypeOf<{ name: string }>();
    expectTypeOf<Extract<FeedItem, { kind: 'event' }>['event']>().toEqualTypeOf<TtEvent>();
  });
});
