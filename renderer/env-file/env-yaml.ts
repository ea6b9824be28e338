// The YAML of one ENV while somebody edits it: the text, its plan, what is allowed, and how the steps went. The
// plan is made and carried out by the code of `tt apply`.
import { wholeEnv } from '@tt/client';
import type { EnvPlan, PlanStep, StepResult } from '@tt/client/env-file';
import { type EnvFile, TtError } from '@tt/protocol';
import { action, computed, makeObservable, observable, observableRef } from 'mobx';
import { asTtError } from '../activity/operation-store.ts';
import type { Bridge } from '../bridge.ts';
import { CheckedText, envFileCode } from './checked-text.ts';

export class EnvYaml {
  readonly envName: string;
  readonly text: CheckedText<EnvFile>;
  /** As the ENV was when it was read last; null: it was not read yet. */
  exported: string | null = null;
  /** VMs whose guest setup is more than the text says. */
  partlySetUp: readonly string[] = [];
  work: 'reading' | 'planning' | 'applying' | null = null;
  plan: EnvPlan | null = null;
  /** The text that the plan is about. */
  plannedText: string | null = null;
  /** The ENV had changed since the plan before this one. */
  isReplanned = false;
  restart = false;
  loss = false;
  results: readonly StepResult[] = [];
  failure: TtError | null = null;
  readonly #client: Bridge['client'];

  constructor({ client }: Pick<Bridge, 'client'>, envName: string) {
    this.#client = client;
    this.envName = envName;
    this.text = new CheckedText('', (code, text) => code.readEnvCalled(text, 'YAML', envName));
    makeObservable(this, {
      exported: observable,
      partlySetUp: observableRef,
      work: observable,
      plan: observableRef,
      plannedText: observable,
      isReplanned: observable,
      restart: observable,
      loss: observable,
      results: observableRef,
      failure: observableRef,
      isEdited: computed,
      steps: computed,
      shownPlan: computed,
      allow: action,
    });
  }

  get isEdited(): boolean {
    return this.exported !== null && this.text.text !== this.exported;
  }

  /** The plan, as long as it is of this text. */
  get shownPlan(): EnvPlan | null {
    return this.plannedText === this.text.text ? this.plan : null;
  }

  get steps(): readonly PlanStep[] {
    return this.shownPlan?.steps.map(({ step }) => step) ?? [];
  }

  get needsRestart(): boolean {
    return this.steps.some((step) => step.refused === null && step.stops.length > 0);
  }

  get needsLoss(): boolean {
    return this.steps.some((step) => step.refused === null && step.losesData);
  }

  /** How many of the steps would be done with what is allowed now. */
  get doableCount(): number {
    return this.steps.filter(
      ({ refused, losesData, stops }) =>
        refused === null && (!losesData || this.loss) && (stops.length === 0 || this.restart),
    ).length;
  }

  allow(allowed: { restart?: boolean; loss?: boolean }): void {
    Object.assign(this, allowed);
  }

  /** Reads the ENV as it is; what was typed is gone. */
  async load(): Promise<void> {
    await this.#doing('reading', async () => {
      const [code, detail] = await Promise.all([envFileCode(), wholeEnv(this.#client, this.envName)]);
      const exported = code.exportedEnv(detail);
      const yaml = code.envFileYaml(exported);
      this.#set(() => {
        this.exported = yaml;
        this.partlySetUp = exported.partlySetUp;
        this.plan = null;
        this.plannedText = null;
        this.isReplanned = false;
        this.text.type(yaml);
      });
      await this.text.check();
    });
  }

  /** Plans what would make the ENV as the text says; nothing is changed. */
  async makePlan(): Promise<void> {
    await this.#doing('planning', async () => {
      this.#set(() => {
        this.results = [];
        this.isReplanned = false;
      });
      await this.#replan();
    });
  }

  /** Carries the plan out, as far as it is allowed. Resolves with whether all of it is done. */
  async apply(): Promise<boolean> {
    const plan = this.shownPlan;
    if (!plan) return false;
    let isDone = false;
    await this.#doing('applying', async () => {
      this.#set(() => {
        this.results = [];
        this.isReplanned = false;
      });
      const { carryOut } = await envFileCode();
      const { results, failure } = await carryOut(this.#client, plan, {
        allowed: { restart: this.restart, loss: this.loss },
        run: (call) => call(crypto.randomUUID()),
        seen: (result) => this.#set(() => (this.results = [...this.results, result])),
      });
      isDone = failure === null && results.every(({ outcome }) => outcome === 'done');
      if (failure instanceof TtError && failure.code === 'PLAN_OUTDATED') {
        await this.#replan();
        this.#set(() => (this.isReplanned = true));
      } else if (failure !== null) throw failure;
      else this.#set(() => (this.plan = null));
    });
    if (isDone) await this.load();
    return isDone;
  }

  async #replan(): Promise<void> {
    const file = await this.text.check();
    if (!file) return;
    const { text } = this.text;
    const { plansFor } = await envFileCode();
    const [plan = null] = await plansFor(this.#client, [file]);
    // It was deleted meanwhile: a plan would create it anew.
    if (plan?.world.current === null) throw new TtError('ENV_NOT_FOUND', { envName: this.envName, suggestions: [] });
    this.#set(() => {
      this.plan = plan;
      this.plannedText = text;
      this.restart = false;
      this.loss = false;
    });
  }

  async #doing(work: 'reading' | 'planning' | 'applying', task: () => Promise<void>): Promise<void> {
    if (this.work !== null) return;
    this.#set(() => {
      this.work = work;
      this.failure = null;
    });
    try {
      await task();
    } catch (error) {
      this.#set(() => (this.failure = asTtError(error)));
    } finally {
      this.#set(() => (this.work = null));
    }
  }

  readonly #set = action((change: () => unknown): void => void change());
}
