// Says that an ENV is a session of a lab, which discards its writes, or the administrative session of a profile.
import type { LabMark } from '@tt/protocol';
import { FlaskConical, Wrench } from 'lucide-react';
import { useWords } from '../i18n/index.ts';

export function LabBadge({ lab }: { lab: LabMark }) {
  const t = useWords();
  const isAdmin = lab.kind === 'admin';
  const Icon = isAdmin ? Wrench : FlaskConical;
  return (
    <span className="badge" title={t(isAdmin ? 'labs.openAdminText' : 'labs.sessionForgets')}>
      <Icon aria-hidden className="icon" />
      {t(isAdmin ? 'labs.badgeAdmin' : 'labs.badgeSession', { profile: lab.profileName, lab: lab.labName ?? '' })}
    </span>
  );
}
