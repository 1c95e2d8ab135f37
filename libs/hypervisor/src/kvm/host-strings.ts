// The grammars of everything that reaches a host: what could mean something to a shell, an option parser or a path is refused before it is sent.
import { posix } from 'node:path';
import { DriverError } from '../driver-error.ts';
import type { FileRef, MachineName, MountSpec } from '../specs.ts';

const machineName = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
export const uuidPattern = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const pathSegment = /^[A-Za-z0-9_.][A-Za-z0-9_.-]*$/;
/** Linux keeps 15 characters of an interface's name. */
const bridgeName = /^[A-Za-z0-9][A-Za-z0-9._-]{0,14}$/;
/** Interfaces of guests' cards, as the domain names them. */
const tapName = /^sgt[0-9a-z]+-[0-9]+$/;
/** Those of system machines on the control network. */
const controlTapName = /^sct[0-9a-z]+-[0-9]+$/;
const tapPrefix = /^sgt[0-9a-z]+-$/;
const serverName = /^(?:[A-Za-z0-9](?:[A-Za-z0-9.-]{0,253})|\[?[0-9a-fA-F:]*:[0-9a-fA-F:.]*\]?)$/;
const macAddress = /^[0-9a-f]{2}(?::[0-9a-f]{2}){5}$/i;
const publicKey = /^(?:ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(?:256|384|521)) [A-Za-z0-9+/]+={0,2}(?: [A-Za-z0-9@._:+-]+)*$/;
const sha256Hex = /^[0-9a-f]{64}$/;

function refuse(what: string, value: string): never {
  throw new DriverError('refused', `${JSON.stringify(value.slice(0, 80))} is no ${what}`);
}

export function checkMachineName(name: MachineName): string {
  return machineName.test(name) ? name : refuse('machine name', name);
}

export function checkUuid(uuid: string): string {
  return uuidPattern.test(uuid) ? uuid : refuse('uuid', uuid);
}

export function checkBridge(bridge: string): string {
  return bridgeName.test(bridge) ? bridge : refuse('bridge name', bridge);
}

export function checkTap(tap: string): string {
  return tapName.test(tap) && tap.length <= 15 ? tap : refuse("name of a guest's interface", tap);
}

export function checkControlTap(tap: string): string {
  return controlTapName.test(tap) && tap.length <= 15 ? tap : refuse('name of an interface on the control network', tap);
}

export function checkTapPrefix(prefix: string): string {
  return tapPrefix.test(prefix) ? prefix : refuse("beginning of the names of a guest's interfaces", prefix);
}

export function checkMac(mac: string): string {
  return macAddress.test(mac) ? mac.toLowerCase() : refuse('MAC address', mac);
}

export function checkServer(server: string): string {
  return serverName.test(server) ? server : refuse('server name', server);
}

export function checkSha256(sha256: string): string {
  return sha256Hex.test(sha256) ? sha256 : refuse('SHA-256 in hexadecimal', sha256);
}

/** The key line without surrounding white space. */
export function checkPublicKey(line: string): string {
  return publicKey.test(line.trim()) ? line.trim() : refuse('OpenSSH public key', line);
}

/** The absolute path of an export, without a trailing slash. */
export function checkExportPath(path: string): string {
  if (path === '/') return path;
  const trimmed = path.endsWith('/') ? path.slice(0, -1) : path;
  if (!trimmed.startsWith('/') || !isPath(trimmed.slice(1))) refuse('export path', path);
  return trimmed;
}

export function checkRelativePath(path: string): string {
  return isPath(path) ? path : refuse('path inside a mount', path);
}

function isPath(path: string): boolean {
  return path.length <= 1024 && path.split('/').every((segment) => pathSegment.test(segment) && segment !== '.' && segment !== '..');
}

/** The folder on the host under which a mount appears. */
export function mountPoint(mount: Pick<MountSpec, 'uuid'>): string {
  return `/mnt/${checkUuid(mount.uuid)}`;
}

/** Where a file of a mount appears on the host. */
export function hostPath(file: FileRef): string {
  return posix.join(mountPoint(file.mount), checkRelativePath(file.path));
}
