// Calls about labs, their terminals and their sessions.
import type { OperationKind } from '@tt/protocol';
import { createLab, deleteLab, deleteTerminal, setTerminal, updateLab } from '../labs/change-labs.ts';
import { labView } from '../labs/lab-book.ts';
import { planSession, startSession, stopSession } from '../labs/lab-sessions.ts';
import { labToChange } from '../labs/rights.ts';
import { sessionEnv, sessionsOf } from '../labs/sessions.ts';
import type { OperationContext, OperationStart } from '../operations/operation-registry.ts';
import { api, type KnownCallContext } from './context.ts';

interface Named {
  name: string;
  operationId?: string | undefined;
}

/** `prepare` checks what needs no waiting and says what it is about; a repeated call skips it. */
function onLab<Result>(
  { services, caller }: KnownCallContext,
  kind: OperationKind,
  { name, operationId }: Named,
  prepare: () => { about?: OperationStart['subject']; work: (operation: OperationContext) => Promise<Result> },
): Promise<Result> {
  const repetition = { id: operationId, kind, callerName: caller.name };
  const again = services.operations.resultOf<Result>(repetition);
  if (again) return again;
  const { about, work } = prepare();
  const subject = { labName: name, ...about };
  return services.operations.run({ ...repetition, subject, cancellable: kind === 'lab.startSession' }, work);
}

/** For changes that are over at once. */
function change<Result>(
  context: KnownCallContext,
  kind: OperationKind,
  input: Named,
  work: () => Result,
): Promise<Result> {
  return onLab(context, kind, input, () => ({ work: async () => work() }));
}

export const labApi = {
  list: api.lab.list.handler(({ context: { services } }) => ({ labs: services.labs.labs().map(labView) })),

  show: api.lab.show.handler(({ input, context: { services } }) => ({
    lab: labView(services.labs.lab(input.name)),
    sessions: sessionsOf(services, input.name),
  })),

  create: api.lab.create.handler(({ input, context }) => {
    const { operationId: _id, ...wish } = input;
    return change(context, 'lab.create', input, () => createLab(context.services, context.caller, wish));
  }),

  update: api.lab.update.handler(({ input, context }) => {
    const { operationId: _id, ...wish } = input;
    return change(context, 'lab.update', input, () => updateLab(context.services, context.caller, wish));
  }),

  delete: api.lab.delete.handler(({ input, context }) =>
    change(context, 'lab.delete', input, () => deleteLab(context.services, context.caller, input.name)),
  ),

  setTerminal: api.lab.setTerminal.handler(({ input, context }) =>
    change(context, 'lab.setTerminal', input, () => setTerminal(context.services, context.caller, input.name, input)),
  ),

  deleteTerminal: api.lab.deleteTerminal.handler(({ input, context }) =>
    change(context, 'lab.deleteTerminal', input, () =>
      deleteTerminal(context.services, context.caller, input.name, input.terminalName),
    ),
  ),

  startSession: api.lab.startSession.handler(({ input, context }) => {
    const { services, caller } = context;
    return onLab(context, 'lab.startSession', input, () => {
      const plan = planSession(services, labToChange(services, caller, input.name), input);
      const { sessionName, profileName, envName } = plan;
      return {
        about: { sessionName, profileName, envName },
        work: (operation) => startSession(services, plan, caller.role, operation),
      };
    });
  }),

  stopSession: api.lab.stopSession.handler(({ input, context }) => {
    const { services, caller } = context;
    return onLab(context, 'lab.stopSession', input, () => {
      labToChange(services, caller, input.name);
      const envName = sessionEnv(services, input.name, input.sessionName).name;
      return {
        about: { sessionName: input.sessionName, envName },
        work: (operation) => stopSession(services, input.name, input.sessionName, operation),
      };
    });
  }),
};
