/** What helps where a file of the package is not found. */
export const serveFiles = 'serve the folder dist/ of everycodec, and name its address by setAssetBase()';
