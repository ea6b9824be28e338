// The one error of the tiny recipe. The image service catches it and maps it to the coded error IMAGE_BUILD_FAILED.

/** A build that stopped. `step` is what it was doing, `fix` one sentence on what the user can do about it. */
export class TinyBuildError extends Error {
  override readonly name = 'TinyBuildError';
  readonly step: string;
  readonly fix: string;

  constructor(details: { step: string; message: string; fix: string; cause?: unknown }) {
    super(details.message, { cause: details.cause });
    this.step = details.step;
    this.fix = details.fix;
  }
}
