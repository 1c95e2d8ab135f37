// Where system VM templates lie in secondary storage. Their names tell all there is to know, so that any server finds them again.

/** Relative to the root of a secondary storage. */
export const systemTemplateFolder = 'template/system';

export interface SystemTemplateId {
  /** Such as `0.1.0-4731d5d024`: of the product, and of what the template was made from. */
  readonly version: string;
  /** Of the qcow2 file, hex. */
  readonly sha256: string;
}

const fileName = /^template\/system\/(?<version>[A-Za-z0-9][A-Za-z0-9.+~-]{0,63})_(?<sha256>[0-9a-f]{64})\.qcow2$/;

export function systemTemplatePath({ version, sha256 }: SystemTemplateId): string {
  return `${systemTemplateFolder}/${version}_${sha256}.qcow2`;
}

/** Undefined for other files. */
export function findSystemTemplate(path: string): SystemTemplateId | undefined {
  const { version, sha256 } = fileName.exec(path)?.groups ?? {};
  return version === undefined || sha256 === undefined ? undefined : { version, sha256 };
}
