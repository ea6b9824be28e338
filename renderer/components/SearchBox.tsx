// A search field with its glass, its key and its clear button.
import { Search, X } from 'lucide-react';
import type { KeyboardEvent, RefObject } from 'react';
import { Button as AriaButton, Input, SearchField } from 'react-aria-components';
import { useWords } from '../i18n/index.ts';
import { Kbd } from './Kbd.tsx';

export interface SearchBoxProps {
  label: string;
  placeholder: string;
  value: string;
  onChange: (value: string) => void;
  shortcut?: string;
  autoFocus?: boolean;
  inputRef?: RefObject<HTMLInputElement | null>;
  onKeyDown?: (event: KeyboardEvent<HTMLInputElement>) => void;
}

export function SearchBox(props: SearchBoxProps) {
  const { label, placeholder, value, onChange, shortcut, autoFocus = false, inputRef, onKeyDown } = props;
  const t = useWords();
  return (
    <SearchField className="search-box" aria-label={label} value={value} onChange={onChange} autoFocus={autoFocus}>
      <Search aria-hidden className="icon" />
      <Input
        className="input"
        placeholder={placeholder}
        spellCheck={false}
        {...(inputRef ? { ref: inputRef } : {})}
        {...(onKeyDown ? { onKeyDown } : {})}
      />
      {value === '' && shortcut !== undefined && <Kbd keys={shortcut} />}
      {value !== '' && (
        <AriaButton className="search-clear" aria-label={t('common.close')}>
          <X aria-hidden className="icon" />
        </AriaButton>
      )}
    </SearchField>
  );
}
