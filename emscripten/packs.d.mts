export const packs: Record<string, { standalone?: object }>;
export const variants: Record<string, { suffix: string }>;
