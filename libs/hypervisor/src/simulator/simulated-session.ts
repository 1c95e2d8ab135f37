// One call on a simulated host: latency, reachability, host key, login, faults, then the work itself.
import ssh2 from 'ssh2';
import { DriverError } from '../driver-error.ts';
import type { HostAddress } from '../specs.ts';
import type { SimulatedHost } from './simulated-host.ts';
import { hostKeyOf } from './host-rules.ts';
import type { SimulatedFleet } from './simulated-fleet.ts';

/** Of user root on every simulated host. */
export const rootPassword = 'password';
const sshPort = 22;

export class SimulatedSession {
  readonly fleet: SimulatedFleet;
  /** The last private key seen and its public half: all hosts share one. */
  #key: { readonly pem: string; readonly publicKey: string | undefined } | undefined;

  constructor(fleet: SimulatedFleet) {
    this.fleet = fleet;
  }

  /** `method` as faults and latency name it. */
  async call<T>(at: HostAddress, method: string, work: (host: SimulatedHost) => T | Promise<T>): Promise<T> {
    const { fleet } = this;
    fleet.catchUp();
    const halfMs = fleet.latencyOf(method) / 2;
    if (halfMs > 0) await fleet.pass(at.address, halfMs);
    const host = await this.#connect(at);
    this.#logIn(at, host);
    fleet.throwFault([at.key, at.address], method, 'before');
    const result = await work(host);
    fleet.throwFault([at.key, at.address], method, 'after');
    if (halfMs > 0) await fleet.pass(at.address, halfMs);
    return result;
  }

  async #connect(at: HostAddress): Promise<SimulatedHost> {
    const host = this.fleet.findHost(at.address);
    if (host === undefined && !/^[\d.]+$|:/.test(at.address)) {
      throw new DriverError('unreachable', `${at.address} does not resolve to an address`, { reason: 'nameNotResolved' });
    }
    if (host === undefined || host.power !== 'on' || host.profile.traits.has('silent')) {
      await this.fleet.pass(at.address, this.fleet.silenceMs);
      throw new DriverError('unreachable', `${at.address} did not answer within ${this.fleet.silenceMs} ms`, { reason: 'timedOut' });
    }
    if (at.port !== sshPort || host.profile.traits.has('closed')) {
      throw new DriverError('unreachable', `${at.address} refuses connections on port ${at.port}`, { reason: 'connectionRefused' });
    }
    return host;
  }

  #logIn(at: HostAddress, host: SimulatedHost): void {
    if (at.hostKeySha256 !== null && at.hostKeySha256 !== hostKeyOf(host.address)) {
      throw new DriverError('refused', `${at.address} shows another host key than the pinned one`, { reason: 'hostKeyChanged' });
    }
    if (at.username === 'root' && this.#fits(at.credential, host)) return;
    throw new DriverError('refused', `${at.address} does not accept these credentials for ${at.username}`, { reason: 'wrongCredentials' });
  }

  #fits(credential: HostAddress['credential'], host: SimulatedHost): boolean {
    if (credential.kind === 'password') return credential.password === rootPassword;
    if (host.keys === undefined) return false;
    if (this.#key?.pem !== credential.privateKeyPem) {
      const parsed = ssh2.utils.parseKey(credential.privateKeyPem);
      const isPrivate = !(parsed instanceof Error) && parsed.isPrivateKey();
      this.#key = {
        pem: credential.privateKeyPem,
        publicKey: isPrivate ? `${parsed.type} ${parsed.getPublicSSH().toString('base64')}` : undefined,
      };
    }
    return this.#key.publicKey !== undefined && host.keys.includes(this.#key.publicKey);
  }
}

/** Type and key of an OpenSSH public key line, without its comment; throws `refused` for anything else. */
export function publicKeyWithoutComment(line: string): string {
  const parsed = ssh2.utils.parseKey(line);
  if (parsed instanceof Error || parsed.isPrivateKey()) throw new DriverError('refused', 'this is not an OpenSSH public key');
  return `${parsed.type} ${parsed.getPublicSSH().toString('base64')}`;
}
