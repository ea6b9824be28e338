// Search or command (Ctrl-K): type, arrows, Enter. Everything the window can do is here by name.
import { observer } from 'mobx-react-lite';
import { startTransition, useEffect, useMemo, useState } from 'react';
import {
  Autocomplete,
  Dialog,
  Header,
  Input,
  Menu,
  MenuSection,
  Modal,
  ModalOverlay,
  SearchField,
  setInteractionModality,
} from 'react-aria-components';
import { isAllowed } from '../components/action.ts';
import { MenuRow } from '../components/Menu.tsx';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import { PaletteCommands } from './commands.ts';
import { firstLines, useLines } from './use-lines.ts';

const MOST_PER_GROUP = 8;

export const CommandPalette = observer(function CommandPalette() {
  const stores = useStores();
  const { view, settings } = stores;
  const t = useWords();
  const [query, setQuery] = useState('');
  const commands = useMemo(() => new PaletteCommands(stores, t), [stores, t]);
  // After it is drawn: with thousands of machines their names are a task of their own.
  useEffect(() => {
    let stop = () => {};
    const soon = setTimeout(() => {
      stop = commands.prepare();
    });
    return () => {
      clearTimeout(soon);
      stop();
    };
  }, [commands]);
  const most = useLines(query);
  const isWhole = most === Number.POSITIVE_INFINITY;
  // What is typed here is the first key after a press of the pointer, often. react-aria then draws all items that can be dragged anew, in the
  // task of that key; told before, it does so in pieces between frames.
  useEffect(() => {
    if (isWhole) startTransition(() => setInteractionModality('keyboard'));
  }, [isWhole]);
  const shown = most === 0 ? [] : firstLines(commands.shown(query, settings.recentCommands, MOST_PER_GROUP), most);
  const run = (id: string | number) => {
    const command = shown.flatMap((group) => group.commands).find((known) => known.id === id);
    if (!command || !isAllowed(command)) return;
    view.close();
    settings.rememberCommand(command.id);
    command.run();
  };
  return (
    <ModalOverlay className="scrim palette-scrim" isOpen isDismissable onOpenChange={(open) => !open && view.close()}>
      <Modal className="modal" data-width="palette">
        <Dialog className="dialog palette" aria-label={t('shell.palette.title')}>
          <Autocomplete inputValue={query} onInputChange={setQuery}>
            <SearchField className="palette-search" aria-label={t('shell.palette.title')} autoFocus>
              <Input
                className="input"
                placeholder={t('shell.searchHint')}
                spellCheck={false}
                // With words in it, too: one Esc and everything is as it was.
                onKeyDown={(event) => event.key === 'Escape' && view.close()}
              />
            </SearchField>
            {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
            <section className="palette-scroll" tabIndex={0} aria-label={t('shell.palette.title')}>
              <Menu
                className="menu"
                aria-label={t('shell.palette.title')}
                onAction={run}
                renderEmptyState={() =>
                  most > 0 && <p className="palette-empty muted">{t('shell.palette.empty', { query })}</p>
                }
              >
                {shown.map(({ group, commands: members }) => (
                  <MenuSection key={group} className="palette-section">
                    <Header className="palette-header">{t(`shell.palette.${group}`)}</Header>
                    {members.map((command) => (
                      <MenuRow key={command.id} {...command} hasIcons />
                    ))}
                  </MenuSection>
                ))}
              </Menu>
            </section>
          </Autocomplete>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
});
