// The pages that can be gone to by name: those of the rail, and the help. One icon each, on the rail and in the palette.
import {
  Activity,
  BookOpen,
  Boxes,
  FlaskConical,
  Library,
  type LucideIcon,
  Monitor,
  Server,
  Settings,
  ShieldCheck,
} from 'lucide-react';

export type RailPage = 'envs' | 'consoles' | 'images' | 'labs' | 'hosts' | 'activity' | 'administration' | 'settings';

export const railPlaces: readonly { page: RailPage; icon: LucideIcon; forAdmins?: true }[] = [
  { page: 'envs', icon: Boxes },
  { page: 'consoles', icon: Monitor },
  { page: 'images', icon: Library },
  { page: 'labs', icon: FlaskConical },
  { page: 'hosts', icon: Server },
  { page: 'activity', icon: Activity },
  { page: 'administration', icon: ShieldCheck, forAdmins: true },
  { page: 'settings', icon: Settings },
];

/** The user guide, which is not on the rail: F1 shows it, too. */
export const helpPlace = { page: 'help', icon: BookOpen, shortcut: 'F1' } as const;
