// The state shown for a guest's setup, derived from the guest's files.
import { termText } from '@tt/protocol';
import { describe, expect, it } from 'vitest';
import { readAnswer } from './provisioning-result.ts';

const question = { vmName: 'demo/debian-12-1', commands: ['one', 'two'], readsSeeds: true };

function answer(
  files: { result?: object; status?: object; finished?: object; log?: string; output?: string },
  more = {},
) {
  const text = (part: object | string | undefined) =>
    part === undefined ? '' : typeof part === 'string' ? part : JSON.stringify(part);
  const { result, status, finished, log, output } = files;
  const parts = [result, status, finished, log, output].map(text);
  return readAnswer(['', ...parts].join('\u0001\n'), { ...question, ...more });
}

const source = 'DataSourceNoCloud [seed=/dev/sr0]';
const status = { v1: { datasource: source, stage: 'modules-config', init: { errors: [], start: 1, finished: 2 } } };
const ended = { v1: { datasource: source, stage: null, init: { errors: [] } } };
const finished = { v1: { datasource: source, errors: [] } };
const result = (state: string, command: number, exitCode = 0, output = '') => ({
  state,
  command,
  exitCode,
  outputBase64: Buffer.from(output).toString('base64'),
});

describe('the setup of a guest', () => {
  it.each([
    ['is up, but has read nothing yet', {}, 'running', 'the guest is up'],
    ['is in a stage of cloud-init', { status }, 'running', 'cloud-init is at stage modules-config'],
    [
      'runs a command of a cloud-init that has not ended',
      { status, result: result('running', 1) },
      'running',
      /modules-config/,
    ],
    ['runs a command', { result: result('running', 2) }, 'running', 'command 2 of 2'],
    ['is done, by TT’s own reader', { result: result('done', 2) }, 'done', ''],
    [
      'has run its commands, but cloud-init goes on',
      { status: ended, result: result('done', 2) },
      'running',
      /cloud-init/,
    ],
    ['is done, by cloud-init', { status: ended, finished, result: result('done', 2) }, 'done', `data source ${source}`],
    ['has a cloud-init that read another seed', { status: ended, finished }, 'unknown', /without TT’s seed/],
  ])('%s', (_what, files, state, detail) => {
    const found = answer(files);
    expect(found).toMatchObject({ state, failure: null });
    const text = found.detail === '' ? '' : termText('provisioning', found.detail, found.detailData);
    expect(text).toEqual(typeof detail === 'string' ? detail : expect.stringMatching(detail));
  });

  it('can’t be known of an image that is not known to read seeds and says nothing', () => {
    expect(answer({}, { readsSeeds: false }).state).toBe('unknown');
  });

  it('failed by a command, whatever cloud-init makes of it', () => {
    const errors = ["('scripts_user', RuntimeError('Runparts: 1 failures'))"];
    const files = {
      status: ended,
      finished: { v1: { datasource: source, errors } },
      result: result('failed', 2, 5, 'no such file\n'),
    };
    expect(answer(files).failure).toMatchObject({
      code: 'SETUP_FAILED',
      data: { command: 'two', exitCode: 5, output: 'no such file' },
    });
  });

  it('failed by cloud-init itself, each complaint once', () => {
    const errors = ['bad yaml', 'no user'];
    const failing = { v1: { ...status.v1, init: { errors: ['bad yaml'] } } };
    const told = answer({ status: failing, finished: { v1: { datasource: source, errors } }, output: 'a\nb\n' });
    expect(told).toMatchObject({ state: 'failed', logTail: ['a', 'b'] });
    expect(told.failure).toMatchObject({ data: { command: 'cloud-init', output: 'bad yaml\nno user' } });
  });

  it('is told in few words, whatever a guest writes there', () => {
    const megabytes = 'x'.repeat(4_000_000);
    const failed = answer({ result: result('failed', 1, 1, `${megabytes} no space left`), log: megabytes });
    expect(JSON.stringify(failed).length).toBeLessThan(10_000);
    expect(failed.failure?.data).toMatchObject({ output: expect.stringMatching(/no space left$/) });
    const ran = answer({ status: { v1: { ...status.v1, stage: megabytes } }, output: megabytes });
    expect(JSON.stringify(ran).length).toBeLessThan(1_000);
  });

  it('is told without what would act on a terminal or turn the text around', () => {
    const hostile = 'a\u001b[31mb\u001b]52;c;aGk=\u0007c\u202ed\u009b\r\ne\tf\r50%';
    const failed = answer({ result: result('failed', 1, 1, '\u001b[2Jno\u0008'), log: `${hostile}\n` });
    expect(failed.logTail).toEqual(['abc\\u202ed\\u009b', 'e\tf\\u000d50%']);
    expect(failed.failure?.data).toMatchObject({ output: 'no\\u0008' });
  });

  it('is not guessed from an answer that makes no sense', () => {
    expect(() => readAnswer('\u0001\n{"state":"odd"}', question)).toThrow();
    expect(() => readAnswer('\u0001\n{"sta', question)).toThrow();
  });
});
