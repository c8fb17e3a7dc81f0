export const fileURLToPath = (url: URL): string => decodeURIComponent(url.pathname);
