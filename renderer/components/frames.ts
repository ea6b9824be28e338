// When the window is drawn next, for whatever is done a piece with each frame. A window that is hidden, or behind another one, draws no
// frames, but must not wait for ever: what is not done meanwhile would only grow.

/** Calls `run` once, at the next frame, or a little later where no frames are drawn; the answer prevents that. */
export type Frames = (run: () => void) => () => void;

const HIDDEN_MS = 100;

export const browserFrames: Frames = (run) => {
  const cancel = () => {
    cancelAnimationFrame(frame);
    clearTimeout(timer);
  };
  const once = () => {
    cancel();
    run();
  };
  const frame = requestAnimationFrame(once);
  const timer = setTimeout(once, HIDDEN_MS);
  return cancel;
};
