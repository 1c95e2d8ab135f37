// Generated files against what lies in the repository: writing them, and naming those that are stale.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Folders that hold generated files and nothing else. */
export const generatedFolders = ['api', 'cli'];

/** Paths below `root` that are missing, differ or should not be there. */
export function staleFiles(root: string, files: ReadonlyMap<string, string>): string[] {
  const changed = [...files]
    .filter(([path, content]) => !existsSync(join(root, path)) || readFileSync(join(root, path), 'utf8') !== content)
    .map(([path]) => path);
  return [...changed, ...surplusFiles(root, files)].sort();
}

export function writeFiles(root: string, files: ReadonlyMap<string, string>): void {
  for (const path of surplusFiles(root, files)) rmSync(join(root, path));
  for (const [path, content] of files) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
}

function surplusFiles(root: string, files: ReadonlyMap<string, string>): string[] {
  const present = generatedFolders.flatMap((folder) =>
    existsSync(join(root, folder))
      ? readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
          .filter((entry) => entry.isFile())
          .map((entry) => join(entry.parentPath.slice(root.length + 1), entry.name))
      : [],
  );
  return present.filter((path) => !files.has(path));
}
