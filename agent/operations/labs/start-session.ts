// Starts a session of a lab. It is a separate ENV with one machine, so that it has its own lifetime and lock: a whole class can
// start at once, and one that ends does not affect the others.
import { isValidName, type LabSession, type Operation, TtError } from '@tt/protocol';
import { terminalOf } from '../../labs/lab-registry.ts';
import { labToChange } from '../../labs/rights.ts';
import { mustBeClosed, sessionEnvs, sessionView } from '../../labs/sessions.ts';
import type { LabRecord } from '../../state/records.ts';
import type { Caller } from '../caller.ts';
import { defineOperation } from '../define-operation.ts';
import { createEnv } from '../envs/create-env.ts';
import type { OperationContext } from '../operation-registry.ts';
import { groupOf } from '../profiles/profile-group.ts';
import type { Services } from '../services.ts';

/** Labs, and the ENVs of their sessions. */
type Records = Pick<Services, 'inventory' | 'labs'>;

const NAME_MAX = 63;

interface SessionRequest {
  profileName?: string | undefined;
  sessionName?: string | undefined;
  terminalName?: string | undefined;
  lifetimeS?: number | undefined;
}

interface SessionPlan {
  labName: string;
  profileName: string;
  sessionName: string;
  terminalName: string | null;
  envName: string;
  lifetimeS: number | undefined;
}

/** Every check that needs no waiting. Throws PROFILE_NOT_IN_LAB, PROFILE_IN_ADMIN_SESSION, SESSION_EXISTS, LAB_FULL ... */
function planSession(services: Records, lab: LabRecord, spec: SessionRequest): SessionPlan {
  const terminal = spec.terminalName === undefined ? null : terminalOf(lab, spec.terminalName);
  const profileName = profileFor(lab, spec.profileName ?? terminal?.profileName ?? undefined);
  services.labs.profile(profileName);
  const sessionName = spec.sessionName ?? terminal?.name ?? freeSeat(services, lab);
  const envName = `${lab.name}-${sessionName}`;
  if (!isValidName(sessionName) || envName.length > NAME_MAX) throw new TtError('NAME_INVALID', { name: envName });
  const plan = {
    labName: lab.name,
    profileName,
    sessionName,
    terminalName: terminal?.name ?? null,
    envName,
    lifetimeS: spec.lifetimeS ?? lab.sessionLifetimeS ?? undefined,
  };
  if (services.labs.isStarting(envName)) throw new TtError('SESSION_EXISTS', { labName: lab.name, sessionName });
  checkPlan(services, plan);
  return plan;
}

/** Its machine belongs to the owner of the lab, whoever starts it. */
export const startSessionOperation = defineOperation({
  kind: 'lab.startSession',
  allow: (services, caller, input) => planSession(services, labToChange(services, caller, input.name), input),
  subject: subjectOf,
  cancellable: true,
  run: ({ services, caller, target: plan, operation }) =>
    services.labs.whileStarting(plan.envName, () => makeSession(services, plan, caller.role, operation)),
});

/** For a terminal, if its lab allows it; the caller has been authenticated as this terminal. */
export const startTerminalSessionOperation = defineOperation({
  ...startSessionOperation,
  allow: (services, _caller, input) => planSession(services, services.labs.lab(input.name), input),
});

function subjectOf({ labName, sessionName, profileName, envName }: SessionPlan): Operation['subject'] {
  return { labName, sessionName, profileName, envName };
}

async function makeSession(
  services: Services,
  plan: SessionPlan,
  role: Caller['role'],
  context: OperationContext,
): Promise<LabSession> {
  const { labs, inventory } = services;
  const { labName, profileName, sessionName, terminalName, envName, lifetimeS } = plan;
  const profile = labs.profile(profileName);
  await createEnv(
    services,
    {
      name: envName,
      title: `${profile.title || profileName} · ${sessionName}`,
      tags: [`lab:${labName}`],
      groups: [groupOf(profile)],
      lifetimeS,
      endPolicy: 'delete',
      lab: {
        mark: { kind: 'session', labName, profileName, sessionName, terminalName },
        image: profile.image,
        base: { profileName, version: profile.version },
        discardWrites: true,
        check: () => checkPlan(services, plan),
      },
    },
    { name: labs.lab(labName).owner, role },
    context,
  );
  const session = sessionView(services, inventory.env(envName));
  if (!session) throw new Error(`${envName} is no session, though it was made as one`);
  return session;
}

function profileFor({ name, profileNames }: LabRecord, wanted: string | undefined): string {
  const chosen = wanted ?? (profileNames.length === 1 ? profileNames[0] : undefined);
  if (chosen !== undefined && profileNames.includes(chosen)) return chosen;
  throw new TtError('PROFILE_NOT_IN_LAB', { labName: name, profileName: chosen ?? '', allowed: profileNames });
}

/** `seat-1`, `seat-2` ...: the first that is free. */
function freeSeat(services: Records, lab: LabRecord): string {
  const taken = new Set(sessionEnvs(services, lab.name).map((env) => env.lab?.sessionName));
  for (let number = 1; ; number++) {
    const name = `seat-${number}`;
    if (!taken.has(name) && !services.labs.isStarting(`${lab.name}-${name}`)) return name;
  }
}

/** Checked again where nothing can happen between the check and the record of the ENV. */
function checkPlan(services: Records, { labName, profileName, sessionName, terminalName }: SessionPlan): void {
  mustBeClosed(services, profileName);
  const { seats } = services.labs.lab(labName);
  const sessions = sessionEnvs(services, labName).flatMap((env) => env.lab ?? []);
  const same = sessions.find(
    (other) => other.sessionName === sessionName || (terminalName !== null && other.terminalName === terminalName),
  );
  if (same) throw new TtError('SESSION_EXISTS', { labName, sessionName: same.sessionName });
  if (sessions.length >= seats) throw new TtError('LAB_FULL', { labName, seats });
}
