// All keys of the window.
import { Kbd } from '../components/Kbd.tsx';
import { useWords, type Word } from '../i18n/index.ts';

const keys: readonly (readonly [string, Word])[] = [
  ['Ctrl-K', 'shell.keys.palette'],
  ['F1', 'shell.keys.help'],
  ['Ctrl-1', 'shell.keys.connection'],
  ['/', 'shell.keys.search'],
  ['N', 'shell.keys.newEnv'],
  ['Ctrl-Enter', 'shell.keys.create'],
  ['Enter', 'shell.keys.open'],
  ['Space', 'shell.keys.select'],
  ['Ctrl-A', 'shell.keys.selectAll'],
  ['Shift-F10', 'shell.keys.menu'],
  ['Delete', 'shell.keys.delete'],
  ['S', 'shell.keys.snapshot'],
  ['C', 'shell.keys.console'],
  ['T', 'shell.keys.shell'],
  ['I', 'shell.keys.details'],
  ['D', 'shell.keys.disks'],
  ['A', 'shell.keys.add'],
  ['E', 'shell.keys.edit'],
  ['R', 'shell.keys.run'],
  ['F', 'shell.keys.files'],
  ['P', 'shell.keys.push'],
  ['W', 'shell.keys.wall'],
  ['F2', 'shell.keys.rename'],
  ['Ctrl-Z', 'shell.keys.undo'],
  ['Enter-Tab', 'shell.keys.pick'],
  ['Ctrl-Shift-1', 'shell.keys.consoleTab'],
  ['Ctrl-Shift-F', 'shell.keys.consoleFind'],
  ['Ctrl-Shift-C', 'shell.keys.consoleCopy'],
  ['Ctrl-Alt', 'shell.keys.release'],
  ['F6', 'shell.keys.pane'],
  ['Ctrl-Shift-PageUp', 'shell.keys.paneTab'],
  ['Ctrl-.', 'shell.keys.shelf'],
  ['?', 'shell.keys.keys'],
];

export function KeyList() {
  const t = useWords();
  return (
    <dl className="key-list">
      {keys.map(([key, word]) => (
        <div key={word}>
          <dt>
            <Kbd keys={key} />
          </dt>
          <dd>{t(word)}</dd>
        </div>
      ))}
    </dl>
  );
}
