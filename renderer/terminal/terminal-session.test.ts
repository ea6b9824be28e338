// A terminal over a link of the test's own: it asks again whatever happens, and never shows an older answer.
import type { ByteChannel } from '@tt/client';
import { type Assignment, TtError } from '@tt/protocol';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { TerminalAnswer, TerminalQuestion } from './terminal-link.ts';
import { TerminalSession } from './terminal-session.ts';

let questions: TerminalQuestion[];
let answers: (TerminalAnswer | TtError)[];
let channels: FakeChannel[];
let session: TerminalSession;
let stop: () => void;

interface FakeChannel extends ByteChannel {
  ticket: string;
}

function assignment(state: Assignment['state']): Assignment {
  return {
    labName: 'room',
    labTitle: 'Room',
    terminalName: 'pc-1',
    state,
    sessionName: null,
    profileTitle: null,
    choices: [],
    page: '/#/terminal/room/pc-1',
  };
}

function channel(ticket: string): FakeChannel {
  const made: FakeChannel = {
    ticket,
    binaryType: 'arraybuffer',
    protocol: '',
    readyState: 1,
    onopen: null,
    onmessage: null,
    onclose: null,
    onerror: null,
    send: () => {},
    close: vi.fn(),
  };
  channels.push(made);
  return made;
}

beforeEach(() => {
  vi.useFakeTimers();
  questions = [];
  channels = [];
  const kept = new Map<string, string>();
  session = new TerminalSession({
    labName: 'room',
    terminalName: 'pc-1',
    secretPlace: {
      getItem: (key) => kept.get(key) ?? null,
      setItem: (key, value) => void kept.set(key, value),
    },
    link: {
      connect: async (question) => {
        questions.push(question);
        const answer = answers.shift() ?? { assignment: assignment('noSession'), ticket: null };
        if (answer instanceof TtError) throw answer;
        return answer;
      },
      openStream: channel,
    },
  });
});
afterEach(() => {
  stop();
  vi.useRealTimers();
});

async function begin(...first: (TerminalAnswer | TtError)[]): Promise<void> {
  answers = first;
  stop = session.start();
  await vi.advanceTimersByTimeAsync(0);
}

test('waits in words while it has no session, and opens the console as soon as there is one', async () => {
  await begin(
    { assignment: assignment('noSession'), ticket: null },
    { assignment: assignment('starting'), ticket: null },
  );
  expect(session.phase).toMatchObject({ kind: 'waiting', assignment: { state: 'noSession' } });
  await vi.advanceTimersByTimeAsync(3_000);
  expect(session.phase).toMatchObject({ kind: 'waiting', assignment: { state: 'starting' } });
  answers.push({ assignment: assignment('ready'), ticket: 'once' });
  await vi.advanceTimersByTimeAsync(1_000);
  expect([session.phase.kind, channels.map(({ ticket }) => ticket)]).toEqual(['connecting', ['once']]);
  session.screenShown();
  expect(session.phase.kind).toBe('connected');
});

test('asks for a new ticket when its console is gone, sooner at first than later', async () => {
  const ready = (ticket: string) => ({ assignment: assignment('ready'), ticket });
  await begin(ready('one'), ready('two'), ready('three'));
  channels[0]?.onclose?.({ code: 4409 } as CloseEvent);
  expect([session.phase.kind, session.channel]).toEqual(['connecting', null]);
  await vi.advanceTimersByTimeAsync(500);
  expect(channels.map(({ ticket }) => ticket)).toEqual(['one', 'two']);
  channels[1]?.onclose?.({ code: 4502 } as CloseEvent);
  await vi.advanceTimersByTimeAsync(500);
  expect(channels).toHaveLength(2);
  await vi.advanceTimersByTimeAsync(500);
  expect(channels).toHaveLength(3);
});

test('asks its user for the secret when it is refused, and keeps it', async () => {
  await begin(new TtError('TERMINAL_REFUSED', {}));
  expect([session.phase.kind, questions]).toEqual(['refused', [{ labName: 'room', terminalName: 'pc-1' }]]);
  session.tell('open sesame');
  await vi.advanceTimersByTimeAsync(0);
  expect(questions.at(-1)).toEqual({ labName: 'room', terminalName: 'pc-1', secret: 'open sesame' });
  expect(session.phase.kind).toBe('waiting');
});

test('does as it is told when it asks too often, and does not hurry one who chooses', async () => {
  await begin(new TtError('TERMINAL_TOO_OFTEN', { retryAfterS: 40 }));
  expect(session.phase.kind).toBe('failed');
  answers.push({ assignment: assignment('choose'), ticket: null });
  await vi.advanceTimersByTimeAsync(39_000);
  expect(questions).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(1_000);
  await vi.advanceTimersByTimeAsync(600_000);
  expect(questions).toHaveLength(2);
  session.choose('office');
  await vi.advanceTimersByTimeAsync(0);
  expect(questions.at(-1)).toMatchObject({ profileName: 'office' });
});
