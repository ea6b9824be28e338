// Labs and profiles, and what a person does with them. Sessions are derived from the ENVs and machines in the stores,
// so they always match them.
import type { Env, Lab, LabSession, Profile, TtClient } from '@tt/protocol';
import { computed, makeObservable } from 'mobx';
import { asTtError, type OperationStore, type Outcome } from '../activity/operation-store.ts';
import type { Bridge } from '../bridge.ts';
import type { EnvStore } from '../env/env-store.ts';
import type { VmStore } from '../machines/vm-store.ts';
import { Collection } from '../state/collection.ts';
import { naturalOrder } from '../state/natural-order.ts';

type Request<Call extends (input: never) => unknown> = Omit<Parameters<Call>[0], 'operationId'>;
export type LabRequest = Request<TtClient['lab']['create']>;
export type ProfileChange = Request<TtClient['profile']['update']>;
export type ProfileRequest = Request<TtClient['profile']['create']>;
export type TerminalRequest = Request<TtClient['lab']['setTerminal']>;
export type SessionRequest = Request<TtClient['lab']['startSession']>;

export class LabStore {
  readonly items = new Collection<Lab>((lab) => lab.name);
  readonly profiles = new Collection<Profile>((profile) => profile.name);
  readonly #bridge: Bridge;
  readonly #operations: OperationStore;
  readonly #envs: EnvStore;
  readonly #vms: VmStore;

  constructor(bridge: Bridge, operations: OperationStore, envs: EnvStore, vms: VmStore) {
    this.#bridge = bridge;
    this.#operations = operations;
    this.#envs = envs;
    this.#vms = vms;
    makeObservable(this, { all: computed, allProfiles: computed });
  }

  get all(): Lab[] {
    return this.items.all.toSorted((a, b) => naturalOrder(a.name, b.name));
  }

  get allProfiles(): Profile[] {
    return this.profiles.all.toSorted((a, b) => naturalOrder(a.name, b.name));
  }

  /** Sessions of a lab, by name. */
  sessionsOf(labName: string): LabSession[] {
    return this.#envs.all
      .flatMap((env) => (env.lab?.kind === 'session' && env.lab.labName === labName ? this.#sessionOf(env) : []))
      .sort((a, b) => naturalOrder(a.sessionName, b.sessionName));
  }

  /** The ENV in which the profile is open for change; undefined when it is not. */
  adminEnvOf(profileName: string): Env | undefined {
    return this.#envs.all.find(({ lab }) => lab?.kind === 'admin' && lab.profileName === profileName);
  }

  /** Sessions of the profile that run, in whichever lab. */
  clientsOf(profileName: string): LabSession[] {
    return this.all
      .flatMap(({ name }) => this.sessionsOf(name))
      .filter((session) => session.profileName === profileName && session.state !== 'stopped');
  }

  createLab(request: LabRequest): Promise<Outcome<Lab>> {
    return this.#operations.run('lab.create', { labName: request.name }, (operationId) =>
      this.#bridge.client.lab.create({ ...request, operationId }),
    );
  }

  updateLab(request: LabRequest): Promise<Outcome<Lab>> {
    return this.#operations.run('lab.update', { labName: request.name }, (operationId) =>
      this.#bridge.client.lab.update({ ...request, operationId }),
    );
  }

  async deleteLab(name: string): Promise<void> {
    await this.#operations.runAloud('lab.delete', { labName: name }, (operationId) =>
      this.#bridge.client.lab.delete({ name, operationId }),
    );
  }

  setTerminal(request: TerminalRequest): Promise<Outcome<Lab>> {
    return this.#operations.run('lab.setTerminal', { labName: request.name }, (operationId) =>
      this.#bridge.client.lab.setTerminal({ ...request, operationId }),
    );
  }

  async deleteTerminal(labName: string, terminalName: string): Promise<void> {
    await this.#operations.runAloud('lab.removeTerminal', { labName }, (operationId) =>
      this.#bridge.client.lab.removeTerminal({ name: labName, terminalName, operationId }),
    );
  }

  startSession(request: SessionRequest): Promise<Outcome<LabSession>> {
    const about = { labName: request.name, sessionName: request.sessionName ?? request.terminalName ?? '' };
    return this.#operations.run('lab.startSession', about, (operationId) =>
      this.#bridge.client.lab.startSession({ ...request, operationId }),
    );
  }

  async stopSession(labName: string, sessionName: string): Promise<void> {
    await this.#operations.runAloud('lab.stopSession', { labName, sessionName }, (operationId) =>
      this.#bridge.client.lab.stopSession({ name: labName, sessionName, operationId }),
    );
  }

  createProfile(request: ProfileRequest): Promise<Outcome<Profile>> {
    return this.#operations.run('profile.create', { profileName: request.name }, (operationId) =>
      this.#bridge.client.profile.create({ ...request, operationId }),
    );
  }

  /** With its notes and start script, however long. */
  readonly wholeProfile = async ({ name }: Profile): Promise<Outcome<Profile>> => {
    try {
      return { ok: true, value: await this.#bridge.client.profile.show({ name }) };
    } catch (error) {
      return { ok: false, error: asTtError(error) };
    }
  };

  updateProfile(request: ProfileChange): Promise<Outcome<Profile>> {
    return this.#operations.run('profile.update', { profileName: request.name }, (operationId) =>
      this.#bridge.client.profile.update({ ...request, operationId }),
    );
  }

  cloneProfile(name: string, newName: string): Promise<Outcome<Profile>> {
    return this.#operations.run('profile.clone', { profileName: name }, (operationId) =>
      this.#bridge.client.profile.clone({ name, newName, operationId }),
    );
  }

  rollBack(name: string, version: number): Promise<Outcome<Profile>> {
    return this.#operations.run('profile.rollback', { profileName: name }, (operationId) =>
      this.#bridge.client.profile.rollback({ name, version, operationId }),
    );
  }

  async deleteProfile(name: string): Promise<void> {
    await this.#operations.runAloud('profile.delete', { profileName: name }, (operationId) =>
      this.#bridge.client.profile.delete({ name, operationId }),
    );
  }

  openAdmin(name: string, stopClients: boolean): Promise<Outcome<unknown>> {
    return this.#operations.run('profile.openAdmin', { profileName: name }, (operationId) =>
      this.#bridge.client.profile.openAdmin({ name, stopClients, operationId }),
    );
  }

  publish(name: string, notes: string, force: boolean): Promise<Outcome<Profile>> {
    return this.#operations.run('profile.publish', { profileName: name }, (operationId) =>
      this.#bridge.client.profile.publish({ name, notes, force, operationId }),
    );
  }

  async discard(name: string): Promise<void> {
    await this.#operations.runAloud('profile.discard', { profileName: name }, (operationId) =>
      this.#bridge.client.profile.discard({ name, operationId }),
    );
  }

  #sessionOf({ name, lab, startAt, endAt }: Env): LabSession[] {
    if (!lab) return [];
    const vm = this.#vms.ofEnv(name).find(({ base }) => base?.profileName === lab.profileName);
    return [
      {
        ...lab,
        envName: name,
        vmId: vm?.id ?? null,
        state: vm?.state ?? 'creating',
        version: vm?.base?.version ?? null,
        viewers: vm?.viewers ?? 0,
        startedAt: startAt,
        endAt,
      },
    ];
  }
}
