// What is being composed in the New ENV sheet: its machines, under what name, for how long, and what comes then.
import type { EndPolicy, EnvFile } from '@tt/protocol';
import { LIFETIME_DEFAULT_S } from '@tt/protocol';
import { action, computed, makeObservable, observable, observableRef } from 'mobx';
import type { EnvSpec } from '../env/env-store.ts';
import { type LifetimeChoice, secondsOf, typedSeconds } from '../env/lifetime-choice.ts';
import type { ImageStore } from '../images/image-store.ts';
import { osFamily } from '../images/os-family.ts';
import { CheckedText } from '../env-file/checked-text.ts';
import { GroupsDraft } from './groups-draft.ts';

/** The rarely used ones, under "More". */
export interface EnvOptions {
  denyOutgoing: boolean;
  sameUuid: boolean;
  /** Administrators: any lifetime. */
  overrideLimit: boolean;
  /** The team to share it with; null: none. */
  team: string | null;
}

export class NewEnvDraft extends GroupsDraft {
  override readonly newEnvs: number = 1;
  /** As typed; null = the suggestion stands. */
  anyName: string | null = null;
  lifetime: LifetimeChoice;
  /** Its end, as typed; null: `lifetime` stands. */
  endText: string | null = null;
  endPolicy: EndPolicy = 'delete';
  options: Readonly<EnvOptions> = { denyOutgoing: false, sameUuid: false, overrideLimit: false, team: null };
  /** What is created instead of what the form says; null: the form is shown. */
  yaml: CheckedText<EnvFile> | null = null;
  /** The template it started from; null: none. */
  template: string | null = null;
  /** The text says what the form can’t show. */
  isUnshowable = false;
  readonly #takenNames: () => readonly string[];

  constructor(images: ImageStore, takenNames: () => readonly string[], lifetimeS = LIFETIME_DEFAULT_S) {
    super(images);
    this.#takenNames = takenNames;
    this.lifetime = { kind: 'seconds', seconds: lifetimeS };
    makeObservable(this, {
      anyName: observable,
      lifetime: observableRef,
      endText: observable,
      endPolicy: observable,
      options: observableRef,
      yaml: observableRef,
      template: observable,
      isUnshowable: observable,
      canCreate: computed,
      isTouched: computed,
      name: computed,
      typeName: action,
      setLifetime: action,
      typeEnd: action,
      setEndPolicy: action,
      setOptions: action,
      showYaml: action,
      showForm: action,
      startFrom: action,
    });
  }

  get name(): string {
    return this.anyName ?? this.#suggestedName();
  }

  typeName(name: string): void {
    this.anyName = name;
  }

  setLifetime(lifetime: LifetimeChoice): void {
    this.lifetime = lifetime;
    this.endText = null;
  }

  typeEnd(text: string | null): void {
    this.endText = text;
  }

  setEndPolicy(endPolicy: EndPolicy): void {
    this.endPolicy = endPolicy;
  }

  setOptions(options: Partial<EnvOptions>): void {
    this.options = { ...this.options, ...options };
  }

  /** Something was chosen or typed. */
  get isTouched(): boolean {
    return this.yaml !== null || this.groups.length > 0 || this.query !== '' || this.anyName !== null;
  }

  /** Something is chosen, or written without a fault that is known. */
  get canCreate(): boolean {
    return this.yaml ? this.yaml.isUsable : this.isComplete;
  }

  /** From here on the text counts, not the form. */
  showYaml(text: string, isUnshowable = false): void {
    this.yaml?.stop();
    this.yaml = new CheckedText(text, (code, typed) => code.readNewEnv(typed, 'YAML'));
    this.isUnshowable = isUnshowable;
  }

  showForm(): void {
    this.yaml?.stop();
    this.yaml = null;
    this.isUnshowable = false;
  }

  startFrom(template: string | null): void {
    this.template = template;
  }

  toRequest(now = Date.now()): EnvSpec {
    const { lifetime, endText, endPolicy, options } = this;
    const chosen = Object.entries(options).filter(([, value]) => value);
    return {
      name: this.name,
      ...this.toMachines(),
      // What is typed wrong is never sent: it keeps the ENV from being created.
      lifetimeS: (endText === null ? null : typedSeconds(endText, now)) ?? secondsOf(lifetime, now),
      ...(endPolicy === 'delete' ? {} : { endPolicy }),
      ...(Object.fromEntries(chosen) as Partial<EnvSpec>),
    };
  }

  #suggestedName(): string {
    const families = [...new Set(this.groups.map(({ image }) => osFamily(image.os)))];
    const base = families.length > 2 ? 'matrix' : families.join('-') || 'env';
    return this.freeName(base);
  }

  /** `base`, with a number behind it where that is taken. */
  freeName(base: string): string {
    const taken = new Set(this.#takenNames());
    if (!taken.has(base)) return base;
    let number = 2;
    while (taken.has(`${base}-${number}`)) number++;
    return `${base}-${number}`;
  }
}
