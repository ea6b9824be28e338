// The tags of an ENV, seen and changed where they stand: Delete removes one, a word and Enter adds one. What others use is offered.
import type { Env } from '@tt/protocol';
import { X } from 'lucide-react';
import { observer } from 'mobx-react-lite';
import { useState } from 'react';
import { Button as AriaButton, Tag, TagGroup, TagList } from 'react-aria-components';
import { Button } from '../components/Button.tsx';
import { Field } from '../components/Field.tsx';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import { addedTags, TAGS_MAX } from './tag-text.ts';

/** Offered to complete. */
const MOST_OFFERED = 50;

export const TagsEditor = observer(function TagsEditor({ env }: { env: Env }) {
  const { envs, toasts, link, rights } = useStores();
  const t = useWords();
  const [typed, setTyped] = useState<string | null>(null);
  const whyNot = rights.whyNot('env.update') ?? link.whyNot;
  const { name, tags } = env;
  const save = async (next: readonly string[]) => {
    const outcome = await envs.updateEnv(name, { tags: [...next] });
    if (!outcome.ok) toasts.fail(t('envs.settingsFailed', { env: name }), outcome.error);
    return outcome.ok;
  };
  const next = typed === null ? null : addedTags(tags, typed);
  const add = async () => {
    if (next === null || next.length === tags.length || whyNot !== null) return;
    // What was typed stays until it is there.
    if (await save(next)) setTyped('');
  };
  const offered = [...new Set(envs.all.flatMap((other) => other.tags))].filter((tag) => !tags.includes(tag));
  return (
    <div className="env-tags">
      {tags.length > 0 && (
        <TagGroup
          aria-label={t('envs.settingsTags')}
          {...(whyNot === null && {
            onRemove: (keys: Set<string | number>) => void save(tags.filter((tag) => !keys.has(tag))),
          })}
        >
          <TagList className="tag-list" items={tags.map((tag) => ({ id: tag }))}>
            {({ id }) => (
              <Tag id={id} textValue={id} className="tag">
                {id}
                {whyNot === null && (
                  <AriaButton slot="remove" className="tag-remove" aria-label={t('envs.removeTag', { tag: id })}>
                    <X aria-hidden className="icon" />
                  </AriaButton>
                )}
              </Tag>
            )}
          </TagList>
        </TagGroup>
      )}
      {typed === null ? (
        <Button kind="quiet" size="small" whyNot={whyNot} onPress={() => setTyped('')}>
          {t('envs.addTag')}
        </Button>
      ) : (
        <Field
          label={t('envs.newTag')}
          hideLabel
          value={typed}
          onChange={setTyped}
          suggestions={offered.slice(0, MOST_OFFERED)}
          error={next === null ? t('envs.tagsInvalid', { count: TAGS_MAX }) : null}
          autoFocus
          onKeyDown={(event) => {
            if (event.key === 'Enter') void add();
            if (event.key === 'Escape') setTyped(null);
          }}
          onBlur={() => typed.trim() === '' && setTyped(null)}
        />
      )}
    </div>
  );
});
