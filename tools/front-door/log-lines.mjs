// The server logs one JSON object a line; this makes a line readable for people.

const LEVELS = { 10: 'trace', 20: 'debug', 30: 'info', 40: 'warn', 50: 'ERROR', 60: 'FATAL' };
const SHOWN_APART = new Set(['level', 'time', 'msg', 'pid', 'hostname', 'err', 'v']);

/** `12:04:05 info  listening port=8080`; lines that are no JSON objects stay as they are. */
export function readable(line) {
  if (!line.startsWith('{')) return line;
  let entry;
  try {
    entry = JSON.parse(line);
  } catch {
    return line;
  }
  const time = typeof entry.time === 'number' || typeof entry.time === 'string' ? new Date(entry.time) : undefined;
  const clock = time && !Number.isNaN(time.getTime()) ? time.toISOString().slice(11, 19) : '--:--:--';
  const level = (LEVELS[entry.level] ?? String(entry.level ?? '')).padEnd(5);
  const rest = Object.entries(entry)
    .filter(([key]) => !SHOWN_APART.has(key))
    .map(([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`);
  const error = entry.err ? [`(${entry.err.stack ?? entry.err.message ?? JSON.stringify(entry.err)})`] : [];
  return [clock, level, entry.msg ?? '', ...rest, ...error].join(' ').trimEnd();
}
