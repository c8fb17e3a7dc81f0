export const packs: Record<string, unknown>;
export const variants: Record<string, { suffix: string }>;
