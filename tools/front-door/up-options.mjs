// The options of `./strata up`, read and judged before anything is done.
import { isIP } from 'node:net';
import { readOptions, Refusal } from './installation.mjs';

/** `{ data, chosen }`: where, and what was asked to differ from the last start. */
export function readUpOptions() {
  const { data, port, listen, lab } = readOptions({ lab: { type: 'boolean' }, port: { type: 'string' }, listen: { type: 'string' } });
  const isPort = port === undefined || (/^\d{1,5}$/.test(port) && Number(port) >= 1 && Number(port) <= 65_535);
  if (!isPort) throw new Refusal(`--port takes a number from 1 to 65535, not "${port}"`);
  if (listen !== undefined && isIP(listen) === 0)
    throw new Refusal(`--listen takes an address of this machine, such as 127.0.0.1, or 0.0.0.0 for all of them, not "${listen}"`);
  return {
    data,
    chosen: { ...(port !== undefined && { port: Number(port) }), ...(listen !== undefined && { listen }), ...(lab && { lab: true }) },
  };
}
