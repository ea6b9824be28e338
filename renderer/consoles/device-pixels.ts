// Draws a guest's screen with the pixels of the display. noVNC scales only to what is around it, so the frame around it is made just as
// large as that takes, and follows when the guest's screen or the display changes.
import { deviceSize } from './screen-view.ts';

export class DevicePixels {
  readonly #frame: HTMLElement;
  readonly #abort = new AbortController();
  readonly #observer: MutationObserver;
  #resolution: MediaQueryList | null = null;

  /** `frame` is the element noVNC was made in; what is around it scrolls. Until `close`. */
  constructor(frame: HTMLElement) {
    this.#frame = frame;
    this.#observer = new MutationObserver(() => this.#fit());
    const canvas = frame.querySelector('canvas');
    if (canvas) this.#observer.observe(canvas, { attributeFilter: ['width', 'height'] });
    this.#followDisplay();
    this.#fit();
  }

  close(): void {
    this.#abort.abort();
    this.#observer.disconnect();
    this.#frame.style.removeProperty('width');
    this.#frame.style.removeProperty('height');
  }

  /** A query for the ratio of now changes when that does, and is of no use afterwards. */
  #followDisplay(): void {
    this.#resolution = window.matchMedia(`(resolution: ${window.devicePixelRatio}dppx)`);
    const follow = () => {
      this.#followDisplay();
      this.#fit();
    };
    this.#resolution.addEventListener('change', follow, { once: true, signal: this.#abort.signal });
  }

  #fit(): void {
    const canvas = this.#frame.querySelector('canvas');
    if (!canvas || canvas.width === 0) return;
    const { width, height } = deviceSize(canvas, window.devicePixelRatio);
    this.#frame.style.width = `${width}px`;
    this.#frame.style.height = `${height}px`;
  }
}
