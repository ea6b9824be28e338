// The channels by which a window talks to the desktop around it. Through checked-ipc.ts, as everything.
import type { WebContents } from 'electron';
import { z } from 'zod';
import { type ReadRequest, readRequestSchema } from '../desk/opened-files.ts';
import { channels } from './channels.ts';
import { handleChecked } from './checked-ipc.ts';
import { type DesktopRequest, desktopRequestSchema, type DesktopState } from './desktop-requests.ts';

export interface DesktopServices {
  /** `contents`: that asked. */
  answer(request: DesktopRequest, contents: WebContents): DesktopState;
  /** Bytes of a file that was opened with TT. */
  read(request: ReadRequest): Promise<Uint8Array>;
}

export function serveDesktop(services: DesktopServices): void {
  handleChecked(channels.desktop, z.tuple([desktopRequestSchema]), async ([request], _frame, contents) =>
    services.answer(request, contents),
  );
  handleChecked(channels.readOpened, z.tuple([readRequestSchema]), ([request]) => services.read(request));
}
