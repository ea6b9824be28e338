// YAML to be typed: a plain text area with line numbers, and below it what is wrong, each with its place; pressing one goes there.
// Tab leaves it as any other field.
import type { Problem } from '@tt/client/yaml';
import { observer } from 'mobx-react-lite';
import { type UIEvent, useEffect, useId, useRef } from 'react';
import { Button } from '../components/Button.tsx';
import { FewRows } from '../components/lists/FewRows.tsx';
import { reasonWords } from '../i18n/error-words.ts';
import { useLanguage, useWords } from '../i18n/index.ts';
import type { CheckedText } from './checked-text.ts';
import { gutterParts, offsetOf } from './line-places.ts';
import './env-file.css';

export interface YamlEditorProps {
  label: string;
  text: CheckedText<unknown>;
  autoFocus?: boolean;
}

/** Two problems may have one place. */
const keyOf = ({ line, column, reason }: Problem) => `${line}:${column} ${JSON.stringify(reason)}`;

/** Problems that are shown before all are asked for. */
const FEW = 4;

export const YamlEditor = observer(function YamlEditor({ label, text, autoFocus = false }: YamlEditorProps) {
  const t = useWords();
  const language = useLanguage();
  const id = useId();
  const area = useRef<HTMLTextAreaElement>(null);
  const gutter = useRef<HTMLPreElement>(null);
  useEffect(() => {
    void text.check();
    return () => text.stop();
  }, [text]);
  useEffect(() => {
    if (autoFocus) area.current?.focus();
  }, [autoFocus]);
  const { problems } = text;
  const follow = ({ currentTarget }: UIEvent<HTMLTextAreaElement>) => {
    if (gutter.current) gutter.current.scrollTop = currentTarget.scrollTop;
  };
  const goTo = (line: number, column: number) => {
    const field = area.current;
    if (!field) return;
    const at = offsetOf(text.text, line, column);
    field.focus();
    field.setSelectionRange(at, at);
    field.scrollTop = Math.max(0, (line - 4) * Number.parseFloat(getComputedStyle(field).lineHeight));
  };
  return (
    <div className="yaml">
      <div className="yaml-frame" data-invalid={problems.length > 0 || undefined}>
        <pre ref={gutter} className="yaml-gutter number" aria-hidden="true">
          {gutterParts(text.text, problems).map(({ first, numbers, isWrong }) => (
            <span key={first} data-wrong={isWrong || undefined}>
              {numbers}
            </span>
          ))}
        </pre>
        <textarea
          ref={area}
          className="yaml-text"
          aria-label={label}
          aria-invalid={problems.length > 0}
          aria-describedby={id}
          wrap="off"
          spellCheck={false}
          autoCapitalize="off"
          autoComplete="off"
          value={text.text}
          onChange={({ target }) => text.type(target.value)}
          onScroll={follow}
        />
      </div>
      <div id={id} className="yaml-problems" role="status">
        {problems.length > 0 && (
          <FewRows items={problems} keyOf={keyOf} most={FEW} height={28} label={t('envFile.problems')}>
            {(problem, place) => (
              <li key={keyOf(problem)} className="yaml-problem" {...place}>
                <Button kind="quiet" size="small" onPress={() => goTo(problem.line, problem.column)}>
                  {t('envFile.place', { line: problem.line, column: problem.column })}
                </Button>
                <span>{reasonWords(problem.reason, language)}</span>
              </li>
            )}
          </FewRows>
        )}
      </div>
    </div>
  );
});
