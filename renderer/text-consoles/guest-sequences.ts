// What a guest may not make the terminal do. A guest is not trusted: it draws, in colours, and nothing else. It sets no title and
// no clipboard, makes no links, changes no colours of the window, and its questions are answered only where somebody types.
import type { IDisposable, IFunctionIdentifier, IParser } from '@xterm/xterm';

/** Operating system commands that xterm.js or one of its addons carries out: titles, colours, links, the clipboard. */
const REFUSED_COMMANDS = [0, 1, 2, 4, 8, 10, 11, 12, 52, 104, 110, 111, 112] as const;

/** Questions: the answer would be typed into the guest. Status, position, attributes, modes. */
const QUESTIONS: readonly IFunctionIdentifier[] = [
  { final: 'n' },
  { prefix: '?', final: 'n' },
  { final: 'c' },
  { prefix: '>', final: 'c' },
  { prefix: '=', final: 'c' },
  { intermediates: '$', final: 'p' },
  { prefix: '?', intermediates: '$', final: 'p' },
  { prefix: '>', final: 'q' },
];

/**
 * `answers`: whether questions are answered now. Several may look at one serial port, and a guest that asks once should be answered once:
 * by whoever has the keyboard there.
 */
export function refuseSequences(parser: IParser, answers: () => boolean): IDisposable {
  const refused = () => true;
  const handlers = [
    ...REFUSED_COMMANDS.map((command) => parser.registerOscHandler(command, refused)),
    // Asks for settings (DECRQSS).
    parser.registerDcsHandler({ intermediates: '$', final: 'q' }, refused),
    ...QUESTIONS.map((question) => parser.registerCsiHandler(question, () => !answers())),
  ];
  return {
    dispose: () => {
      for (const handler of handlers) handler.dispose();
    },
  };
}
