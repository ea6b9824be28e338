// Types on a guest's PS/2 keyboard as fast as the guest reads it. The controller holds 16 bytes and drops any more (QEMU's
// hw/input/ps2.c); a bit of its status port says whether something is still waiting. Used by `running-qemu.ts`.
import type { TypingEvent } from '@tt/protocol';
import { setTimeout as delay } from 'node:timers/promises';
import { EngineError } from '../errors.ts';
import { askMonitor } from './monitor.ts';
import type { QmpClient } from './qmp-client.ts';
import type { InputSendEventArgumentsEventsKeyDataKeyQcodeData, QmpCommands } from './qmp-schema.gen.ts';

/** Status port of the i8042, and its bit "output buffer full". */
const STATUS_PORT = 0x64;
const OUTPUT_FULL = 0x01;
const LOOK_AGAIN_MS = 5;

type QKeyCode = InputSendEventArgumentsEventsKeyDataKeyQcodeData;

/** QEMU's names of keys (qapi/ui.json, QKeyCode) that are not the last letter of KeyboardEvent.code. */
const names: Readonly<Record<string, QKeyCode>> = {
  Backquote: 'grave_accent',
  Minus: 'minus',
  Equal: 'equal',
  BracketLeft: 'bracket_left',
  BracketRight: 'bracket_right',
  Backslash: 'backslash',
  IntlBackslash: 'less',
  Semicolon: 'semicolon',
  Quote: 'apostrophe',
  Comma: 'comma',
  Period: 'dot',
  Slash: 'slash',
  Space: 'spc',
  Enter: 'ret',
  Tab: 'tab',
  ShiftLeft: 'shift',
  ShiftRight: 'shift_r',
  AltRight: 'alt_r',
};

/** See RunningVm.typeKeys. Keys and questions go through one connection, so an answer counts for all keys before it. */
export async function typeOnKeyboard(
  qmp: QmpClient,
  strokes: readonly (readonly TypingEvent[])[],
  timeoutMs: number,
): Promise<number> {
  const deadline = performance.now() + timeoutMs;
  for (const [index, stroke] of strokes.entries()) {
    while (await hasUnread(qmp)) {
      if (performance.now() >= deadline) return index;
      await delay(LOOK_AGAIN_MS);
    }
    const events = stroke.map(({ code, down }) => ({
      type: 'key' as const,
      data: { down, key: { type: 'qcode' as const, data: keyName(code) } },
    }));
    if (!(await sends(qmp, events))) return index;
  }
  return strokes.length;
}

/** False while the guest is paused: QEMU takes no keys then. */
async function sends(qmp: QmpClient, events: QmpCommands['input-send-event']['arguments']['events']): Promise<boolean> {
  try {
    await qmp.execute('input-send-event', { events });
    return true;
  } catch (error) {
    if ((await qmp.execute('query-status', {})).running) throw error;
    return false;
  }
}

async function hasUnread(qmp: QmpClient): Promise<boolean> {
  const answer = await askMonitor(qmp, `i /b ${STATUS_PORT}`);
  const [, status] = /= (0x[0-9a-f]{2})$/.exec(answer) ?? [];
  if (status === undefined) throw new EngineError('COMMAND_FAILED', `QEMU can't tell if keys were read: ${answer}`);
  return (Number(status) & OUTPUT_FULL) !== 0;
}

/** `KeyA` -> `a`, `Digit1` -> `1`. */
function keyName(code: string): QKeyCode {
  return names[code] ?? (code.slice(-1).toLowerCase() as QKeyCode);
}
