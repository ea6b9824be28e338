// Who looks at a machine, by initials, with a pen on who types: in the tools of its console, on its tile, on the wall.
import type { Vm } from '@tt/protocol';
import { Pencil } from 'lucide-react';
import { observer } from 'mobx-react-lite';
import { useWords } from '../i18n/index.ts';
import { initialsOf, watcherName, watchersOf } from './presence.ts';

/** More are counted. */
const MOST_SHOWN = 5;

/** For the ear the names stand in the label of what is around it. */
export const Initials = observer(function Initials({ vm }: { vm: Vm }) {
  const t = useWords();
  const watchers = watchersOf(vm);
  const holder = vm.presence?.keyboard?.userName ?? null;
  const more = watchers.length - MOST_SHOWN;
  return (
    <span className="watchers" aria-hidden="true">
      {watchers.slice(0, MOST_SHOWN).map((one) => {
        const name = watcherName(one, t);
        return (
          <span
            key={name}
            className="watcher"
            title={one.typing ? t('consoles.whoTypes', { name }) : name}
            data-typing={one.typing || undefined}
            data-holds={(one.userName !== null && one.userName === holder) || undefined}
          >
            {initialsOf(name)}
            {one.typing && <Pencil className="watcher-pen" />}
          </span>
        );
      })}
      {more > 0 && <span className="watcher">+{more}</span>}
    </span>
  );
});
