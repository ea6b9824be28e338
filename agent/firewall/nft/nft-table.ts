// Our one table in the kernel: put there, changed, read and mended, each in one `nft -f -` transaction. Knows elements,
// not VMs; one call at a time (the driver's queue sees to it). Other tables are never named in anything it runs.
import { elementDrift, skeletonDrift } from './drift.ts';
import { ElementDiff, elementText, WantedElements } from './elements.ts';
import { type Listing, parseListing } from './listing.ts';
import { asFirewallError, isNotThere, type RunTool } from './run-tool.ts';
import { tableText } from './table-text.ts';

/** User ids `firstUid` to `firstUid + count - 1`. */
export interface UidRange {
  firstUid: number;
  count: number;
}

export class NftTable {
  readonly name: string;
  readonly wanted = new WantedElements();
  readonly #run: RunTool;
  /** Chains, rules and sets as nft listed them right after we put them there; null before that. */
  #reference: Listing['blocks'] | null = null;

  constructor(name: string, confinedUids: UidRange | null, run: RunTool) {
    this.name = name;
    this.#run = run;
    if (!confinedUids) return;
    const { firstUid, count } = confinedUids;
    const key = count === 1 ? `${firstUid}` : `${firstUid}-${firstUid + count - 1}`;
    this.wanted.change([], [{ set: 'confined_uids', key, value: '' }], new ElementDiff());
  }

  get isInstalled(): boolean {
    return this.#reference !== null;
  }

  /** The whole table with all that is wanted, in place of whatever was there: no instant without rules. */
  async install(): Promise<void> {
    const start = `add table inet ${this.name}\ndelete table inet ${this.name}\n`;
    await this.#transaction(start + tableText(this.name) + elementText('add', this.name, this.wanted.all()));
    this.#reference = parseListing((await this.list()) ?? '').blocks;
  }

  /** Puts a difference in force; costs by the difference, not by what is held. */
  async change(diff: ElementDiff): Promise<void> {
    const text = diff.text(this.name, this.wanted);
    if (text !== '') await this.#transaction(text);
  }

  /** Brings the table to what is wanted, whatever became of it; one line for each difference. */
  async mend(): Promise<string[]> {
    const text = await this.list();
    if (text === null || this.#reference === null) {
      await this.install();
      return [`the whole table inet ${this.name} was ${text === null ? 'missing' : 'from an earlier time'}`];
    }
    const listing = parseListing(text);
    const skeletonWords = skeletonDrift(this.#reference, listing.blocks);
    const { diff, words } = elementDrift(this.wanted, listing);
    if (skeletonWords.length > 0) await this.install();
    // What somebody put in may not go out by the text it is listed with; the whole table always fits.
    else if (words.length > 0) await this.change(diff).catch(() => this.install());
    return [...skeletonWords, ...words];
  }

  /** As nft lists it; null when it is not there. */
  async list(): Promise<string | null> {
    try {
      return await this.#run('nft', ['list', 'table', 'inet', this.name]);
    } catch (error) {
      if (isNotThere(error)) return null;
      throw asFirewallError(error);
    }
  }

  /** Takes the table off the host. Idempotent. */
  async remove(): Promise<void> {
    await this.#transaction(`add table inet ${this.name}\ndelete table inet ${this.name}\n`);
    this.#reference = null;
  }

  async #transaction(text: string): Promise<void> {
    try {
      await this.#run('nft', ['-f', '-'], text);
    } catch (error) {
      throw asFirewallError(error);
    }
  }
}
