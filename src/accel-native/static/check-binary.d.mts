export const oldestGlibc: [number, number];
export function problemsOf(binary: { dynamic: string; symbols: string; bytes: string; folders: string[] }): string[];
export function problemsOfLicence(name: string, bytes: string): string[];
