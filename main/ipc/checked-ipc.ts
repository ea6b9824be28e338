// The only handler of messages from a window: checks that the sender is the top frame of our own page, then the shape of
// the message, and only then calls. Nothing else in main uses ipcMain.
import { type IpcMainInvokeEvent, ipcMain, type WebContents, type WebFrameMain } from 'electron';
import { z } from 'zod';
import { isOurPage } from '../protocol/app-scheme.ts';

/** Serves one channel. `input` is the schema of the arguments; the answer goes back to the caller. */
export function handleChecked<Input extends z.ZodTuple>(
  channel: string,
  input: Input,
  answer: (args: z.infer<Input>, sender: WebFrameMain, contents: WebContents) => Promise<unknown>,
): void {
  ipcMain.handle(channel, async (event, ...args: unknown[]) => {
    const sender = trustedSender(event);
    const checked = input.safeParse(args);
    if (!checked.success) throw new Error(`${channel}: ${z.prettifyError(checked.error)}`);
    return answer(checked.data, sender, event.sender);
  });
}

/** The frame a message came from, when it is the top frame of our page; throws otherwise. */
export function trustedSender(event: Pick<IpcMainInvokeEvent, 'senderFrame'>): WebFrameMain {
  const frame = event.senderFrame;
  if (!frame) throw new Error('refused: the sender is gone');
  if (frame.parent !== null) throw new Error('refused: not the top frame');
  if (!isOurPage(frame.url)) throw new Error('refused: not a page of TT');
  return frame;
}
