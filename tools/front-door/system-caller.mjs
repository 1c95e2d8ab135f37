// Calls of the API by the front door itself: over the server's Unix socket, where the caller is the system.
import { request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

/** The API's code for a wrong name or password. */
const LOGIN_FAILED = 531;

/** The body of a command's reply; throws with the server's words when it refuses, and when no server answers. */
export function call(place, command, parameters = {}, timeoutMs = 15_000) {
  const query = new URLSearchParams({ command, ...parameters, response: 'json' });
  return new Promise((resolve, reject) => {
    const req = request({ socketPath: place.socket, path: `/client/api?${query}`, timeout: timeoutMs }, (reply) => {
      const chunks = [];
      reply.on('data', (chunk) => chunks.push(chunk));
      reply.on('end', () => {
        try {
          const body = Object.values(JSON.parse(Buffer.concat(chunks).toString('utf8')))[0] ?? {};
          if (reply.statusCode === 200) resolve(body);
          else reject(new Error(body.errortext ?? `${command}: HTTP ${reply.statusCode}`));
        } catch (error) {
          reject(new Error(`${command}: the reply is not JSON (HTTP ${reply.statusCode})`, { cause: error }));
        }
      });
    });
    req.on('timeout', () => req.destroy(new Error(`${command}: no reply within ${timeoutMs / 1000} s`)));
    req.on('error', reject);
    req.end();
  });
}

/** Whether the server answers a request that needs its database. One that has just got its database back is given some moments. */
export async function serverWorks(place) {
  for (const deadline = Date.now() + 15_000; Date.now() < deadline; await sleep(300)) {
    try {
      await call(place, 'listZones', {}, 10_000);
      return true;
    } catch {
      // asked again until the deadline
    }
  }
  return false;
}

/**
 * Whether the administrator still has the password of a new installation; undefined when that could not be asked. It asks by logging in, and
 * a wrong password counts against the user: once it is false, it should not be asked again.
 */
export async function isFirstPassword(url) {
  try {
    const reply = await fetch(`${url}/client/api`, {
      method: 'POST',
      body: new URLSearchParams({ command: 'login', username: 'admin', password: 'password', response: 'json' }),
      signal: AbortSignal.timeout(10_000),
    });
    const { loginresponse } = await reply.json();
    if (reply.status !== 200) return reply.status === LOGIN_FAILED ? false : undefined;
    const cookie = reply.headers.get('set-cookie')?.split(';')[0];
    const query = new URLSearchParams({ command: 'logout', sessionkey: loginresponse.sessionkey, response: 'json' });
    await fetch(`${url}/client/api?${query}`, { headers: { cookie }, signal: AbortSignal.timeout(10_000) });
    return true;
  } catch {
    return undefined;
  }
}
