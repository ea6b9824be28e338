// The search over what a guest printed: Enter goes on, Shift-Enter back, Esc ends it.
import { ChevronDown, ChevronUp, X } from 'lucide-react';
import { type KeyboardEvent, useEffect, useRef } from 'react';
import { firstReason } from '../components/action.ts';
import { Button } from '../components/Button.tsx';
import { CheckField } from '../components/CheckField.tsx';
import { SearchBox } from '../components/SearchBox.tsx';
import { useWords } from '../i18n/index.ts';
import type { Search } from './text-screen.ts';

export interface TextSearchProps {
  search: Search;
  /** Of `count` matches, which one is shown, from 1; 0: there are too many to count. */
  found: { count: number; number: number };
  onChange: (search: Search) => void;
  onGo: (to: 'next' | 'previous') => void;
  onClose: () => void;
}

export function TextSearch({ search, found, onChange, onGo, onClose }: TextSearchProps) {
  const t = useWords();
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => input.current?.focus(), []);
  const whyNot = firstReason({ incomplete: search.text === '' });
  // Before the field has it, which would only be emptied by Esc.
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && event.target === input.current) onGo(event.shiftKey ? 'previous' : 'next');
    else if (event.key === 'Escape') onClose();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const said = () => {
    if (search.text === '') return '';
    if (found.count === 0) return t('textConsoles.noMatch');
    return found.number > 0 ? t('textConsoles.matches', found) : t('textConsoles.manyMatches', { count: found.count });
  };
  return (
    <search className="text-search" aria-label={t('textConsoles.findIn')} onKeyDownCapture={onKeyDown}>
      <SearchBox
        label={t('textConsoles.findText')}
        placeholder={t('textConsoles.findText')}
        value={search.text}
        onChange={(text) => onChange({ ...search, text })}
        inputRef={input}
      />
      <span className="text-search-found muted" role="status">
        {said()}
      </span>
      <Button
        kind="quiet"
        size="small"
        icon={ChevronUp}
        label={t('textConsoles.previous')}
        whyNot={whyNot}
        onPress={() => onGo('previous')}
      />
      <Button
        kind="quiet"
        size="small"
        icon={ChevronDown}
        label={t('textConsoles.next')}
        whyNot={whyNot}
        onPress={() => onGo('next')}
      />
      <CheckField
        label={t('textConsoles.matchCase')}
        value={search.matchCase}
        onChange={(matchCase) => onChange({ ...search, matchCase })}
      />
      <span className="console-gap" />
      <Button kind="quiet" size="small" icon={X} label={t('textConsoles.endSearch')} onPress={onClose} />
    </search>
  );
}
