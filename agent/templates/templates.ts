// The templates of this agent: every change goes through here, and is stored and published to followers in one step. Private ones
// do not exist for anybody but their owner and administrators.
import { isValidName, nearMatches, type Template, TtError, type WholeTemplate } from '@tt/protocol';
import { seesTemplate } from '../access/for-others.ts';
import type { Reader } from '../access/owners.ts';
import type { EventLog } from '../events/event-log.ts';
import type { TemplateRecord } from '../state/records.ts';
import type { StateStore } from '../state/store.ts';

export class Templates {
  readonly #store: Pick<StateStore, 'templates'>;
  readonly #log: Pick<EventLog, 'publish'>;
  /** By id. */
  readonly #records = new Map<string, TemplateRecord>();

  constructor(store: Pick<StateStore, 'templates'>, log: Pick<EventLog, 'publish'>) {
    this.#store = store;
    this.#log = log;
    for (const record of store.templates.list()) this.#records.set(record.id, record);
  }

  list(): TemplateRecord[] {
    return [...this.#records.values()];
  }

  /** Throws TEMPLATE_NOT_FOUND, with near matches among those that the reader may see. */
  shownTo(reader: Reader, name: string): TemplateRecord {
    const seen = this.list().filter((record) => seesTemplate(reader, record));
    const found = seen.find((record) => record.name === name);
    if (found) return found;
    const names = seen.map((record) => record.name);
    throw new TtError('TEMPLATE_NOT_FOUND', { templateName: name, suggestions: nearMatches(name, names) });
  }

  /** Throws TEMPLATE_NOT_FOUND or TEMPLATE_NOT_YOURS. */
  toChange(reader: Reader, name: string): TemplateRecord {
    const found = this.shownTo(reader, name);
    if (reader.role === 'admin' || reader.name === found.owner) return found;
    throw new TtError('TEMPLATE_NOT_YOURS', { templateName: name, owner: found.owner });
  }

  /** Throws NAME_INVALID, or TEMPLATE_NAME_TAKEN: names are unique, private ones included. */
  mustBeFree(name: string): void {
    if (!isValidName(name)) throw new TtError('NAME_INVALID', { name });
    if (this.list().some((record) => record.name === name)) {
      throw new TtError('TEMPLATE_NAME_TAKEN', { templateName: name });
    }
  }

  put(record: TemplateRecord): Template {
    this.#store.templates.put(record.id, record);
    this.#records.set(record.id, record);
    const view = templateView(record);
    this.#log.publish('template.updated', view, [record.owner]);
    return view;
  }

  delete({ id, owner }: TemplateRecord): void {
    this.#store.templates.delete(id);
    if (this.#records.delete(id)) this.#log.publish('template.deleted', { id }, [owner]);
  }
}

export function templateView({ text: _text, ...template }: TemplateRecord): Template {
  return template;
}

export function wholeView(record: TemplateRecord): WholeTemplate {
  return { template: templateView(record), text: record.text };
}
