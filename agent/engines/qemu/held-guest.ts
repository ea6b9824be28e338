// A paused guest whose devices and disks are saved, and whose memory stays in its process until nobody waits for it any more (decision
// 0121). Another process may take its place meanwhile. Used by `live-save.ts` and, for one that a killed agent left, by `qemu-engine.ts`.
import { constants } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { isThere } from '../../host/is-there.ts';
import { isRunning, type ProcessIdentity } from '../../host/process-identity.ts';
import { EngineError } from '../errors.ts';
import type { HeldGuest, PortForward, SaveOptions, StateSource, VmSpec } from '../interface.ts';
import { changeForwards } from './forwards.ts';
import { openPlainFile } from './guarded-files.ts';
import {
  cancelMigration,
  failureOf,
  migrationReaches,
  mustBePaused,
  setLimits,
  waitBeforeEnd,
  whileShown,
} from './migration.ts';
import { killUnlessGone } from './qemu-end.ts';
import { QmpClient } from './qmp-client.ts';
import { FlatWriter, memoryBytesOf } from './ram/flat-file.ts';
import { checkFlatRam } from './ram/load-flat.ts';
import { RamReceiver } from './ram/receiver.ts';
import { STREAM_MAGIC } from './ram/stream-splitter.ts';
import { removeRamFile } from './ram-file.ts';
import { placeForQemu } from './real-paths.ts';
import { runFiles } from './run-files.ts';
import { explainSaveFailure, type StateContext } from './saved-states.ts';

/** Saves the devices alone, and lets go of the disks of a guest that is paused (QEMU's qapi/migration.json, since 1.1). */
const SAVE_DEVICES = 'xen-save-devices-state';
/** Some 230 KiB with the machine of TT. */
const MOST_DEVICES_BYTES = 16 * 1024 * 1024;
/** Magic number and version, which the stream of the memory has as well. */
const HEAD_BYTES = 8;
/** What QEMU looks for after the devices: a description, which may be empty. */
const NO_DESCRIPTION = Buffer.from([0x06, 0, 0, 0, 2, 0x7b, 0x7d]);
const ADOPT_TIMEOUT_MS = 5_000;

export interface HeldFiles {
  ramFile: string;
  /** Null: all of it is in the file. */
  writer: FlatWriter | null;
}

/** What a switch is connected to can't be taken from a running process. */
export async function canHold(qmp: QmpClient, { nics }: VmSpec): Promise<boolean> {
  if (nics.some(({ kind }) => kind === 'switch')) return false;
  return (await qmp.execute('query-commands', {})).some(({ name }) => name === SAVE_DEVICES);
}

/** Of a paused guest; it lets go of its disks, and takes them back with `cont`. */
export async function saveDevices({ qmp, spec }: Pick<StateContext, 'qmp' | 'spec'>): Promise<void> {
  const file = devicesFile(spec);
  await rm(file, { force: true });
  await qmp.execute(SAVE_DEVICES, { filename: await placeForQemu(spec, file) });
}

export class HeldQemu implements HeldGuest {
  /** Resolves when it was closed, or taken back. */
  readonly over: Promise<void>;
  readonly #context: Pick<StateContext, 'qmp' | 'spec'>;
  readonly #tag: string;
  readonly #files: HeldFiles;
  readonly #over = Promise.withResolvers<void>();
  /** Another process has its place, or may have. */
  #aside: ProcessIdentity | null = null;
  /** A connection of its own, which it closes. */
  readonly #isAdopted: boolean;

  constructor(
    context: Pick<StateContext, 'qmp' | 'spec'>,
    tag: string,
    files: HeldFiles,
    { aside = null, isAdopted = false }: { aside?: ProcessIdentity | null; isAdopted?: boolean } = {},
  ) {
    this.#context = context;
    this.#tag = tag;
    this.#files = files;
    this.#aside = aside;
    this.#isAdopted = isAdopted;
    this.over = this.#over.promise;
  }

  get isAside(): boolean {
    return this.#aside !== null;
  }

  /**
   * Gives up its name on the control channel, its ports and its networks; its disks it has let go of. `forwards`: the open ports, by NIC. From
   * here on the next agent knows it by the name of its socket.
   */
  async standAside(process: ProcessIdentity, forwards: ReadonlyMap<number, readonly PortForward[]>): Promise<void> {
    const { qmp, spec } = this.#context;
    await rename(runFiles(spec).qmp, heldSocket(spec));
    this.#aside = process;
    // QEMU 10 keeps the ports of user networking open when that is deleted.
    for (const [index, remove] of forwards)
      if (spec.nics[index]?.kind === 'user') await changeForwards(qmp, index, { add: [], remove });
    for (const index of spec.nics.keys()) await qmp.execute('netdev_del', { id: `net${index}` });
  }

