// Compares at compile time what main and the renderer each say about the border between them: the two processes share no
// code, so nothing else would notice a difference. Type-checked with e2e/, never run.
import type { FromWindow, ToWindow } from '../../main/ipc/console-pipe.ts';
import type { SendingNews as MainSendingNews } from '../../main/files/send-file.ts';
import type { ConnectionRequest as MainRequest } from '../../main/ipc/connection-requests.ts';
import type { DesktopCommand as MainCommand } from '../../main/ipc/desktop-commands.ts';
import type {
  DesktopRequest as MainDesktopRequest,
  DesktopState as MainDesktopState,
} from '../../main/ipc/desktop-requests.ts';
import type { SendRequest as MainSendRequest } from '../../main/ipc/serve-files.ts';
import type { ConnectionsAnswer as MainAnswer } from '../../main/session/connection-state.ts';
import type {
  ConnectionRequest as WindowRequest,
  ConnectionsAnswer as WindowAnswer,
  DesktopCommand as WindowCommand,
  DesktopRequest as WindowDesktopRequest,
  DesktopState as WindowDesktopState,
} from '../../renderer/bridge.ts';
import type {
  SendingNews as WindowSendingNews,
  SendRequest as WindowSendRequest,
} from '../../renderer/bridge-desktop-file.ts';
import type { FromMain, ToMain } from '../../renderer/bridge-desktop-stream.ts';

type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;

export const connectionAnswers: Same<MainAnswer, WindowAnswer> = true;
export const connectionRequests: Same<MainRequest, WindowRequest> = true;
export const streamToWindow: Same<ToWindow, FromMain> = true;
export const streamFromWindow: Same<FromWindow, ToMain> = true;
export const desktopCommands: Same<MainCommand, WindowCommand> = true;
export const desktopRequests: Same<MainDesktopRequest, WindowDesktopRequest> = true;
export const desktopStates: Same<MainDesktopState, WindowDesktopState> = true;
export const sendRequests: Same<MainSendRequest, WindowSendRequest> = true;
export const sendingNews: Same<MainSendingNews, WindowSendingNews> = true;
