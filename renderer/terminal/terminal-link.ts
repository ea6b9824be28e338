// How the page of a terminal asks its server: plain HTTP without a token or session, and a stream for the one ticket it gets.
import { type ByteChannel, openStreamOverWebSocket } from '@tt/client';
import { API_PREFIX, type Assignment, STREAM_PATH } from '@tt/protocol';
import { askJson } from '../ask-json.ts';
import { socketAddress } from '../bridge-browser.ts';

export interface TerminalQuestion {
  labName?: string;
  terminalName?: string;
  secret?: string;
  profileName?: string;
}

export interface TerminalAnswer {
  assignment: Assignment;
  /** For the console of its session; null when there is nothing to see. */
  ticket: string | null;
}

export interface TerminalLink {
  /** Rejects with TtError. */
  connect(question: TerminalQuestion): Promise<TerminalAnswer>;
  openStream(ticket: string): ByteChannel;
}

export const browserTerminalLink: TerminalLink = {
  connect: async (question) => (await askJson(`${API_PREFIX}/terminals/console`, question)) as TerminalAnswer,
  openStream: (ticket) => openStreamOverWebSocket(new WebSocket(socketAddress(STREAM_PATH)), ticket),
};
