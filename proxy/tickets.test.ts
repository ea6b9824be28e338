// Every call of the contract that answers with a ticket: the proxy gives one of its own, never the agent's.
import { isContractProcedure } from '@orpc/contract';
import { type AnyProcedure, call } from '@orpc/server';
import type { NodeConnection } from '@tt/client/node';
import { contract } from '@tt/protocol';
import { Tickets } from '@tt/server';
import { expect, it } from 'vitest';
import { z } from 'zod';
import type { RelayPurpose } from './agent-streams.ts';
import { proxyRouter } from './router.ts';
import { linksOver } from './test-proxy.ts';

const AGENT_TICKET = 'a ticket of the agent';
const vmId = 'vm-1';
const runId = crypto.randomUUID();
/** What each is asked, and what else the agent answers. */
const calls: Record<string, { input: object; answer: object }> = {
  'console.open': { input: { vmId, kind: 'vnc' }, answer: { kind: 'vnc' } },
  'console.openShell': { input: { vmId, columns: 80, rows: 24 }, answer: { kind: 'shell' } },
  'console.openPort': { input: { vmId, guestPort: 80 }, answer: { kind: 'port' } },
  'run.output': { input: { runId, vmId, channel: 'stdout' }, answer: {} },
  'transfer.open': { input: { transferId: runId }, answer: { transfer: { direction: 'upload' } } },
  'terminal.connect': { input: { labName: 'lab', terminalName: 'pc' }, answer: { assignment: {} } },
};

const withTicket = Object.entries(contract).flatMap(([group, members]) =>
  Object.entries(members).flatMap(([name, procedure]) => {
    const output = isContractProcedure(procedure) ? procedure['~orpc'].outputSchema : undefined;
    return output instanceof z.ZodObject && 'ticket' in output.shape ? [`${group}.${name}`] : [];
  }),
);

it('knows all of them', () => {
  expect(withTicket.toSorted()).toEqual(Object.keys(calls).toSorted());
});

it.each(withTicket)('%s', async (path) => {
  const [group = '', name = ''] = path.split('.');
  const { input, answer } = calls[path] ?? expect.unreachable();
  const expiresAt = new Date().toISOString();
  const client = { [group]: { [name]: async () => ({ ticket: AGENT_TICKET, expiresAt, ...answer }) } };
  const tickets = new Tickets<RelayPurpose>(() => new Date());
  const router = proxyRouter(linksOver({ client } as unknown as NodeConnection), tickets, 'token');
  const procedure = (router as unknown as Record<string, Record<string, AnyProcedure>>)[group]?.[name];
  const given: { ticket?: string } = {};
  // The answers here are parts of whole ones, which the contract refuses; the ticket was given before.
  const issue = tickets.issue.bind(tickets);
  tickets.issue = (purpose) => {
    const issued = issue(purpose);
    given.ticket = issued.ticket;
    expect(purpose.agentTicket).toBe(AGENT_TICKET);
    return issued;
  };
  const context = { caller: { name: 'ann', role: 'user' }, sessionId: null, fromAddress: null, userAgent: '' };
  const result = await call(procedure as never, input as never, { context: context as never }).catch(() => null);
  expect(given.ticket).toEqual(expect.any(String));
  if (result !== null) expect((result as { ticket: string }).ticket).toBe(given.ticket);
});
