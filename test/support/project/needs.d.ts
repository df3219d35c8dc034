export function withoutDeleted(folder: string, root?: string): string[];
export function neededBy(text: string): string[];
