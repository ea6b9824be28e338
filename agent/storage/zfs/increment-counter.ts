// How many bytes of a disk an increment of ZFS holds: from the records of `zfs send -i` (dmu_replay_record in OpenZFS’s
// zfs_ioctl.h). Used by `zfs-tool.ts`.

/** Of every record; what some have behind it comes on top. In the byte order of the host that sends. */
const RECORD_BYTES = 312;
const BEGIN = 0;
const OBJECT = 1;
const FREE_OBJECTS = 2;
const WRITE = 3;
const FREE = 4;
const END = 5;
const SPILL = 7;

export class IncrementCounter {
  #writtenBytes = 0;
  #problem: string | null = null;
  #record = Buffer.alloc(0);
  /** What is still to come behind the record before. */
  #skippedBytes = 0;
  #isWhole = false;

  /** Blocks that were written. Those that became holes are not in it: ZFS lists all holes near what was written. */
  get writtenBytes(): number {
    return this.#writtenBytes;
  }

  /** Why what came is no such stream; null: nothing is wrong so far. */
  get problem(): string | null {
    return this.#problem;
  }

  /** Its last record has come. */
  get isWhole(): boolean {
    return this.#isWhole;
  }

  add(bytes: Buffer): void {
    let at = 0;
    while (at < bytes.length && this.#problem === null) {
      const skipped = Math.min(this.#skippedBytes, bytes.length - at);
      this.#skippedBytes -= skipped;
      at += skipped;
      if (this.#skippedBytes > 0) return;
      const taken = Math.min(RECORD_BYTES - this.#record.length, bytes.length - at);
      this.#record = Buffer.concat([this.#record, bytes.subarray(at, at + taken)]);
      at += taken;
      if (this.#record.length < RECORD_BYTES) return;
      this.#read(this.#record);
      this.#record = Buffer.alloc(0);
    }
  }

  #read(record: Buffer): void {
    const type = record.readUInt32LE(0);
    switch (type) {
      case BEGIN:
        this.#skippedBytes = record.readUInt32LE(4);
        return;
      case OBJECT:
        // Its bonus, in whole words of eight bytes.
        this.#skippedBytes = Math.ceil(record.readUInt32LE(28) / 8) * 8;
        return;
      case WRITE:
        this.#skippedBytes = this.#length(record, 32);
        this.#writtenBytes += this.#skippedBytes;
        return;
      case SPILL:
        this.#skippedBytes = this.#length(record, 16);
        return;
      case FREE_OBJECTS:
      case FREE:
        return;
      case END:
        this.#isWhole = true;
        return;
      default:
        this.#problem = `a record of type ${type}`;
    }
  }

  #length(record: Buffer, at: number): number {
    const length = record.readBigUInt64LE(at);
    if (length <= BigInt(Number.MAX_SAFE_INTEGER)) return Number(length);
    this.#problem = `a record of ${length} bytes`;
    return 0;
  }
}
