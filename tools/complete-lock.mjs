// Enters the platform binaries that the registry could not supply into the lock file, so that `npm ci` accepts it.
// Run after every change of dependencies: node tools/complete-lock.mjs
import { readFileSync, writeFileSync } from 'node:fs';

const LOCK = 'package-lock.json';
const OS = ['darwin', 'win32', 'linux', 'android', 'freebsd', 'openharmony'];
const CPU = ['arm64', 'x64', 'ia32', 'arm', 's390x', 'ppc64', 'riscv64', 'wasm32'];

const lock = JSON.parse(readFileSync(LOCK, 'utf8'));
const packages = lock.packages;
const mentionedIn = (name, words) => words.find((word) => name.includes(word));

/** Whether `name@version` is locked in the folder of `at` or in one above it, as Node's resolution would find it. */
function isLocked(at, name, version) {
  for (let folder = at; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/node_modules/')))) {
    if (packages[`${folder && `${folder}/`}node_modules/${name}`]?.version === version) return true;
    if (!folder) return false;
  }
}

let added = 0;
for (const [at, entry] of Object.entries(packages)) {
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    const isPlatformBinary = /^\d+\.\d+\.\d+$/.test(version);
    if (!isPlatformBinary || isLocked(at, name, version)) continue;
    const top = `node_modules/${name}`;
    const cpu = mentionedIn(name, CPU);
    packages[packages[top] ? `${at}/${top}` : top] = {
      version,
      optional: true,
      os: [mentionedIn(name, OS) ?? 'none'],
      ...(cpu && { cpu: [cpu] }),
      ...(entry.dev && { dev: true }),
    };
    added += 1;
  }
}
writeFileSync(LOCK, `${JSON.stringify(lock, null, 2)}\n`);
console.log(`${added} platform packages entered into ${LOCK}`);
