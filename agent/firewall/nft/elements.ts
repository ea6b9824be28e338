// Pure: rules of VMs as elements of our sets, and the differences between two states as one nft transaction.

import { parseAddress } from '../destinations.ts';
import { FirewallError } from '../errors.ts';
import type { VmRules } from '../interface.ts';
import { SETS, type SetName } from './table-text.ts';

/** One element as nft lists it; `value` is '' in a set. */
export interface Element {
  set: SetName;
  key: string;
  value: string;
}

/** Names of network interfaces (kernel `dev_valid_name`, IFNAMSIZ), without what nft would read as its own. */
const INTERFACE_NAME = /^[A-Za-z0-9_.-]{1,15}$/;

/** Throws FirewallError RULE_REFUSED for a VM without a NIC on a bridge, or an invalid bridge or address. */
export function elementsOf(rules: VmRules): Element[] {
  const { bridge, address, forwards, denyOutgoing, blacklist, otherNics = [], confinedUid = null } = rules;
  const elements: Element[] = [];
  if (confinedUid !== null) elements.push({ set: 'confined_uids', key: `${confinedUid}`, value: '' });
  if (rules.isForeign) return elements;
  for (const nic of [{ bridge, address }, ...otherNics]) {
    const isAddress = nic.address === null ? rules.fenced === true : parseAddress(nic.address) !== null;
    if (nic.bridge === null || !INTERFACE_NAME.test(nic.bridge) || !isAddress) {
      throw new FirewallError('RULE_REFUSED', `VM ${rules.vmId} has no NIC ${nic.address} on bridge ${nic.bridge}`);
    }
    elements.push(
      { set: 'bridges', key: `"${nic.bridge}"`, value: '' },
      { set: 'within_bridge', key: `"${nic.bridge}" . "${nic.bridge}"`, value: '' },
    );
    // Without a NIC of its own on that bridge nothing it sends is passed on.
    if (rules.fenced || nic.address === null) continue;
    elements.push({ set: 'nics', key: `"${nic.bridge}" . ${nic.address}`, value: '' });
    if (denyOutgoing) elements.push({ set: 'denied', key: nic.address, value: '' });
    for (const destination of blacklist) {
      elements.push({ set: 'blacklist', key: `${nic.address} . ${destination}`, value: '' });
    }
  }
  for (const { protocol, hostPort, guestPort } of forwards) {
    elements.push({ set: 'forwards', key: `${protocol} . ${hostPort}`, value: `${address} . ${guestPort}` });
  }
  return elements;
}

/** What should be in force. VMs of one ENV share the elements of their bridge, so each element counts its holders. */
export class WantedElements {
  readonly #sets = new Map<SetName, Map<string, { value: string; holders: number }>>(
    SETS.map((name) => [name, new Map()]),
  );

  /** Records in `diff` what was there before. */
  change(removed: readonly Element[], added: readonly Element[], diff: ElementDiff): void {
    for (const { set, key } of removed) {
      const held = this.#set(set).get(key);
      if (!held) continue;
      diff.note(set, key, held.value);
      if (--held.holders === 0) this.#set(set).delete(key);
    }
    for (const { set, key, value } of added) {
      const held = this.#set(set).get(key);
      diff.note(set, key, held?.value);
      if (held) held.holders++;
      else this.#set(set).set(key, { value, holders: 1 });
    }
  }

  valueOf(set: SetName, key: string): string | undefined {
    return this.#set(set).get(key)?.value;
  }

  *all(): Generator<Element> {
    for (const [set, held] of this.#sets) for (const [key, { value }] of held) yield { set, key, value };
  }

  #set(name: SetName): Map<string, { value: string; holders: number }> {
    const set = this.#sets.get(name);
    if (!set) throw new Error(`no set ${name}`);
    return set;
  }
}

/** Elements that may have changed, with their value in force now (undefined: none). */
export class ElementDiff {
  readonly #before = new Map<SetName, Map<string, string | undefined>>();

  /** The first note of an element counts: it has the value in force. */
  note(set: SetName, key: string, value: string | undefined): void {
    const ofSet = this.#before.get(set);
    if (!ofSet) this.#before.set(set, new Map([[key, value]]));
    else if (!ofSet.has(key)) ofSet.set(key, value);
  }

  /** The statements that change the elements in force to the wanted ones; '' if there is no difference. */
  text(tableName: string, wanted: WantedElements): string {
    let removals = '';
    let additions = '';
    for (const [set, ofSet] of this.#before) {
      const removed: string[] = [];
      const added: string[] = [];
      for (const [key, value] of ofSet) {
        const wantedValue = wanted.valueOf(set, key);
        if (wantedValue === value) continue;
        if (value !== undefined) removed.push(key);
        if (wantedValue !== undefined) added.push(itemText(key, wantedValue));
      }
      removals += statement('delete', tableName, set, removed);
      additions += statement('add', tableName, set, added);
    }
    return removals + additions;
  }
}

/** All wanted elements, for a table without elements. */
export function allElementsText(tableName: string, wanted: WantedElements): string {
  const items = new Map<SetName, string[]>(SETS.map((set) => [set, []]));
  for (const { set, key, value } of wanted.all()) items.get(set)?.push(itemText(key, value));
  return [...items].map(([set, ofSet]) => statement('add', tableName, set, ofSet)).join('');
}

function itemText(key: string, value: string): string {
  return value === '' ? key : `${key} : ${value}`;
}

/** `add element inet tt_1a2b forwards { tcp . 40001 : 10.210.1.2 . 22 }`, one for all elements of a set. */
function statement(verb: 'add' | 'delete', tableName: string, set: SetName, items: readonly string[]): string {
  return items.length === 0 ? '' : `${verb} element inet ${tableName} ${set} { ${items.join(', ')} }\n`;
}
