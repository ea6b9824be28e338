// Types of @novnc/novnc 1.7, which ships none: the part TT uses (its docs/API.md). Imported lazily by VncView only.
declare module '@novnc/novnc' {
  /** A WebSocket-shaped object (docs/API.md, "RFB()", the channel argument). */
  export interface RawChannel {
    binaryType: BinaryType;
    readonly protocol: string;
    readonly readyState: number | string;
    onopen: ((event: Event) => void) | null;
    onmessage: ((event: MessageEvent) => void) | null;
    onclose: ((event: CloseEvent) => void) | null;
    onerror: ((event: Event) => void) | null;
    send(data: ArrayBuffer | ArrayBufferView): void;
    close(): void;
  }

  export interface RfbEvents {
    connect: CustomEvent<Record<string, never>>;
    disconnect: CustomEvent<{ clean: boolean }>;
    securityfailure: CustomEvent<{ status: number; reason?: string }>;
    desktopname: CustomEvent<{ name: string }>;
    bell: CustomEvent<Record<string, never>>;
  }

  export default class RFB extends EventTarget {
    constructor(target: HTMLElement, channel: RawChannel, options?: { shared?: boolean; wsProtocols?: string[] });
    viewOnly: boolean;
    focusOnClick: boolean;
    clipViewport: boolean;
    scaleViewport: boolean;
    resizeSession: boolean;
    showDotCursor: boolean;
    /** 0 to 9; another value is left out with a message. */
    qualityLevel: number;
    compressionLevel: number;
    background: string;
    disconnect(): void;
    /** noVNC itself calls it for every key of its own; keysym is null for keys that have none. */
    sendKey(keysym: number | null, code: string | null, down?: boolean): void;
    /** Not part of the API. The guest's light; null while unknown, and after a press of the key until the light follows. */
    readonly _remoteCapsLock: boolean | null;
    sendCtrlAltDel(): void;
    focus(options?: FocusOptions): void;
    blur(): void;
    getImageData(): ImageData;
    toDataURL(type?: string): string;
    toBlob(callback: (picture: Blob | null) => void, type?: string): void;
    addEventListener<K extends keyof RfbEvents>(type: K, listener: (event: RfbEvents[K]) => void): void;
    removeEventListener<K extends keyof RfbEvents>(type: K, listener: (event: RfbEvents[K]) => void): void;
  }
}
