// State as shape AND colour: running filled dot, paused two bars, stopped square, working spinner, failed
// triangle, unknown hollow dot with a question mark; what is done and over has a tick.
import type { Mark } from './marks.ts';
import { Spinner } from './Spinner.tsx';

export function StateMark({ mark, size = 14 }: { mark: Mark; size?: number }) {
  if (mark === 'working') return <Spinner size={size} />;
  return (
    <svg className="state-mark" data-mark={mark} width={size} height={size} viewBox="0 0 16 16" aria-hidden="true">
      {shapes[mark]}
    </svg>
  );
}

const shapes: Record<Exclude<Mark, 'working'>, React.ReactNode> = {
  running: <circle cx="8" cy="8" r="4.5" />,
  partial: (
    <>
      <circle cx="8" cy="8" r="4" className="outline" />
      <path d="M8 4a4 4 0 0 1 0 8z" />
    </>
  ),
  paused: <path d="M4.5 4h2.6v8H4.5zM8.9 4h2.6v8H8.9z" />,
  stopped: <rect x="4" y="4" width="8" height="8" rx="1" />,
  failed: <path d="M8 2.5 14.2 13.5H1.8z" />,
  unknown: (
    <>
      <circle cx="8" cy="8" r="6" className="outline" />
      <path d="M6.2 6.4a1.9 1.9 0 1 1 2.7 1.8c-.6.3-.9.6-.9 1.2" className="outline" />
      <circle cx="8" cy="11.4" r=".8" />
    </>
  ),
  done: <path d="m3.5 8.5 3 3 6-7" className="outline" />,
  empty: <circle cx="8" cy="8" r="4" className="outline dashed" />,
};
