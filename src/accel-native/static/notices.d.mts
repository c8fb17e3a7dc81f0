export function firstComment(text: string): string;
export function notices(folders: Record<string, { source: string }>): string;
