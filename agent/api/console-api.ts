// Opening a console, a shell or a port: checks that there is one, then issues a one-time ticket for the stream. Also typing into a
// console, and who has its keyboard.
import { TtError } from '@tt/protocol';
import { giveKeyboard, mustHaveKeyboard } from '../console/give-keyboard.ts';
import { mayChange } from '../operations/caller.ts';
import { controlFailure } from '../operations/engine-failure.ts';
import { forwardOf } from '../console/guest-port.ts';
import { mustNotWaitForSpace } from '../operations/vms/resume-vm.ts';
import { api, type KnownCallContext } from './context.ts';

/** Shorter than a caller waits for an answer, longer than a busy guest leaves its keyboard unread. */
const TYPING_TIMEOUT_MS = 5_000;

export const consoleApi = {
  open: api.console.open.handler(({ input: { vmId, kind }, context }) => {
    const { services, tickets, caller } = context;
    const vm = services.inventory.vm(vmId);
    mayChange(services, caller, vm.envName);
    services.running.need(vmId);
    if (!vm.placement.features.includes(kind))
      throw new TtError('FEATURE_UNSUPPORTED', { feature: kind, where: vm.name });
    const { ticket, expiresAt } = tickets.issue({
      vmId,
      kind,
      callerName: caller.name,
      person: personIn(context),
    });
    return { ticket, expiresAt: expiresAt.toISOString(), kind };
  }),
  openShell: api.console.openShell.handler(async ({ input, context }) => {
    const { services, tickets, caller } = context;
    mayChange(services, caller, services.inventory.vm(input.vmId).envName);
    services.running.need(input.vmId);
    await services.shells.mustBePossible(input, caller.name);
    const kind = 'shell';
    const { ticket, expiresAt } = tickets.issue({
      ...input,
      kind,
      callerName: caller.name,
      person: personIn(context),
    });
    return { ticket, expiresAt: expiresAt.toISOString(), kind };
  }),
  openPort: api.console.openPort.handler(({ input: { vmId, guestPort }, context: { services, tickets, caller } }) => {
    const vm = services.inventory.vm(vmId);
    mayChange(services, caller, vm.envName);
    services.running.need(vmId);
    // Only what its owner has opened to the outside: the host reaches more of a guest than that.
    if (!forwardOf(vm, guestPort)) throw new TtError('FEATURE_UNSUPPORTED', { feature: 'portForward', where: vm.name });
    const kind = 'port';
    const { ticket, expiresAt } = tickets.issue({ vmId, guestPort, kind, callerName: caller.name });
    return { ticket, expiresAt: expiresAt.toISOString(), kind };
  }),
  giveKeyboard: api.console.giveKeyboard.handler(({ input: { vmId, userName }, context }) => {
    const { services, caller } = context;
    mayChange(services, caller, services.inventory.vm(vmId).envName);
    return giveKeyboard(services, { vmId, from: personIn(context), to: userName });
  }),
  type: api.console.type.handler(async ({ input: { vmId, strokes }, context }) => {
    const { services, caller } = context;
    const vm = services.inventory.vm(vmId);
    mayChange(services, caller, vm.envName);
    const running = services.running.need(vmId);
    if (!vm.placement.features.includes('vnc'))
      throw new TtError('FEATURE_UNSUPPORTED', { feature: 'vnc', where: vm.name });
    mustHaveKeyboard(services, { vmId, userName: personIn(context) });
    await mustNotWaitForSpace(services, vm);
    try {
      services.presence.typed(vmId, { userName: personIn(context), terminalName: null });
      return { typed: await running.typeKeys(strokes, TYPING_TIMEOUT_MS) };
    } catch (error) {
      throw controlFailure(vm.name, error);
    }
  }),
};

/** Whom others see looking and typing: of a proxy that asks with one name for many people, the one it asks for. */
function personIn({ askedBy, caller }: KnownCallContext): string {
  return askedBy?.userName ?? caller.name;
}
