// The channel by which a window talks to the desktop around it. Through checked-ipc.ts, as everything.
import type { WebContents } from 'electron';
import { z } from 'zod';
import { channels } from './channels.ts';
import { handleChecked } from './checked-ipc.ts';
import { type DesktopRequest, desktopRequestSchema, type DesktopState } from './desktop-requests.ts';

/** `answer`: with the contents that asked. */
export function serveDesktop(answer: (request: DesktopRequest, contents: WebContents) => DesktopState): void {
  handleChecked(channels.desktop, z.tuple([desktopRequestSchema]), async ([request], _frame, contents) =>
    answer(request, contents),
  );
}
