// A template that is being saved: its name, its text, who sees it, and which one it replaces.
import { isValidName, type Template, type TemplateFile } from '@tt/protocol';
import { action, computed, makeObservable, observable } from 'mobx';
import type { Outcome } from '../activity/operation-store.ts';
import { CheckedText } from '../env-file/checked-text.ts';
import type { TemplateStore } from './template-store.ts';

export class TemplateDraft {
  name: string;
  isShared: boolean;
  /** The user agrees to replace the template of this name. */
  mayReplace = false;
  readonly text: CheckedText<TemplateFile>;
  /** What is edited, as it was when it was read; null: it is saved under a name that is typed. */
  readonly edited: Template | null;
  readonly #templates: TemplateStore;
  /** The one that `mayReplace` was said of. */
  #agreed: Template | null = null;

  constructor(templates: TemplateStore, text: string, about: { edited: Template } | { name: string }) {
    this.#templates = templates;
    this.edited = 'edited' in about ? about.edited : null;
    this.name = 'edited' in about ? about.edited.name : about.name;
    this.isShared = this.edited?.sharedWith === 'everybody';
    this.text = new CheckedText(text, (code, typed) => code.readTemplate(typed, 'YAML'));
    makeObservable(this, {
      name: observable,
      isShared: observable,
      mayReplace: observable,
      existing: computed,
      isNameTaken: computed,
      isComplete: computed,
      typeName: action,
      share: action,
      agree: action,
    });
  }

  /** Another template that has this name already. */
  get existing(): Template | null {
    return this.edited ? null : (this.#templates.called(this.name) ?? null);
  }

  /** By one that the user can’t change. */
  get isNameTaken(): boolean {
    return this.existing !== null && !this.#templates.isMine(this.existing);
  }

  get isComplete(): boolean {
    if (!isValidName(this.name) || !this.text.isUsable || this.isNameTaken) return false;
    return this.existing === null || this.mayReplace;
  }

  typeName(name: string): void {
    this.name = name;
    this.agree(false);
  }

  share(isShared: boolean): void {
    this.isShared = isShared;
  }

  agree(mayReplace: boolean): void {
    this.mayReplace = mayReplace;
    this.#agreed = mayReplace ? this.existing : null;
  }

  /** null: the text has problems, which are shown then. */
  async save(): Promise<Outcome<Template> | null> {
    if ((await this.text.check()) === null) return null;
    const before = this.edited ?? this.#agreed;
    return this.#templates.save({
      name: this.name,
      text: this.text.text,
      replaces: before && { id: before.id, version: before.version },
      sharedWith: this.isShared ? 'everybody' : 'nobody',
    });
  }
}
