import { CommandError } from '../shared/command.js';

export interface RepositoryPlace {
  /** `https://host`. */
  readonly origin: string;
  /** `path` of `host/path`. */
  readonly repository: string;
}

const FORM = /^(?:(https?):\/\/)?([A-Za-z0-9.-]+(?::\d+)?)\/([a-z0-9]+(?:[._/-]+[a-z0-9]+)*)$/;

/** Splits the url of a repository. Throws CommandError. */
export function parseRepository(url: string): RepositoryPlace {
  const [, scheme = 'https', host = '', repository = ''] = FORM.exec(url) ?? [];
  if (repository !== '') return { origin: `${scheme}://${host}`, repository };
  throw new CommandError(
    `a repository must be host/path, such as registry.example.com/demo (given ${JSON.stringify(url)})`,
  );
}
