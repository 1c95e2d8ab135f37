// P1: a signed listZones against bare HTTP with one select of the same rows, in interleaved blocks.
import { Agent, request } from 'node:http';
import { median } from './figures.ts';
import type { Installation } from './installation.ts';
import { cpuMs, startProgram } from './processes.ts';

const rounds = 7;
const callsPerBlock = 500;
const loadedCalls = 3_000;
const loadedLanes = 16;

export interface ApiOverhead {
  /** Median latency in ms. */
  readonly floorMs: number;
  readonly oursMs: number;
  /** Median, least and greatest of the rounds' ratios. */
  readonly ratio: number;
  readonly ratioMin: number;
  readonly ratioMax: number;
  /** CPU of the server process for a call with 16 lanes busy, in ms. */
  readonly floorCpuMs: number;
  readonly oursCpuMs: number;
}

export async function measureApiOverhead(installation: Installation): Promise<ApiOverhead> {
  const floor = await startProgram('bench/floor/zones.ts', [installation.databaseUrl]);
  const agent = new Agent({ keepAlive: true, maxSockets: loadedLanes });
  try {
    const floorUrl = `http://127.0.0.1:${floor.firstLine}/`;
    const oursUrl = `${installation.url}?${installation.admin.query({ command: 'listZones', response: 'json' })}`;
    assertSameZones(await get(floorUrl, agent), await get(oursUrl, agent));
    await block(floorUrl, agent);
    await block(oursUrl, agent);
    const pairs: { floor: number; ours: number }[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const before = await block(floorUrl, agent);
      const ours = [await block(oursUrl, agent), await block(oursUrl, agent)];
      pairs.push({ floor: median([before, await block(floorUrl, agent)]), ours: median(ours) });
    }
    const ratios = pairs.map(({ floor: low, ours }) => ours / low);
    return {
      floorMs: median(pairs.map((pair) => pair.floor)),
      oursMs: median(pairs.map((pair) => pair.ours)),
      ratio: median(ratios),
      ratioMin: Math.min(...ratios),
      ratioMax: Math.max(...ratios),
      floorCpuMs: await loaded(floorUrl, floor.pid, agent),
      oursCpuMs: await loaded(oursUrl, installation.server.pid, agent),
    };
  } finally {
    agent.destroy();
    await floor.stop();
  }
}

/** Median latency of one lane's calls, in ms. */
async function block(url: string, agent: Agent): Promise<number> {
  const times: number[] = [];
  for (let call = 0; call < callsPerBlock; call += 1) {
    const start = performance.now();
    await get(url, agent);
    times.push(performance.now() - start);
  }
  return median(times);
}

async function loaded(url: string, pid: number, agent: Agent): Promise<number> {
  const before = cpuMs(pid);
  let left = loadedCalls;
  await Promise.all(
    Array.from({ length: loadedLanes }, async () => {
      while (left-- > 0) await get(url, agent);
    }),
  );
  return (cpuMs(pid) - before) / loadedCalls;
}

function get(url: string, agent: Agent): Promise<string> {
  return new Promise((resolve, reject) => {
    request(url, { agent }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        if (response.statusCode === 200) resolve(text);
        else reject(new Error(`${url}: HTTP ${response.statusCode}: ${text.slice(0, 200)}`));
      });
      response.on('error', reject);
    })
      .on('error', reject)
      .end();
  });
}

/** A fast wrong answer must not win. */
function assertSameZones(floor: string, ours: string): void {
  const zones = (text: string, key: string) =>
    (JSON.parse(text) as { listzonesresponse: { zone: Record<string, string>[] } }).listzonesresponse.zone.map((zone) => zone[key]).sort();
  const [expected, found] = [zones(floor, 'uuid'), zones(ours, 'id')];
  if (expected.length === 0 || expected.join() !== found.join())
    throw new Error(`the floor answers zones ${expected.join()}, the server ${found.join()}`);
}
