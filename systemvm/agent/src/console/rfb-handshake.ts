// The openings of the VNC protocol on both sides of the proxy. Protocol: RFC 6143 section 7.1.
import type { Duplex } from 'node:stream';
import { readBytes } from './read-stream.ts';
import { answerChallenge, challengeBytes } from './vnc-password.ts';

const version = 'RFB 003.008\n';
const noAuthentication = 1;
const passwordAuthentication = 2;
/** Longest reason that a server may give. */
const maxReasonBytes = 1_024;

/** Logs in to a machine's VNC server: what comes next is the server's own initialisation. @throws Error with the reason */
export async function logIn(server: Duplex, password: string, deadline: AbortSignal): Promise<void> {
  const offered = (await readBytes(server, version.length, deadline)).toString('latin1');
  if (!/^RFB 003\.00[89]\n$/.test(offered)) throw new Error('the display does not speak RFB 3.8');
  server.write(version);
  const [count] = await readBytes(server, 1, deadline);
  if (count === 0) throw new Error(`the display refuses: ${await readReason(server, deadline)}`);
  const types = await readBytes(server, count!, deadline);
  if (!types.includes(passwordAuthentication))
    throw new Error('the display asks for no password: the machine was started before it had one; stop and start it');
  server.write(Buffer.from([passwordAuthentication]));
  server.write(answerChallenge(password, await readBytes(server, challengeBytes, deadline)));
  const result = (await readBytes(server, 4, deadline)).readUInt32BE();
  if (result !== 0) throw new Error(`the display refuses the password: ${await readReason(server, deadline)}`);
}

async function readReason(server: Duplex, deadline: AbortSignal): Promise<string> {
  const length = (await readBytes(server, 4, deadline)).readUInt32BE();
  return (await readBytes(server, Math.min(length, maxReasonBytes), deadline)).toString('utf8');
}

/** Lets a viewer in without a password: its token was its key. What it sends next goes to the machine. */
export async function letIn(viewer: Duplex, deadline: AbortSignal): Promise<void> {
  await exchangeVersions(viewer, deadline);
  viewer.write(Buffer.from([1, noAuthentication]));
  const [chosen] = await readBytes(viewer, 1, deadline);
  if (chosen !== noAuthentication) throw new Error('the viewer asks for another authentication');
  viewer.write(Buffer.from([0, 0, 0, 0]));
}

/** Tells a viewer why there is no console, in the way that viewers show to people. */
export async function turnAway(viewer: Duplex, reason: string, deadline: AbortSignal): Promise<void> {
  await exchangeVersions(viewer, deadline);
  const text = Buffer.from(reason);
  const head = Buffer.alloc(5);
  head.writeUInt32BE(text.length, 1);
  viewer.write(Buffer.concat([head, text]));
}

async function exchangeVersions(viewer: Duplex, deadline: AbortSignal): Promise<void> {
  viewer.write(version);
  const chosen = (await readBytes(viewer, version.length, deadline)).toString('latin1');
  if (chosen !== version) throw new Error('the viewer does not speak RFB 3.8');
}
