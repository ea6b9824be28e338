// Compares at compile time what main and the renderer each say about the border between them: the two processes share no
// code, so nothing else would notice a difference. Type-checked with e2e/, never run.
import type { FromWindow, ToWindow } from '../../main/ipc/console-pipe.ts';
import type { ConnectionState as MainState } from '../../main/session/connection-state.ts';
import type { ConnectionState as WindowState } from '../../renderer/bridge.ts';
import type { FromMain, ToMain } from '../../renderer/bridge-desktop-stream.ts';

type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;

export const connectionStates: Same<MainState, WindowState> = true;
export const streamToWindow: Same<ToWindow, FromMain> = true;
export const streamFromWindow: Same<FromWindow, ToMain> = true;
