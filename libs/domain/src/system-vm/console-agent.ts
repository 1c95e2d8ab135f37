// What console proxies are told, and what they say when somebody opens a console.
import type { AgentTls } from './agent-protocol.ts';

/** How a console proxy shows itself to browsers and how long it lets them stay. */
export interface ConsoleProxyConfiguration {
  /** TCP, on its management card. */
  readonly port: number;
  /** Null serves plain http, which an administrator has to ask for. */
  readonly tls: AgentTls | null;
  /** Host names and addresses by which browsers know it: pages of no other origin may open its WebSocket. */
  readonly publicHosts: readonly string[];
  /** A console without a key or a click for so long is ended. */
  readonly idleTimeoutMs: number;
  readonly maxSessions: number;
}

declare module './agent-protocol.ts' {
  interface AgentConfigurations {
    consoleproxy: ConsoleProxyConfiguration;
  }
}

/**
 * The first line, JSON, of each stream that the proxy opens to the management server (managementSocketPath). Nothing else is
 * sent before the answer.
 */
export interface ConsoleRequest {
  /** Good once. */
  readonly token: string;
  /** What the caller of the API demanded beside the token. */
  readonly extra?: string;
  /** Of the browser, for the audit event. */
  readonly clientAddress: string;
}

/** The line, JSON, that answers: after `ok` the stream is that of the machine's VNC server (RFB, RFC 6143), from its first byte on. */
export type ConsoleAnswer =
  | { readonly ok: true; /** For the VNC server's password authentication. */ readonly password: string; readonly name: string }
  | { readonly refused: string };

/** Longest line of either kind, in bytes: whoever sends more is not one of us. */
export const maxConsoleLineBytes = 4_096;

/** Where the page and the WebSocket are on the console proxy. */
export const consolePagePath = '/console.html';
export const consoleSocketPath = 'websockify';
