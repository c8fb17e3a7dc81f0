export function recipeHash(pack: string): string;
