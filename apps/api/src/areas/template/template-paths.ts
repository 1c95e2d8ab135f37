// Where the files of templates lie, relative to the root of their store or pool.
import type { TemplateKind } from './template.entity.ts';

/** The one file of a template or ISO, the same in image stores and primary pools. */
export function templatePath(templateUuid: string, kind: TemplateKind = 'TEMPLATE'): string {
  return `template/${templateUuid}.${kind === 'ISO' ? 'iso' : 'qcow2'}`;
}
