// The channel by which a window has one of its files sent: checked as everything (checked-ipc.ts), then the file as it was announced, then
// how many are sent at once. Where main does not send it, the window does.
import type { NodeConnection } from '@tt/client/node';
import { streamHelloSchema, transferSchema } from '@tt/protocol';
import { MessageChannelMain } from 'electron';
import { z } from 'zod';
import { type ChosenFile, chosenFileSchema } from '../files/chosen-files.ts';
import type { FileOnDisk } from '../files/file-on-disk.ts';
import { sendFile } from '../files/send-file.ts';
import { connectionIdSchema } from '../session/connection-id.ts';
import { channels } from './channels.ts';
import { handleChecked } from './checked-ipc.ts';

/** As many as a server takes from one user. */
const MOST_AT_ONCE = 16;

export const sendRequestSchema = z.strictObject({
  connection: connectionIdSchema,
  transferId: transferSchema.shape.id,
  ticket: streamHelloSchema.shape.ticket,
  offset: z.int().nonnegative(),
  /** A file that was opened with TT; null: one that was chosen. */
  openedId: z.uuid().nullable(),
});
/** What a window wants to be sent, and where. */
export type SendRequest = z.infer<typeof sendRequestSchema>;

export interface FileServices {
  /** Throws while there is no connection, and CONNECTION_UNKNOWN. */
  link(connectionId: string): NodeConnection;
  /** null: it is not what it was. */
  openChosen(file: ChosenFile): Promise<FileOnDisk | null>;
  openOpened(id: string): Promise<FileOnDisk | null>;
}

export function serveFiles(services: FileServices): void {
  let sending = 0;
  const fileFor = async ({ openedId }: SendRequest, chosen: ChosenFile | null) => {
    if (openedId !== null) return chosen === null ? services.openOpened(openedId) : null;
    return chosen && services.openChosen(chosen);
  };
  const args = z.tuple([z.uuid(), sendRequestSchema, chosenFileSchema.nullable()]);
  handleChecked(channels.sendFile, args, async ([id, request, chosen], sender): Promise<boolean> => {
    const connection = services.link(request.connection);
    if (sending >= MOST_AT_ONCE) return false;
    // Counted once, from here to its end: a file that is still being opened is among those at once.
    sending++;
    let isBegun = false;
    try {
      const file = await fileFor(request, chosen);
      if (!file) return false;
      try {
        if (request.offset > file.facts.sizeBytes) return false;
        const { port1, port2 } = new MessageChannelMain();
        // Throws if the window has gone meanwhile: then nothing is sent for it.
        sender.postMessage(channels.port, id, [port2]);
        isBegun = true;
        void sendFile(port1, file, request, connection).finally(() => sending--);
        return true;
      } finally {
        if (!isBegun) await file.close();
      }
    } finally {
      if (!isBegun) sending--;
    }
  });
}
