// What another program said, as it said it: in quotes and marked as English, beside words of ours.
export function Quote({ text }: { text: string }) {
  return (
    <>
      {' '}
      <q className="muted" lang="en">
        {text}
      </q>
    </>
  );
}
