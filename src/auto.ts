/** `import 'everycodec/auto'`: installs the WebCodecs classes that the runtime lacks. */
import { polyfill } from './index.ts';

polyfill();
