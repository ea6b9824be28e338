// The smallest RFB client that can ask for pictures (RFC 6143): no security, raw pixels, one request at a time.
import type { ByteLink } from './byte-link.ts';
import { ByteReader } from './byte-reader.ts';

const VERSION = 'RFB 003.008\n';
const NO_SECURITY = 1;
const RAW = 0;
const message = { setEncodings: 2, updateRequest: 3, pointerEvent: 5 } as const;
const answer = { update: 0, bell: 2, cutText: 3 } as const;

export interface Area {
  x: number;
  y: number;
  width: number;
  height: number;
}

export class RfbClient {
  readonly #link: ByteLink;
  readonly #reader = new ByteReader();
  #bytesPerPixel = 4;
  #pointerX = 0;
  screen: Area = { x: 0, y: 0, width: 0, height: 0 };

  private constructor(link: ByteLink) {
    this.#link = link;
    link.listen(
      (bytes) => this.#reader.push(bytes),
      (why) => this.#reader.end(why),
    );
  }

  static async over(link: ByteLink): Promise<RfbClient> {
    const client = new RfbClient(link);
    await client.#shakeHands();
    return client;
  }

  /**
   * Moves the pointer (a guest whose screen does not change is read ever more rarely, input resets that), asks for this
   * area whether it changed or not, and waits for the picture. Gives the bytes of pixels.
   */
  async update(area: Area): Promise<number> {
    this.#pointerX = (this.#pointerX + 1) % Math.max(1, this.screen.width);
    const pointer = Buffer.from([message.pointerEvent, 0, 0, 0, 0, 0]);
    pointer.writeUInt16BE(this.#pointerX, 2);
    const request = Buffer.alloc(10);
    request.writeUInt8(message.updateRequest, 0);
    for (const [index, value] of [area.x, area.y, area.width, area.height].entries()) {
      request.writeUInt16BE(value, 2 + 2 * index);
    }
    this.#link.send(Buffer.concat([pointer, request]));
    return this.picture();
  }

  /** Waits for the next picture, without asking for it. Gives the bytes of pixels. */
  async picture(): Promise<number> {
    for (;;) {
      const type = (await this.#reader.read(1)).readUInt8();
      if (type === answer.update) return this.#readRectangles();
      if (type === answer.cutText) await this.#reader.skip((await this.#reader.read(7)).readUInt32BE(3));
      else if (type !== answer.bell) throw new Error(`unexpected RFB message ${type}`);
    }
  }

  close(): void {
    this.#link.close();
  }

  async #shakeHands(): Promise<void> {
    await this.#reader.read(VERSION.length);
    this.#link.send(Buffer.from(VERSION));
    const offered = [...(await this.#reader.read((await this.#reader.read(1)).readUInt8()))];
    if (!offered.includes(NO_SECURITY)) throw new Error(`the guest's screen wants security ${offered.join(', ')}`);
    this.#link.send(Buffer.from([NO_SECURITY]));
    if ((await this.#reader.read(4)).readUInt32BE() !== 0) throw new Error('the guest’s screen refused us');
    // Shared: others may look on.
    this.#link.send(Buffer.from([1]));
    const init = await this.#reader.read(24);
    this.screen = { x: 0, y: 0, width: init.readUInt16BE(0), height: init.readUInt16BE(2) };
    this.#bytesPerPixel = init.readUInt8(4) / 8;
    await this.#reader.skip(init.readUInt32BE(20));
    const encodings = Buffer.alloc(8);
    encodings.writeUInt8(message.setEncodings, 0);
    encodings.writeUInt16BE(1, 2);
    encodings.writeInt32BE(RAW, 4);
    this.#link.send(encodings);
  }

  async #readRectangles(): Promise<number> {
    const count = (await this.#reader.read(3)).readUInt16BE(1);
    let bytes = 0;
    for (let index = 0; index < count; index++) {
      const head = await this.#reader.read(12);
      if (head.readInt32BE(8) !== RAW) throw new Error(`unexpected encoding ${head.readInt32BE(8)}`);
      const size = head.readUInt16BE(4) * head.readUInt16BE(6) * this.#bytesPerPixel;
      await this.#reader.skip(size);
      bytes += size;
    }
    return bytes;
  }
}
