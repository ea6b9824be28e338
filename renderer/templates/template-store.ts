// Templates: which there are, and what a person does with them. Their texts are asked for when somebody looks at one.
import type { Me, Template, TtClient, WholeTemplate } from '@tt/protocol';
import { computed, makeObservable } from 'mobx';
import { asTtError, type OperationStore, type Outcome } from '../activity/operation-store.ts';
import type { Bridge } from '../bridge.ts';
import { Collection } from '../state/collection.ts';
import { naturalOrder } from '../state/natural-order.ts';

export type TemplateRequest = Omit<Parameters<TtClient['template']['save']>[0], 'operationId'>;

/** Who asks; null while that is not known. */
interface Asker {
  readonly me: Me | null;
  readonly isAdmin: boolean;
}

export class TemplateStore {
  readonly items = new Collection<Template>((template) => template.id);
  readonly #client: Bridge['client'];
  readonly #operations: OperationStore;
  readonly #asker: Asker;

  constructor({ client }: Pick<Bridge, 'client'>, operations: OperationStore, asker: Asker) {
    this.#client = client;
    this.#operations = operations;
    this.#asker = asker;
    makeObservable(this, { all: computed });
  }

  get all(): Template[] {
    return this.items.all.toSorted((a, b) => naturalOrder(a.name, b.name));
  }

  called(name: string): Template | undefined {
    return this.items.all.find((template) => template.name === name);
  }

  /** Whether the user can change it. Unknown users are let try: the agent decides. */
  isMine({ owner }: Template): boolean {
    const { me, isAdmin } = this.#asker;
    return me === null || isAdmin || me.name === owner;
  }

  async show(name: string): Promise<Outcome<WholeTemplate>> {
    try {
      return { ok: true, value: await this.#client.template.show({ name }) };
    } catch (error) {
      return { ok: false, error: asTtError(error) };
    }
  }

  save(request: TemplateRequest): Promise<Outcome<Template>> {
    return this.#operations.run('template.save', { templateName: request.name }, (operationId) =>
      this.#client.template.save({ ...request, operationId }),
    );
  }

  rename(name: string, newName: string): Promise<Outcome<Template>> {
    return this.#operations.run('template.rename', { templateName: name }, (operationId) =>
      this.#client.template.rename({ name, newName, operationId }),
    );
  }

  async share({ name, sharedWith }: Pick<Template, 'name' | 'sharedWith'>): Promise<void> {
    await this.#operations.runAloud('template.share', { templateName: name }, (operationId) =>
      this.#client.template.share({ name, sharedWith, operationId }),
    );
  }

  async remove(name: string): Promise<void> {
    await this.#operations.runAloud('template.delete', { templateName: name }, (operationId) =>
      this.#client.template.delete({ name, operationId }),
    );
  }
}
