// Our table in the kernel: installed, changed, read and repaired, each in one `nft -f -` transaction. Knows elements but no VMs;
// one call at a time (the driver's queue ensures it). It never names any other table.
import { elementDrift, skeletonDrift } from './drift.ts';
import { allElementsText, ElementDiff, WantedElements } from './elements.ts';
import { parseBlocks, parseListing } from './listing.ts';
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
  readonly #onlyThisHost: boolean;
  /**
   * Everything except the elements, as nft listed it right after the installation: to compare, and to display; null before
   * that.
   */
  #reference: { skeleton: string | null; blocks: Map<string, string[]> } | null = null;

  constructor(name: string, confinedUids: UidRange | null, run: RunTool, { onlyThisHost = false } = {}) {
    this.name = name;
    this.#run = run;
    this.#onlyThisHost = onlyThisHost;
    if (!confinedUids) return;
    const { firstUid, count } = confinedUids;
    const key = count === 1 ? `${firstUid}` : `${firstUid}-${firstUid + count - 1}`;
    this.wanted.change([], [{ set: 'confined_uids', key, value: '' }], new ElementDiff());
  }

  get isInstalled(): boolean {
    return this.#reference !== null;
  }

  /** Installs the whole table with all wanted elements in place of the existing one: there is no instant without rules. */
  async install(): Promise<void> {
    const start = `add table inet ${this.name}\ndelete table inet ${this.name}\n`;
    await this.#transaction(
      start + tableText(this.name, { onlyThisHost: this.#onlyThisHost }) + allElementsText(this.name, this.wanted),
    );
    const { skeleton } = parseListing((await this.#list('-j', '-p')) ?? '');
    this.#reference = { skeleton, blocks: await this.#blocks() };
  }

  /** Applies a difference; the cost depends on the difference, not on the number of elements. */
  async change(diff: ElementDiff): Promise<void> {
    const text = diff.text(this.name, this.wanted);
    if (text !== '') await this.#transaction(text);
  }

  /** Restores the wanted table, whatever happened to it; one line for each difference. */
  async repair(): Promise<string[]> {
    const json = await this.#list('-j', '-p');
    const reference = this.#reference;
    if (json === null || reference === null) {
      await this.install();
      return [`the whole table inet ${this.name} was ${json === null ? 'missing' : 'from an earlier time'}`];
    }
    const listing = parseListing(json);
    const { diff, words } = elementDrift(this.wanted, listing);
    if (listing.skeleton === null || listing.skeleton !== reference.skeleton) {
      const skeletonWords = skeletonDrift(reference.blocks, await this.#blocks());
      if (skeletonWords.length === 0) skeletonWords.push(`the table inet ${this.name} could not be read`);
      await this.install();
      return listing.skeleton === null ? skeletonWords : [...skeletonWords, ...words];
    }
    // What somebody put in may not go out by the text it is listed with; the whole table always fits.
    if (words.length > 0) await this.change(diff).catch(() => this.install());
    return words;
  }

  /** As nft lists it for people; null when it is not there. */
  list(): Promise<string | null> {
    return this.#list();
  }

  async #blocks(): Promise<Map<string, string[]>> {
    return parseBlocks((await this.#list('-t')) ?? '');
  }

  async #list(...options: string[]): Promise<string | null> {
    try {
      return await this.#run('nft', [...options, 'list', 'table', 'inet', this.name]);
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
