// Answers what the test asks of the app: files, permissions, navigation, and code to run with the electron module.
import type { Question, ToMain } from '../wire.ts';
import { app } from './app.ts';
import { preventable } from './emitter.ts';
import { findWindow, loaded } from './browser-window.ts';
import { onMessage, send } from './link.ts';
import { defaultSession, serve } from './session.ts';
import { clickNotification, clickTray } from './tray.ts';

export function answerQuestions(electron: object): void {
  onMessage((message) => void handle(message, electron));
}

async function handle(message: ToMain, electron: object): Promise<void> {
  switch (message.type) {
    case 'window.loaded':
      return loaded(message.callId, message.error);
    case 'window.url': {
      const window = findWindow(message.windowId);
      if (!window) return;
      window.contents.frame.url = message.url;
      window.contents.fire('did-navigate-in-page', {}, message.url, true);
      return;
    }
    case 'window.closed':
      return findWindow(message.windowId)?.gone();
    case 'page.message':
      return findWindow(message.windowId)?.received(message.message, message.senderUrl);
    case 'ask':
      try {
        send({ type: 'answer', callId: message.callId, value: await answer(message.question, electron) });
      } catch (error) {
        send({ type: 'answer', callId: message.callId, error: error instanceof Error ? error.message : String(error) });
      }
  }
}

async function answer(question: Question, electron: object): Promise<unknown> {
  switch (question.kind) {
    case 'protocol':
      return serve(question.url, question.method, question.headers);
    case 'navigate':
      return findWindow(question.windowId)?.contents.mayNavigate(question.url) ?? false;
    case 'open':
      return findWindow(question.windowId)?.contents.mayOpen(question.url) ?? 'deny';
    case 'permissions': {
      const contents = findWindow(question.windowId)?.webContents;
      return defaultSession.granted(contents, question.url, question.permissions);
    }
    case 'evaluate': {
      // The spec's own function, as ElectronApplication.evaluate would run it in main.
      // oxlint-disable-next-line typescript/no-implied-eval -- it is the test's own code
      const run = new Function('electron', 'argument', `return (${question.code})(electron, argument)`);
      return structuredClone(
        await (run as (electron: object, argument: unknown) => unknown)(electron, question.argument),
      );
    }
    case 'second-instance':
      app.fire('second-instance', {}, [...question.argv], '', null);
      return undefined;
    case 'open-url':
      app.fire('open-url', preventable({}), question.url);
      return undefined;
    case 'tray':
      clickTray(question.labels);
      return undefined;
    case 'notification':
      clickNotification(question.id, question.button);
      return undefined;
    case 'quit':
      app.quit();
      return undefined;
  }
}
