// One press or release as it goes to every guest of a broadcast: QEMU Extended Key Event (rfbproto, 7.5.9), which names the physical
// key, so that the layout of each guest decides what it gives.

export interface PadKey {
  /** X11 keysym; 0 when there is none. */
  keysym: number;
  /** XT scancode as the protocol has it. */
  keycode: number;
  down: boolean;
}

/** Length of its message, and the two bytes it begins with. */
export const PAD_KEY_BYTES = 12;
export const PAD_KEY_HEAD = [255, 0] as const;

export function readPadKey(message: DataView): PadKey {
  return { down: message.getUint16(2) !== 0, keysym: message.getUint32(4), keycode: message.getUint32(8) };
}

export function padKeyMessage({ keysym, keycode, down }: PadKey): Uint8Array {
  const bytes = new Uint8Array(PAD_KEY_BYTES);
  bytes.set(PAD_KEY_HEAD);
  const view = new DataView(bytes.buffer);
  view.setUint16(2, down ? 1 : 0);
  view.setUint32(4, keysym);
  view.setUint32(8, keycode);
  return bytes;
}

/** KeyEvent (RFC 6143, 7.5.4), for a server that does not take physical keys. */
export function plainKeyMessage({ keysym, down }: PadKey): Uint8Array {
  const bytes = new Uint8Array(8);
  bytes[0] = 4;
  bytes[1] = down ? 1 : 0;
  new DataView(bytes.buffer).setUint32(4, keysym);
  return bytes;
}
