// The two cookies of a login session.

export const sessionCookie = 'JSESSIONID';
export const sessionKeyCookie = 'sessionkey';

/** One path for both, so that /client/api and /client/api/ share them. */
const attributes = 'Path=/client; HttpOnly; SameSite=Lax';

/** The first cookie of that name: clients send the one with the longest path first (RFC 6265 section 5.4). */
export function readCookie(header: string | undefined, name: string): string | undefined {
  for (const pair of (header ?? '').split(';')) {
    const equals = pair.indexOf('=');
    if (equals > 0 && pair.slice(0, equals).trim() === name)
      return pair
        .slice(equals + 1)
        .trim()
        .replace(/^"(.*)"$/, '$1');
  }
  return undefined;
}

export function sessionCookies(id: string, key: string, isHttps: boolean): string[] {
  const secure = isHttps ? '; Secure' : '';
  return [`${sessionCookie}=${id}; ${attributes}${secure}`, `${sessionKeyCookie}=${key}; ${attributes}${secure}`];
}

export const clearedCookies: readonly string[] = [sessionCookie, sessionKeyCookie].map((name) => `${name}=; ${attributes}; Max-Age=0`);