  async finish(options: Omit<SaveOptions, 'ramFile'> = {}): Promise<void> {
    const { qmp, spec } = this.#context;
    const { ramFile, writer } = this.#files;
    if (!writer) return;
    const waits = new AbortController();
    let receiver: RamReceiver | null = null;
    try {
      await mustBePaused(qmp, true);
      const devices = await readDevices(spec);
      await waitBeforeEnd(qmp);
      await setLimits(qmp);
      receiver = await RamReceiver.open(spec, writer, -1);
      const taking = receiver;
      const reached = migrationReaches(qmp, 'pre-switchover', waits.signal);
      await qmp.execute('migrate', { uri: `unix:${await placeForQemu(spec, taking.socketPath)}` });
      const sent = Promise.race([reached, failureOf(taking)]);
      await whileShown(sent, options, () => taking.copiedBytes, memoryBytesOf(spec));
      const { ram } = await qmp.execute('query-migrate', {});
      if (ram?.remaining !== 0) throw new EngineError('COMMAND_FAILED', 'QEMU has not sent all of its memory');
      // It would let go of its disks once more at its end, which QEMU 7.2 does not survive: it is broken off before.
      taking.endWith(devices);
      await cancelMigration(qmp);
      await taking.done;
      await writer.close();
    } catch (error) {
      const explained = await explainSaveFailure(this.#context, this.#tag, ramFile, error);
      receiver?.close();
      await receiver?.done.catch(() => {});
      await writer.close();
      await removeRamFile(ramFile);
      throw explained;
    } finally {
      waits.abort();
    }
  }

  async close(): Promise<void> {
    const { qmp, spec } = this.#context;
    try {
      // It has nothing that it could still write.
      if (this.#aside) await killUnlessGone(this.#aside, 0);
      else await cancelMigration(qmp).catch(ignoreGone);
      if (this.#aside) await rm(heldSocket(spec), { force: true });
      await rm(devicesFile(spec), { force: true });
    } finally {
      if (this.#isAdopted) qmp.close();
      this.#over.resolve();
    }
  }

  /** For one that did not stand aside: its process has its disks again, and its guest is paused. */
  async takeBack(): Promise<void> {
    const { qmp, spec } = this.#context;
    // No other command of QEMU 7.2 takes them back. What the guest does in between is what it would have done.
    await qmp.execute('cont', {});
    await qmp.execute('stop', {});
    await rm(devicesFile(spec), { force: true });
  }
}

/**
 * One that a killed agent left, by its process; null if that is gone. What was written of its memory is written anew, unless it is whole: QEMU
 * 7.2 does not send it a second time once all of it was sent.
 */
export async function adoptHeld(
  spec: VmSpec,
  process: ProcessIdentity,
  { tag, ramFile }: Pick<StateSource, 'tag' | 'ramFile'>,
): Promise<HeldQemu | null> {
  const socket = heldSocket(spec);
  const isAside = await isThere(socket);
  if (!(await isRunning(process))) {
    await rm(socket, { force: true });
    return null;
  }
  let qmp: QmpClient | null = null;
  try {
    qmp = await QmpClient.connect(isAside ? socket : runFiles(spec).qmp, { timeoutMs: ADOPT_TIMEOUT_MS });
    const { UUID } = await qmp.execute('query-uuid', {});
    if (UUID.toLowerCase() !== spec.uuid.toLowerCase())
      throw new EngineError('COMMAND_FAILED', 'another VM answers in its place');
    await cancelMigration(qmp);
    const files = { ramFile, writer: (await isWhole(spec, ramFile)) ? null : await startAnew(spec, ramFile) };
    return new HeldQemu({ qmp, spec }, tag, files, { aside: isAside ? process : null, isAdopted: true });
  } catch (error) {
    qmp?.close();
    // It has no other use; one that is in its place is taken over as any other.
    if (isAside) {
      await killUnlessGone(process, 0);
      await rm(socket, { force: true });
    }
    throw error;
  }
}

async function isWhole({ memoryMiB }: VmSpec, ramFile: string): Promise<boolean> {
  return checkFlatRam(ramFile, memoryMiB).then(
    () => true,
    () => false,
  );
}

async function startAnew(spec: VmSpec, ramFile: string): Promise<FlatWriter> {
  await removeRamFile(ramFile);
  return FlatWriter.create(spec, ramFile);
}

function heldSocket({ runDirectory }: VmSpec): string {
  return path.join(runDirectory, 'held.sock');
}

function devicesFile({ runDirectory }: VmSpec): string {
  return path.join(runDirectory, 'devices.held');
}

/** Without their head, and with what QEMU looks for behind them. */
async function readDevices(spec: VmSpec): Promise<Buffer> {
  await using file = await openPlainFile(devicesFile(spec), constants.O_RDONLY);
  const { size } = await file.stat();
  if (size <= HEAD_BYTES || size > MOST_DEVICES_BYTES)
    throw new EngineError('COMMAND_FAILED', `the state of its devices has ${size} bytes`);
  const bytes = await file.readFile();
  if (bytes.readUInt32BE() !== STREAM_MAGIC)
    throw new EngineError('COMMAND_FAILED', 'the state of its devices is none of QEMU');
  return Buffer.concat([bytes.subarray(HEAD_BYTES), NO_DESCRIPTION]);
}

function ignoreGone(error: unknown): void {
  if (!(error instanceof EngineError && error.code === 'VM_GONE')) throw error;
}
