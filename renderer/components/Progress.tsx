// A thin bar: how far an operation is, or that it works when nobody can say how far.
import { ProgressBar } from 'react-aria-components';

export function Progress({ label, value }: { label: string; value: { done: number; total: number } | null }) {
  const known = value !== null && value.total > 0;
  return (
    <ProgressBar
      className="progress"
      aria-label={label}
      isIndeterminate={!known}
      {...(known ? { value: value.done, maxValue: value.total } : {})}
    >
      {({ percentage }) => (
        <span className="progress-track">
          <span
            className="progress-fill"
            data-indeterminate={!known || undefined}
            style={known ? { width: `${percentage ?? 0}%` } : {}}
          />
        </span>
      )}
    </ProgressBar>
  );
}
