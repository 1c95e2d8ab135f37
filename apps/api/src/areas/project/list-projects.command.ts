// listProjects
import { everyRole } from '../../kernel/command/caller.ts';
import { command, listOf } from '../../kernel/command/command.ts';
import { param } from '../../kernel/command/param.ts';
import { field, view } from '../../kernel/command/view.ts';

const projectView = view<{ uuid: string; name: string }>('project', {
  id: field.string('the id of the project', (row) => row.uuid),
  name: field.string('the name of the project', (row) => row.name),
});

/** Clients resolve names of projects with it before other calls; there are no projects, so it finds none. */
export const listProjects = command({
  name: 'listProjects',
  about: 'Lists projects: none can be created.',
  roles: everyRole,
  since: '1.0',
  params: {
    id: param.uuid({ about: 'only the project with this id' }),
    name: param.string({ about: 'only the project of this name' }),
    listall: param.boolean({ about: 'all projects the caller may see' }),
  },
  returns: listOf(projectView),
  execute: () => Promise.resolve([]),
});
