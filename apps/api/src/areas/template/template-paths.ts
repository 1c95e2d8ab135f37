// Where the files of templates lie, relative to the root of their store or pool.

/** The one file of a template, the same in image stores and primary pools. */
export function templatePath(templateUuid: string): string {
  return `template/${templateUuid}.qcow2`;
}
