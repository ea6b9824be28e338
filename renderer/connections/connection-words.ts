// Words for a connection: its name, and how it is.
import type { ConnectionView } from '../bridge.ts';
import type { Mark } from '../components/marks.ts';
import type { Translate } from '../i18n/index.ts';

export const linkMarks: Record<ConnectionView['link']['kind'], Mark> = {
  off: 'stopped',
  connecting: 'working',
  connected: 'running',
  lost: 'failed',
  refused: 'failed',
};

export function connectionName({ kind, name }: Pick<ConnectionView, 'kind' | 'name'>, t: Translate): string {
  return kind === 'private' ? t('connections.thisComputer') : name;
}

/** How its link is; since when, where it is lost. `time`: formats a moment. */
export function linkWords({ link }: Pick<ConnectionView, 'link'>, t: Translate, time: (at: Date) => string): string {
  if (link.kind === 'lost' && link.since !== null)
    return t('connections.lostSince', { time: time(new Date(link.since)) });
  return t(`connections.states.${link.kind}`);
}
