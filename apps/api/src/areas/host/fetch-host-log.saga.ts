// Fetches what the hypervisor has noted on a host.
import { saga } from '../../kernel/jobs/saga.ts';
import { getHost } from './host-rows.ts';

/** Enough for the last hours of a busy host, little enough for a job's log. */
const maxBytes = 64 * 1024;

export const fetchHostLog = saga<{ hostId: number }>('downloadHostLog')
  .hosts('log', async ({ input, drivers }) => {
    const { driver, address } = await drivers.for(input.hostId);
    return { text: await driver.readHostLog(address, maxBytes) };
  })
  .rows('kept', async ({ tx, input, out, keepResult }) => {
    const { uuid, name } = await getHost(tx, input.hostId);
    await keepResult({ list: [{ uuid, name, text: out.log.text }] });
  });
