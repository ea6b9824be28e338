// What the Administration page shows, each part asked for when its tab is opened.
import type {
  BackgroundTaskStatus,
  Hour,
  HostFindings,
  NetworkReport,
  ServerCertificate,
  StorageReport,
  TtError,
  VersionReport,
} from '@tt/protocol';
import { FINDINGS_LEAST_AGE_S } from '@tt/protocol';
import { action, makeObservable, observable, observableRef } from 'mobx';
import { asTtError } from '../activity/operation-store.ts';
import type { Bridge } from '../bridge.ts';
import { LogStore } from './log-store.ts';
import { Report } from './report.ts';

export class AdministrationStore {
  readonly findings: Report<HostFindings>;
  readonly storage: Report<StorageReport>;
  readonly networks: Report<NetworkReport>;
  readonly tasks: Report<readonly BackgroundTaskStatus[]>;
  readonly hour: Report<Hour>;
  /** In a list of one or none: no certificate is an answer too. */
  readonly certificate: Report<readonly ServerCertificate[]>;
  readonly version: Report<VersionReport>;
  readonly log: LogStore;
  /** The doctor looks again because somebody here asked for it. */
  isLookingAgain = false;
  /** The task that is being run by hand. */
  runningTask: string | null = null;
  runError: TtError | null = null;
  readonly #bridge: Bridge;

  constructor(bridge: Bridge) {
    const calls = () => bridge.client.admin;
    this.#bridge = bridge;
    this.findings = new Report(() =>
      calls().findings(this.isLookingAgain ? { maxAgeS: FINDINGS_LEAST_AGE_S } : undefined),
    );
    this.storage = new Report(() => calls().storage());
    this.networks = new Report(() => calls().networks());
    this.tasks = new Report(async () => (await bridge.client.host.tasks()).tasks);
    this.hour = new Report(() => calls().metrics());
    this.certificate = new Report(async () => {
      const { certificate } = await calls().certificate();
      return certificate === null ? [] : [certificate];
    });
    this.version = new Report(() => calls().version());
    this.log = new LogStore(bridge);
    makeObservable(this, {
      isLookingAgain: observable,
      setLooking: action,
      runningTask: observable,
      runError: observableRef,
      setRunning: action,
      failRun: action,
    });
  }

  /** Has the doctor look again, even if others asked just now. */
  async lookAgain(): Promise<void> {
    this.setLooking(true);
    try {
      await this.findings.load();
    } finally {
      this.setLooking(false);
    }
  }

  async runTask(name: string): Promise<void> {
    this.setRunning(name);
    this.failRun(null);
    try {
      await this.#bridge.client.admin.runTask({ name });
    } catch (error) {
      this.failRun(error);
    } finally {
      this.setRunning(null);
    }
    await this.tasks.load();
  }

  setLooking(isLookingAgain: boolean): void {
    this.isLookingAgain = isLookingAgain;
  }

  setRunning(name: string | null): void {
    this.runningTask = name;
  }

  failRun(error: unknown): void {
    this.runError = error === null ? null : asTtError(error);
  }
}
