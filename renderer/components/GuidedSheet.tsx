// A dialog in steps, for what needs some explaining: each step says what it is about, Enter goes on, the last one shows what will be done
// and does it. What was filled in stays when one goes back.
import type { ErrorRecord } from '@tt/protocol';
import { Fragment, type ReactNode, useId, useLayoutEffect, useRef, useState } from 'react';
import { Form } from 'react-aria-components';
import { useWords } from '../i18n/index.ts';
import type { WhyNot } from './action.ts';
import { Button } from './Button.tsx';
import { Dialog } from './Dialog.tsx';
import { DialogFoot } from './DialogFoot.tsx';
import { ErrorNotice } from './ErrorNotice.tsx';

export interface GuideStep {
  id: string;
  title: string;
  /** Why nobody can go on from here; null: they can. */
  whyNot: WhyNot | null;
  content: ReactNode;
}

export interface GuidedSheetProps {
  title: string;
  /** At least one. */
  steps: readonly GuideStep[];
  /** The step it opens on; default: the first. */
  beginAt?: number;
  /** On the button of the last step. */
  verb: string;
  /** Why it can't be done although each step is right. */
  whyNot?: WhyNot | null;
  isBusy?: boolean;
  error?: ErrorRecord | null;
  onClose: () => void;
  onFinish: () => void;
}

export function GuidedSheet(props: GuidedSheetProps) {
  const { title, steps, beginAt = 0, verb, whyNot = null, isBusy = false, error = null, onClose, onFinish } = props;
  const t = useWords();
  const id = useId();
  const [at, setAt] = useState(beginAt);
  const head = useRef<HTMLHeadingElement>(null);
  const isFirstLook = useRef(true);
  // The new step is read from its beginning; the one it opens on has its own focus.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the step is why the focus moves
  useLayoutEffect(() => {
    if (!isFirstLook.current) head.current?.focus();
    isFirstLook.current = false;
    // oxlint-disable-next-line react/exhaustive-effect-dependencies -- the step is why the focus moves
  }, [at]);
  const step = steps[at];
  if (!step) return null;
  const isLast = at === steps.length - 1;
  // What became wrong in an earlier step meanwhile keeps the last one from being done.
  const wrong = steps.slice(0, at + 1).find((before) => before.whyNot !== null);
  const reason = (isLast ? wrong?.whyNot : step.whyNot) ?? (isLast ? whyNot : null);
  const go = () => {
    if (reason !== null || isBusy) return;
    if (isLast) onFinish();
    else setAt(at + 1);
  };
  return (
    <Dialog
      title={title}
      width="normal"
      onClose={onClose}
      foot={
        <DialogFoot
          onCancel={onClose}
          aside={at > 0 && <Button onPress={() => setAt(at - 1)}>{t('common.guide.back')}</Button>}
        >
          <Button kind="primary" type="submit" form={id} whyNot={reason} isBusy={isBusy}>
            {isLast ? verb : t('common.guide.next')}
          </Button>
        </DialogFoot>
      }
    >
      <ol className="guide-steps" aria-label={t('common.guide.steps')}>
        {steps.map((each, index) => (
          <li key={each.id} aria-current={index === at ? 'step' : undefined} data-done={index < at || undefined}>
            {each.title}
          </li>
        ))}
      </ol>
      <Form
        id={id}
        className="form guide-step"
        onSubmit={(event) => {
          event.preventDefault();
          go();
        }}
      >
        <h3 ref={head} tabIndex={-1} className="guide-head">
          {t('common.guide.step', { number: at + 1, total: steps.length, title: step.title })}
        </h3>
        {step.content}
        {isLast && error && <ErrorNotice error={error} />}
      </Form>
    </Dialog>
  );
}

/** What the last step shows: what was chosen, in words. */
export function GuideSummary({ facts }: { facts: readonly (readonly [name: string, value: string])[] }) {
  return (
    <dl className="facts">
      {facts.map(([name, value]) => (
        <Fragment key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </Fragment>
      ))}
    </dl>
  );
}
