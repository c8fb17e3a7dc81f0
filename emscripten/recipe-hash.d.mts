export function recipeHash(pack: string): string;
export function scriptText(library: string): string;
export function sourceName(library: string): string;
