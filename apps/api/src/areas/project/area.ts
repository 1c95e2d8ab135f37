// Projects.
import { area } from '../../kernel/area.ts';
import { listProjects } from './list-projects.command.ts';

export const projectArea = area({ name: 'project', commands: [listProjects] });
